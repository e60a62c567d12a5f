import { Delivery } from './delivery';
import { parseStateFile, stateFile } from './recorded-files';
import type { DeliveryTarget, PlacedFiles } from './placed-files';
import { StoreError } from './store';
import { MemoryStore } from './testing/memory-store';

const object = (name: string) => `apiVersion: v1\nkind: ${name}\n`;

function aPlacement(name: string, files: Record<string, string>, more: Partial<PlacedFiles> = {}): PlacedFiles {
  return {
    namespace: 'default', name, revision: JSON.stringify(files), isLeaving: false, origin: { id: name, promise: 'redis' },
    place: { namespace: 'default', promise: 'redis', resource: name, pipeline: 'act', groupId: '5058f1af' },
    paths: () => Object.keys(files),
    files: () => Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]),
    ...more,
  };
}

function aTarget(store: MemoryStore, all: PlacedFiles[], more: Partial<DeliveryTarget> = {}): DeliveryTarget {
  return { store, path: 'dev', mode: 'none', filename: 'all.yaml', placements: () => all, ...more };
}

describe('state files', () => {
  it.each([
    [['dev/a.yaml', 'dev/b/c.yaml'], 'files:\n- dev/a.yaml\n- dev/b/c.yaml\n'],
    [[], 'files: []\n'],
    [['a b.yaml', '- x', 'true', '12'], 'files:\n- "a b.yaml"\n- "- x"\n- "true"\n- "12"\n'],
  ])('B-SS-31, B-GEN-16: %j', (paths, text) => {
    expect(stateFile(paths)).toBe(text);
    expect(parseStateFile(text, '')).toEqual(paths);
  });
  it('B-SS-31: entries of old versions get the directory', () => expect(parseStateFile('files:\n- a.yaml\n- dev/b.yaml\n', 'dev')).toEqual(['dev/a.yaml', 'dev/b.yaml']));
  it.each(['', 'files: 3', '][', 'other: x'])('one that says nothing lists nothing: %j', text => expect(parseStateFile(text, 'dev')).toEqual([]));
});

