import { eventually } from '../testing/eventually';
import { FakeApiServer } from '../testing/fake-api-server';
import { FaultProxy } from '../testing/fault-proxy';
import { anObject, widgetType } from '../testing/objects';
import { CallCounter } from './calls';
import { connect, ConnectOptions } from './client';
import { ApiError, ConnectionError } from './errors';
import { coreTypes } from './gvk';
import type { DynamicObject, KubeClient, WatchEvent } from './types';

let server: FakeApiServer;
let proxy: FaultProxy;
const clients: KubeClient[] = [];

async function aClient(options: ConnectOptions = {}) {
  const client = await connect({ text: proxy.kubeconfig, ...options });
  clients.push(client);
  return client;
}

const ref = { namespace: 'default', name: 'w' };

beforeEach(async () => {
  server = await FakeApiServer.start(widgetType, coreTypes.Pod);
  proxy = await FaultProxy.start({ server: server.server });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map(client => client.close()));
  await proxy.stop();
  await server.stop();
});

describe('calls', () => {
  it('creates, reads, patches, replaces and deletes', async () => {
    const client = await aClient();
    const made = await client.create(widgetType, anObject('w', { spec: { size: 1 } }));
    expect(made.metadata.uid).toBeTruthy();
    await client.patch(widgetType, ref, { spec: { size: 2 } }, { kind: 'merge' });
    await client.patch(widgetType, ref, { status: { ok: true } }, { kind: 'merge', subresource: 'status' });
    const read = await client.get<DynamicObject>(widgetType, ref);
    expect(read).toMatchObject({ spec: { size: 2 }, status: { ok: true } });
    await client.replace(widgetType, { ...read, spec: { size: 3 } });
    await expect(client.replace(widgetType, { ...read, spec: { size: 4 } })).rejects.toMatchObject({
      isConflict: true,
    });
    await client.patch(widgetType, ref, anObject('w', { spec: { color: 'red' } }), { kind: 'apply', force: true });
    expect(server.stored(widgetType).get('default/w')?.spec).toEqual({ size: 3, color: 'red' });
    expect(await client.delete(widgetType, ref)).toBeUndefined();
    await expect(client.get(widgetType, ref)).rejects.toMatchObject({ isNotFound: true });
  });

  it('answers a deletion with the object while finalizers hold it', async () => {
    const client = await aClient();
    await client.create(widgetType, anObject('w', { metadata: { finalizers: ['a.b/c'] } }));
    const held = await client.delete<DynamicObject>(widgetType, ref);
    expect(held?.metadata.deletionTimestamp).toBeTruthy();
  });

  it('lists everything in pages, or one page when asked', async () => {
    for (let i = 0; i < 1201; i += 1) server.put(widgetType, anObject(`w${i}`));
    const client = await aClient();
    const all = await client.list<DynamicObject>(widgetType);
    expect(all.items).toHaveLength(1201);
    expect(all.items[0]).toMatchObject({ apiVersion: 'example.org/v1', kind: 'Widget' });
    expect(proxy.count()).toBe(3);
    const page = await client.list(widgetType, { limit: 1000 });
    expect(page.items).toHaveLength(1000);
    expect((await client.list(widgetType, { limit: 1000, continue: page.continue })).items).toHaveLength(201);
  });

  it('tells what is served, and that nothing is', async () => {
    const client = await aClient();
    expect(await client.discover('example.org', 'v1')).toEqual([widgetType]);
    expect(await client.discover('nobody.org', 'v1')).toEqual([]);
  });

  it('counts each call', async () => {
    const counter = new CallCounter();
    const client = await aClient({ onCall: counter.record });
    await client.create(widgetType, anObject('w'));
    await client.get(widgetType, ref);
    await client.get(widgetType, { ...ref, name: 'none' }).catch(() => {});
    expect(Object.fromEntries(counter.byCall)).toEqual({
      'create widgets.example.org': 1,
      'get widgets.example.org': 2,
    });
  });

  it('sends who acts, with every group', async () => {
    const client = await aClient();
    await client.create(widgetType, anObject('w'), { impersonate: { user: 'eve', groups: ['a', 'b'] } });
    expect(proxy.calls[0].headers.filter(([name]) => name.startsWith('impersonate-'))).toEqual([
      ['impersonate-user', 'eve'],
      ['impersonate-group', 'a'],
      ['impersonate-group', 'b'],
    ]);
  });
});

