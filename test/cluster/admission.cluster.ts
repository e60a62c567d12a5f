import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { createLogger } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import { connect, coreTypes, type DynamicObject, type KubeClient, type KubeObject } from '@kratix-ts/core/kube';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { aContainer, aDestination, aGitStore, aName, aPipeline, aPromise, conditionOf, crdOf, EngineUnderTest, tokenOf, until, type WithStatus } from './support';
import { RawClient, type Answered } from './support/raw';
import { routeWebhook } from './support/webhook-service';

/* The webhook as two replicas of an engine serve it, behind the Service of the manifests. The cluster is the test's own. */

const SYSTEM = 'kratix-platform-system';
const SERVICE = 'kratix-platform-webhook-service';
const kratix = (plural: string) => `/apis/platform.kratix.io/v1alpha1/${plural}`;
const configurationOf = (which: string) => `/apis/admissionregistration.k8s.io/v1/${which}webhookconfigurations/kratix-platform-${which}-webhook-configuration`;

let folder: string;
let cluster: Cluster;
let kube: KubeClient;
let raw: RawClient;
const engines: EngineUnderTest[] = [];

async function anEngine(): Promise<{ engine: EngineUnderTest; port: number }> {
  const number = engines.length;
  const args = ['--kubeconfig', cluster.kubeconfig, '--leader-elect', '--allow-local-stores', '--cache-dir', join(folder, `cache-${number}`), '--webhook-bind-address', '127.0.0.1:0'];
  const engine = new EngineUnderTest(args, { PIPELINE_ADAPTER_IMG: 'helper.example/none:1' });
  engines.push(engine);
  const { port } = await engine.untilLine('the webhook to serve', line => line.msg.startsWith('the webhook serves'));
  return { engine, port: Number(port) };
}

const certificateAt = (port: number) =>
  new Promise<X509Certificate>((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
      else reject(new Error('no certificate'));
    });
    socket.once('error', reject);
  });

const create = (plural: string, object: KubeObject) => raw.post(kratix(plural), object);
const refusal = (hook: string, words: string) => ({ code: 403, message: `admission webhook "${hook}" denied the request: ${words}` });
const said = ({ code, body }: Answered) => ({ code, message: String(body.message) });

