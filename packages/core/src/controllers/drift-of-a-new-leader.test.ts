import { join } from 'node:path';
import { Destination, findCondition, GitStateStore, WorkPlacement, type Condition } from '../api';
import type { DynamicObject } from '../kube/types';
import type { EnginePlugin } from '../plugin';
import type { Difference, StateStore, StoreChange, StoreOptions } from '../statestore';
import { scratchFolder } from '../statestore/testing/git-fixtures';
import { EngineOnFake } from '../testing/engine-on-fake';
import { eventually } from '../testing/eventually';
import { encodeContent } from '../wire/encoding';

jest.setTimeout(120_000);

const DEADLINE = 60_000;
const text = (content: Uint8Array | string) => (typeof content === 'string' ? content : Buffer.from(content).toString());

/** A store whose processes see what others wrote only when they look, as with a git repository. */
class Shelf {
  readonly files = new Map<string, string>();
  /** What the process that opened the store last has seen of it. */
  private seen = new Map<string, string>();
  /** How often somebody looked. */
  looks = 0;
  private tell: StoreOptions['onForeignChange'];
  private readonly compared = new Set<string>();

  /** `writers`: how many objects have files on it. */
  constructor(private readonly writers: number) {}

  /** Has the process that opened the store last compare all files. */
  suspectAll(): void {
    this.compared.clear();
    this.tell?.({ version: '', paths: undefined });
  }

  /** For an engine that has seen nothing of what is on the shelf when it begins. */
  plugin(): EnginePlugin {
    return { name: 'shelf', stateStores: [{ kind: 'GitStateStore', create: options => this.open(options) }] };
  }

  /** Somebody takes a file away, and the process that opened the store last has seen it. */
  removedByHand(path: string): void {
    this.files.delete(path);
    this.seen.delete(path);
  }

  private open({ onForeignChange }: StoreOptions): StateStore {
    const seen = new Map<string, string>();
    this.seen = seen;
    this.tell = onForeignChange;
    const look = () => {
      seen.clear();
      for (const [path, content] of this.files) seen.set(path, content);
    };
    return {
      submit: async change => {
        look();
        const differences = differencesOf(seen, change);
        for (const { path, was } of differences) if (was === 'surplus') this.files.delete(path);
        for (const [path, content] of change.put) this.files.set(path, text(content));
        look();
        return { version: 'v', differences };
      },
      compare: async change => {
        this.compared.add(change.id);
        return { version: 'v', differences: differencesOf(seen, change) };
      },
      read: async () => new Map(),
      check: async () => {},
      // not before everybody has compared with what was seen until now
      refetch: async () => {
        await eventually('all to be compared', () => this.compared.size === this.writers, DEADLINE);
        this.looks += 1;
        look();
      },
      close: async () => {},
    };
  }
}

function differencesOf(files: ReadonlyMap<string, string>, { owns, put, remove }: StoreChange): Difference[] {
  const wrong = [...put].filter(([path, content]) => files.get(path) !== text(content));
  const own = owns === null ? [] : [...files.keys()].filter(path => path.startsWith(`${owns}/`) && !put.has(path));
  return [
    ...wrong.map(([path]): Difference => ({ path, was: files.has(path) ? 'different' : 'missing' })),
    ...[...own, ...remove.filter(path => files.has(path))].map((path): Difference => ({ path, was: 'surplus' })),
  ];
}

const scratch = scratchFolder();
const shelf = new Shelf(3);
let engine: EngineOnFake;

const conditionOf = (object: DynamicObject, type: string) => findCondition(object.status?.conditions as Condition[] | undefined, type);
const untilPlaced = (name: string, what: string, isSo: (object: DynamicObject) => boolean) => engine.until(WorkPlacement.type, `default/${name}`, what, isSo, DEADLINE);
const withoutGit = ['label-scheduler', 'event-recorder'].map(name => ({ package: name, options: {} }));

afterAll(async () => {
  await engine?.stop();
  scratch.remove();
});

it('Q-56, D66: what the former leader wrote a moment ago is no change by hand, though the new one has not seen it yet; a file that is gone is', async () => {
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'a'), plugins: withoutGit }, { plugins: [shelf.plugin()] });
  engine.put(GitStateStore.type, { metadata: { name: 's' }, spec: { url: 'https://shelf.example/s' } });
  engine.put(Destination.type, { metadata: { name: 'd' }, spec: { path: 'd', stateStoreRef: { kind: 'GitStateStore', name: 's' } } });
  for (const name of ['one', 'two']) {
    const workloads = [{ filepath: `${name}.yaml`, content: encodeContent('a: 1\n') }];
    engine.put(WorkPlacement.type, {
      metadata: { name, namespace: 'default', finalizers: ['finalizers.workplacement.kratix.io/repo-cleanup'], labels: { 'kratix.io/pipeline-name': 'configure' } },
      spec: { targetDestinationName: 'd', promiseName: 'redis', resourceName: name, id: '5058f1af8388633f609cadb75a75dc9d', workloads },
    });
  }
  for (const name of ['one', 'two']) await untilPlaced(name, 'written', object => conditionOf(object, 'WriteSucceeded')?.status === 'True');
  await engine.until(Destination.type, 'd', 'ready', object => conditionOf(object, 'Ready')?.status === 'True', DEADLINE);
  const written = new Map(shelf.files);
  await engine.stop({ keepsServer: true });

  // what the next process has seen is from before all that
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'b'), plugins: withoutGit }, { server: engine.server, plugins: [shelf.plugin()] });
  await engine.until(GitStateStore.type, 's', 'ready', object => conditionOf(object, 'Ready')?.status === 'True', DEADLINE);
  shelf.suspectAll();
  const repairs = () => ['one', 'two', 'd'].flatMap(name => engine.eventsOf(name)).filter(note => note.startsWith('DriftRepaired'));
  // one look for the placements, and one for the Destination
  await eventually('a second look', () => shelf.looks >= 2 || repairs().length > 0, DEADLINE);
  expect(repairs()).toEqual([]);

  const [path] = [...written.keys()].filter(each => each.endsWith('/two.yaml'));
  shelf.removedByHand(path);
  shelf.suspectAll();
  const repaired = await untilPlaced('two', 'repaired', object => conditionOf(object, 'Drifted')?.reason === 'Repaired');
  expect(conditionOf(repaired, 'Drifted')?.message).toContain(`"${path}" was removed by hand`);
  await eventually('the event', () => repairs().length > 0, DEADLINE);
  expect(repairs()).toEqual([expect.stringContaining(`"${path}" was removed by hand`)]);
  expect(conditionOf(await untilPlaced('one', 'there', () => true), 'Drifted')).toBeUndefined();
  expect(shelf.files).toEqual(written);
});
