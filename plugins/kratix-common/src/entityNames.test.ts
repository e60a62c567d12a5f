import fc from 'fast-check';
import { promiseEntityName, refOfEntity, requestEntityName, templateEntityName } from './entityNames';

const request = { cluster: 'demo', defaultCluster: 'demo', promise: 'redis', namespace: 'team-a', name: 'cache' };

it.each([
  ['a request of the default cluster', refOfEntity(requestEntityName(request)), 'component:team-a/cache.redis'],
  ['a request of another cluster', refOfEntity(requestEntityName({ ...request, cluster: 'eu' })), 'component:team-a/cache.redis.eu'],
  ['a Promise', refOfEntity(promiseEntityName(request)), 'component:default/redis-promise'],
  ['a template', refOfEntity(templateEntityName({ ...request, cluster: 'eu' })), 'template:default/redis.eu'],
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
});
