import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { lockFolder } from './lock';
import { Store, type Change, type StoredObject } from './store';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const thing = (name: string, value = 0): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' },
  value,
});
const file = () => join(folder, 'objects.log');
const names = (store: Store) => store.list('things').map(({ object }) => `${object.metadata.name}=${object.value}`);
const delivered = () => new Promise(resolve => setImmediate(resolve));

describe('store', () => {
  it('keeps everything over a restart, whatever way the process ended', () => {
    const store = new Store(folder);
    store.put('things', 'a', thing('a', 1));
    store.put('things', 'b', thing('b', 1));
    store.put('things', 'a', thing('a', 2));
    store.remove('things', 'b', thing('b', 1));
    const again = new Store(folder);
    expect(names(again)).toEqual(['a=2']);
    expect(again.revision).toBe(4);
    expect(again.put('things', 'c', thing('c')).object.metadata.resourceVersion).toBe('5');
  });

  it('keeps the same when it syncs every write', () => {
    const store = new Store(folder, { sync: true });
    store.put('things', 'a', thing('a', 1));
    expect(names(new Store(folder))).toEqual(['a=1']);
  });

  it('drops a last line that was cut off, and goes on after it', () => {
    const store = new Store(folder);
    store.put('things', 'a', thing('a', 1));
    store.put('things', 'b', thing('b', 1));
    store.close();
    truncateSync(file(), readFileSync(file()).length - 7);
    const again = new Store(folder);
    expect(names(again)).toEqual(['a=1']);
    again.put('things', 'c', thing('c', 3));
    again.close();
    expect(names(new Store(folder))).toEqual(['a=1', 'c=3']);
  });

  it('drops a last line that is whole but makes no sense', () => {
    const store = new Store(folder);
    store.put('things', 'a', thing('a', 1));
    store.close();
    appendFileSync(file(), '{"t":"A","n":2,\n');
    expect(names(new Store(folder))).toEqual(['a=1']);
  });

  it('names the line that is damaged in the middle', () => {
    const store = new Store(folder);
    for (const name of ['a', 'b', 'c']) store.put('things', name, thing(name));
    store.close();
    const lines = readFileSync(file(), 'utf8').split('\n');
    lines[2] = lines[2].slice(0, 20);
    writeFileSync(file(), lines.join('\n'));
    expect(() => new Store(folder)).toThrow(/line 3 is damaged.*restore the file from a backup/);
  });

  it('shows earlier states and later changes as far back as its history goes', () => {
    const store = new Store(folder, { history: 4 });
    for (let value = 1; value <= 3; value++) store.put('things', 'a', thing('a', value));
    store.put('things', 'b', thing('b', 1));
    store.remove('things', 'a', thing('a', 3));
    expect(store.listAt('things', 3)?.map(({ object }) => object.value)).toEqual([3]);
    expect(store.since('things', 3)?.map(({ type, revision }) => `${type} ${revision}`)).toEqual(['ADDED 4', 'DELETED 5']);
    for (let value = 1; value <= 10; value++) store.put('things', 'c', thing('c', value));
    expect(store.listAt('things', 3)).toBeUndefined();
    expect(store.since('things', 3)).toBeUndefined();
    expect(store.since('things', store.oldestRevision)).toHaveLength(store.revision - store.oldestRevision);
  });

  it('compacts to the same state and the same history', () => {
    const store = new Store(folder, { history: 8 });
    for (let value = 1; value <= 40; value++) store.put('things', `k${value % 5}`, thing(`k${value % 5}`, value));
    const before = { list: names(store), size: readFileSync(file()).length };
    store.compact();
    store.put('things', 'z', thing('z', 1));
    store.close();
    expect(readFileSync(file()).length).toBeLessThan(before.size);
    const again = new Store(folder, { history: 8 });
    expect(names(again)).toEqual([...before.list, 'z=1']);
    expect(again.since('things', again.oldestRevision)).toHaveLength(41 - again.oldestRevision);
    expect(41 - again.oldestRevision).toBeGreaterThanOrEqual(8);
  });

  it('calls back in order, after the write, with what stood there before', async () => {
    const store = new Store(folder);
    const seen: string[] = [];
    store.subscribe('things', ({ type, entry, previous }) => {
      seen.push(`${type} ${entry.object.value} ${previous?.object.value ?? '-'}`);
      if (entry.object.value === 1) store.put('things', 'b', thing('b', 9));
    });
    store.put('things', 'a', thing('a', 1));
    store.put('things', 'a', thing('a', 2));
    expect(seen).toEqual([]);
    await delivered();
    await delivered();
    expect(seen).toEqual(['ADDED 1 -', 'MODIFIED 2 1', 'ADDED 9 -']);
  });

  it('property: changes replayed are the list, and revisions only grow', async () => {
    const operation = fc.tuple(fc.constantFrom('put', 'remove'), fc.constantFrom('a', 'b', 'c'), fc.nat(9));
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async operations => {
        const own = mkdtempSync(join(folder, 'run-'));
        const store = new Store(own, { history: 10 });
        const changes: Change[] = [];
        store.subscribe('things', change => changes.push(change));
        for (const [kind, name, value] of operations) {
          if (kind === 'put') store.put('things', name, thing(name, value));
          else if (store.get('things', name)) store.remove('things', name, thing(name, value));
        }
        await delivered();
        const replayed = new Map<string, unknown>();
        for (const { type, entry } of changes) {
          if (type === 'DELETED') replayed.delete(entry.key);
          else replayed.set(entry.key, entry.object.value);
        }
        expect([...replayed].map(([name, value]) => `${name}=${value}`).sort()).toEqual(names(store));
        expect(changes.map(({ revision }) => revision)).toEqual(changes.map((_, index) => index + 1));
        store.close();
        expect(names(new Store(own))).toEqual(names(store));
      }),
      { numRuns: 50 },
    );
  });

  it('lets one process alone have a folder', () => {
    const unlock = lockFolder(folder);
    writeFileSync(join(folder, 'lock'), String(process.ppid));
    expect(() => lockFolder(folder)).toThrow(/is in use by process \d+; end that process, or choose another folder/);
    unlock();
    lockFolder(folder)();
    writeFileSync(join(folder, 'lock'), '999999999');
    lockFolder(folder)();
    writeFileSync(join(folder, 'lock'), `${process.ppid} 1`);
    lockFolder(folder)();
  });
});
