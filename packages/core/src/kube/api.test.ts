import { eventually } from '../testing/eventually';
import { FakeApiServer } from '../testing/fake-api-server';
import { FaultProxy } from '../testing/fault-proxy';
import { anObject, widgetType } from '../testing/objects';
import { ClusterApi } from './api';
import { createCache } from './cache';
import { connect } from './client';
import type { Cache, DynamicObject, Informer, KubeClient } from './types';

let server: FakeApiServer;
let proxy: FaultProxy;
let client: KubeClient;
let cache: Cache;
let informer: Informer<DynamicObject>;
let api: ClusterApi;

/** The watch is ten minutes late in all of these: what the cache shows, it has from the answers. */
beforeEach(async () => {
  server = await FakeApiServer.start(widgetType);
  proxy = await FaultProxy.start({ server: server.server });
  client = await connect({ text: proxy.kubeconfig });
  cache = createCache(client);
  informer = cache.informer<DynamicObject>(widgetType);
  api = new ClusterApi(client, cache, { fieldManager: 'us' });
  await informer.whenSynced();
  await eventually('the watch', () => proxy.openWatches === 1);
  proxy.freeze();
  proxy.thaw();
  proxy.delayWatches(600_000);
});

afterEach(async () => {
  await cache.stop();
  await client.close();
  await proxy.stop();
  await server.stop();
});

const key = 'default/w';
const ref = { namespace: 'default', name: 'w' };
const writes = () => proxy.count(({ method }) => method !== 'GET');
const reads = () => proxy.count(({ method, isWatch }) => method === 'GET' && !isWatch) - 1;
const known = () => informer.get(key)!;

describe('every write is in the cache when it returns', () => {
  it('create, merge patch, status, metadata, delete', async () => {
    await api.create(widgetType, anObject('w', { spec: { n: 1 } }));
    expect(known().spec).toEqual({ n: 1 });
    await api.mergePatch(widgetType, known(), { ...known(), spec: { n: 2 } });
    expect(known().spec).toEqual({ n: 2 });
    await api.mergePatch(widgetType, known(), { ...known(), status: { ok: true } }, { subresource: 'status' });
    expect(known().status).toEqual({ ok: true });
    await api.patchMetadata(widgetType, known(), {
      labels: { a: 'b' },
      annotations: { c: 'd' },
      addFinalizers: ['x.y/z'],
    });
    expect(known().metadata).toMatchObject({ labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['x.y/z'] });
    await api.delete(widgetType, ref);
    expect(known().metadata.deletionTimestamp).toBeTruthy();
    await api.removeFinalizers(widgetType, known(), 'x.y/z');
    expect(informer.get(key)).toBeUndefined();
    expect([writes(), reads()]).toEqual([6, 0]);
  });

  it('but not when it was a dry run', async () => {
    const spy = jest.spyOn(client, 'create');
    await api.create(widgetType, anObject('w'), { dryRun: true });
    expect(spy).toHaveBeenCalledWith(widgetType, expect.anything(), { dryRun: true, fieldManager: 'us' });
    expect(informer.get(key)).toBeUndefined();
  });

  it('also where several informers hold the kind, each by its own selector', async () => {
    const matching = cache.informer<DynamicObject>(widgetType, { labelSelector: 'a=b' });
    const other = cache.informer<DynamicObject>(widgetType, { labelSelector: 'a=c' });
    await Promise.all([matching.whenSynced(), other.whenSynced()]);
    await api.create(widgetType, anObject('w', { metadata: { labels: { a: 'b' } } }));
    expect([matching.list().length, other.list().length]).toEqual([1, 0]);
  });
});

describe('a write that changes nothing is not sent', () => {
  it('as a merge patch', async () => {
    await api.create(widgetType, anObject('w', { spec: { a: 1, b: [1, 2] }, metadata: { labels: { x: 'y' } } }));
    const before = writes();
    const answer = await api.mergePatch(widgetType, known(), { ...known(), spec: { b: [1, 2], a: 1 } });
    await api.patchMetadata(widgetType, known(), { labels: { x: 'y', z: null }, removeFinalizers: ['none'] });
    await api.addFinalizers(widgetType, known());
    expect(answer).toBe(known());
    expect(writes()).toBe(before);
  });

  it('as an apply', async () => {
    const wanted = anObject('w', { spec: { a: 1, deep: { b: [1] } } });
    await api.apply(widgetType, wanted);
    await api.apply(widgetType, wanted);
    await api.apply(widgetType, { ...wanted, spec: { deep: { b: [1] }, a: 1 } });
    expect(writes()).toBe(1);
    await api.apply(widgetType, { ...wanted, spec: { ...wanted.spec, a: 2 } });
    expect(writes()).toBe(2);
  });

  it('but an apply that names a field no more is', async () => {
    await api.apply(widgetType, anObject('w', { spec: { a: 1, b: 2 } }));
    await api.apply(widgetType, anObject('w', { spec: { a: 1 } }));
    expect(known().spec).toEqual({ a: 1 });
  });

  it('and so is the first apply to what another made', async () => {
    await api.create(widgetType, anObject('w', { spec: { a: 1 } }));
    await api.apply(widgetType, anObject('w', { spec: { a: 1 } }));
    await api.apply(widgetType, anObject('w', { spec: { a: 1 } }));
    expect(writes()).toBe(2);
  });
});

