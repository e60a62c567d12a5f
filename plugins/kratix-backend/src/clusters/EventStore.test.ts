import { EventStore, type EventObject } from './EventStore';

const anEvent = (name: string, about: string, extra: Partial<EventObject> = {}): EventObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, namespace: 'default', creationTimestamp: '2026-11-22T10:00:00Z' },
  involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: about },
  type: 'Warning',
  reason: 'Failed',
  message: 'no image',
  ...extra,
});
const ours = { isOurs: () => true, onEvent: () => {} };
const reasons = (store: EventStore, about: string) => store.about('Pod', 'default', about).map(({ reason }) => reason);

it('keeps what concerns us and nothing else', () => {
  const store = new EventStore({ ...ours, isOurs: ({ name }) => name === 'mine' });
  store.replace([anEvent('a', 'mine'), anEvent('b', 'other')]);
  store.put(anEvent('c', 'other'));
  expect(store.size).toBe(1);
  expect(store.about('Pod', 'default', 'mine')).toEqual([
    { type: 'Warning', reason: 'Failed', message: 'no image', count: 1, firstAt: '2026-11-22T10:00:00Z', lastAt: '2026-11-22T10:00:00Z', about: { kind: 'Pod', name: 'mine' } },
  ]);
});

it('tells of what is new, not of what was there', () => {
  const seen: unknown[] = [];
  const store = new EventStore({ ...ours, onEvent: ({ name }) => seen.push(name) });
  store.replace([anEvent('a', 'old')]);
  store.put(anEvent('b', 'new'));
  expect(seen).toEqual(['new']);
});

it('keeps the newest of each object, and the objects that were heard of last', () => {
  const store = new EventStore({ ...ours, perObject: 2, objects: 2 });
  for (const reason of ['a', 'b', 'c']) store.put(anEvent(reason, 'one', { reason }));
  expect(reasons(store, 'one')).toEqual(['c', 'b']);
  store.put(anEvent('d', 'two'));
  store.put(anEvent('b', 'one', { reason: 'again' }));
  store.put(anEvent('e', 'three'));
  expect(reasons(store, 'one')).toEqual(['again', 'c']);
  expect(reasons(store, 'two')).toEqual([]);
  expect(store.size).toBe(3);
});

it('keeps the order in which events of one second were written', () => {
  const store = new EventStore(ours);
  const written = (reason: string, resourceVersion: string) => anEvent(reason, 'one', { reason, metadata: { name: reason, namespace: 'default', resourceVersion } });
  store.replace([written('Created', '10'), written('Scheduled', '9')]);
  store.put(written('Started', '11'));
  expect(reasons(store, 'one')).toEqual(['Started', 'Created', 'Scheduled']);
});

it('forgets what the cluster forgets', () => {
  const store = new EventStore(ours);
  store.put(anEvent('a', 'one'));
  store.deleted(anEvent('a', 'one'));
  store.deleted(anEvent('x', 'unknown'));
  expect(store.size).toBe(0);
});

it('reads the times and counts of either API', () => {
  const store = new EventStore(ours);
  store.put(anEvent('a', 'one', { count: 3, firstTimestamp: '2026-11-22T09:00:00Z', lastTimestamp: '2026-11-22T09:30:00Z' }));
  store.put(anEvent('b', 'two', { firstTimestamp: null, lastTimestamp: null, eventTime: '2026-11-22T08:00:00.5Z', series: { count: 7, lastObservedTime: '2026-11-22T08:10:00Z' } }));
  expect(store.about('Pod', 'default', 'one')[0]).toMatchObject({ count: 3, firstAt: '2026-11-22T09:00:00Z', lastAt: '2026-11-22T09:30:00Z' });
  expect(store.about('Pod', 'default', 'two')[0]).toMatchObject({ count: 7, firstAt: '2026-11-22T08:00:00.5Z', lastAt: '2026-11-22T08:10:00Z' });
});
