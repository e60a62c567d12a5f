import { watch, type FSWatcher } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBareRepository, Repository } from '@kratix-ts/cli';
import { createLogger } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import { connect, coreTypes, type DynamicObject, type KubeClient, type KubeObject } from '@kratix-ts/core/kube';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { aDestination, aGitStore, aName, aPromise, Changes, EngineUnderTest, types, until } from './support';

/* The engine as a process: two replicas, probes, metrics, and an end in the middle of a push. Its cluster is its own. */

interface LeaseLike extends KubeObject {
  spec?: { holderIdentity?: string };
}

let folder: string;
let cluster: Cluster;
let kube: KubeClient;
let store: Repository;
const changes = new Changes();
const engines: EngineUnderTest[] = [];
let stopWatching = () => {};
let gates: FSWatcher | undefined;

/** Pushes to the store wait for the file `open`, and tell by the file `waiting` that they do. */
const gate = (name: 'open' | 'waiting') => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-process-'));
  cluster = await startCluster({ dir: join(folder, 'cluster'), log: createLogger({ level: 'silent' }) });
  kube = await connect({ file: cluster.kubeconfig });
  for (const crd of crds()) await kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
  await createBareRepository(join(folder, 'store.git'));
  store = new Repository(join(folder, 'store.git'));
  const hook = join(store.folder, 'hooks/pre-receive');
  await writeFile(hook, `#!/bin/sh\n[ -e ${gate('open')} ] && exit 0\n: >${gate('waiting')}\nwhile [ ! -e ${gate('open')} ]; do sleep 0.05; done\n`);
  await chmod(hook, 0o755);
  await writeFile(gate('open'), '');
  stopWatching = store.watch(changes.notify, 10);
  gates = watch(folder, changes.notify);
});
afterAll(async () => {
  for (const engine of engines) engine.kill('SIGKILL');
  stopWatching();
  gates?.close();
  await kube?.close();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

function anEngine(): EngineUnderTest {
  const number = engines.length;
  const engine = new EngineUnderTest(['--kubeconfig', cluster.kubeconfig, '--leader-elect', '--allow-local-stores', '--cache-dir', join(folder, `cache-${number}`)], { PIPELINE_ADAPTER_IMG: 'helper.example/none:1' });
  engines.push(engine);
  return engine;
}

const exists = (file: string) => access(file).then(() => true, () => false);
const holder = async () => (await kube.get<LeaseLike>(coreTypes.Lease, { name: '2743c979.kratix.io', namespace: 'kratix-platform-system' })).spec?.holderIdentity;
const isDelivered = async (name: string) => {
  const head = await store.head();
  return head ? [...(await store.tree(head)).keys()].some(path => path.includes(`/${name}/`)) : false;
};

it('B-CFG-3, B-CFG-4: of two replicas one works, and both are ready', async () => {
  const first = anEngine();
  await first.untilLine('the first to work', line => line.msg === 'running');
  const second = anEngine();
  await second.untilLine('the second to wait', line => line.msg === 'waiting for the lead');
  for (const engine of [first, second]) {
    expect(await engine.get('probes', '/healthz')).toMatchObject({ status: 200 });
    expect(await engine.get('probes', '/readyz')).toMatchObject({ status: 200, text: expect.stringContaining('[+]caches ok') });
  }
  const leads = async (engine: EngineUnderTest) => /^leader_election_master_status\{.*\} (\d)$/m.exec((await engine.get('metrics', '/metrics')).text)?.[1];
  expect([await leads(first), await leads(second)]).toEqual(['1', '0']);
  expect(second.lines.map(({ msg }) => msg)).not.toContain('running');
});

it('B-OBS-1: metrics tell of every controller, call and store', async () => {
  const storeName = aName('store-');
  await kube.create(types.GitStateStore, aGitStore(pathToFileURL(store.folder).href, storeName));
  await kube.create(types.Destination, aDestination({ labels: {}, store: storeName, path: 'here' }));
  const promise = aPromise({ dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'static' } }] });
  await kube.create(types.Promise, promise.object);
  await until(changes, 'the files', () => isDelivered(promise.name));
  const { text } = await engines[0].get('metrics', '/metrics');
  for (const pattern of [
    /^workqueue_adds_total\{name="workplacement",controller="workplacement"\} [1-9]/m,
    /^controller_runtime_reconcile_total\{controller="promise",result="success"\} [1-9]/m,
    /^rest_client_requests_total\{code="201",host="127.0.0.1:\d+",method="POST"\} [1-9]/m,
    /^kratix_workplacement_outcomes_total\{result="scheduled",promise="[^"]+",namespace="kratix-platform-system",destination="[^"]+"\} 1$/m,
    /^kratix_store_push_duration_seconds_count\{store="GitStateStore\/[^"]+"\} [1-9]/m,
    /^process_resident_memory_bytes /m,
  ]) {
    expect(text).toMatch(pattern);
  }
});

