import { builtinStrategies } from './strategies';
import { checkPodSpec } from './pods';

const spec = (volumeMounts: object[]) => ({ restartPolicy: 'Always', containers: [{ name: 'main', image: 'a', volumeMounts }] });
const messages = (errors: { field: string; message: string }[]) => errors.map(({ field, message }) => `${field}: ${message}`);

describe('checkPodSpec', () => {
  it('names a mount without its volume', () => {
    expect(messages(checkPodSpec(spec([{ name: 'data', mountPath: '/data' }]), 'spec'))).toEqual(['spec.containers[0].volumeMounts[0].name: Not found: "data"']);
  });
  it('takes the volumes that a kind makes of itself', () => {
    expect(checkPodSpec(spec([{ name: 'data', mountPath: '/data' }]), 'spec', ['Always'], ['data'])).toEqual([]);
  });
});

describe('a StatefulSet', () => {
  it('may mount what its claims make', () => {
    const strategy = builtinStrategies['apps/StatefulSet'];
    const object = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'default', labels: {} },
      spec: {
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: spec([{ name: 'data', mountPath: '/data' }]) },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      },
    };
    expect(strategy?.check?.(object as never)).toEqual([]);
  });
});
