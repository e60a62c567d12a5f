import fc from 'fast-check';
import { anObject } from '../testing/objects';
import { ObjectStore } from './store';
import { appliedBy } from './strip';
import type { DynamicObject, InformerEvent, InformerOptions } from './types';

function aStore(options: InformerOptions = {}) {
  const events: string[] = [];
  const store = new ObjectStore<DynamicObject>({ ...options, freeze: true }, (event: InformerEvent<DynamicObject>) => {
    events.push(`${event.type} ${event.object.metadata.name}@${event.object.metadata.resourceVersion}`);
  });
  return { store, events };
}

function at(version: number, name = 'w', uid = `uid-${name}`, metadata: Partial<DynamicObject['metadata']> = {}) {
  return anObject(name, { metadata: { uid, resourceVersion: String(version), ...metadata } });
}

describe('events and answers in any order', () => {
  it('ignores an event that is older than the answer to a write', () => {
    const { store, events } = aStore();
    store.put(at(9), true);
    store.put(at(5));
    expect(events).toEqual(['added w@9']);
  });

  it('ignores the echo of its own write', () => {
    const { store, events } = aStore();
    store.put(at(5));
    store.put(at(6), true);
    store.put(at(6));
    expect(events).toEqual(['added w@5', 'modified w@6']);
  });

  it('keeps of each object what it is told to, from watches and answers alike', () => {
    const { store } = aStore({ shrink: object => ({ ...object, spec: undefined }) });
    store.put({ ...at(1), spec: { large: 'x' } });
    expect(store.get('default/w')?.spec).toBeUndefined();
    store.put({ ...at(2), spec: { large: 'y' } }, true);
    expect(store.get('default/w')).toEqual(at(2));
  });

  it('compares versions as numbers', () => {
    const { store } = aStore();
    store.put(at(9));
    store.put(at(10));
    expect(store.get('default/w')?.metadata.resourceVersion).toBe('10');
  });

  it('takes versions that are not numbers as they come', () => {
    const { store } = aStore();
    store.put(at(1, 'w', 'u', { resourceVersion: 'b' }));
    store.put(at(1, 'w', 'u', { resourceVersion: 'a' }));
    expect(store.get('default/w')?.metadata.resourceVersion).toBe('a');
  });

  it('does not bring back what was deleted', () => {
    const { store, events } = aStore();
    store.put(at(5));
    store.bury('default/w', 'uid-w');
    store.put(at(6));
    store.put(at(7), true);
    store.deleted(at(8));
    expect(events).toEqual(['added w@5', 'deleted w@5']);
    expect(store.list()).toEqual([]);
  });

  it('tells an object from another of the same name', () => {
    const { store, events } = aStore();
    store.put(at(5, 'w', 'old'));
    store.put(at(8, 'w', 'new'), true);
    store.deleted(at(7, 'w', 'old', { deletionTimestamp: 'now' }));
    store.bury('default/w', 'old');
    expect(events).toEqual(['added w@5', 'deleted w@5', 'added w@8']);
    expect(store.get('default/w')?.metadata.uid).toBe('new');
  });

  it('takes the answer to the write that frees the last finalizer as a deletion', () => {
    const { store, events } = aStore();
    store.put(at(5, 'w', 'u', { finalizers: ['a'], deletionTimestamp: 'now' }));
    store.put(at(6, 'w', 'u', { deletionTimestamp: 'now' }), true);
    expect(events).toEqual(['added w@5', 'deleted w@5']);
  });
});

describe('answers outside of the selector', () => {
  it('does not take in what the watch would not bring', () => {
    const { store, events } = aStore({ labelSelector: 'a=b' });
    store.put(at(5), true);
    expect(events).toEqual([]);
  });

  it('removes what has left the selector, and takes it again when it is back', () => {
    const { store, events } = aStore({ labelSelector: 'a=b' });
    store.put(at(5, 'w', 'u', { labels: { a: 'b' } }), true);
    store.put(at(6, 'w', 'u', { labels: { a: 'c' } }), true);
    store.deleted(at(6, 'w', 'u', { labels: { a: 'c' } }));
    store.put(at(7, 'w', 'u', { labels: { a: 'b' } }));
    expect(events).toEqual(['added w@5', 'deleted w@5', 'added w@7']);
  });

  it('updates, but does not add, where only the server can tell', () => {
    const { store } = aStore({ fieldSelector: 'status.phase=Running' });
    store.put(at(5, 'known'));
    store.put(at(6, 'known'), true);
    store.put(at(7, 'unknown'), true);
    expect(store.list().map(({ metadata }) => metadata.resourceVersion)).toEqual(['6']);
  });
});

