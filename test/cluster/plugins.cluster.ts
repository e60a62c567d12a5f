import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLogger } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import { connect, coreTypes, createCache, toYaml, type DynamicObject, type KubeClient, type ResourceType } from '@kratix-ts/core/kube';
import { InstantKubelet } from '@kratix-ts/core/testing';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { aContainer, aDestination, aName, aPipeline, aPromise, aRequest, Changes, complaintsOf, conditionOf, EngineUnderTest, isTrue, types, until, type WithStatus } from './support';

/* Plugins as a stranger would install them: packages in a node_modules, named by the configuration. The built-in stores are left out of it. */

const SYSTEM = 'kratix-platform-system';
const shelf: ResourceType = { group: 'stores.example.com', version: 'v1', kind: 'FolderStateStore', plural: 'folderstatestores', namespaced: false };
const BROKEN = `const broken = { kind: 'BrokenStateStore', resource: { group: 'stores.example.com', version: 'v1', kind: 'BrokenStateStore', plural: 'brokenstatestores', namespaced: false } };
const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
broken.definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'brokenstatestores.stores.example.com' }, spec: { group: 'stores.example.com', scope: 'Cluster', names: { kind: 'BrokenStateStore', plural: 'brokenstatestores' }, versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } }] } };
const never = () => new Promise(() => {});
broken.patienceMs = 300;
broken.create = ({ spec }) => {
  if (spec.how === 'throws') throw new TypeError('cannot read properties of undefined');
  return { submit: never, compare: never, read: never, check: never, refetch: never, close: never };
};
export default { name: 'broken-store', stateStores: [broken], listeners: [{ onRun() { throw new Error('no ears'); }, onEvent: never }] };
`;

let folder: string;
let cluster: Cluster;
let kube: KubeClient;
let kubelet: InstantKubelet;
let engine: EngineUnderTest;
let endpoint: Server;
let stopWatching: () => Promise<void>;
const told: { type: string; subject: string; specversion: string; data: { phase: string } }[] = [];
const changes = new Changes();

async function install(name: string): Promise<void> {
  await cp(resolve(__dirname, '../../examples/plugins', name), join(folder, 'node_modules', `kratix-${name}`), { recursive: true });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
  await install('folder-store');
  await install('cloud-events');
  await mkdir(join(folder, 'node_modules/broken-store'));
  await writeFile(join(folder, 'node_modules/broken-store/package.json'), JSON.stringify({ name: 'broken-store', type: 'module', main: 'index.js' }));
  await writeFile(join(folder, 'node_modules/broken-store/index.js'), BROKEN);
  endpoint = createServer(async (incoming, outgoing) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    told.push(JSON.parse(text));
    outgoing.end();
    changes.notify();
  });
  await new Promise<void>(done => {
    endpoint.listen(0, '127.0.0.1', done);
  });
  cluster = await startCluster({ dir: join(folder, 'cluster'), log: createLogger({ level: 'silent' }), pods: false });
  kube = await connect({ file: cluster.kubeconfig });
  for (const crd of crds()) await kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
  await kube.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM } });
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  const config = toYaml({ plugins: ['label-scheduler', 'event-recorder', 'kratix-folder-store', { package: 'kratix-cloud-events', options: { url, source: 'suite' } }, 'broken-store', 'not-there'] });
  await kube.create<DynamicObject>(coreTypes.ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kratix', namespace: SYSTEM }, data: { config } });
  kubelet = await InstantKubelet.start({ client: kube, run: ({ object }) => ({ files: { 'greeting.txt': `hello ${String(object.spec?.name)}\n` } }) });
  engine = new EngineUnderTest(['--kubeconfig', cluster.kubeconfig, '--plugins-dir', folder, '--cache-dir', join(folder, 'cache')], { PIPELINE_ADAPTER_IMG: 'helper.example/none:1' });
  const cache = createCache(kube);
  for (const type of [types.Promise, types.Destination, types.Work, types.WorkPlacement, coreTypes.Event]) cache.informer(type).onChange(changes.notify);
  stopWatching = () => cache.stop();
  await engine.untilLine('the engine to work', line => line.msg === 'running');
});
afterAll(async () => {
  engine?.kill('SIGKILL');
  await stopWatching?.();
  await kubelet?.stop();
  await kube?.close();
  await cluster?.stop();
  await new Promise(done => {
    endpoint.close(done);
  });
  await rm(folder, { recursive: true, force: true });
});

const storeObject = (kind: string, name: string, spec: Record<string, unknown>): DynamicObject => ({ apiVersion: 'stores.example.com/v1', kind, metadata: { name }, spec });
const via = (kind: string, name: string, labels: Record<string, string>): DynamicObject => {
  const destination = aDestination({ labels, store: name, path: 'here' });
  return { ...destination, spec: { ...(destination.spec as object), stateStoreRef: { kind, name } } };
};
async function conditionIs(type: ResourceType, name: string, what: string, isSo: (object: WithStatus) => boolean): Promise<WithStatus> {
  let last: WithStatus | undefined;
  return until(changes, `${type.kind} ${name}: ${what}`, async () => {
    last = await kube.get<WithStatus>(type, { name });
    return isSo(last) ? last : undefined;
  }, { seen: () => complaintsOf(last) });
}