describe('refusals', () => {
  it('come in the words of the server', async () => {
    const client = await aClient();
    const error = await client.get(widgetType, ref).catch(e => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 404, reason: 'NotFound', message: 'widgets "w" not found' });
  });

  it('name the call when the server has no words', async () => {
    const client = await aClient();
    await proxy.stop();
    proxy = await FaultProxy.start({ server: server.server });
    const other = await aClient();
    proxy.fail(() => true, { status: 503, message: '' });
    const error = await other.get(widgetType, ref).catch(e => e);
    expect(error).toMatchObject({ code: 503, reason: 'ServiceUnavailable' });
    expect(error.message).toMatch(
      /^GET http:\/\/127\.0\.0\.1:\d+\/apis\/example\.org\/v1\/namespaces\/default\/widgets\/w: HTTP 503/,
    );
    await expect(client.get(widgetType, ref)).rejects.toBeInstanceOf(ConnectionError);
  });

  it('for being busy are waited out', async () => {
    const client = await aClient();
    server.put(widgetType, anObject('w'));
    proxy.fail(() => true, { status: 429, retryAfterSeconds: 0 }, 2);
    await client.get(widgetType, ref);
    expect(proxy.count()).toBe(3);
    proxy.fail(() => true, { status: 429, retryAfterSeconds: 0 });
    await expect(client.get(widgetType, ref)).rejects.toMatchObject({ code: 429 });
    expect(proxy.count()).toBe(8);
  });

  it('for credentials ask for new ones, once', async () => {
    const client = await aClient();
    server.put(widgetType, anObject('w'));
    proxy.fail(() => true, { status: 401 }, 1);
    await client.get(widgetType, ref);
    proxy.fail(() => true, { status: 401 });
    await expect(client.get(widgetType, ref)).rejects.toMatchObject({ code: 401 });
    expect(proxy.count()).toBe(4);
  });
});

describe('connections', () => {
  it('that break are an error that names the server; a read is sent once more', async () => {
    const client = await aClient();
    server.put(widgetType, anObject('w'));
    proxy.fail(({ method }) => method === 'GET', { reset: true }, 1);
    await client.get(widgetType, ref);
    proxy.fail(({ method }) => method === 'PATCH', { reset: true }, 1);
    const error = await client.patch(widgetType, ref, {}, { kind: 'merge' }).catch(e => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`PATCH ${proxy.server}`);
    expect(proxy.count(({ method }) => method === 'PATCH')).toBe(1);
  });

  it('that stay silent time out', async () => {
    const client = await aClient({ timeoutMs: 100 });
    proxy.freeze();
    await expect(client.get(widgetType, ref)).rejects.toBeInstanceOf(ConnectionError);
  });

  it('of watches do not take those of calls', async () => {
    server.put(widgetType, anObject('w'));
    const client = await aClient({ connections: 2 });
    const abort = new AbortController();
    const watches = Array.from({ length: 60 }, async () => {
      for await (const event of client.watch(widgetType, { resourceVersion: '0', signal: abort.signal }))
        if (!event) return;
    });
    await eventually('60 watches', () => proxy.openWatches === 60);
    expect(await Promise.all(Array.from({ length: 50 }, () => client.get(widgetType, ref)))).toHaveLength(50);
    abort.abort();
    await Promise.allSettled(watches);
  });

  it('end with the client', async () => {
    const client = await aClient();
    await client.discover('example.org', 'v1');
    await client.close();
    await expect(client.discover('example.org', 'v1')).rejects.toThrow('the client is closed');
  });
});

describe('watch', () => {
  it('brings changes and bookmarks, and ends with the signal', async () => {
    const client = await aClient();
    const abort = new AbortController();
    const seen: WatchEvent<DynamicObject>[] = [];
    const watching = (async () => {
      for await (const event of client.watch<DynamicObject>(widgetType, { resourceVersion: '1', signal: abort.signal }))
        seen.push(event);
    })();
    await eventually('the watch', () => proxy.openWatches === 1);
    server.put(widgetType, anObject('w'));
    server.remove(widgetType, 'default/w');
    server.bookmark();
    await eventually('three events', () => seen.length === 3);
    expect(seen.map(event => (event.type === 'BOOKMARK' ? event : event.type))).toEqual([
      'ADDED',
      'DELETED',
      { type: 'BOOKMARK', resourceVersion: '3' },
    ]);
    abort.abort(new Error('enough'));
    await expect(watching).rejects.toThrow('enough');
  });

  it('says when its version is too old', async () => {
    const client = await aClient();
    server.put(widgetType, anObject('w'));
    server.compact();
    const next = client.watch(widgetType, { resourceVersion: '1' })[Symbol.asyncIterator]().next();
    await expect(next).rejects.toMatchObject({ isExpired: true });
  });
});

describe('kubeconfig', () => {
  it.each([
    ['a file that is not there', { file: '/nowhere/kubeconfig' }, /\/nowhere\/kubeconfig cannot be used: .*ENOENT/],
    [
      'a context that is not there',
      { text: '{}', context: 'x' },
      /the given kubeconfig has no context "x"; it has: \(none\)/,
    ],
    ['no cluster', { text: '{}' }, /names no cluster; set current-context to one of: \(none\)/],
  ])('with %s is refused', async (_what, options, message) => {
    await expect(connect(options)).rejects.toThrow(message);
  });
});
