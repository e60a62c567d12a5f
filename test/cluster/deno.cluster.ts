import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createBareRepository, Repository } from '@kratix-ts/cli';
import { createLogger } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import { connect, coreTypes, createCache, type Cache, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { InstantKubelet } from '@kratix-ts/core/testing';
import { startCluster, type Cluster } from '@kratix-ts/local-cluster';
import { aContainer, aDestination, aGitStore, aName, aPipeline, aPromise, aRequest, Changes, complaintsOf, EngineUnderTest, isTrue, PLATFORM, types, until, type WithStatus } from './support';
import { denoCommand } from './support/deno';
import { routeWebhook } from './support/webhook-service';

/* What was built runs under Deno 2 as it is: the engine, the command, the helper of pipelines. */

const deno = denoCommand();
const underDeno = deno ? describe : describe.skip;
const run = promisify(execFile);
const built = (path: string) => resolve(__dirname, '../../packages', path);

underDeno('under Deno', () => {
  let folder: string;
  const [program = '', ...options] = deno ?? [];
  const environment = () => ({ ...process.env, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deno-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('the command runs', async () => {
    const { stdout } = await run(program, [...options, built('cli/dist/kratix-ts.mjs'), 'version'], { env: environment() });
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  describe('the engine', () => {
    let cluster: Cluster;
    let kube: KubeClient;
    let kubelet: InstantKubelet;
    let engine: EngineUnderTest;
    let cache: Cache;
    let store: Repository;
    let stopWatching = () => {};
    const changes = new Changes();

    beforeAll(async () => {
      cluster = await startCluster({ dir: join(folder, 'cluster'), log: createLogger({ level: 'silent' }), pods: false });
      kube = await connect({ file: cluster.kubeconfig });
      for (const crd of crds()) await kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
      await createBareRepository(join(folder, 'store.git'));
      store = new Repository(join(folder, 'store.git'));
      stopWatching = store.watch(changes.notify, 10);
      kubelet = await InstantKubelet.start({ client: kube, run: ({ object }) => ({ files: { 'word.yaml': `word: ${String(object.spec?.word)}\n` }, status: { word: object.spec?.word } }) });
      cache = createCache(kube);
      const args = ['--kubeconfig', cluster.kubeconfig, '--leader-elect', '--allow-local-stores', '--cache-dir', join(folder, 'cache'), '--webhook-bind-address', '127.0.0.1:0'];
      engine = new EngineUnderTest(args, { ...environment(), PIPELINE_ADAPTER_IMG: 'helper.example/none:1' }, deno);
      const { port } = await engine.untilLine('the webhook to serve', line => line.msg.startsWith('the webhook serves'));
      await routeWebhook(kube, Number(port));
      await engine.untilLine('the engine to work', line => line.msg === 'running');
    });
    afterAll(async () => {
      engine?.kill('SIGKILL');
      stopWatching();
      await cache?.stop();
      await kubelet?.stop();
      await kube?.close();
      await cluster?.stop();
    });

    const files = async () => {
      const head = await store.head();
      return head ? [...(await store.tree(head)).keys()] : [];
    };

    it('takes a request to Ready, and through its delete', async () => {
      const name = aName('store-');
      const labels = { place: name };
      await kube.create(types.GitStateStore, aGitStore(pathToFileURL(store.folder).href, name));
      await kube.create(types.Destination, aDestination({ labels, store: name, path: 'here' }));
      const pipelines = ['one', 'two'].map(each => aPipeline([aContainer('true')], { name: each }));
      const promise = aPromise({ selector: labels, workflows: { resource: { configure: pipelines, delete: [aPipeline([aContainer('true')], { name: 'farewell' })] } } });
      await kube.create(types.Promise, promise.object);
      const promises = cache.informer<WithStatus>(types.Promise);
      promises.onChange(changes.notify);
      await until(changes, 'the Promise to be available', () => promises.get(promise.name)?.status?.status === 'Available', { seen: () => [complaintsOf(promises.get(promise.name)), engine.lines.slice(-5)] });

      const requests = cache.informer<WithStatus>(promise.type);
      requests.onChange(changes.notify);
      const request = aRequest(promise.type, 'default', { word: 'hello' });
      const seen = () => requests.get(`default/${request.metadata.name}`);
      await kube.create(promise.type, request);
      await until(changes, 'the request to be ready', () => isTrue(seen(), 'Reconciled'), { seen: () => [complaintsOf(seen()), engine.lines.slice(-5)] });
      expect(seen()?.status).toMatchObject({ word: 'hello' });
      expect((await files()).filter(path => path.endsWith('/word.yaml'))).toHaveLength(2);

      await kube.delete(promise.type, request.metadata);
      await until(changes, 'the request to be gone', () => seen() === undefined, { seen: () => [complaintsOf(seen()), engine.lines.slice(-5)] });
      expect((await files()).filter(path => path.endsWith('/word.yaml'))).toEqual([]);
      expect(kubelet.ran.map(({ pipeline }) => pipeline.split('/').at(-1))).toEqual(['one', 'two', 'farewell']);
    });

    it('the helper of pipelines turns what containers left into a Work', async () => {
      const place = (path: string) => join(folder, 'pod', path);
      for (const each of ['output', 'metadata', 'credentials']) await mkdir(place(each), { recursive: true });
      await writeFile(place('output/word.yaml'), 'word: hello\n');
      await writeFile(place('metadata/status.yaml'), 'word: hello\n');
      const { address, ca } = cluster.api;
      await kube.create<DynamicObject>(coreTypes.ClusterRoleBinding, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'helper' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }] });
      await writeFile(place('credentials/token'), cluster.api.issueToken({ namespace: 'default', serviceAccount: 'default' }));
      await writeFile(place('credentials/ca.crt'), ca);
      const name = aName('work-');
      const work = { apiVersion: PLATFORM, kind: 'Work', metadata: { name, namespace: 'default' }, spec: { promiseName: 'none', resourceName: 'none' } };
      const { stdout } = await run(program, [...options, built('pipeline-adapter/dist/pipeline-adapter.mjs')], {
        env: {
          ...environment(),
          KUBERNETES_SERVICE_HOST: address.host,
          KUBERNETES_SERVICE_PORT: String(address.port),
          KRATIX_CREDENTIALS_DIR: place('credentials'),
          KRATIX_OUTPUT_DIR: place('output'),
          KRATIX_METADATA_DIR: place('metadata'),
          KRATIX_TERMINATION_LOG: place('message'),
          KRATIX_WORK: JSON.stringify(work),
        },
      });
      expect(stdout).toContain(`Work default/${name}`);
      expect(JSON.parse(await readFile(place('message'), 'utf8'))).toMatchObject({ v: 1, work: { name } });
      const stored = await kube.get<WithStatus>(types.Work, { name, namespace: 'default' });
      expect(stored.spec).toMatchObject({ result: { status: { word: 'hello' } }, workloadGroups: [{ workloads: [{ filepath: 'word.yaml' }] }] });
    });

    it('is ready, with its webhook and its metrics, and ends in peace', async () => {
      expect(await engine.get('probes', '/readyz')).toMatchObject({ status: 200, text: expect.stringContaining('[+]webhook ok') });
      expect((await engine.get('metrics', '/metrics')).text).toContain('controller_runtime_reconcile_total');
      engine.kill('SIGTERM');
      expect(await engine.ended).toBe(0);
      expect(engine.lines.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });

  it('is Deno', async () => {
    const file = join(folder, 'which.mjs');
    await writeFile(file, 'console.log(Deno.version.deno)');
    expect((await run(program, [...options, file], { env: environment() })).stdout).toMatch(/^2\./);
  });
});
