import { apiOfPromise, promiseSummary } from './promiseApi';
import type { PromiseSource } from './stateObjects';

const version = (name: string, extra = {}) => ({ name, served: true, storage: false, schema: { openAPIV3Schema: { type: 'object', description: name } }, ...extra });
const aPromise = (versions: unknown[], extra: Partial<PromiseSource> = {}): PromiseSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Promise',
  metadata: { name: 'redis', labels: { 'kratix.io/promise-version': 'v1' } },
  spec: { api: { spec: { group: 'demo.example.org', scope: 'Namespaced', names: { kind: 'Redis', plural: 'redises' }, versions } } },
  ...extra,
});

it.each([
  ['the stored version', [version('v1'), version('v2', { storage: true })], 'v2'],
  ['the first served one where the stored is not served', [version('v1', { served: false, storage: true }), version('v2')], 'v2'],
  ['none where nothing is served', [version('v1', { served: false })], undefined],
  ['none where there are no versions', [], undefined],
])('offers %s', (_, versions, expected) => {
  expect(apiOfPromise(aPromise(versions))?.version).toBe(expected);
});

it.each([[undefined], [{}], [{ api: {} }], [{ api: { spec: 'x' } }], [{ api: { spec: { versions: ['x'] } } }]])('finds no API in spec %j', spec => {
  expect(apiOfPromise(aPromise([], { spec }))).toBeUndefined();
});

it('summarises a Promise', () => {
  expect(promiseSummary('demo', aPromise([version('v1', { storage: true })], { status: { status: 'Available' } }), 3)).toEqual({
    cluster: 'demo', name: 'redis', version: 'v1', available: true, message: undefined, requests: 3,
    api: { group: 'demo.example.org', version: 'v1', kind: 'Redis', plural: 'redises' },
  });
  const conditions = [{ type: 'Available', status: 'False' as const, message: 'Cannot fulfil resource requests' }];
  expect(promiseSummary('demo', aPromise([], { status: { conditions } }), 0)).toMatchObject({ available: false, message: 'Cannot fulfil resource requests', api: undefined });
});