let first: { engine: EngineUnderTest; port: number };
let second: { engine: EngineUnderTest; port: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'admission-'));
  cluster = await startCluster({ dir: join(folder, 'cluster'), log: createLogger({ level: 'silent' }) });
  kube = await connect({ file: cluster.kubeconfig });
  raw = new RawClient(cluster.kubeconfig);
  for (const crd of crds()) await kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
  await kube.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM } });
  // both at once: one of them makes the certificate
  [first, second] = await Promise.all([anEngine(), anEngine()]);
  await routeWebhook(kube, first.port);
  await raw.eventually('the configurations', () => raw.get(configurationOf('validating')), ({ code, body }) => code === 200 && Boolean(body.webhooks));
});
afterAll(async () => {
  for (const engine of engines) engine.kill('SIGKILL');
  raw?.close();
  await kube?.close();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('B-CFG-4: is ready when its webhook answers, and both replicas show one certificate', async () => {
  for (const { engine } of [first, second]) await until(engine.changes, 'readiness', async () => (await engine.get('probes', '/readyz')).text.includes('[+]webhook ok'));
  const [one, other] = await Promise.all([first, second].map(({ port }) => certificateAt(port)));
  expect(one.fingerprint256).toBe(other.fingerprint256);
  expect(one.checkHost(`${SERVICE}.${SYSTEM}.svc`)).toBeDefined();
});

it('B-WH-1, B-WH-2, B-WH-3, B-WH-4: a Promise is refused with every reason at once', async () => {
  const promise = aPromise({ workflows: { resource: { configure: [aPipeline([aContainer('true')], { name: 'a' }), aPipeline([aContainer('true')], { name: 'a' })] } } });
  const api = { ...crdOf(promise.type), spec: { ...(crdOf(promise.type).spec as object), scope: 'Cluster' } };
  const { metadata, spec } = promise.object;
  const annotated = { ...promise.object, metadata: { ...metadata, annotations: { 'kratix.io/reconciliation-interval': '5s' } }, spec: { ...(spec as object), api } };
  const answer = await create('promises', annotated);
  expect(said(answer)).toEqual(refusal('vpromise.kb.io', [
    'metadata.annotations[kratix.io/reconciliation-interval]: Invalid value: "5s": must be at least 1m0s',
    'promise api needs to be namespace scoped; spec.api.spec.scope cannot be: Cluster',
    'duplicate pipeline name "a" in workflow "resource" action "configure"; give each a name of its own',
  ].join('\n')));

  const good = aPromise();
  expect((await create('promises', good.object)).code).toBe(201);
  const renamed = await raw.merge(`${kratix('promises')}/${good.name}`, { spec: { api: { metadata: { name: 'others.example.com' } } } });
  expect(said(renamed).message).toContain(`promises.platform.kratix.io "${good.name}" was not valid:\n* spec.api.metadata.name: Invalid value: "others.example.com": field is immutable`);
  expect(said(await raw.merge(`${kratix('promises')}/${good.name}`, { spec: { api: null } }))).toEqual(refusal('vpromise.kb.io', 'cannot remove API from existing promise'));
});

it('B-WH-2, B-WH-3: what only the API server can tell is asked there, and nothing is stored', async () => {
  const promise = aPromise();
  const broken = crdOf(promise.type) as { spec: { versions: { schema: { openAPIV3Schema: object } }[] } };
  broken.spec.versions[0].schema.openAPIV3Schema = { type: 'object', properties: { spec: { type: 'shape' } } };
  const answer = said(await create('promises', { ...promise.object, spec: { api: broken } } as KubeObject));
  expect(answer.code).toBe(403);
  expect(answer.message).toMatch(/^admission webhook "vpromise.kb.io" denied the request: invalid CRD: .*is invalid/s);

  const elsewhere = aPromise({ workflows: { resource: { configure: [aPipeline([aContainer('true')], { name: 'one' })] } } });
  const spec = elsewhere.object.spec as { workflows: object };
  const missing = { ...elsewhere.object, spec: { ...spec, workflows: { ...spec.workflows, config: { pipelineNamespace: 'nowhere' } } } };
  expect(said(await create('promises', missing)).message).toContain('resource.configure pipeline with name one failed to generate Job definition: \nnamespaces "nowhere" not found');
  expect((await raw.get('/apis/batch/v1/jobs')).body.items).toEqual([]);
});

it('of two Promises with one API the second is refused', async () => {
  const owner = aPromise();
  expect((await create('promises', owner.object)).code).toBe(201);
  const rival = aPromise({ type: owner.type });
  const { code, message } = said(await create('promises', rival.object));
  expect(code).toBe(403);
  expect(message).toContain(`is the API of Promise "${owner.name}"; choose another group or other names`);
});

it('B-WH-5: missing requirements are warnings', async () => {
  const promise = aPromise();
  const required = { ...promise.object, spec: { ...(promise.object.spec as object), requiredPromises: [{ name: 'database', version: 'v1' }] } };
  const { code, warnings } = await create('promises', required);
  expect({ code, warnings }).toEqual({ code: 201, warnings: ['Required Promise "database" at version "v1" not installed', 'Promise will not be available until the above issue(s) is resolved'] });
});

it('B-WH-10, B-WH-11: a Destination is completed, and its place is its own', async () => {
  const store = aName('store-');
  const warned = await create('destinations', aDestination({ labels: {}, store, path: 'early' }));
  expect(warned).toMatchObject({ code: 201, warnings: [`Warning: referenced GitStateStore "${store}" does not exist`] });
  await create('gitstatestores', aGitStore('https://git.example/fleet.git', store));
  const destination = aDestination({ labels: {}, store, path: 'here' });
  const one = await create('destinations', { ...destination, spec: { ...(destination.spec as object), filepath: { mode: 'aggregatedYAML' } } } as KubeObject);
  expect(one).toMatchObject({ code: 201, warnings: [], body: { spec: { filepath: { mode: 'aggregatedYAML', filename: 'aggregated.yaml' } } } });
  expect(said(await create('destinations', aDestination({ labels: {}, store, path: 'here' })))).toEqual(refusal('vdestination.kb.io', `destination path 'here' already exists for state store '${store}'`));
});

it('Q-51: a place that only looks different is refused, through another store as well', async () => {
  const [store, twin] = [aName('store-'), aName('store-')];
  await create('gitstatestores', aGitStore('https://git.example/other.git', store));
  await create('gitstatestores', aGitStore('https://git.example/other', twin));
  const one = aDestination({ labels: {}, store, path: 'eu/one' });
  expect((await create('destinations', one)).code).toBe(201);
  for (const [via, path] of [[store, 'eu'], [store, 'eu/one/'], [twin, './eu/one/deeper']]) {
    // the engine hears of the stores a moment later
    const attempt = () => raw.post(`${kratix('destinations')}?dryRun=All`, aDestination({ labels: {}, store: via, path }));
    const refused = await raw.eventually(`${path} to be refused`, attempt, ({ code }) => code === 403, 10);
    expect(said(refused).message).toContain(`the path of Destination "${one.metadata.name}"`);
  }
  expect((await create('destinations', aDestination({ labels: {}, store: twin, path: 'eu/two' }))).code).toBe(201);
});

it('B-WH-30, B-WH-31: the latest revision stays, whoever is not the engine', async () => {
  const promise = aPromise();
  await create('promises', promise.object);
  type Revisions = { items?: WithStatus[] };
  const view = () => raw.get<Revisions>(kratix('promiserevisions'));
  const latest = ({ body }: Answered<Revisions>) => body.items?.find(({ metadata, status }) => metadata.name.startsWith(promise.name) && status?.latest);
  const revision = latest(await raw.eventually('the revision', view, answer => Boolean(latest(answer))))?.metadata.name;
  const path = `${kratix('promiserevisions')}/${revision}`;
  expect(said(await raw.merge(path, { metadata: { annotations: { 'kratix.io/reconciliation-interval': '5s' } } })).message).toContain('must be at least 1m0s');
  const stranger = await raw.post('/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'stranger' } });
  expect(stranger.code).toBe(201);
  await raw.post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'stranger' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'ServiceAccount', name: 'stranger', namespace: 'default' }] });
  const token = await tokenOf(kube, { namespace: 'default', name: 'stranger' });
  expect(said(await raw.delete(path, undefined, { token }))).toEqual(refusal('vpromiserevision-v1alpha1.kb.io', 'can not delete the latest PromiseRevision'));
});

