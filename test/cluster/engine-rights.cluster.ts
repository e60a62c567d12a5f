import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Applier, createBareRepository, installDefinitions, readManifests } from '@kratix-ts/cli';
import { createLogger } from '@kratix-ts/core';
import { connect, createCache, type KubeClient } from '@kratix-ts/core/kube';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { addHelperImage } from '../../packages/cli/src/dev/images';
import { ENGINE_ACCOUNT, EngineUnderTest, forbidden, kubeconfigOf, Platform } from './support';

/* The engine under exactly the rights of deploy/rbac, on a cluster of its own whose API server enforces them. */

const IMAGE = 'suite.example/tools:1';
const root = resolve(__dirname, '../..');
const helperBundle = join(root, 'packages/pipeline-adapter/dist/pipeline-adapter.mjs');
const isBrought = (kind: string) => /^(Namespace|ServiceAccount|ConfigMap|(Cluster)?Role(Binding)?)$/.test(kind);

let folder: string;
let cluster: Cluster;
let kube: KubeClient;
let engine: EngineUnderTest;
let platform: Platform;

/** A kubeconfig that speaks for the engine's account alone. */
async function engineKubeconfig(): Promise<string> {
  const file = join(folder, 'engine.kubeconfig');
  await writeFile(file, await kubeconfigOf(kube, cluster.kubeconfig, ENGINE_ACCOUNT), { mode: 0o600 });
  return file;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-rights-'));
  cluster = await startCluster({ dir: join(folder, 'cluster'), log: createLogger({ level: 'silent' }) });
  const helperImage = await addHelperImage(cluster.images, helperBundle);
  await cluster.images.addImage(IMAGE, { host: true });
  kube = await connect({ file: cluster.kubeconfig });
  const manifests = await readManifests(join(root, 'deploy'));
  const applier = new Applier(kube, 'suite');
  const cache = createCache(kube);
  await installDefinitions(manifests.filter(({ kind }) => kind === 'CustomResourceDefinition'), applier, cache);
  await cache.stop();
  for (const object of manifests.filter(({ kind }) => isBrought(kind))) await applier.apply(object);
  const args = ['--kubeconfig', await engineKubeconfig(), '--leader-elect', '--requests-role', 'kratix-platform-requests', '--allow-local-stores', '--cache-dir', join(folder, 'cache')];
  engine = new EngineUnderTest([...args, '--helper-image', helperImage]);
  await engine.untilLine('the engine to work', line => line.msg === 'running');
  await createBareRepository(join(folder, 'store.git'));
  platform = new Platform(kube, IMAGE);
  await platform.prepare({ url: pathToFileURL(join(folder, 'store.git')).href, branch: 'main' });
});
afterAll(async () => {
  await platform?.close().catch(() => undefined);
  engine?.kill('SIGKILL');
  await kube?.close();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Calls that the API server refused for want of rights, by verb and resource. */
async function refusals(): Promise<string[]> {
  const { text } = await engine.get('metrics', '/metrics');
  return [...text.matchAll(/^kratix_api_requests_total\{verb="([^"]+)",resource="([^"]+)",code="403"\}/gm)].map(([, verb, resource]) => `${verb} ${resource}`);
}

it('B-CFG-6, Q-47: these rights do for the life of a request, and of a Promise', async () => {
  const promise = await platform.offer({ permissions: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] });
  const { metadata } = await platform.request(promise, platform.isReady);
  await platform.delete(promise.type, metadata);
  await platform.delete({ group: 'platform.kratix.io', version: 'v1alpha1', kind: 'Promise', plural: 'promises', namespaced: false }, { name: promise.name });
  // the rights to a new API take effect a moment after they were written
  const { group, plural } = promise.type;
  expect((await refusals()).filter(call => !call.endsWith(` ${plural}.${group}`))).toEqual([]);
});

it('Q-48: a pipeline that asks for what the engine may not give fails with the server’s words', async () => {
  const promise = await platform.offer({ permissions: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNamespace: '*' }] });
  await platform.request(promise, platform.isRefused);
});

it.each(forbidden)('B-CFG-6, Q-47, Q-48: the engine may not %s', async (_, verb, group, resource, more) => {
  expect(await platform.may(verb, group, resource, more)).toBe(false);
});
