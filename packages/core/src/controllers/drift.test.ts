import { join } from 'node:path';
import { Destination, findCondition, GitStateStore, WorkPlacement, type Condition } from '../api';
import type { DynamicObject } from '../kube/types';
import { BareRepository, git, scratchFolder } from '../statestore/testing/git-fixtures';
import { EngineOnFake } from '../testing/engine-on-fake';
import { eventually } from '../testing/eventually';
import { encodeContent } from '../wire/encoding';

jest.setTimeout(60_000);

const scratch = scratchFolder();
let engine: EngineOnFake;
let number = 0;

const conditionOf = (object: DynamicObject, type: string) => findCondition(object.status?.conditions as Condition[] | undefined, type);
const untilPlaced = (name: string, what: string, isSo: (object: DynamicObject) => boolean, timeoutMs?: number) => engine.until(WorkPlacement.type, `default/${name}`, what, isSo, timeoutMs);
const drifted = (status: string) => (object: DynamicObject) => conditionOf(object, 'Drifted')?.status === status;

interface Setup {
  drift?: 'repair' | 'report';
  fetchInterval?: string;
  path?: string;
  filepath?: object;
}

/** A store, a Destination and two placements of one file each, all written. */
async function aWrittenStore({ drift, path, filepath, fetchInterval = '1s' }: Setup = {}) {
  number += 1;
  const name = `s${number}`;
  const repository = await BareRepository.create(join(scratch.path, `${name}.git`));
  engine.put(GitStateStore.type, { metadata: { name }, spec: { url: repository.url, fetchInterval, ...(drift && { drift }), ...(path && { path }) } });
  engine.put(Destination.type, { metadata: { name }, spec: { path: name, stateStoreRef: { kind: 'GitStateStore', name }, ...(filepath && { filepath }) } });
  const placements = ['one', 'two'].map(id => `${name}-${id}`);
  for (const placement of placements) {
    engine.put(WorkPlacement.type, {
      metadata: { name: placement, namespace: 'default', finalizers: ['finalizers.workplacement.kratix.io/repo-cleanup'], labels: { 'kratix.io/pipeline-name': 'configure' } },
      spec: { targetDestinationName: name, promiseName: 'redis', resourceName: placement, id: '5058f1af8388633f609cadb75a75dc9d', workloads: [{ filepath: `${placement}.yaml`, content: encodeContent(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${placement}\n  namespace: default\n`) }] },
    });
  }
  for (const placement of placements) await untilPlaced(placement, 'written', object => conditionOf(object, 'WriteSucceeded')?.status === 'True');
  await engine.until(Destination.type, name, 'ready', object => conditionOf(object, 'Ready')?.status === 'True');
  const files = await repository.files();
  const fileOf = (placement: string) => files.find(file => file.endsWith(`${placement}.yaml`)) ?? '';
  return { name, repository, placements, files, fileOf };
}

const contents = async (repository: BareRepository) => git(repository.path, 'ls-tree', '-r', 'main');

beforeAll(async () => {
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') });
});
afterAll(async () => {
  await engine.stop();
  scratch.remove();
});

describe('Q-56, C50: what is changed in a store by hand', () => {
  it.each<[string, Setup]>([
    ['nestedByMetadata', {}],
    ['nestedByMetadata below a path', { path: '/root/' }],
    ['none', { filepath: { mode: 'none' } }],
  ])('is put right and named, with file and commit, in an event and a condition: %s', async (_, setup) => {
    const { repository, placements, fileOf } = await aWrittenStore(setup);
    const before = await contents(repository);
    const [one, two] = placements;
    await repository.commitAs('by hand', { [fileOf(one)]: 'edited', 'README.md': 'left alone' });
    const foreign = await repository.head();
    const repaired = await untilPlaced(one, 'repaired', drifted('False'));
    expect(conditionOf(repaired, 'Drifted')).toMatchObject({ reason: 'Repaired', message: `put right: "${fileOf(one)}" was edited by hand; found in version ${foreign} by Somebody` });
    expect(conditionOf(repaired, 'Ready')?.status).toBe('True');
    await eventually('the event', () => engine.eventsOf(one).some(note => note.startsWith(`DriftRepaired: "${fileOf(one)}" was edited`)));
    expect((await contents(repository)).split('\n').filter(line => !line.endsWith('README.md'))).toEqual(before.split('\n'));
    expect(conditionOf(await untilPlaced(two, 'there', () => true), 'Drifted')).toBeUndefined();
    await repository.commitAs('removed by hand', { [fileOf(two)]: null });
    await untilPlaced(two, 'repaired', drifted('False'));
    expect((await contents(repository)).split('\n').filter(line => !line.endsWith('README.md'))).toEqual(before.split('\n'));
  });

  it('in mode aggregatedYAML, too', async () => {
    const { repository, placements, name } = await aWrittenStore({ filepath: { mode: 'aggregatedYAML', filename: 'all.yaml' } });
    const before = await contents(repository);
    await repository.commitAs('by hand', { [`${name}/all.yaml`]: null });
    await untilPlaced(placements[0], 'repaired', drifted('False'));
    expect(await contents(repository)).toBe(before);
  });

  it('a file that is added to a placement\'s directory goes; a test document of the Destination comes back', async () => {
    const { repository, placements, fileOf, files, name } = await aWrittenStore();
    const before = await contents(repository);
    const canary = files.find(file => file.includes('canary')) ?? '';
    await repository.commitAs('by hand', { [`${fileOf(placements[0])}.bak`]: 'x', [canary]: null });
    await untilPlaced(placements[0], 'repaired', drifted('False'));
    await eventually('the event', () => engine.eventsOf(name).some(note => note.startsWith('DriftRepaired:')));
    expect(await contents(repository)).toBe(before);
  });

  it('C44: everything comes back to a branch that was deleted', async () => {
    const { repository, placements } = await aWrittenStore();
    const before = await contents(repository);
    await git(repository.path, 'update-ref', '-d', 'refs/heads/main');
    for (const placement of placements) await untilPlaced(placement, 'repaired', drifted('False'));
    await eventually('all files', async () => (await contents(repository)) === before);
    expect(await repository.files()).toHaveLength(4);
  });

  it('drift: report only names it, until it is as it was or the placement changes', async () => {
    const { repository, placements, fileOf } = await aWrittenStore({ drift: 'report' });
    const [one, two] = placements;
    const original = await repository.read(fileOf(one));
    await repository.commitAs('by hand', { [fileOf(one)]: 'edited', [fileOf(two)]: null });
    const foreign = await repository.head();
    const reported = await untilPlaced(one, 'reported', drifted('True'));
    expect(conditionOf(reported, 'Drifted')?.message).toBe(`"${fileOf(one)}" was edited by hand; found in version ${foreign} by Somebody; the store only reports this (spec.drift: report)`);
    expect(conditionOf(reported, 'Ready')?.status).toBe('True');
    await untilPlaced(two, 'reported', drifted('True'));
    expect(await repository.head()).toBe(foreign);
    await repository.commitAs('taken back', { [fileOf(one)]: `${original}\n` });
    await untilPlaced(one, 'as written', drifted('False'));
    const known = engine.server.stored(WorkPlacement.type).get(`default/${two}`);
    const spec = known?.spec as Record<string, unknown>;
    engine.put(WorkPlacement.type, { ...known, metadata: { ...known?.metadata, name: two }, spec: { ...spec, workloads: [{ filepath: `${two}.yaml`, content: encodeContent('new: 1\n') }] } });
    await untilPlaced(two, 'written', drifted('False'));
    expect(await repository.read(fileOf(two))).toBe('new: 1');
  });
});

describe('B-SS-25: stateStoreReconciliationInterval', () => {
  it.each([[1_000, true], [0, false]])('%d ms: the files are compared with the store again: %s', async (stateStoreReconciliationInterval, isCompared) => {
    const server = engine.server;
    await engine.stop({ keepsServer: true });
    engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache-interval'), stateStoreReconciliationInterval }, { server });
    const { repository, placements, fileOf } = await aWrittenStore({ fetchInterval: '0' });
    await repository.commitAs('by hand', { [fileOf(placements[0])]: 'edited' });
    const isRepaired = () => untilPlaced(placements[0], 'repaired', drifted('False'), 3_000).then(() => true, () => false);
    expect(await isRepaired()).toBe(isCompared);
  });
});

describe('B-CR-2, C50: after a restart', () => {
  it('what was changed meanwhile is put right; where nothing was, nothing is written', async () => {
    const cacheDir = join(scratch.path, 'cache-restart');
    await engine.stop({ keepsServer: true });
    engine = await EngineOnFake.start({ cacheDir }, { server: engine.server });
    const { repository, placements, fileOf } = await aWrittenStore();
    await engine.stop({ keepsServer: true });
    const settled = await repository.head();
    engine = await EngineOnFake.start({ cacheDir }, { server: engine.server });
    await engine.until(GitStateStore.type, `s${number}`, 'ready', object => conditionOf(object, 'Ready')?.status === 'True');
    await engine.stop({ keepsServer: true });
    expect(await repository.head()).toBe(settled);
    expect(engine.proxy.count(({ method, path }) => method !== 'GET' && path.includes('workplacements'))).toBe(0);
    await repository.commitAs('by hand', { [fileOf(placements[0])]: null });
    engine = await EngineOnFake.start({ cacheDir }, { server: engine.server });
    await untilPlaced(placements[0], 'repaired', drifted('False'));
    expect(await repository.files()).toContain(fileOf(placements[0]));
  });
});