describe('mode none', () => {
  const setup = (...all: PlacedFiles[]) => {
    const store = new MemoryStore();
    return { store, delivery: new Delivery(), target: aTarget(store, all) };
  };

  it('B-SS-31: files stand under their own names, the state file beside them, in one change', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a', 'b/c.yaml': 'c' });
    const { store, delivery, target } = setup(one);
    await delivery.deliver(target, one);
    expect(store.paths).toEqual(['dev/.kratix/default-one.yaml', 'dev/a.yaml', 'dev/b/c.yaml']);
    expect(store.files.get('dev/.kratix/default-one.yaml')).toBe('files:\n- dev/a.yaml\n- dev/b/c.yaml\n');
    expect(store.changes).toHaveLength(1);
  });

  it('B-SS-31: what is no longer among them goes', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a', 'b.yaml': 'b' });
    const { store, delivery, target } = setup(one);
    await delivery.deliver(target, one);
    await delivery.deliver(target, aPlacement('one', { 'b.yaml': 'b2' }));
    expect(store.paths).toEqual(['dev/.kratix/default-one.yaml', 'dev/b.yaml']);
    expect(store.changes[1].record?.during).toBe('files:\n- dev/b.yaml\n- dev/a.yaml\n');
  });

  it('B-DEL-12: the placement takes its files and its state file along', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const two = aPlacement('two', { 'z.yaml': 'z' });
    const { store, delivery, target } = setup(one, two);
    await delivery.deliver(target, one);
    await delivery.deliver(target, two);
    await delivery.withdraw(target, one);
    expect(store.paths).toEqual(['dev/.kratix/default-two.yaml', 'dev/z.yaml']);
  });

  it('B-DEL-12: what an earlier engine recorded goes, too', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const { store, delivery, target } = setup(one);
    store.files.set('dev/.kratix/default-one.yaml', 'files:\n- dev/a.yaml\n- dev/old.yaml\n').set('dev/a.yaml', 'a').set('dev/old.yaml', 'o');
    await delivery.deliver(target, one);
    expect(store.paths).toEqual(['dev/.kratix/default-one.yaml', 'dev/a.yaml']);
  });

  it('Q-39: a state file that is missing holds nothing up', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const { store, delivery, target } = setup(one);
    await delivery.deliver(target, one);
    store.files.delete('dev/.kratix/default-one.yaml');
    await new Delivery().withdraw(target, one);
    expect(store.paths).toEqual([]);
  });

  it('Q-39: nor does it let the placement take what is somebody else’s', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const two = aPlacement('two', { 'a.yaml': 'other', 'b.yaml': 'b' });
    const { store, delivery, target } = setup(one, two);
    await delivery.deliver(target, one);
    await delivery.withdraw(target, two);
    expect(store.paths).toEqual(['dev/.kratix/default-one.yaml', 'dev/a.yaml']);
  });

  it('Q-41: the second that wants a file is refused, and both are named', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const two = aPlacement('two', { 'a.yaml': 'other' });
    const { store, delivery, target } = setup(one, two);
    await delivery.deliver(target, one);
    await expect(delivery.deliver(target, two)).rejects.toMatchObject({ reason: 'PathConflict', message: expect.stringMatching(/"dev\/a.yaml" belongs to placement "default-one", and placement "default-two" wants it/) });
    await expect(new Delivery().deliver(target, two)).rejects.toThrow('default-one');
    expect(store.files.get('dev/a.yaml')).toBe('a');
    await delivery.withdraw(target, one);
    await delivery.deliver(target, two);
    expect(store.files.get('dev/a.yaml')).toBe('other');
  });

  it('Q-41: two at once do not both get it', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const two = aPlacement('two', { 'a.yaml': 'other' });
    const { store, delivery, target } = setup(one, two);
    const results = await Promise.allSettled([delivery.deliver(target, one), delivery.deliver(target, two)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(store.paths).toEqual(['dev/.kratix/default-one.yaml', 'dev/a.yaml']);
  });

  it('Q-41: one that was given up by the other before is free', async () => {
    const { store, delivery, target } = setup(aPlacement('one', {}), aPlacement('two', {}));
    await delivery.deliver(target, aPlacement('one', { 'a.yaml': 'a', 'b.yaml': 'b' }));
    await delivery.deliver(target, aPlacement('one', { 'b.yaml': 'b' }));
    await delivery.deliver(target, aPlacement('two', { 'a.yaml': 'two' }));
    await delivery.deliver(target, aPlacement('one', { 'b.yaml': 'b3' }));
    expect([...store.files].filter(([path]) => !path.includes('.kratix'))).toEqual([['dev/b.yaml', 'b3'], ['dev/a.yaml', 'two']]);
  });

  it('a state file whose placement is long gone keeps no file', async () => {
    const two = aPlacement('two', { 'a.yaml': 'two' });
    const { store, delivery, target } = setup(two);
    store.files.set('dev/.kratix/default-gone.yaml', 'files:\n- dev/a.yaml\n').set('dev/a.yaml', 'x');
    await delivery.deliver(target, two);
    expect(store.files.get('dev/a.yaml')).toBe('two');
  });

  it.each([[{ '.kratix/x.yaml': '' }, 'state files'], [{ 'kratix-canary-namespace.yaml': '' }, 'the Destination itself'], [{ '../x': '' }, '".."'], [{ a: '', 'a/b': '' }, 'both a file and a directory']])(
    'Q-9: %j is refused', async (files, words) => {
      const one = aPlacement('one', files);
      const { store, delivery, target } = setup(one);
      await expect(delivery.deliver(target, one)).rejects.toThrow(words);
      expect(store.changes).toEqual([]);
    });

  it('a refused write leaves the file with who wanted it first', async () => {
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const { store, delivery, target } = setup(one, aPlacement('two', {}));
    store.refusal = new StoreError('NotReachable', 'down');
    await expect(delivery.deliver(target, one)).rejects.toThrow('down');
    store.refusal = undefined;
    await expect(delivery.deliver(target, aPlacement('two', { 'a.yaml': 'b' }))).rejects.toThrow('default-one');
    await delivery.deliver(target, one);
    expect(store.reads).toBe(1);
  });
});

