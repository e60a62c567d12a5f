import type { PromiseObject } from '../api';
import { ApiError, ConnectionError, type KubeClient } from '../kube';
import { serverProblems } from './server-checks';

const api = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.org' },
  spec: { group: 'example.org', scope: 'Namespaced', names: { kind: 'Thing', plural: 'things' }, versions: [{ name: 'v1', served: true, storage: true }] },
};
const pipeline = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name: 'one' }, spec: { containers: [{ name: 'a', image: 'b' }] } };
const promise: PromiseObject = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'thing' }, spec: { api, workflows: { resource: { configure: [pipeline] } } } };
const refusal = (code: number, message: string) => new ApiError(code, 'Whatever', message);

/** A server that settles each question as told; the signal of the caller counts. */
function asked(definition: () => Promise<unknown>, job: () => Promise<unknown> = async () => ({})) {
  const seen: { dryRun?: boolean; signal?: AbortSignal }[] = [];
  const note = (answer: () => Promise<unknown>) => (...args: unknown[]) => {
    seen.push(args.at(-1) as { dryRun?: boolean });
    return answer();
  };
  const client = { patch: note(definition), create: note(job) } as Partial<KubeClient> as KubeClient;
  return { seen, ask: (isKnown = false) => serverProblems(promise, isKnown, { client, settings: () => ({ helperImage: 'helper' }), patienceMs: 20 }) };
}

describe('what the API server says to a Promise', () => {
  it('is asked by dry runs alone', async () => {
    const { ask, seen } = asked(async () => ({}));
    expect(await ask()).toEqual([]);
    expect(seen.map(({ dryRun }) => dryRun)).toEqual([true, true]);
  });

  it('B-WH-2: its refusal of the definition is a problem', async () => {
    const { ask } = asked(async () => Promise.reject(refusal(422, 'spec is wrong')));
    expect([await ask(), await ask(true)]).toEqual([['invalid CRD: spec is wrong'], ['invalid CRD changes: spec is wrong']]);
  });

  it('B-WH-3: its refusal of a Job is a problem that names the pipeline', async () => {
    const { ask } = asked(async () => ({}), async () => Promise.reject(refusal(404, 'namespaces "nowhere" not found')));
    expect(await ask()).toEqual(['\nresource.configure pipeline with name one failed to generate Job definition: \nnamespaces "nowhere" not found']);
  });

  it.each([
    ['a server that is away', () => Promise.reject(new ConnectionError('away'))],
    ['a server in trouble', () => Promise.reject(refusal(500, 'etcd'))],
    ['a right that is missing', () => Promise.reject(refusal(403, 'may not'))],
  ])('Q-52: %s holds up nobody’s write', async (_what, answer) => expect(await asked(answer, answer).ask()).toEqual([]));

  it('Q-52: a server that is silent is waited for no longer than its time', async () => {
    const { ask, seen } = asked(() => new Promise((_resolve, reject) => seen[0].signal?.addEventListener('abort', () => reject(new ConnectionError('timed out')))));
    expect(await ask()).toEqual([]);
  });
});
