import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBareRepository, Repository } from '@kratix-ts/cli';
import { createEngine, createLogger, type Engine } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import {
  type Cache,
  connect,
  ConnectionError,
  coreTypes,
  createCache,
  type DynamicObject,
  type Informer,
  type KubeClient,
  type KubeObject,
  keyOf,
} from '@kratix-ts/core/kube';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { addHelperImage } from '../../packages/cli/src/dev/images';
import { aContainer, aDestination, aGitStore, aName, aPipeline, type APromise, aPromise, aRequest, Changes, isTrue, types, until, type WithStatus } from './support';

/*
 * An engine that is killed after every n-th write, and started again each time, leaves the same behind as one that
 * lives on: nothing runs more often than its records say, and nothing stays.
 */

const IMAGE = 'suite.example/tools:1';
const helperBundle = resolve(__dirname, '../../packages/pipeline-adapter/dist/pipeline-adapter.mjs');
const WRITES = new Set(['create', 'replace', 'patch', 'delete']);
const log = createLogger({ level: process.env.KRATIX_TEST_LOG ? 'debug' : 'silent' });

/** A client that dies after its n-th write took effect: the answer to it never comes, nor does any other. */
function mortal(kube: KubeClient, writes: number, onDeath: () => void): KubeClient {
  const death = new AbortController();
  let left = writes;
  const dead = () => new ConnectionError('the process is dead');
  const isOurs = (type: unknown) => !['events', 'leases', 'namespaces'].includes((type as { plural?: string }).plural ?? '');
  async function* watch(...args: Parameters<KubeClient['watch']>) {
    const [type, options] = args;
    const signals = [death.signal, ...(options.signal ? [options.signal] : [])];
    yield* kube.watch(type, { ...options, signal: AbortSignal.any(signals) });
  }
  return new Proxy(kube, {
    get(target, name) {
      if (name === 'watch') return watch;
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || name === 'close') return method;
      return async (...args: unknown[]) => {
        if (death.signal.aborted) throw dead();
        const answer: unknown = await method.apply(target, args);
        if (WRITES.has(String(name)) && isOurs(args[0])) left -= 1;
        if (left <= 0 && !death.signal.aborted) {
          death.abort(dead());
          onDeath();
        }
        if (death.signal.aborted) throw dead();
        return answer;
      };
    },
  });
}

