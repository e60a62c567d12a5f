import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { PodSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import type { Clusters } from '../clusters/Clusters';
import { DatabaseLogStore, type LogBounds } from './DatabaseLogStore';
import { endOf, LogKeeper } from './LogKeeper';
import { logOptions } from './logOptions';
import type { LogPlace } from './LogStore';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const BOUNDS: LogBounds = { maxDays: 14, perRequest: 50, maxTotalBytes: 1_000_000 };
const DAY = 24 * 60 * 60 * 1000;

async function open(bounds: Partial<LogBounds> = {}, now: () => number = Date.now, knex?: Awaited<ReturnType<typeof databases.init>>) {
  const client = knex ?? (await databases.init('SQLITE_3'));
  const store = await DatabaseLogStore.open({ getClient: async () => client }, { ...BOUNDS, ...bounds }, now);
  return { store, client };
}
const key = (podUid: string, container = 'act') => ({ cluster: 'demo', podUid, container });
const place = (extra: Partial<LogPlace> = {}): LogPlace => ({ owner: 'redis/default/one', run: 'one-1', step: 'prepare', podCreatedAt: '2026-11-22T10:00:00Z', ...extra });
const question = { cluster: 'demo', owner: 'redis/default/one', run: 'one-1', step: 'prepare', container: 'act' };

describe('the store', () => {
  it('finds what it was given, by run, step, container and attempt', async () => {
    const { store } = await open();
    await store.save(key('a'), place(), 'first try');
    await store.save(key('b'), place({ podCreatedAt: '2026-11-22T10:05:00Z' }), 'second try');
    await store.save(key('c'), place({ run: 'one-2' }), 'next run');
    await store.save(key('a', 'other'), place(), 'other container');
    expect(await store.find(question)).toBe('second try');
    expect(await store.find({ ...question, attempt: 1 })).toBe('first try');
    expect(await store.find({ ...question, attempt: 3 })).toBeUndefined();
    expect(await store.find({ ...question, run: 'one-2' })).toBe('next run');
    expect(await store.find({ ...question, container: 'other' })).toBe('other container');
    expect(await store.find({ ...question, owner: 'redis/team/one' })).toBeUndefined();
    expect(await store.has(key('a'))).toBe(true);
    expect(await store.has(key('z'))).toBe(false);
  });

  it('finds the logs of an engine that keeps no runs, whatever the run is called', async () => {
    const { store } = await open();
    await store.save(key('a'), place({ run: '' }), 'text');
    expect(await store.find({ ...question, run: 'kratix-redis-one-prepare' })).toBe('text');
  });

  it('keeps a bounded number of each request, and a bounded size of all', async () => {
    const { store } = await open({ perRequest: 2 });
    for (const uid of ['a', 'b', 'c']) await store.save(key(uid), place({ podCreatedAt: uid }), uid);
    expect([await store.has(key('a')), await store.has(key('b')), await store.has(key('c'))]).toEqual([false, true, true]);
  });

  it('drops at its start what is too old, and the oldest where there is too much', async () => {
    let now = 100 * DAY;
    const { store, client } = await open({}, () => now);
    await store.save(key('old'), place(), 'old');
    now += 10 * DAY;
    await store.save(key('middle'), place(), 'middle');
    now += 5 * DAY;
    await store.save(key('new'), place(), 'new');
    await open({ maxTotalBytes: 40 }, () => now, client);
    expect([await store.has(key('old')), await store.has(key('middle')), await store.has(key('new'))]).toEqual([false, false, true]);
  });
});

describe('the end of a log', () => {
  async function* chunks(...texts: string[]) {
    yield* texts;
  }
  it.each([
    ['a short one', ['one\n', 'two\n'], 100, 'one\ntwo\n'],
    ['nothing', [], 100, ''],
    ['a long one, from a line on', ['one\ntwo\nthree\n', 'four\n'], 12, '[… the beginning was not kept]\nthree\nfour\n'],
    ['many chunks', ['aaaa\n', 'bbbb\n', 'cccc\n', 'dddd\n'], 10, '[… the beginning was not kept]\ndddd\n'],
    ['one without an end of line', ['x'.repeat(20)], 10, `[… the beginning was not kept]\n${'x'.repeat(10)}`],
  ])('B42: of %s', async (_, texts, most, expected) => expect(await endOf(chunks(...texts), most)).toBe(expected));
});

describe('the keeper', () => {
  const aPod = (uid: string, ended: string[], extra: Partial<PodSource['metadata']> = {}): PodSource => ({
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name: `pod-${uid}`, namespace: 'default', uid, creationTimestamp: '2026-11-22T10:00:00Z', labels: { 'kratix.io/promise-name': 'redis', 'kratix.io/resource-name': 'one', 'kratix.io/pipeline-name': 'prepare', 'kratix-ts.dev/run': 'one-1' }, ...extra },
    spec: { initContainers: [{ name: 'reader', command: ['/bin/pipeline-adapter'] }], containers: ended.map(name => ({ name })) },
    status: { initContainerStatuses: [{ name: 'reader', state: { terminated: { exitCode: 0 } } }], containerStatuses: ended.map(name => ({ name, state: { terminated: { exitCode: 0 } } })) },
  });

  async function aKeeper(logs: (container: string) => string) {
    const { store } = await open();
    const asked: string[] = [];
    const told: ((pod: PodSource, isGone: boolean) => void)[] = [];
    const client = {
      async *logs(_pod: object, { container }: { container: string }) {
        asked.push(container);
        yield logs(container);
      },
    };
    const api = { promise: 'redis' };
    const spec = { password: 'sesame' };
    const schema = { openAPIV3Schema: { properties: { spec: { properties: { password: { type: 'string', format: 'password' } } } } } };
    const promise = { metadata: { name: 'redis' }, spec: { api: { spec: { group: 'g', names: { kind: 'Redis', plural: 'redis' }, versions: [{ name: 'v1', served: true, storage: true, schema }] } } } };
    const watch = { name: 'demo', client, apis: () => [api], promise: () => promise, request: () => ({ spec }), onPod: (handler: (typeof told)[number]) => void told.push(handler) };
    const clusters = { onCluster: (handler: (each: typeof watch) => void) => handler(watch) };
    const logger = mockServices.logger.mock();
    const keeper = new LogKeeper(clusters as unknown as Clusters, { store, logger, maxBytesPerContainer: 1000 });
    return { store, asked, logger, keeper, tell: (pod: PodSource, isGone = false) => told.forEach(handler => handler(pod, isGone)) };
  }

  it('keeps the log of each container that has ended, once, and not those of the engine', async () => {
    const { store, asked, tell } = await aKeeper(container => `log of ${container}`);
    tell(aPod('a', ['first', 'second']));
    tell(aPod('a', ['first', 'second']));
    await eventually('both', async () => (await store.has(key('a', 'first'))) && (await store.has(key('a', 'second'))));
    expect(asked.sort()).toEqual(['first', 'second']);
    expect(await store.find({ ...question, container: 'second' })).toBe('log of second');
  });

  it('item 41: keeps no secret of the request that a container printed', async () => {
    const { store, tell } = await aKeeper(() => 'password: sesame\ndone\n');
    tell(aPod('a', ['act']));
    await eventually('it', () => store.has(key('a', 'act')));
    expect(await store.find({ ...question, container: 'act' })).toBe('password: (hidden)\ndone\n');
  });

  it('does not fetch again what was kept before a restart, and nothing of what belongs to no request', async () => {
    const { store, asked, tell } = await aKeeper(() => 'new');
    await store.save(key('a'), place(), 'kept');
    tell(aPod('a', ['act']));
    tell(aPod('b', ['act'], { labels: {} }));
    tell(aPod('c', ['act']));
    await eventually('the other', () => store.has(key('c')));
    expect(asked).toEqual(['act']);
    expect(await store.find({ ...question, attempt: 1 })).toBe('kept');
  });

  it('says why a log is not kept, unless its pod has gone', async () => {
    const { logger, asked, tell, keeper } = await aKeeper(container => {
      throw container === 'gone' ? new ApiError(404, 'NotFound', 'no pod') : new Error('no answer');
    });
    tell(aPod('a', ['gone', 'broken']));
    await eventually('both to be tried', () => asked.length === 2);
    await eventually('the warning', () => logger.warn.mock.calls.length > 0);
    expect(logger.warn.mock.calls.map(([words]) => words)).toEqual(['The log of default/pod-a, container broken, of cluster "demo" is not kept: Error: no answer']);
    keeper.stop();
  });
});

describe('the configuration', () => {
  it.each([
    [{}, { keep: 'database', maxBytesPerContainer: 1_048_576, maxDays: 14, maxTotalBytes: 536_870_912 }],
    [{ keep: 'none', maxDays: 3 }, { keep: 'none', maxBytesPerContainer: 1_048_576, maxDays: 3, maxTotalBytes: 536_870_912 }],
  ])('%j', (logs, expected) => expect(logOptions(mockServices.rootConfig({ data: { kratix: { logs } } }))).toEqual(expected));

  it('refuses what it does not know', () => {
    expect(() => logOptions(mockServices.rootConfig({ data: { kratix: { logs: { keep: 'bucket' } } } }))).toThrow('kratix.logs.keep must be database or none');
    expect(() => logOptions(mockServices.rootConfig({ data: { kratix: { logs: { maxDays: 0 } } } }))).toThrow('kratix.logs.maxDays must be 1 or more');
  });
});
