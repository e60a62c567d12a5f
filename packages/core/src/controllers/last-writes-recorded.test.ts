import { join } from 'node:path';
import { Destination, findCondition, GitStateStore, WorkPlacement, type Condition } from '../api';
import { BareRepository, scratchFolder } from '../statestore/testing/git-fixtures';
import { EngineOnFake } from '../testing/engine-on-fake';
import { encodeContent } from '../wire/encoding';

/** A minute is long for a test. */
jest.mock('./last-writes', () => {
  const actual = jest.requireActual('./last-writes');
  class QuickLastWrites extends actual.LastWrites {
    constructor(now: () => Date) {
      super(now, 1_500);
    }
  }
  return { ...actual, LastWrites: QuickLastWrites };
});
jest.setTimeout(60_000);

const scratch = scratchFolder();
afterAll(() => scratch.remove());

it('a Destination records the last of many writes with one write of its own, and a process that starts later what is missing', async () => {
  const repository = await BareRepository.create(join(scratch.path, 'r.git'));
  let engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') });
  const ready = (type: typeof Destination.type, key: string) =>
    engine.until(type, key, 'ready', object => findCondition(object.status?.conditions as Condition[] | undefined, 'Ready')?.status === 'True');
  const put = (name: string) => {
    const workloads = [{ filepath: 'a.yaml', content: encodeContent('a: 1\n') }];
    engine.put(WorkPlacement.type, { metadata: { name, namespace: 'default' }, spec: { targetDestinationName: 'one', promiseName: 'redis', resourceName: name, id: '5058f1af8388633f609cadb75a75dc9d', workloads } });
    return ready(WorkPlacement.type, `default/${name}`);
  };
  engine.put(GitStateStore.type, { metadata: { name: 'git' }, spec: { url: repository.url } });
  engine.put(Destination.type, { metadata: { name: 'one' }, spec: { path: 'one', stateStoreRef: { kind: 'GitStateStore', name: 'git' } } });
  await ready(Destination.type, 'one');
  const writes = () => engine.proxy.count(({ method, path }) => method !== 'GET' && path.includes('/destinations/one/status'));
  const before = writes();
  await Promise.all(Array.from({ length: 10 }, (_, index) => put(`p${index}`)));
  expect(writes()).toBe(before);
  await engine.until(Destination.type, 'one', 'a record', object => object.status?.lastWrite !== undefined);
  expect(writes()).toBe(before + 1);
  await put('late');
  const { server } = engine;
  await engine.stop({ keepsServer: true });
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') }, { server });
  const latest = () => [...server.stored(WorkPlacement.type).values()].map(({ status }) => (status?.lastWrite as { time: string }).time).sort().at(-1);
  await engine.until(Destination.type, 'one', 'the late one', object => (object.status?.lastWrite as { time: string }).time === latest());
  await engine.stop();
});
