import { promiseDetail, type PromiseSources } from './promiseDetail';
import type { PromiseSource, RunSource } from './stateObjects';

const kratix = (kind: string) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind });
const pipeline = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: `${name}:v1` }] } });

function crd(spec: object): Record<string, unknown> {
  return {
    spec: {
      group: 'shop.example.org',
      scope: 'Namespaced',
      names: { kind: 'Cart', plural: 'carts' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', description: 'A cart', properties: { spec, status: { type: 'object' }, metadata: { type: 'object' } } } } }],
    },
  };
}
const SPEC = { type: 'object', required: ['size'], properties: { size: { type: 'integer', minimum: 3 } } };

function aPromise(extra: Partial<PromiseSource> = {}): PromiseSource {
  return {
    ...kratix('Promise'),
    metadata: { name: 'cart', uid: 'u', creationTimestamp: '2026-11-22T09:00:00Z', labels: { 'kratix.io/promise-version': 'v2' } },
    spec: { api: crd(SPEC) },
    ...extra,
  };
}

function detail(promise: PromiseSource, extra: Partial<PromiseSources> = {}) {
  const sources = { cluster: 'demo', promise, revisions: [], runs: [], jobs: [], pods: [], counts: {}, requests: 0, requestsOfVersion: new Map(), ...extra };
  return promiseDetail(sources, value => JSON.stringify(value));
}

it('shows what is on offer, with a request that the schema accepts', () => {
  const shown = detail(aPromise(), { counts: { Ready: 2 }, requests: 2, template: { kind: 'Template', namespace: 'default', name: 'cart' } });
  expect(shown).toMatchObject({
    name: 'cart', uid: 'u', version: 'v2', description: 'A cart', counts: { Ready: 2 }, requests: 2,
    api: { kind: 'Cart', plural: 'carts' }, template: { namespace: 'default', name: 'cart' }, paused: false, deleting: false,
  });
  expect(Object.keys(shown.schema?.properties ?? {})).toEqual(['spec']);
  expect(JSON.parse(shown.example ?? '')).toEqual({
    apiVersion: 'shop.example.org/v1', kind: 'Cart', metadata: { name: 'example', namespace: 'default' }, spec: { size: 3 },
  });
});

it('names the objects that the variables of a container come from, once each', () => {
  const containers = [{
    name: 'c',
    image: 'c:v1',
    env: [{ valueFrom: { secretKeyRef: { name: 'seed' } } }, { valueFrom: { configMapKeyRef: { name: 'sizes' } } }, {}],
    envFrom: [{ configMapRef: { name: 'sizes' } }, { secretRef: { name: 'token' } }],
  }];
  const workflows = { resource: { configure: [{ metadata: { name: 'a' }, spec: { containers } }] } };
  const [workflow] = detail(aPromise({ spec: { workflows } })).workflows;
  expect(workflow.pipelines[0].containers).toEqual([{ name: 'c', image: 'c:v1', variablesFrom: ['ConfigMap sizes', 'Secret token', 'Secret seed'] }]);
});

it('B-API-3: shows each workflow with its pipelines and images', () => {
  const workflows = { promise: { configure: [pipeline('install')] }, resource: { configure: [pipeline('a'), pipeline('b')], delete: [] } };
  expect(detail(aPromise({ spec: { workflows } })).workflows).toEqual([
    { type: 'promise', action: 'configure', pipelines: [{ name: 'install', containers: [{ name: 'c', image: 'install:v1' }] }] },
    { type: 'resource', action: 'configure', pipelines: [{ name: 'a', containers: [{ name: 'c', image: 'a:v1' }] }, { name: 'b', containers: [{ name: 'c', image: 'b:v1' }] }] },
  ]);
});

it('B-API-11: shows versions, newest first, with what a request must know before it goes there', () => {
  const revision = (version: string, day: string, spec: object, latest = false) => ({
    ...kratix('PromiseRevision'), metadata: { name: `cart-${version}`, creationTimestamp: `2026-11-${day}T00:00:00Z` },
    spec: { version, promiseRef: { name: 'cart' }, promiseSpec: { api: crd(spec) } }, status: { latest },
  });
  const revisions = [revision('v1', '20', { type: 'object' }), revision('v2', '21', SPEC, true)];
  expect(detail(aPromise(), { revisions, requestsOfVersion: new Map([['v1', 4]]) }).versions).toEqual([
    { version: 'v2', revision: 'cart-v2', latest: true, createdAt: '2026-11-21T00:00:00Z', requests: 0, changes: [{ path: 'spec.size', change: 'added', text: 'spec.size is new and must be given.', breaking: true }] },
    { version: 'v1', revision: 'cart-v1', latest: false, createdAt: '2026-11-20T00:00:00Z', requests: 4, changes: undefined },
  ]);
});

it.each([
  ['Requirement installed', 'installed'],
  ['Requirement not available', 'unavailable'],
  ['Requirement not installed at the specified version', 'wrong-version'],
  ['Requirement not installed', 'missing'],
  ['Requirement state unknown', 'missing'],
  [undefined, 'missing'],
])('B-PR-10: a requirement of which the engine says "%s" is %s', (state, expected) => {
  const required = { name: 'redis', version: 'v1' };
  const status = { requiredPromises: state ? [{ ...required, state }] : [], requiredBy: [{ promise: { name: 'shop' } }, { promise: { name: 'shop' } }] };
  const shown = detail(aPromise({ spec: { requiredPromises: [required] }, status }));
  expect(shown.requires).toEqual([{ ...required, state: expected }]);
  expect(shown.requiredBy).toEqual(['shop']);
});

it('shows the runs of its own workflow: recorded ones, else Jobs, else what the status lists', () => {
  const run = (uid: string): RunSource => ({
    apiVersion: 'workflows.kratix-ts.dev/v1alpha1', kind: 'WorkflowRun', metadata: { name: `run-${uid}` },
    spec: { target: { uid, generation: 1, name: 'cart' }, promiseName: 'cart', type: 'promise', action: 'configure', trigger: 'created', sequence: 1 },
  });
  expect(detail(aPromise(), { runs: [run('u'), run('other')] }).runs).toMatchObject([{ id: 'run-u', type: 'promise' }]);
  const workflows = { promise: { configure: [pipeline('install'), pipeline('check')] } };
  const labels = { 'kratix.io/pipeline-name': 'install', 'kratix.io/workflow-type': 'promise' };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'kratix-cart-install', creationTimestamp: '2026-11-22T09:00:00Z', labels } };
  expect(detail(aPromise({ spec: { workflows } }), { jobs: [job] }).runs).toMatchObject([{ type: 'promise', steps: [{ name: 'install', phase: 'Running' }, { name: 'check', phase: 'Pending' }] }]);
  const status = { kratix: { workflows: { pipelines: [{ name: 'install', phase: 'Failed', message: 'no' }] } } };
  expect(detail(aPromise({ status })).runs).toMatchObject([{ type: 'promise', phase: 'Failed', steps: [{ name: 'install' }] }]);
});

it('Q-43: can be tried dry where it says so, for its containers run', () => {
  const says = (policy: string) => ({ name: 'cart', annotations: { 'workflows.kratix-ts.dev/dry-run': policy } });
  expect(detail(aPromise()).canDryRun).toBe(false);
  expect(detail(aPromise({ metadata: says('forbidden') })).canDryRun).toBe(false);
  expect(detail(aPromise({ metadata: says('allowed') })).canDryRun).toBe(true);
  expect(detail(aPromise({ metadata: says('allowed'), spec: {} })).canDryRun).toBe(false);
});

it('shows a Promise of which next to nothing is known', () => {
  expect(detail({ ...kratix('Promise'), metadata: { name: 'bare' } })).toMatchObject({
    name: 'bare', available: false, schema: undefined, example: undefined, workflows: [], versions: [], requires: [], runs: [], destinationSelectors: [],
  });
});

it('B-API-5: names the labels that its destinations must have', () => {
  const spec = { destinationSelectors: [{ matchLabels: { env: 'dev' } }, {}] };
  expect(detail(aPromise({ spec })).destinationSelectors).toEqual([{ env: 'dev' }, {}]);
});
