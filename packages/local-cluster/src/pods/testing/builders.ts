import type { Job, Pod } from '../types';

export function aPod({ metadata, spec, status }: { metadata?: Partial<Pod['metadata']>; spec?: Partial<Pod['spec']>; status?: Pod['status'] } = {}): Pod {
  return {
    metadata: { name: 'pod', namespace: 'default', uid: 'uid-1', ...metadata },
    spec: { containers: [{ name: 'main', image: 'x' }], ...spec },
    ...(status ? { status } : {}),
  };
}

export function aJob({ spec, status }: { spec?: Partial<Job['spec']>; status?: Job['status'] } = {}): Job {
  return {
    metadata: { name: 'job', namespace: 'default', uid: 'job-uid' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] } }, ...spec },
    ...(status ? { status } : {}),
  };
}
