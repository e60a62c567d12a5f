import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend, type TestBackend, TestDatabases } from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { catalogModuleKratix, kratixPlugin } from '@kratix-ts/backstage-plugin-kratix-backend';
import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import request from 'supertest';
import { aContainer, aName, aPipeline, type APromise, aPromise, requestFolder, TestCluster } from './support';

/* The back end of the portal over a cluster in which an engine works and pods run. */

const PATIENCE = 120_000;
const pool = aName('pool');
const name = aName('request-');
const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
let logs: Awaited<ReturnType<typeof databases.init>>;
let cluster: TestCluster;
let destination: string;
let promise: APromise;
let backend: TestBackend;

const write = `
echo begun
printf 'word: %s\\n' "$(sed -n 's/^  *word: *//p' /kratix/input/object.yaml)" >/kratix/output/word.yaml
sleep 2
echo done`;

beforeAll(async () => {
  cluster = await TestCluster.open();
  destination = await cluster.destination({ pool });
  promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [aPipeline([aContainer(write, { name: 'act' })], { name: 'write' })] } } });
  await cluster.install(promise);
  logs = await databases.init('SQLITE_3');
  const others = await databases.init('SQLITE_3');
  const data = {
    catalog: { processingInterval: { milliseconds: 500 }, rules: [{ allow: ['Component', 'Resource', 'Template'] }] },
    kratix: { clusters: [{ name: 'suite', kubeconfig: process.env.KRATIX_TEST_KUBECONFIG }] },
  };
  backend = await startTestBackend({
    features: [
      kratixPlugin,
      catalogPlugin,
      catalogModuleKratix,
      mockServices.rootConfig.factory({ data }),
      createServiceFactory({
        service: coreServices.database,
        deps: { plugin: coreServices.pluginMetadata },
        factory: ({ plugin }) => ({ getClient: async () => (plugin.getId() === 'kratix' ? logs : others) }),
      }),
      createServiceFactory({ service: signalsServiceRef, deps: {}, factory: () => ({ publish: async () => {} }) }),
    ],
  });
}, PATIENCE);
afterAll(async () => {
  await backend?.stop();
  await cluster?.close();
}, PATIENCE);

const call = (method: 'get' | 'post' | 'put', path: string) => request(backend.server)[method](path).set('authorization', mockCredentials.user.header());
const url = (rest = '') => {
  const { group, version, plural } = promise.type;
  return `/api/kratix/v1/requests/suite/${group}/${version}/${plural}/${cluster.namespace}${rest}`;
};

/** Waits until the portal shows the request so. */
function shown(what: string, isWanted: (detail: RequestDetail) => boolean): Promise<RequestDetail> {
  const look = async () => {
    const { status, body } = await call('get', url(`/${name}`));
    return status === 200 && isWanted(body) ? (body as RequestDetail) : undefined;
  };
  return eventually(what, look, PATIENCE);
}

it('makes a request, follows its log from before its pod is there, and shows it in full', async () => {
  const make = () => call('post', url()).send({ name, spec: { word: 'old' } });
  await eventually('the portal to know the kind', async () => [201, 409].includes((await make()).status), PATIENCE);
  const log = await call('get', url(`/${name}/logs?step=write&container=act&follow=true`)).expect(200);
  expect(log.text).toBe('begun\ndone\n');

  const detail = await shown('the request Ready', ({ summary }) => summary.phase === 'Ready');
  expect(detail).toMatchObject({
    promise: promise.name,
    spec: { word: 'old' },
    runs: [{ action: 'configure', phase: 'Succeeded', steps: [{ name: 'write', phase: 'Succeeded', containers: expect.arrayContaining([expect.objectContaining({ name: 'act', phase: 'Succeeded', exitCode: 0 })]) }] }],
    destinations: [{ name: destination, phase: 'Delivered', files: [{ path: 'word.yaml', step: 'write' }] }],
    delivery: { bundles: [{ step: 'write', files: 1, destinations: [destination] }] },
  });
  const { body: file } = await call('get', url(`/${name}/files?path=word.yaml`)).expect(200);
  expect(file).toMatchObject({ path: 'word.yaml', destination, step: 'write', content: 'word: old\n' });
  const { body: list } = await call('get', `/api/kratix/v1/requests?promise=${promise.name}`).expect(200);
  expect(list).toMatchObject({ total: 1, counts: { Ready: 1 }, items: [{ name, namespace: cluster.namespace, summary: { phase: 'Ready' } }] });
});

it('has a log after its pod is gone', async () => {
  await eventually('the log to be kept', async () => (await logs('container_logs').where({ container: 'act' })).length > 0, PATIENCE);
  const ofRequest = { namespace: cluster.namespace, labelSelector: `kratix.io/resource-name=${name}` };
  const { items } = await cluster.kube.list<DynamicObject>(coreTypes.Pod, ofRequest);
  expect(items).not.toEqual([]);
  for (const { metadata } of items) {
    await cluster.delete(coreTypes.Pod, metadata);
    await cluster.untilGone(coreTypes.Pod, metadata);
  }
  await shown('no pod', ({ runs }) => runs.every(({ steps }) => steps.every(({ pod }) => pod === undefined)));
  expect((await call('get', url(`/${name}/logs?step=write&container=act`)).expect(200)).text).toBe('begun\ndone\n');
});

it('takes an edit, and shows what it delivered beside what was there before', async () => {
  const { generation } = await shown('the request', () => true);
  await call('put', url(`/${name}`)).send({ spec: { word: 'new' }, generation }).expect(200);
  const files = await cluster.untilFiles(requestFolder(destination, promise.name, { ...promise.object, metadata: { name, namespace: cluster.namespace } }), 'the edited file', found => [...found.values()].some(text => text.includes('new')), { timeout: PATIENCE });
  expect([...files.values()]).toEqual(['word: new\n']);
  await shown('the edit delivered', ({ summary, spec }) => summary.phase === 'Ready' && spec.word === 'new');
  const { body } = await call('get', url(`/${name}/files?path=word.yaml`)).expect(200);
  expect(body).toMatchObject({ content: 'word: new\n', previous: 'word: old\n' });
  await call('put', url(`/${name}`)).send({ spec: { word: 'late' }, generation }).expect(409);
});

it('has an entity of the request in the catalog', async () => {
  const { entityRef = '' } = await shown('the request', () => true);
  const [, kind, namespace, entityName] = /^(.+):(.+)\/(.+)$/.exec(entityRef) ?? [];
  const entity = await eventually(`the entity ${entityRef}`, async () => {
    const { status, body } = await call('get', `/api/catalog/entities/by-name/${kind}/${namespace}/${entityName}`);
    return status === 200 ? body : undefined;
  }, PATIENCE);
  expect(entity).toMatchObject({ metadata: { namespace: cluster.namespace }, spec: { type: expect.any(String) } });
});
