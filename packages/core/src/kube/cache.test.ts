import { eventually } from '../testing/eventually';
import { FakeApiServer } from '../testing/fake-api-server';
import { FaultProxy } from '../testing/fault-proxy';
import { anObject, widgetType } from '../testing/objects';
import { aLogger } from '../testing/silent-logger';
import { createCache } from './cache';
import { connect } from './client';
import { isSame } from './diff';
import type { Cache, DynamicObject, Informer, KubeClient } from './types';

let server: FakeApiServer;
let proxy: FaultProxy;
let client: KubeClient;
let cache: Cache;
let log = aLogger();

/** Times that make a test quick. */
const times = { inactivityMs: 300, firstDelayMs: 10, maxDelayMs: 50, maxExpiredDelayMs: 50 };

beforeEach(async () => {
  server = await FakeApiServer.start(widgetType);
  proxy = await FaultProxy.start({ server: server.server });
  client = await connect({ text: proxy.kubeconfig });
  log = aLogger();
  cache = createCache(client, { log, times });
});

afterEach(async () => {
  proxy.heal();
  await cache.stop();
  await client.close();
  await proxy.stop();
  await server.stop();
});

async function aWidgetInformer() {
  const informer = cache.informer<DynamicObject>(widgetType);
  await informer.whenSynced();
  await eventually('the watch', () => proxy.openWatches === 1);
  return informer;
}

const states = (objects: Iterable<DynamicObject>) =>
  [...objects].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();

function equalsServer(informer: Informer<DynamicObject>) {
  return eventually('the cache equals the server', () => {
    expect(states(informer.list())).toEqual(states(server.stored(widgetType).values()));
    return true;
  });
}

function change() {
  server.put(widgetType, anObject('a', { spec: { n: Math.random() } }));
  server.remove(widgetType, 'default/b');
  server.put(widgetType, anObject('b', { spec: { n: 1 } }));
  server.remove(widgetType, 'default/c');
  server.put(widgetType, anObject('d'));
}

const isList = (call: { isWatch: boolean }) => !call.isWatch;
const isWatch = (call: { isWatch: boolean }) => call.isWatch;

/** What happens to the connection, and that the copy is right after it. */
const faults: [string, () => void | Promise<void>][] = [
  ['the connection is reset', () => proxy.cutWatches('reset')],
  ['the server ends the watch', () => proxy.cutWatches('end')],
  ['a line is cut off', () => proxy.cutWatches('truncate')],
  ['a line is not JSON', () => proxy.inject('<html>')],
  [
    '410 as an answer to the watch',
    () => {
      proxy.fail(isWatch, { status: 410 }, 1);
      proxy.cutWatches('end');
    },
  ],
  [
    '410 as an event with a code',
    () => proxy.inject('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}'),
  ],
  [
    '410 as an event with a reason alone',
    () =>
      proxy.inject('{"type":"ERROR","object":{"kind":"Status","reason":"Gone","message":"too old resource version"}}'),
  ],
  [
    '500 as an event',
    () => proxy.inject('{"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError"}}'),
  ],
  [
    '500 to the next lists and watches',
    () => {
      proxy.fail(() => true, { status: 500 }, 5);
      proxy.cutWatches('reset');
    },
  ],
  [
    '429 to the next watch',
    () => {
      proxy.fail(isWatch, { status: 429, retryAfterSeconds: 0 }, 2);
      proxy.cutWatches('reset');
    },
  ],
  [
    '403 for a while',
    () => {
      proxy.fail(() => true, { status: 403 }, 3);
      proxy.cutWatches('reset');
    },
  ],
  [
    'resets of every connection for a while',
    () => {
      proxy.fail(() => true, { reset: true }, 6);
      proxy.cutWatches('reset');
    },
  ],
  [
    'history is compacted while away',
    () => {
      proxy.cutWatches('reset');
      change();
      server.compact();
    },
  ],
  [
    'the server restarts, and has forgotten its history',
    async () => {
      const back = server.restart();
      change();
      await back;
    },
  ],
  [
    'the server comes back with its versions begun anew',
    async () => {
      for (let i = 0; i < 20; i += 1) server.put(widgetType, anObject('a', { spec: { i } }));
      await eventually('the last of them', () =>
        cache
          .running(widgetType)[0]
          .list()
          .some(object => 'spec' in object && isSame(object.spec, { i: 19 })),
      );
      await server.restart({ reset: true });
    },
  ],
];

