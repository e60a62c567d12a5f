import { anObject } from '../testing';
import { spanOf } from './spans';

const found = (spec?: Record<string, string>, deletionTimestamp?: string) => ({ get: () => ({ ...anObject('n'), metadata: { name: 'n', generation: 3, deletionTimestamp }, spec }) });
const of = { promiseName: 'redis', resourceName: 'one', targetDestinationName: 'eu' };
const known = { promises: found(), works: found(of), placements: found(of) };

it.each([
  ['promise', 'redis', {}, 'redis/PromiseReconcile', { 'kratix.promise.name': 'redis', 'kratix.promise.generation': 3, 'kratix.action': 'update' }],
  ['redis', 'team/one', { promise: 'redis', resourceRequest: 'redis/team/one' }, 'redis/DynamicResourceRequestReconcile', { 'kratix.resource_request.name': 'one', 'kratix.resource_request.namespace': 'team' }],
  ['work', 'team/w', {}, 'one/redis/WorkReconcile', { 'kratix.work.name': 'w', 'kratix.promise.name': 'redis' }],
  ['workplacement', 'team/p', {}, 'one/redis/WorkPlacementReconcile', { 'kratix.workplacement.name': 'p' }],
  ['promiserevision', 'redis-1', {}, 'redis-1/PromiseRevisionReconcile', {}],
])('B-OBS-5: names the span of a reconcile by %s', (controller, key, fields, name, attributes) => {
  expect(spanOf(controller, key, fields, known)).toMatchObject({ name, attributes });
});

it('B-OBS-5: says what is being deleted, leaves out the request of a dependency, and traces no other controller', () => {
  const works = found({ promiseName: 'redis' }, '2026-01-01T00:00:00Z');
  expect(spanOf('work', 'team/w', {}, { ...known, works })).toMatchObject({ name: 'redis/WorkReconcile', attributes: { 'kratix.action': 'delete' } });
  expect(spanOf('gitstatestore', 'fleet', {}, known)).toBeUndefined();
});