describe('a new list', () => {
  it('adds, changes and deletes', () => {
    const { store, events } = aStore();
    store.replace([at(1, 'a'), at(2, 'b')], '3', store.mark(), true);
    store.replace([at(5, 'b'), at(6, 'c')], '7', store.mark(), false);
    expect(events).toEqual(['added a@1', 'added b@2', 'modified b@5', 'added c@6', 'deleted a@1']);
  });

  it('keeps what was written after it was asked for', () => {
    const { store } = aStore();
    store.replace([at(1, 'a')], '3', store.mark(), true);
    const mark = store.mark();
    store.put(at(9, 'new'), true);
    store.put(at(10, 'a', 'uid-a'), true);
    store.replace([at(1, 'a')], '8', mark, false);
    expect(
      store
        .list()
        .map(({ metadata }) => metadata.resourceVersion)
        .sort(),
    ).toEqual(['10', '9']);
  });

  it('does not bring back what was deleted after it was asked for', () => {
    const { store } = aStore();
    store.replace([at(1, 'a')], '3', store.mark(), true);
    const mark = store.mark();
    store.bury('default/a', 'uid-a');
    store.replace([at(1, 'a')], '8', mark, false);
    expect(store.list()).toEqual([]);
  });

  it('is believed after the server has gone back in time', () => {
    const { store } = aStore();
    store.replace([at(100, 'a'), at(101, 'b')], '500', store.mark(), true);
    store.replace([at(3, 'a')], '5', store.mark(), false);
    expect(store.list().map(({ metadata }) => metadata.resourceVersion)).toEqual(['3']);
  });

  it('brings back what another server says was never deleted', () => {
    const { store } = aStore();
    store.replace([at(100, 'a'), at(101, 'b')], '500', store.mark(), true);
    store.bury('default/b', 'uid-b');
    store.replace([at(700, 'a'), at(701, 'b')], '800', store.mark(), false);
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });
});

describe('indexes', () => {
  it('follow every change', () => {
    const { store } = aStore();
    store.put(at(1, 'a', 'a', { labels: { app: 'x' } }));
    store.addIndex('app', object => [object.metadata.labels?.app ?? 'none']);
    store.put(at(2, 'b', 'b', { labels: { app: 'x' } }));
    expect(store.byIndex('app', 'x')).toHaveLength(2);
    store.put(at(3, 'a', 'a', { labels: { app: 'y' } }));
    expect(store.byIndex('app', 'x').map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(store.byIndex('app', 'y').map(({ metadata }) => metadata.name)).toEqual(['a']);
    store.bury('default/b');
    expect(store.byIndex('app', 'x')).toEqual([]);
    expect(() => store.byIndex('nope', 'x')).toThrow('no index "nope"; add it with addIndex. There are: app');
  });
});

describe('what is kept', () => {
  it('leaves managedFields and the last applied configuration out, and still knows who applied what', () => {
    const { store } = aStore();
    const raw = at(1, 'a', 'a', {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', keep: 'me' },
    });
    Object.assign(raw.metadata, {
      managedFields: [
        { manager: 'us', operation: 'Apply', fieldsV1: { 'f:spec': {} } },
        { manager: 'us', operation: 'Update', fieldsV1: { 'f:status': {} } },
      ],
    });
    store.put(raw);
    const kept = store.get('default/a')!;
    expect(kept.metadata).toEqual({
      name: 'a',
      namespace: 'default',
      uid: 'a',
      resourceVersion: '1',
      annotations: { keep: 'me' },
    });
    expect(appliedBy(kept, 'us')).toEqual({ 'f:spec': {} });
    expect(appliedBy(kept, 'them')).toBeUndefined();
  });

  it('cannot be changed', () => {
    const { store } = aStore();
    store.put(anObject('a', { metadata: { resourceVersion: '1' }, spec: { list: [{ x: 1 }] } }));
    const kept = store.get('default/a')!;
    expect(() => Object.assign((kept.spec!.list as object[])[0], { x: 2 })).toThrow(TypeError);
  });
});

it('ends where the server is, in whatever order the answers to writes come between the events', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('write', 'write', 'delete'),
    answerAt: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), steps => {
      const { store } = aStore();
      const truth = new Map<string, DynamicObject>();
      const todo: { when: number; run: () => void }[] = [];
      let lives = 0;
      steps.forEach(({ name, act, answerAt }, i) => {
        const version = i + 1;
        const known = truth.get(name);
        if (act === 'write') {
          lives += known ? 0 : 1;
          const object = at(version, name, known?.metadata.uid ?? `uid-${lives}`);
          truth.set(name, object);
          todo.push({ when: i, run: () => store.put(object) });
          todo.push({ when: answerAt, run: () => store.put(object, true) });
        } else if (known) {
          truth.delete(name);
          const last = at(version, name, known.metadata.uid, { deletionTimestamp: 'now' });
          todo.push({ when: i, run: () => store.deleted(last) });
          todo.push({ when: answerAt, run: () => store.bury(`default/${name}`, known.metadata.uid) });
        }
      });
      // An answer never comes before its write, but may come long before or after the event.
      todo.sort((a, b) => a.when - b.when).forEach(({ run }) => run());
      const versions = (objects: Iterable<DynamicObject>) =>
        [...objects].map(({ metadata }) => metadata.resourceVersion).sort();
      expect(versions(store.list())).toEqual(versions(truth.values()));
    }),
  );
});