describe('mode aggregatedYAML', () => {
  const setup = (...all: PlacedFiles[]) => {
    const store = new MemoryStore();
    return { store, delivery: new Delivery(), target: aTarget(store, all, { mode: 'aggregatedYAML' }) };
  };

  it('B-SS-32: one file holds what all placements bring, by their names, then in their order', async () => {
    const all = [aPlacement('two', { 'z.yaml': object('Z'), 'a.yaml': object('A') }), aPlacement('one', { 'b.yaml': object('B') })];
    const { store, delivery, target } = setup(...all);
    await delivery.deliver(target, all[0]);
    expect([...store.files]).toEqual([['dev/all.yaml', [object('B'), object('Z'), object('A')].join('\n---\n')]]);
  });

  it('Q-40: many at once are one write, and each is read once', async () => {
    let reads = 0;
    const all = Array.from({ length: 500 }, (_, index) => aPlacement(`p${String(index).padStart(3, '0')}`, {}, { files: () => { reads += 1; return [['a.yaml', Buffer.from(object(`K${index}`))]]; } }));
    const { store, delivery, target } = setup(...all);
    await Promise.all(all.map(each => delivery.deliver(target, each)));
    expect([store.changes.length, reads]).toEqual([1, 500]);
    all[7] = { ...all[7], revision: 'other' };
    await delivery.deliver(target, all[7]);
    expect(reads).toBe(501);
  });

  it('Q-40: what comes while the file is on its way goes out together', async () => {
    const all = ['one', 'two', 'three'].map(name => aPlacement(name, { 'a.yaml': object(name) }));
    const { store, delivery, target } = setup(...all);
    let open = () => {};
    store.gate = new Promise(resolve => { open = resolve; });
    const first = delivery.deliver(target, all[0]);
    await new Promise(resolve => { setTimeout(resolve, 5); });
    const rest = [delivery.deliver(target, all[1]), delivery.deliver(target, all[2])];
    open();
    await Promise.all([first, ...rest]);
    expect(store.changes.map(({ id }) => id)).toEqual(['one', '2 placements of dev']);
  });

  it('B-DEL-12: what leaves is left out; the last one takes the file along', async () => {
    const one = aPlacement('one', { 'a.yaml': object('A') });
    const two = aPlacement('two', { 'b.yaml': object('B') });
    const all = [one, two];
    const { store, delivery, target } = setup();
    const live = { ...target, placements: () => all };
    await delivery.deliver(live, one);
    all[0] = { ...one, isLeaving: true };
    await delivery.withdraw(live, all[0]);
    expect(store.files.get('dev/all.yaml')).toBe(object('B'));
    all[1] = { ...two, isLeaving: true };
    await delivery.withdraw(live, all[1]);
    expect(store.paths).toEqual([]);
  });

  it('B29: what cannot be applied is told, and keeps nobody else out', async () => {
    const bad = aPlacement('bad', { 'a.yaml': object('A'), 'b.yaml': 'metadata: {}\n' });
    const good = aPlacement('good', { 'c.yaml': object('C') });
    const { store, delivery, target } = setup(bad, good);
    const [first, second] = await Promise.allSettled([delivery.deliver(target, bad), delivery.deliver(target, good)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { reason: 'InvalidContent', message: expect.stringContaining('"b.yaml" has no kind') } });
    expect(second.status).toBe('fulfilled');
    expect(store.files.get('dev/all.yaml')).toBe([object('A'), object('C')].join('\n---\n'));
  });

  it('the file of a former name or path goes as a whole', async () => {
    const one = aPlacement('one', { 'a.yaml': object('A') });
    const { store, delivery, target } = setup(one);
    await delivery.deliver(target, one);
    await delivery.deliver({ ...target, filename: 'new.yaml' }, one);
    await delivery.vacate(target, one);
    expect(store.paths).toEqual(['dev/new.yaml']);
  });

  it('a path for a name is refused', async () => {
    const one = aPlacement('one', { 'a.yaml': object('A') });
    const { delivery, target } = setup(one);
    await expect(delivery.deliver({ ...target, filename: '../x.yaml' }, one)).rejects.toThrow('spec.filepath.filename');
  });
});

describe('mode nestedByMetadata', () => {
  it('B-SS-30, B-DEL-12: the placement owns its directory, and takes it along', async () => {
    const store = new MemoryStore();
    const one = aPlacement('one', { 'a.yaml': 'a' });
    const target = aTarget(store, [one], { mode: 'nestedByMetadata' });
    const delivery = new Delivery();
    store.files.set('dev/resources/default/redis/one/act/5058f/old.yaml', 'o').set('dev/resources/default/redis/other/act/5058f/b.yaml', 'b');
    await delivery.deliver(target, one);
    expect(store.paths).toEqual(['dev/resources/default/redis/one/act/5058f/a.yaml', 'dev/resources/default/redis/other/act/5058f/b.yaml']);
    await delivery.withdraw(target, one);
    expect(store.paths).toEqual(['dev/resources/default/redis/other/act/5058f/b.yaml']);
  });
});