describe('a merge patch', () => {
  it('holds the difference alone, and the version it was made from', async () => {
    await api.create(widgetType, anObject('w', { spec: { a: 1, b: 1 } }));
    const spy = jest.spyOn(client, 'patch');
    const { resourceVersion } = known().metadata;
    await api.mergePatch(widgetType, known(), { ...known(), spec: { a: 2, c: 3 } });
    expect(spy.mock.calls[0][2]).toEqual({ spec: { a: 2, b: null, c: 3 }, metadata: { resourceVersion } });
  });

  it('fails when another wrote in between', async () => {
    await api.create(widgetType, anObject('w', { spec: { a: 1 } }));
    server.put(widgetType, anObject('w', { spec: { a: 7 } }));
    const patched = api.mergePatch(widgetType, known(), { ...known(), spec: { a: 2 } });
    await expect(patched).rejects.toMatchObject({ isConflict: true });
  });

  it('with a subresource leaves everything else alone', async () => {
    await api.create(widgetType, anObject('w', { spec: { a: 1 } }));
    await api.mergePatch(
      widgetType,
      known(),
      { ...known(), spec: { a: 2 }, status: { s: 1 } },
      { subresource: 'status' },
    );
    expect(server.stored(widgetType).get(key)).toMatchObject({ spec: { a: 1 }, status: { s: 1 } });
  });

  it('to an object that is gone says so, and the cache knows', async () => {
    await api.create(widgetType, anObject('w', { metadata: { finalizers: ['x.y/z'] } }));
    const last = known();
    server.put(widgetType, { ...last, metadata: { ...last.metadata, finalizers: undefined } });
    server.remove(widgetType, key);
    await expect(api.mergePatch(widgetType, last, { ...last, spec: {}, status: { a: 1 } })).rejects.toMatchObject({
      isNotFound: true,
    });
    expect(informer.get(key)).toBeUndefined();
    await api.removeFinalizers(widgetType, last, 'x.y/z');
  });
});

describe('what may have happened already', () => {
  it('creating what exists answers with it', async () => {
    const made = await api.createIfAbsent(widgetType, anObject('w', { spec: { a: 1 } }));
    expect((await api.createIfAbsent(widgetType, anObject('w', { spec: { a: 2 } }))).metadata.uid).toBe(
      made.metadata.uid,
    );
    expect(writes()).toBe(1);
    server.put(widgetType, anObject('unseen', { spec: { a: 3 } }));
    expect((await api.createIfAbsent(widgetType, anObject('unseen'))).spec).toEqual({ a: 3 });
    expect(informer.get('default/unseen')?.spec).toEqual({ a: 3 });
  });

  it('creating again after an answer was lost', async () => {
    proxy.fail(({ method }) => method === 'POST', { loseAnswer: true }, 1);
    await expect(api.createIfAbsent(widgetType, anObject('w'))).rejects.toThrow(/POST/);
    await api.createIfAbsent(widgetType, anObject('w'));
    expect(server.stored(widgetType).size).toBe(1);
  });

  it('asking for what no watch has brought yet, and for what is gone', async () => {
    server.put(widgetType, anObject('unseen', { spec: { a: 3 } }));
    await api.refresh(widgetType, { name: 'unseen', namespace: 'default' });
    expect(informer.get('default/unseen')?.spec).toEqual({ a: 3 });
    server.remove(widgetType, 'default/unseen');
    await api.refresh(widgetType, { name: 'unseen', namespace: 'default' });
    expect(informer.get('default/unseen')).toBeUndefined();
  });

  it('deleting what is gone', async () => {
    await api.create(widgetType, anObject('w'));
    server.remove(widgetType, key);
    await api.delete(widgetType, ref);
    expect(informer.get(key)).toBeUndefined();
  });
});
