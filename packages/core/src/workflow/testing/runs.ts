import type { Pipeline, RunStatus, WorkflowRunObject, WorkObject } from '../../api';
import { digestOf } from '../../wire/encoding';
import type { JobObject, PodObject } from '../kubernetes';
import type { Demand, Observed } from '../step';

export const NOW = new Date('2026-11-22T12:00:00Z');
export const LIMITS = { timeout: 3_600_000, startTimeout: 600_000 };
export const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

export const aPipeline = (name: string, annotations?: Record<string, string>): Pipeline => ({
  metadata: { name, ...(annotations && { annotations }) },
  spec: { containers: [{ name: 'work', image: 'busybox' }] },
});
export const aDemand = (change: Partial<Demand> = {}): Demand => ({
  promiseName: 'shop', resourceName: 'cart', runPrefix: 'cart-abcde-', pipelines: [aPipeline('one'), aPipeline('two')], hash: 'h1', generation: 1, isManual: false, isSuspended: false, ...change,
});
export const aRun = (status: RunStatus | undefined, change: Partial<WorkflowRunObject['spec']> = {}): WorkflowRunObject => ({
  apiVersion: 'workflows.kratix-ts.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata: { name: `cart-abcde-${change.sequence ?? 1}`, namespace: 'default' },
  spec: {
    target: { apiVersion: 'x/v1', kind: 'Cart', plural: 'carts', name: 'cart', namespace: 'default', uid: 'u', generation: 1 },
    promiseName: 'shop', type: 'resource', action: 'configure', trigger: 'created', hash: 'h1', sequence: 1, ...change,
  },
  ...(status && { status }),
});
export const running = (index = 0): RunStatus => ({
  phase: 'Running',
  startedAt: '2026-11-22T12:00:00Z',
  pipelines: ['one', 'two'].map((name, at) => {
    if (at < index) return { name, phase: 'Succeeded', attempt: 1 };
    return at === index ? { name, phase: 'Running', attempt: 1, job: `job-${name}`, startedAt: '2026-11-22T12:00:00Z' } : { name, phase: 'Pending', attempt: 0 };
  }),
});
export const ended = (phase: 'Succeeded' | 'Failed'): RunStatus => ({ phase, pipelines: [{ name: 'one', phase, attempt: 1, job: 'job-one' }, { name: 'two', phase: phase === 'Failed' ? 'Skipped' : phase, attempt: 1 }] });
export const aJob = (condition?: string): JobObject => ({
  apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job-one', namespace: 'default' },
  status: condition ? { conditions: [{ type: condition, status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }] } : { active: 1 },
});
export const aWork: WorkObject = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name: 'w', namespace: 'default' }, spec: { promiseName: 'shop', result: { status: { stage: 'prepared' } } } };
export const helper = (message: unknown, exitCode = 0): PodObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod', namespace: 'default' },
  status: {
    phase: exitCode ? 'Failed' : 'Succeeded',
    containerStatuses: [{ name: 'pipeline-adapter', state: { terminated: { exitCode, message: typeof message === 'string' ? message : JSON.stringify(message), finishedAt: '2026-11-22T12:00:00Z' } } }],
  },
});
export const userPod = (state: object, phase: 'Pending' | 'Running' | 'Failed'): PodObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod', namespace: 'default' }, status: { phase, initContainerStatuses: [{ name: 'work', state }] },
});
/** Job and pods bear the names that the newest record gives them; others are as they are. */
export const there = (
  runs: WorkflowRunObject[],
  { job, pods = [], work, others = [], otherPods = [], leaving = [] }: { job?: JobObject; pods?: PodObject[]; work?: WorkObject; others?: JobObject[]; otherPods?: PodObject[]; leaving?: WorkObject[] } = {},
): Observed => {
  const run = runs.at(-1);
  const name = run?.status?.pipelines.find(each => each.job && each.phase !== 'Succeeded')?.job ?? 'job-one';
  const marks = { 'kratix-ts.dev/run': run?.metadata.name ?? '', 'batch.kubernetes.io/job-name': name };
  const dressed = <T extends JobObject | PodObject>(object: T): T => ({ ...object, metadata: { ...object.metadata, labels: marks } });
  return {
    runs,
    jobs: [...(job ? [{ ...dressed(job), metadata: { ...dressed(job).metadata, name } }] : []), ...others],
    pods: [...pods.map(dressed), ...otherPods],
    work: () => work,
    works: leaving,
    mirrored: [],
  };
};
export const aStray = (run: string, hash = 'h1'): JobObject => ({ ...aJob(), metadata: { name: `job-of-${run}`, namespace: 'default', labels: { 'kratix-ts.dev/run': run, 'kratix.io/hash': hash } } });
export const done: RunStatus = { phase: 'Succeeded', finishedAt: '2026-11-22T12:00:00Z', pipelines: [{ name: 'one', phase: 'Succeeded', attempt: 1, work: { name: 'w', digest: 'd' } }] };
export const named = { v: 1, work: { name: 'w', digest: digestOf(aWork.spec) } };
