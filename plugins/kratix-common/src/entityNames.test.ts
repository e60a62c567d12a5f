import fc from 'fast-check';
import { apiEntityName, destinationEntityName, promiseEntityName, refOfEntity, requestEntityName, templateEntityName } from './entityNames';

const request = { cluster: 'demo', defaultCluster: 'demo', promise: 'redis', namespace: 'team-a', name: 'cache' };

it.each([
  ['a request of the default cluster', refOfEntity(requestEntityName(request)), 'component:team-a/cache.redis'],
  ['a request of another cluster', refOfEntity(requestEntityName({ ...request, cluster: 'eu' })), 'component:team-a/cache.redis_eu'],
  ['a Promise', refOfEntity(promiseEntityName(request)), 'component:default/redis-promise'],
  ['a template', refOfEntity(templateEntityName({ ...request, cluster: 'eu' })), 'template:default/redis_eu'],
  ['a request that is to be a resource', refOfEntity(requestEntityName({ ...request, entityKind: 'Resource' })), 'resource:team-a/cache.redis'],
  ['an API', refOfEntity(apiEntityName(request)), 'api:default/redis'],
  ['a Destination', refOfEntity(destinationEntityName({ cluster: 'eu', defaultCluster: 'demo', destination: 'worker-1' })), 'resource:default/worker-1-destination_eu'],
])('names %s', (_, actual, expected) => {
  expect(actual).toBe(expected);
});

it('gives names that the catalog takes, whatever the parts', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (name, promise, cluster) => {
      const entity = requestEntityName({ ...request, name, promise, cluster });
      expect(entity.name).toMatch(/^[a-zA-Z0-9]+([-_.][a-zA-Z0-9]+)*$/);
      expect(entity.name.length).toBeLessThanOrEqual(63);
    }),
  );
});

it('gives different requests different names', () => {
  const part = fc.stringMatching(/^[a-z]([a-z.-]{0,40}[a-z])?$/);
  const parts = fc.record({ name: part, promise: part, cluster: fc.constantFrom('demo', 'eu', 'eu.b') });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      expect(requestEntityName({ ...request, ...a }).name).not.toBe(requestEntityName({ ...request, ...b }).name);
    }),
  );
  const name = (promise: string, own: string) => requestEntityName({ ...request, promise, name: own }).name;
  expect(name('c', 'a.b')).not.toBe(name('b.c', 'a'));
  expect(name('x', 'a'.repeat(70))).not.toBe(name('x', `${'a'.repeat(70)}b`));

  expect(name('x', 'a'.repeat(253))).toMatch(/^a{51}_[0-9a-z]{11}$/);
});

it('parts clusters from names that hold dots, and offers from requests', () => {
  const ofDefault = requestEntityName({ ...request, name: 'a.b', promise: 'c' }).name;
  expect(ofDefault).not.toBe(requestEntityName({ ...request, name: 'a', promise: 'b', cluster: 'c' }).name);
  const offer = promiseEntityName({ cluster: 'eu', defaultCluster: 'demo', promise: 'a' }).name;
  expect(offer).not.toBe(requestEntityName({ ...request, name: 'a-promise', promise: 'eu' }).name);
});
