import { join } from 'node:path';
import { Destination, findCondition, GitStateStore, WorkPlacement, type Condition, type DestinationObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { BareRepository, scratchFolder } from '../statestore/testing/git-fixtures';
import { EngineOnFake } from '../testing/engine-on-fake';
import { encodeContent } from '../wire/encoding';
import { LastWrites } from './last-writes';

jest.setTimeout(60_000);

const scratch = scratchFolder();
let engine: EngineOnFake;

const isTrue = (type: string) => (object: DynamicObject) => findCondition(object.status?.conditions as Condition[] | undefined, type)?.status === 'True';
const destination = (name: string) => ({ metadata: { name }, spec: { path: name, stateStoreRef: { kind: 'GitStateStore', name: 'git' } } });
const writesTo = (name: string) => engine.proxy.count(({ method, path }) => method !== 'GET' && path.includes(`/${name}/status`));

async function placed(name: string, on: string, files: string[], version = 1): Promise<DynamicObject> {
  const workloads = files.map(filepath => ({ filepath, content: encodeContent(`version: ${version}\n`) }));
  const spec = { targetDestinationName: on, promiseName: 'redis', resourceName: name, id: '5058f1af8388633f609cadb75a75dc9d', workloads };
  engine.put(WorkPlacement.type, { metadata: { name, namespace: 'default', finalizers: ['finalizers.workplacement.kratix.io/repo-cleanup'] }, spec });
  return engine.until(WorkPlacement.type, `default/${name}`, 'written', object => isTrue('Ready')(object) && findCondition(object.status?.conditions as Condition[], 'WriteSucceeded')?.observedGeneration === object.metadata.generation);
}

beforeAll(async () => {
  const repository = await BareRepository.create(join(scratch.path, 'r.git'));
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') });
  engine.put(GitStateStore.type, { metadata: { name: 'git' }, spec: { url: repository.url } });
  for (const name of ['one', 'two']) engine.put(Destination.type, destination(name));
  for (const name of ['one', 'two']) await engine.until(Destination.type, name, 'ready', isTrue('Ready'));
});
afterAll(async () => {
  await engine.stop();
  scratch.remove();
});

describe('when something was written', () => {
  it('a placement says when, which commit holds it, and a hash of its paths, in the one write that says that it is written', async () => {
    const first = await placed('p1', 'one', ['b.yaml', 'a.yaml']);
    expect(first.status).toMatchObject({ versionID: expect.stringMatching(/^[0-9a-f]{40}$/u), lastWrite: { time: expect.stringMatching(/^\d{4}-.*Z$/u), pathsHash: expect.stringMatching(/^[0-9a-f]{64}$/u) } });
    expect(writesTo('p1')).toBe(1);
    const edited = await placed('p1', 'one', ['a.yaml', 'b.yaml'], 2);
    const grown = await placed('p1', 'one', ['a.yaml', 'b.yaml', 'c.yaml'], 3);
    const hashes = [first, edited, grown].map(({ status }) => (status?.lastWrite as { pathsHash: string }).pathsHash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[1]);
  });

  it('its Destination says so with its own next write, and has none for it', async () => {
    const before = writesTo('two');
    const { status } = await placed('p2', 'two', ['a.yaml']);
    expect(writesTo('two')).toBe(before);
    engine.put(Destination.type, { ...destination('two'), spec: { ...destination('two').spec, path: 'elsewhere' } });
    const after = await engine.until(Destination.type, 'two', 'the write', object => object.status?.lastWrite !== undefined);
    expect((after as DestinationObject).status?.lastWrite).toEqual({ time: expect.stringMatching(/Z$/u), placement: 'default/p2', versionID: expect.stringMatching(/^[0-9a-f]{40}$/u) });
    expect(status?.lastWrite).toBeDefined();
  });
});

describe('a Destination that is not written otherwise', () => {
  let ms = 0;
  const writes = () => new LastWrites(() => new Date(ms), 60_000);
  it('is written a minute after the first of many writes, once', () => {
    const lastWrites = writes();
    expect([lastWrites.dueIn('a'), lastWrites.noticed('a'), lastWrites.noticed('a')]).toEqual([undefined, 60_000, undefined]);
    ms += 20_000;
    expect([lastWrites.noticed('a'), lastWrites.dueIn('a'), lastWrites.dueIn('b')]).toEqual([undefined, 40_000, undefined]);
    ms += 50_000;
    expect(lastWrites.dueIn('a')).toBe(0);
    lastWrites.settled('a');
    expect([lastWrites.dueIn('a'), lastWrites.noticed('a')]).toEqual([undefined, 60_000]);
  });
  it('is looked at once by each process, for what the one before did not live to record', () => {
    const lastWrites = writes();
    expect([lastWrites.isNew('a'), lastWrites.isNew('a')]).toEqual([true, false]);
    lastWrites.forget('a');
    expect(lastWrites.isNew('a')).toBe(true);
  });
});