describe('the cache equals the server after', () => {
  it.each(faults)('%s', async (_what, fault) => {
    for (const name of ['a', 'b', 'c']) server.put(widgetType, anObject(name));
    const informer = await aWidgetInformer();
    await fault();
    change();
    await equalsServer(informer);
    await eventually('a watch is open again', () => proxy.openWatches === 1);
    server.put(widgetType, anObject('after'));
    expect(await equalsServer(informer)).toBe(true);
  });

  it('a connection that stays open and brings nothing', async () => {
    server.put(widgetType, anObject('c'));
    const informer = await aWidgetInformer();
    proxy.freeze();
    change();
    await eventually('another watch', () => proxy.count(isWatch) === 2);
    await eventually('the old one was given up', () => proxy.openWatches === 0);
    proxy.thaw();
    expect(await equalsServer(informer)).toBe(true);
  });

  it('a server that says 410 to watch after watch is listed again soon each time, however long it goes on', async () => {
    await cache.stop();
    cache = createCache(client, { log, times: { ...times, firstDelayMs: 20, maxDelayMs: 60_000 } });
    const informer = await aWidgetInformer();
    proxy.fail(isWatch, { status: 410 }, 14);
    proxy.cutWatches('end');
    change();
    await eventually('the watch after them', () => proxy.openWatches === 1);
    expect(await equalsServer(informer)).toBe(true);
  });

  it('a list that changes between its pages', async () => {
    for (let i = 0; i < 1100; i += 1) server.put(widgetType, anObject(`w${i}`));
    proxy.fail(call => call.query.get('continue') === '1000', { status: 410 }, 1);
    const informer = await aWidgetInformer();
    expect(await equalsServer(informer)).toBe(true);
  });
});

describe('a quiet cache', () => {
  it('does not list again when the server ends a watch', async () => {
    const informer = await aWidgetInformer();
    proxy.cutWatches('end');
    change();
    await equalsServer(informer);
    expect(proxy.count(isList)).toBe(1);
  });

  it('goes on from the last bookmark', async () => {
    const informer = await aWidgetInformer();
    server.put(widgetType, anObject('a'));
    server.bookmark();
    await equalsServer(informer);
    proxy.cutWatches('reset');
    await eventually('a second watch', () => proxy.count(isWatch) === 2);
    expect(proxy.calls.at(-1)?.query.get('resourceVersion')).toBe('2');
    expect(proxy.calls.at(-1)?.query.get('allowWatchBookmarks')).toBe('true');
  });

  it('does not run in circles when a server ends every watch at once', async () => {
    await aWidgetInformer();
    const before = proxy.count();
    const until = performance.now() + 300;
    await eventually('300 ms', () => {
      proxy.cutWatches('end');
      return performance.now() > until;
    });
    expect(proxy.count() - before).toBeLessThan(60);
  });
});

describe('a kind that is not served any more', () => {
  it('has no objects', async () => {
    server.put(widgetType, anObject('a'));
    const informer = await aWidgetInformer();
    server.setServed(widgetType, false);
    proxy.cutWatches('reset');
    await eventually('the objects are gone', () => informer.list().length === 0);
    server.setServed(widgetType, true);
    server.put(widgetType, anObject('b'));
    expect(await equalsServer(informer)).toBe(true);
  });

  it('keeps them while only something in between says 404', async () => {
    server.put(widgetType, anObject('a'));
    const informer = await aWidgetInformer();
    proxy.fail(call => call.path.endsWith('/widgets'), { status: 404 }, 4);
    proxy.cutWatches('reset');
    await eventually('five more tries', () => proxy.count(call => call.path.endsWith('/widgets')) > 5);
    expect(informer.list()).toHaveLength(1);
  });
});