it('a store from a package takes a request to Ready and through its delete, without the built-in stores', async () => {
  const share = join(folder, 'share');
  await kube.create(shelf, storeObject('FolderStateStore', 'share', { folder: share }));
  const labels = { place: aName('p') };
  const destination = via('FolderStateStore', 'share', labels);
  await kube.create(types.Destination, destination);
  await conditionIs(types.Destination, destination.metadata.name, 'ready', object => isTrue(object, 'Ready'));
  const promise = aPromise({ selector: labels, workflows: { resource: { configure: [aPipeline([aContainer('true')], { name: 'greet' })] } } });
  await kube.create(types.Promise, promise.object);
  await conditionIs(types.Promise, promise.name, 'available', ({ status }) => status?.status === 'Available');
  const request = aRequest(promise.type, 'default', { name: 'world' });
  const cache = createCache(kube);
  const requests = cache.informer<WithStatus>(promise.type);
  requests.onChange(changes.notify);
  await kube.create(promise.type, request);
  const seen = () => requests.get(`default/${request.metadata.name}`);
  await until(changes, 'the request to be ready', () => isTrue(seen(), 'Reconciled'), { seen: () => complaintsOf(seen()) });
  const files = async () => (await readdir(join(share, 'here/resources'), { recursive: true })).filter(path => path.endsWith('greeting.txt'));
  const [file] = await files();
  expect(file).toContain(`default/${promise.name}/${request.metadata.name}/greet/`);
  expect(await readFile(join(share, 'here/resources', file), 'utf8')).toBe('hello world\n');

  await kube.delete(promise.type, request.metadata);
  await until(changes, 'the request to be gone', () => seen() === undefined);
  expect(await files().catch(() => [])).toEqual([]);
  await cache.stop();
});

it('an emitter from a package is told of every phase of a run, as CloudEvents', async () => {
  const isSucceeded = () => told.some(({ type }) => type === 'dev.kratix-ts.workflowrun.succeeded');
  await until(changes, 'the last event', isSucceeded, { seen: () => told });
  expect(told.every(({ specversion, subject }) => specversion === '1.0' && subject.startsWith('default/'))).toBe(true);
  const phases = told.filter(({ subject }) => subject === told[0].subject).map(({ data }) => data.phase);
  expect(phases).toEqual([...new Set(phases)]);
});

it('a store that throws or hangs harms its own objects alone, and their conditions name it', async () => {
  const broken: ResourceType = { ...shelf, kind: 'BrokenStateStore', plural: 'brokenstatestores' };
  for (const [how, words] of [['throws', 'plugin "broken-store": cannot read properties of undefined'], ['hangs', 'plugin "broken-store": check did not end within 0.3 s']]) {
    await kube.create(broken, storeObject('BrokenStateStore', how, { how }));
    const destination = via('BrokenStateStore', how, { place: how });
    await kube.create(types.Destination, destination);
    const judged = await conditionIs(types.Destination, destination.metadata.name, 'not ready', object => Boolean(conditionOf(object, 'Ready')?.message?.includes('plugin')));
    expect(conditionOf(judged, 'Ready')).toMatchObject({ status: 'False', message: expect.stringContaining(words) });
  }
  // the listeners of the same plugin throw and hang, too: the log says so, and everything above worked
  expect(engine.lines.find(({ msg }) => msg === 'onRun of a listener failed')).toMatchObject({ plugin: 'broken-store' });
});

it('what the configuration names and nobody installed is told by an event, as is a store without a plugin', async () => {
  const notes = async () => (await kube.list<DynamicObject>(coreTypes.Event)).items.map(({ reason, note }) => `${reason}: ${note}`);
  const note = await until(changes, 'the event', async () => (await notes()).find(each => each.startsWith('InvalidPlugin')));
  expect(note).toContain('plugin "not-there": it is not installed in');
  const { status } = await (async () => {
    await kube.create(types.GitStateStore, { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'GitStateStore', metadata: { name: 'git' }, spec: { url: 'https://git.example/a.git' } } as DynamicObject);
    await kube.create(types.Destination, via('GitStateStore', 'git', { place: 'git' }));
    const cache = createCache(kube);
    const stores = cache.informer<WithStatus>(types.GitStateStore);
    stores.onChange(changes.notify);
    const object = await until(changes, 'the store to be judged', () => (conditionOf(stores.get('git'), 'Ready') ? stores.get('git') : undefined));
    await cache.stop();
    return object;
  })();
  expect(conditionOf({ status } as WithStatus, 'Ready')?.message).toContain('no plugin of this engine brings state stores of kind GitStateStore');
});
