import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, createLogger } from '@kratix-ts/core';
import { crds, Destination, GitStateStore, Promise as PromiseKind, type PromiseObject } from '@kratix-ts/core/api';
import { connect, coreTypes, createCache, typeOf, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { addHelperImage } from '../packages/cli/src/dev/images';
import { atMost, median, type Row } from './table';

const REQUESTS = 20;
const IMAGE = 'bench.example/tools:1';
const things = typeOf('bench.example/v1', 'Thing', 'things');
const READS = new Set(['get', 'list']);
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** The counts leave out what the aim leaves out, and who asks whether something is there. */
const LEFT_OUT = new Set(['events', 'leases', 'tokenreviews', 'selfsubjectaccessreviews']);

interface Call {
  user: string;
  verb: string;
  resource: string;
}

/** A Promise with one pipeline that writes one file. */
const promise: PromiseObject = {
  apiVersion: PromiseKind.apiVersion,
  kind: 'Promise',
  metadata: { name: 'thing' },
  spec: {
    api: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.bench.example' },
      spec: {
        group: 'bench.example',
        names: { kind: 'Thing', plural: 'things', singular: 'thing' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } }],
      },
    },
    workflows: {
      resource: {
        configure: [
          {
            apiVersion: PromiseKind.apiVersion,
            kind: 'Pipeline',
            metadata: { name: 'only' },
            spec: { containers: [{ name: 'nothing', image: IMAGE, command: ['/bin/sh', '-c', 'cp /kratix/input/object.yaml /kratix/output/'] }] },
          },
        ],
      },
    },
  },
};

/** Requests through an embedded cluster: how long until the file is in the repository, and what it costs in calls. */
export async function measureEngine(helperBundle: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kratix-ts-bench-'));
  const calls: Call[] = [];
  const log = createLogger({ level: 'error' });
  const cluster = await startCluster({
    dir: join(folder, 'cluster'),
    log,
    authorize: (user, { verb, resource }) => {
      if (resource && !LEFT_OUT.has(resource)) calls.push({ user: user.username, verb, resource });
      return { allowed: true };
    },
  });
  try {
    return await measure(cluster, folder, calls, await addHelperImage(cluster.images, helperBundle));
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(cluster: Cluster, folder: string, calls: Call[], helperImage: string): Promise<Row[]> {
  const store = join(folder, 'store.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', store]);
  await cluster.images.addImage(IMAGE, { host: true });
  // the engine's calls are told apart by who makes them: it acts as a user of its own
  const admin = await connect({ file: cluster.kubeconfig });
  for (const crd of crds()) await admin.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
  let engineCalls: { method: string; path: string }[] = [];
  const kube = await connect({ file: cluster.kubeconfig, onCall: call => engineCalls.push(call) });
  const engine = createEngine({ kube, log: createLogger({ level: 'error' }), config: { helperImage, allowLocalStores: true, cacheDir: join(folder, 'cache') } });
  await engine.start();
  try {
    await admin.create<DynamicObject>(GitStateStore.type, { apiVersion: GitStateStore.apiVersion, kind: 'GitStateStore', metadata: { name: 'bench' }, spec: { url: `file://${store}` } });
    await admin.create<DynamicObject>(Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: 'bench' }, spec: { path: 'bench', stateStoreRef: { kind: 'GitStateStore', name: 'bench' } } });
    await admin.create(PromiseKind.type, promise);
    const watcher = await watchThings(admin);
    await watcher.servedBy();
    const latencies: number[] = [];
    let second: { engine: typeof engineCalls; all: Call[] } = { engine: [], all: [] };
    for (let count = 0; count < REQUESTS; count += 1) {
      engineCalls = [];
      calls.length = 0;
      latencies.push(await one(admin, store, `thing-${count}`));
      await watcher.ready(`thing-${count}`);
      if (count === 1) second = { engine: engineCalls, all: [...calls] };
    }
    await watcher.stop();
    return rows(latencies, second);
  } finally {
    await engine.stop();
    await kube.close();
    await admin.close();
  }
}

/** Milliseconds from the request to its file in the repository. */
async function one(kube: KubeClient, store: string, name: string): Promise<number> {
  const began = performance.now();
  await kube.create<DynamicObject>(things, { apiVersion: 'bench.example/v1', kind: 'Thing', metadata: { name, namespace: 'default' }, spec: { size: 1 } });
  for (;;) {
    try {
      const files = execFileSync('git', ['-C', store, 'ls-tree', '-r', '--name-only', 'main'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
      if (files.includes(`/${name}/`)) return performance.now() - began;
    } catch {
      // no commit yet
    }
    await new Promise(resolve => setTimeout(resolve, 10));
    if (performance.now() - began > 60_000) throw new Error(`${name} did not arrive in the repository within 60 s`);
  }
}

async function watchThings(kube: KubeClient) {
  const cache = createCache(kube);
  const promises = cache.informer<PromiseObject>(PromiseKind.type);
  await promises.whenSynced();
  const until = (what: string, holds: () => boolean, listen: (callback: () => void) => () => void) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited 60 s in vain for ${what}`)), 60_000);
      const stop = listen(() => {
        if (!holds()) return;
        clearTimeout(timer);
        queueMicrotask(() => stop());
        resolve();
      });
      if (holds()) {
        clearTimeout(timer);
        stop();
        resolve();
      }
    });
  await until('the Promise', () => promises.get('thing')?.status?.status === 'Available', callback => promises.onChange(callback));
  const requests = cache.informer<DynamicObject>(things);
  await requests.whenSynced();
  const isReady = (name: string) => {
    const conditions = (requests.get(`default/${name}`)?.status?.conditions ?? []) as { type: string; status: string }[];
    return conditions.some(each => each.type === 'Reconciled' && each.status === 'True');
  };
  return {
    servedBy: () => requests.whenSynced(),
    ready: (name: string) => until(`${name} to be Reconciled`, () => isReady(name), callback => requests.onChange(callback)),
    stop: () => cache.stop(),
  };
}

function rows(latencies: number[], second: { engine: { method: string; path: string }[]; all: Call[] }): Row[] {
  const isEvent = ({ path }: { path: string }) => /\/events(\/|$)/.test(path) || /\/leases(\/|$)/.test(path);
  const engine = second.engine.filter(call => !isEvent(call));
  const helper = second.all.filter(call => call.user.startsWith('system:serviceaccount:'));
  const engineWrites = engine.filter(call => call.method !== 'GET').length;
  const helperWrites = helper.filter(call => WRITES.has(call.verb)).length;
  return [
    atMost('latency', 'request created → file in the bare repository, median of 20', median(latencies) / 1_000, 's', 1.5),
    atMost('writes', 'API writes per request until Ready, engine and helper', engineWrites + helperWrites, 'calls', 12),
    atMost('reads', 'reads that the cache could have answered, engine and helper', engine.filter(call => call.method === 'GET').length + helper.filter(call => READS.has(call.verb)).length, 'calls', 0),
  ];
}