it('Q-52: a release is stored without anybody waiting for its URL, whose server never answers', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  try {
    const { port } = silent.address() as AddressInfo;
    const began = performance.now();
    const answer = await create('promisereleases', { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'PromiseRelease', metadata: { name: aName('release-') }, spec: { sourceRef: { type: 'http', url: `http://127.0.0.1:${port}/promise.yaml` } } } as KubeObject);
    expect(answer).toMatchObject({ code: 201, warnings: [] });
    // who waits for it waits ten seconds
    expect(performance.now() - began).toBeLessThan(5_000);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

it('goes on when its certificate is taken away, and when the replica that made it ends', async () => {
  const before = await certificateAt(first.port);
  await raw.delete(`/api/v1/namespaces/${SYSTEM}/secrets/webhook-server-cert`);
  const isNew = async (port: number) => (await certificateAt(port)).fingerprint256 !== before.fingerprint256;
  for (const { engine, port } of [first, second]) await until(engine.changes, 'another certificate', () => isNew(port));
  const promise = aPromise();
  const refused = () => create('promises', { ...promise.object, spec: { api: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } } } } as KubeObject);
  await raw.eventually('the API server to trust it', refused, ({ code }) => code === 403);
  await routeWebhook(kube, second.port);
  first.engine.kill('SIGTERM');
  expect(await first.engine.ended).toBe(0);
  expect((await refused()).code).toBe(403);
});

it('can be switched off while it runs: then the same words stand in a condition', async () => {
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kratix', namespace: SYSTEM }, data: { config: 'admission: { enabled: false }' } };
  expect((await raw.post(`/api/v1/namespaces/${SYSTEM}/configmaps`, config)).code).toBe(201);
  await raw.eventually('no webhooks', () => raw.get<{ webhooks?: object[] }>(configurationOf('validating')), ({ body }) => !body.webhooks?.length);
  const pipeline = () => aPipeline([aContainer('true')], { name: 'a' });
  const promise = aPromise({ workflows: { promise: { configure: [pipeline(), pipeline()] } } });
  expect((await create('promises', promise.object)).code).toBe(201);
  const condition = ({ body }: Answered<WithStatus>) => conditionOf(body, 'Available');
  const judged = await raw.eventually('the condition', () => raw.get<WithStatus>(`${kratix('promises')}/${promise.name}`), answer => condition(answer)?.status === 'False');
  expect(condition(judged)?.message).toContain('duplicate pipeline name "a" in workflow "promise" action "configure"');
  await raw.merge(`/api/v1/namespaces/${SYSTEM}/configmaps/kratix`, { data: { config: '' } });
  await raw.eventually('the webhooks again', () => create('promises', { ...aPromise().object, spec: { api: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } } } } as KubeObject), ({ code }) => code === 403);
});