describe('sharing', () => {
  it('makes one watch for all who ask for the same, and ends it with the last', async () => {
    const one = await aWidgetInformer();
    const two = cache.informer<DynamicObject>(widgetType, { namespace: undefined });
    expect(proxy.count(isList)).toBe(1);
    const other = cache.informer<DynamicObject>(widgetType, { labelSelector: 'a=b' });
    await other.whenSynced();
    expect(proxy.count(isList)).toBe(2);
    one.release();
    one.release();
    expect(cache.running(widgetType)).toHaveLength(2);
    two.release();
    other.release();
    await eventually('no watch is open', () => proxy.openWatches === 0);
    expect(cache.running(widgetType)).toHaveLength(0);
  });

  it('stops telling who has released', async () => {
    const keeps = await aWidgetInformer();
    const one = cache.informer<DynamicObject>(widgetType);
    const heard: string[] = [];
    one.onChange(event => heard.push(event.type));
    one.release();
    server.put(widgetType, anObject('a'));
    await equalsServer(keeps);
    expect(heard).toEqual([]);
  });

  it('begins with what is known, marked as such', async () => {
    server.put(widgetType, anObject('a'));
    const informer = await aWidgetInformer();
    const heard: unknown[] = [];
    const stop = informer.onChange(event =>
      heard.push([event.type, event.object.metadata.name, event.type === 'added' && event.initial]),
    );
    server.put(widgetType, anObject('b'));
    await equalsServer(informer);
    stop();
    server.put(widgetType, anObject('c'));
    await equalsServer(informer);
    expect(heard).toEqual([
      ['added', 'a', true],
      ['added', 'b', undefined],
    ]);
  });

  it('goes on when a handler throws', async () => {
    const informer = await aWidgetInformer();
    const heard: string[] = [];
    informer.onChange(() => {
      throw new Error('mine');
    });
    informer.onChange(event => heard.push(event.type));
    server.put(widgetType, anObject('a'));
    await eventually('the other handler', () => heard.length === 1);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'a handler of an informer failed' }),
    );
  });
});

describe('telling of the connection', () => {
  it('says once that it is lost and once that it is back', async () => {
    const informer = await aWidgetInformer();
    const told: (string | undefined)[] = [];
    informer.onConnection(error => told.push(error?.name));
    proxy.fail(() => true, { status: 500 }, 4);
    proxy.cutWatches('reset');
    server.put(widgetType, anObject('a'));
    await eventually('both', () => told.length === 2);
    expect(told).toEqual(['ConnectionError', undefined]);
  });

  it('says that it is back also where nothing happens', async () => {
    const informer = await aWidgetInformer();
    const told: (string | undefined)[] = [];
    informer.onConnection(error => told.push(error?.name));
    proxy.cutWatches('reset');
    await eventually('both', () => told.length === 2);
    expect(told).toEqual(['ConnectionError', undefined]);
  });

  it('does not take silence for a loss', async () => {
    const informer = await aWidgetInformer();
    const told: unknown[] = [];
    informer.onConnection(error => told.push(error));
    await eventually('a third watch', () => proxy.count(isWatch) === 3);
    expect(told).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('gives the reason when the first list does not come', async () => {
    proxy.fail(() => true, { status: 403, message: 'widgets is forbidden' });
    const informer = cache.informer(widgetType);
    const told: string[] = [];
    informer.onConnection(error => error && told.push(error.message));
    await eventually('the error', () => told.length === 1);
    const abort = new AbortController();
    const synced = informer.whenSynced(abort.signal);
    abort.abort();
    await expect(synced).rejects.toThrow('the first list of widgets.example.org did not arrive: widgets is forbidden');
  });
});

it('reads its own writes though the watch is late', async () => {
  const informer = await aWidgetInformer();
  proxy.delayWatches(1000);
  informer.observe(await client.create(widgetType, anObject('w', { spec: { n: 1 } })));
  expect(informer.get('default/w')?.spec).toEqual({ n: 1 });
  await client.delete(widgetType, { namespace: 'default', name: 'w' });
  informer.observeDeleted('default/w');
  const heard: string[] = [];
  informer.onChange(event => heard.push(`${event.type} ${event.object.metadata.name}`));
  proxy.delayWatches(0);
  server.put(widgetType, anObject('last'));
  await equalsServer(informer);
  expect(heard).toEqual(['added last']);
});
