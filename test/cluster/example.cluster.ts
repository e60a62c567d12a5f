import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Applier, readExamples } from '@kratix-ts/cli';
import { coreTypes, type DynamicObject, parseAllYaml, type ResourceType, typeOf } from '@kratix-ts/core/kube';
import { conditionOf, requestFolder, TestCluster, types, type WithStatus } from './support';

/* The example of this repository does what its page says. Its names are fixed, so one cluster runs this once at a time. */

const folder = resolve(__dirname, '../../examples');
const PROMISE = 'application-environment';
const type = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');

let cluster: TestCluster;

function typeOfObject({ kind }: DynamicObject): ResourceType {
  return { ...coreTypes, ...types }[kind as 'Promise'];
}

function request(name: string, spec: Record<string, unknown>): DynamicObject {
  return { apiVersion: 'example.kratix-ts.dev/v1alpha1', kind: 'ApplicationEnvironment', metadata: { name, namespace: cluster.namespace }, spec };
}

beforeAll(async () => {
  cluster = await TestCluster.open();
  const { platform, promises } = await readExamples(folder, { STATE_STORE_URL: pathToFileURL(cluster.store.folder).href });
  const applier = new Applier(cluster.kube, 'cluster-suite');
  const example = promises.find(({ name }) => name === PROMISE);
  for (const object of [...platform, ...(example?.objects ?? [])]) {
    const { namespace } = object.metadata;
    const moved = { ...object, metadata: { ...object.metadata, ...(namespace && { namespace: cluster.namespace }) } };
    await applier.apply(moved);
    cluster.adopt(typeOfObject(object), moved.metadata);
  }
  await cluster.untilCondition(types.Promise, { name: PROMISE }, 'Available');
});
afterAll(() => cluster?.close());

function documents(files: Map<string, string>): Map<string, Record<string, unknown>> {
  const found = new Map<string, Record<string, unknown>>();
  for (const [path, text] of files) {
    for (const document of parseAllYaml(text, path) as (Record<string, unknown> & DynamicObject)[]) {
      found.set(`${document.kind} ${document.metadata.name}`, document);
    }
  }
  return found;
}

it('brings what all environments share to both stages', async () => {
  for (const stage of ['dev', 'prod']) {
    const files = await cluster.untilFiles(join(stage, 'dependencies', PROMISE), 'dependencies', found => found.size >= 2);
    expect([...documents(files).keys()].sort()).toEqual([
      'ClusterRole environment-debugger',
      'ConfigMap house-rules',
      'Namespace environments-shared',
      'PriorityClass environment-database',
    ]);
  }
});

it('makes a development environment with a database, and takes it away', async () => {
  const wanted = request('checkout', { team: 'shop', size: 'medium', database: 'postgresql', storageGiB: 20 });
  await cluster.create(type, wanted);
  const ready = await cluster.untilReady(type, wanted.metadata);
  expect(ready.status).toMatchObject({
    environment: { namespace: 'shop-checkout', id: expect.stringMatching(/^[0-9a-f]{12}$/) },
    database: { host: 'database.shop-checkout.svc' },
    message: 'Environment shop-checkout is there, with a database',
  });
  const found = documents(await cluster.filesIn(requestFolder('dev', PROMISE, wanted)));
  expect(found.get('ResourceQuota limits')).toMatchObject({ spec: { hard: { 'limits.cpu': '4', 'limits.memory': '8Gi' } } });
  expect([...found.keys()]).toContain('RoleBinding team-environment-debugger');
  expect(found.get('StatefulSet database')).toMatchObject({ metadata: { namespace: 'shop-checkout' } });
  await cluster.delete(type, wanted.metadata);
  await cluster.untilGone(type, wanted.metadata);
  expect(await cluster.filesIn(requestFolder('dev', PROMISE, wanted))).toEqual(new Map());
  expect(await cluster.everDelivered('archived')).toEqual([]);
});

it('says why it refuses what the demo asks for, at the first attempt, and makes it once that is mended', async () => {
  const wanted = request('reports', { team: 'analytics', database: 'postgresql', storageGiB: 80 });
  await cluster.create(type, wanted);
  const hasFailed = (object: WithStatus) => conditionOf(object, 'ConfigureWorkflowCompleted')?.reason === 'ConfigureWorkflowFailed';
  const failed = await cluster.untilObject(type, wanted.metadata, 'failed', hasFailed);
  expect(JSON.stringify(failed.status)).toContain('gets 50 GiB at most, and this request asks for 80');
  await cluster.merge(type, wanted.metadata, { spec: { storageGiB: 50 } });
  await cluster.untilReady(type, wanted.metadata);
  const found = documents(await cluster.filesIn(requestFolder('dev', PROMISE, wanted)));
  expect(JSON.stringify(found.get('StatefulSet database'))).toContain('"storage":"50Gi"');
});

it('makes a production environment without a database or debugging', async () => {
  const wanted = request('shopfront', { team: 'shop', stage: 'prod' });
  await cluster.create(type, wanted);
  await cluster.untilReady(type, wanted.metadata);
  const found = documents(await cluster.filesIn(requestFolder('prod', PROMISE, wanted)));
  expect([...found.keys()].sort()).toEqual([
    'ConfigMap environment',
    'Namespace shop-shopfront',
    'NetworkPolicy same-namespace-only',
    'ResourceQuota limits',
    'RoleBinding team-edit',
  ]);
  expect(await cluster.filesIn(requestFolder('dev', PROMISE, wanted))).toEqual(new Map());
});