describe('killed after every n-th write, and started again', () => {
  let folder: string;
  let cluster: Cluster;
  let kube: KubeClient;
  let cache: Cache;
  let store: Repository;
  let helperImage: string;
  let promise: APromise;
  let engine: Engine | undefined;
  let deaths = 0;
  let stopWatching = () => {};
  let isOver = false;
  let starting: Promise<void> = Promise.resolve();
  const changes = new Changes();
  const pods = new Map<string, string>();
  const views = new Map<string, Informer<WithStatus>>();

  /** Starts engines, one after the other, until told to stop; each lives for so many writes. */
  function live(writes: number) {
    starting = starting.then(async () => {
      const former = engine;
      engine = undefined;
      await former?.stop();
      if (isOver) return;
      const client = mortal(kube, writes, () => {
        deaths += 1;
        live(writes);
      });
      engine = createEngine({ kube: client, log, config: { helperImage, allowLocalStores: true, cacheDir: join(folder, `cache-${deaths}`) } });
      // one that dies while it starts is followed by the next like any other
      await engine.start().catch(() => undefined);
    });
  }

  const view = async (type: (typeof types)['Work']) => {
    const known = views.get(type.plural);
    if (known) return known;
    const informer = cache.informer<WithStatus>(type);
    views.set(type.plural, informer);
    informer.onChange(changes.notify);
    await informer.whenSynced();
    return informer;
  };
  const filesOf = async (name: string) => {
    const head = await store.head();
    if (!head) return new Map<string, string>();
    const own = [...(await store.tree(head))].filter(([path]) => path.includes(`/${name}/`));
    const contents = await store.read(own.map(([, id]) => id));
    return new Map(own.map(([path, id]) => [path.split('/').at(-1) ?? '', contents.get(id) ?? '']));
  };
  const isGone = async (name: string) => {
    const kinds = [types.Work, types.WorkPlacement, types.WorkflowRun, coreTypes.Job, coreTypes.Pod, coreTypes.ConfigMap];
    const left = await Promise.all(kinds.map(async type => (await view(type)).list().filter(each => JSON.stringify([each.metadata.name, each.metadata.labels]).includes(name))));
    return left.flat().length === 0 && (await filesOf(name)).size === 0;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crash-suite-'));
    cluster = await startCluster({ dir: join(folder, 'cluster'), log });
    helperImage = await addHelperImage(cluster.images, helperBundle);
    await cluster.images.addImage(IMAGE, { host: true });
    kube = await connect({ file: cluster.kubeconfig });
    cache = createCache(kube);
    for (const crd of crds()) await kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
    await createBareRepository(join(folder, 'store.git'));
    store = new Repository(join(folder, 'store.git'));
    stopWatching = store.watch(changes.notify, 10);
    const write = (text: string) =>
      aContainer(`grep 'word:' /kratix/input/object.yaml >/kratix/output/${text}.yaml; echo '${text}: done' >/kratix/metadata/status.yaml`, { image: IMAGE });
    const configure = ['one', 'two'].map(name => aPipeline([write(name)], { name }));
    promise = aPromise({
      workflows: { resource: { configure, delete: [aPipeline([aContainer('true', { image: IMAGE })], { name: 'farewell' })] } },
      dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'static' } }],
    });
    const seen = await view(coreTypes.Pod);
    seen.onChange(({ object }) => pods.set(object.metadata.uid ?? '', `${object.metadata.labels?.['kratix.io/resource-name']}/${object.metadata.labels?.['kratix.io/pipeline-name']}`));
  });
  afterEach(async () => {
    isOver = true;
    await starting;
    await engine?.stop();
    engine = undefined;
  });
  afterAll(async () => {
    stopWatching();
    await cache?.stop();
    await kube?.close();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const steps = (process.env.KRATIX_TEST_CRASH ?? '1,2,3,5').split(',').map(Number);
  it.each(steps)('n = %i', async writes => {
    isOver = false;
    deaths = 0;
    live(writes);
    const storeName = aName('store-');
    const made: [(typeof types)['Work'], KubeObject][] = [
      [types.GitStateStore, aGitStore(pathToFileURL(store.folder).href, storeName)],
      [types.Destination, { ...aDestination({ labels: {}, store: storeName, path: aName('path-') }) }],
      [types.Promise, promise.object],
    ];
    for (const [type, object] of made) await kube.create(type, object);
    const promises = await view(types.Promise);
    await until(changes, 'the Promise to be Available', () => isTrue(promises.get(promise.name), 'Available'), { seen: () => promises.get(promise.name)?.status });

    const request = aRequest(promise.type, 'default', { word: 'first' });
    const { name } = request.metadata;
    await kube.create(promise.type, request);
    const requests = await view(promise.type);
    const settled = (word: string) => async () => {
      const found = requests.get(keyOf(request));
      const isReady = isTrue(found, 'Reconciled') && found?.status?.observedGeneration === found?.metadata.generation;
      const files = await filesOf(name);
      // what is reported to be done is done
      if (isReady && found?.spec?.word === word) expect([...files.values()].map(text => text.trim())).toEqual([`word: ${word}`, `word: ${word}`]);
      return isReady && files.size === 2;
    };
    const seen = () => ({ deaths, request: requests.get(keyOf(request)) });
    await until(changes, 'the first files', settled('first'), { seen, timeout: 120_000 });
    await kube.patch(promise.type, request.metadata, { spec: { word: 'second' } }, { kind: 'merge' });
    await until(changes, 'the second files', () => requests.get(keyOf(request))?.spec?.word === 'second' && settled('second')(), { seen, timeout: 120_000 });
    expect(requests.get(keyOf(request))?.status).toMatchObject({ one: 'done', two: 'done', workflowsSucceeded: 2 });
    await kube.delete(promise.type, request.metadata);
    await until(changes, 'the request and all that was its own to be gone', async () => !requests.get(keyOf(request)) && isGone(name), { seen, timeout: 120_000 });

    const ran = (pipeline: string) => [...pods.values()].filter(each => each === `${name}/${pipeline}`).length;
    expect(['one', 'two', 'farewell'].map(ran)).toEqual([2, 2, 1]);

    await kube.delete(types.Promise, promise.object.metadata);
    await until(changes, 'the Promise and its definition to be gone', async () => !promises.get(promise.name) && isGone(promise.name), { seen, timeout: 60_000 });
    requests.release();
    views.delete(promise.type.plural);
    for (const [type, object] of made.slice(0, 2).reverse()) await kube.delete(type, object.metadata);
    expect(deaths).toBeGreaterThan(5);
  });
});
