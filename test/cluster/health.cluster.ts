import { coreTypes, type DynamicObject, typeOf } from '@kratix-ts/core/kube';
import { aContainer, aName, aPipeline, type APromise, aPromise, aRequest, PLATFORM, TestCluster } from './support';

/* What others find out about a request's health stands in its status. */

const HealthRecord = typeOf(PLATFORM, 'HealthRecord', 'healthrecords');
let cluster: TestCluster;
let promise: APromise;
let other: APromise;
let request: DynamicObject;
const pool = aName('pool');

const aRecord = (of: APromise, state: string, details: object = {}) => ({
  apiVersion: PLATFORM,
  kind: 'HealthRecord',
  metadata: { name: aName('record-'), namespace: cluster.namespace },
  data: { promiseRef: { name: of.name }, resourceRef: { name: request.metadata.name, namespace: cluster.namespace }, state, lastRun: 1_700_000_000, details },
});

const untilHealth = (of: APromise, state: string | undefined) =>
  cluster.untilObject(of.type, request.metadata, `health ${state}`, ({ status }) => (status?.healthStatus as { state: string } | undefined)?.state === state);

beforeAll(async () => {
  cluster = await TestCluster.open();
  await cluster.destination({ pool });
  const made = () => aPromise({ selector: { pool }, workflows: { resource: { configure: [aPipeline([aContainer('echo "a: 1" >/kratix/output/a.yaml')])] } } });
  [promise, other] = [made(), made()];
  request = aRequest(promise.type, cluster.namespace);
  for (const each of [promise, other]) {
    await cluster.install(each);
    await cluster.create(each.type, { ...request, apiVersion: `${each.type.group}/${each.type.version}`, kind: each.type.kind });
    await cluster.untilReady(each.type, request.metadata);
  }
});
afterAll(() => cluster?.close());

it('B-HR-1, B-HR-2, B-HR-3, Q-12: the worst record of this Promise’s request stands in its status, with an event', async () => {
  const good = await cluster.create(HealthRecord, aRecord(promise, 'ready'));
  await untilHealth(promise, 'ready');
  const bad = await cluster.create(HealthRecord, aRecord(promise, 'degraded', { lag: 3 }));
  const found = await untilHealth(promise, 'degraded');
  expect((found.status?.healthStatus as { healthRecords: unknown[] }).healthRecords).toEqual(
    expect.arrayContaining([
      { state: 'ready', lastRun: 1_700_000_000, source: { name: good.metadata.name, namespace: cluster.namespace }, details: {} },
      { state: 'degraded', lastRun: 1_700_000_000, source: { name: bad.metadata.name, namespace: cluster.namespace }, details: { lag: 3 } },
    ]),
  );
  expect((await untilHealth(other, undefined)).status?.healthStatus).toBeUndefined();
  const events = await cluster.view(coreTypes.Event);
  await cluster.until('the event', () => events.list().some(event => JSON.stringify(event).includes('Health state is degraded') && JSON.stringify(event).includes(promise.type.kind)));
});

it('B-HR-4: what is deleted counts no more, even where another engine held it, and the last one takes the health along', async () => {
  const held = aRecord(promise, 'unhealthy');
  await cluster.create(HealthRecord, { ...held, metadata: { ...held.metadata, finalizers: ['kratix.io/health-record-cleanup'] } });
  await untilHealth(promise, 'unhealthy');
  await cluster.delete(HealthRecord, held.metadata);
  await cluster.untilGone(HealthRecord, held.metadata);
  await untilHealth(promise, 'degraded');
  for (const { metadata } of (await cluster.view(HealthRecord)).list().filter(each => each.metadata.namespace === cluster.namespace)) await cluster.delete(HealthRecord, metadata);
  await untilHealth(promise, undefined);
});