it('B-OBS-5: sends traces as soon as the configuration names an endpoint, and none before', async () => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(`${request.url} ${request.headers['x-key']} ${body}`);
      changes.notify();
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>(resolveListen => collector.listen(0, '127.0.0.1', resolveListen));
  try {
    const { port } = collector.address() as AddressInfo;
    const telemetry = { endpoint: `127.0.0.1:${port}`, protocol: 'http', insecure: true, headers: { 'x-key': 'abc' } };
    const metadata = { name: 'kratix', namespace: 'kratix-platform-system' };
    await kube.create<DynamicObject>(coreTypes.ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { config: JSON.stringify({ telemetry }) } });
    const promise = aPromise({ dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'traced' } }] });
    await engines[0].untilLine('the configuration to be read', line => JSON.stringify(line).includes('telemetry'));
    await kube.create(types.Promise, promise.object);
    const names = () => bodies.join('\n');
    const wanted = [`"${promise.name}/PromiseReconcile"`, `"${promise.name}/WorkReconcile"`, `"${promise.name}/WorkPlacementReconcile"`, '"k8s PATCH /apis/platform.kratix.io/', '"kratix-controller-manager"', '/v1/traces abc '];
    await until(changes, 'the spans', () => wanted.every(words => names().includes(words)), { seen: () => wanted.filter(words => !names().includes(words)) });
    const traced = engines[0].lines.filter(({ trace_id: id }) => id !== undefined);
    for (const { trace_id: id } of traced) expect(id).toMatch(/^[0-9a-f]{32}$/);
    await kube.delete(coreTypes.ConfigMap, metadata);
  } finally {
    collector.closeAllConnections();
    await new Promise(resolveClose => collector.close(resolveClose));
  }
});

it('Q-35: told to end in the middle of a push, it finishes that, gives the lead away and ends well', async () => {
  await rm(gate('open'));
  const promise = aPromise({ dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }] });
  await kube.create(types.Promise, promise.object);
  await until(changes, 'the push to be under way', () => exists(gate('waiting')));
  const [first, second] = engines;
  const before = await holder();
  first.kill('SIGTERM');
  await first.untilLine('the end to begin', line => line.msg.startsWith('ending'));
  expect(await first.get('probes', '/readyz')).toMatchObject({ status: 503 });
  expect(await first.get('probes', '/healthz')).toMatchObject({ status: 200 });
  expect([first.isRunning, await isDelivered(promise.name), await holder()]).toEqual([true, false, before]);
  await writeFile(gate('open'), '');
  const began = performance.now();
  expect(await first.ended).toBe(0);
  expect(performance.now() - began).toBeLessThan(25_000);
  expect(await isDelivered(promise.name)).toBe(true);
  // an expired lease would take 15 s; one that was given away is taken at the next try
  await second.untilLine('the second to work', line => line.msg === 'running');
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(first.lines.filter(({ level }) => level === 'error' || level === 'stderr')).toEqual([]);
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});
