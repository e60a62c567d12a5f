import { coreTypes, parseAllYaml, type DynamicObject } from '@kratix-ts/core/kube';
import { aContainer, aName, aPipeline, type APromise, aPromise, aRequest, conditionOf, requestFolder, TestCluster, types } from './support';

/* From a Promise's first moment to its last: what it brings, what waits for it, and what goes with it. */

const SYSTEM = 'kratix-platform-system';
let cluster: TestCluster;
let pool: string;
let destination: string;

beforeAll(async () => {
  cluster = await TestCluster.open();
  pool = aName('pool');
  destination = await cluster.destination({ pool });
});
afterAll(() => cluster?.close());

const writes = (name = 'write') => aPipeline([aContainer('cp /kratix/input/object.yaml /kratix/output/', { name: 'copy' })], { name });
const sleeps = (name: string) => aPipeline([aContainer('sleep 60', { name: 'sleep' })], { name });
const namespaceNamed = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const ofPromise = (promise: APromise) => (object: DynamicObject) => object.metadata.labels?.['kratix.io/promise-name'] === promise.name;

async function staticWork(promise: APromise) {
  const { items } = await cluster.kube.list<DynamicObject>(types.Work, { labelSelector: `kratix.io/promise-name=${promise.name},kratix.io/work-type=static-dependency` });
  return items;
}

describe('static dependencies', () => {
  const folder = (promise: APromise) => `${destination}/dependencies/${promise.name}`;
  const files = (promise: APromise, what: string, holds: (found: Map<string, string>) => boolean) => cluster.untilFiles(folder(promise), what, holds);

  it('B-PR-20, B-PR-22, B-PR-23, Q-1: one Work holds them, changes with them alone, and goes with the last', async () => {
    const promise = aPromise({ selector: { pool }, dependencies: [namespaceNamed('one')] });
    await cluster.install(promise);
    await files(promise, 'the dependency', found => [...found.values()].join().includes('one'));
    const [work] = await staticWork(promise);
    expect(work).toMatchObject({ metadata: { namespace: SYSTEM }, spec: { promiseName: promise.name, workloadGroups: [{ directory: '.', destinationSelectors: [{ matchLabels: { pool }, source: 'promise' }] }] } });
    expect(work.spec).not.toHaveProperty('resourceName');

    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/promise-version': 'v2' } } });
    const labelled = await cluster.untilObject(types.Promise, promise.object.metadata, 'version v2', object => object.status?.version === 'v2');
    expect(conditionOf(labelled, 'WorksSucceeded')).toBeUndefined();
    expect((await staticWork(promise))[0].metadata.generation).toBe(work.metadata.generation);

    await cluster.merge(types.Promise, promise.object.metadata, { spec: { dependencies: [namespaceNamed('two')] } });
    const changed = await files(promise, 'the other dependency', found => [...found.values()].join().includes('two'));
    expect(parseAllYaml([...changed.values()][0])).toEqual([namespaceNamed('two')]);
    expect((await staticWork(promise)).map(({ metadata }) => metadata.name)).toEqual([work.metadata.name]);

    await cluster.merge(types.Promise, promise.object.metadata, { spec: { dependencies: null } });
    await files(promise, 'nothing', found => found.size === 0);
    await cluster.until('no Work', async () => (await staticWork(promise)).length === 0);
  });
});

describe('a Promise at its beginning', () => {
  it('item 9: without workflows, API and dependencies it is Available', async () => {
    const name = aName('bare-');
    await cluster.create(types.Promise, { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name }, spec: {} });
    await cluster.untilCondition(types.Promise, { name }, 'Available');
    await cluster.untilCondition(types.Promise, { name }, 'Reconciled');
  });

  it('B-PR-17, Q-4: its definition is written when it changes, and not again', async () => {
    const promise = aPromise();
    await cluster.install(promise);
    const ref = { name: `${promise.type.plural}.${promise.type.group}` };
    const before = await cluster.untilCondition(types.CustomResourceDefinition, ref, 'Established');
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/promise-version': 'v2' } } });
    await cluster.untilObject(types.Promise, promise.object.metadata, 'version v2', object => object.status?.version === 'v2');
    expect((await cluster.kube.get(types.CustomResourceDefinition, ref)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('item 10: a request that is made before the Promise is Available waits, and goes on', async () => {
    const slow = aPipeline([aContainer('sleep 2', { name: 'sleep' })], { name: 'slow' });
    const promise = aPromise({ selector: { pool }, workflows: { promise: { configure: [slow] }, resource: { configure: [writes()] } } });
    await cluster.create(types.Promise, promise.object);
    await cluster.untilCondition(types.CustomResourceDefinition, { name: `${promise.type.plural}.${promise.type.group}` }, 'Established');
    const request = aRequest(promise.type, cluster.namespace);
    await cluster.create(promise.type, request);
    const waiting = await cluster.untilObject(promise.type, request.metadata, 'the wait', object => conditionOf(object, 'PromiseAvailable')?.status === 'False');
    expect(waiting.status?.message).toBe('Pending');
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('B-PR-29: while its workflow is suspended it is not Available, and says so', async () => {
    const suspends = aPipeline([aContainer("echo 'suspend: true' >/kratix/metadata/workflow-control.yaml", { name: 'suspend' })], { name: 'suspends' });
    const promise = aPromise({ workflows: { promise: { configure: [suspends] } } });
    await cluster.create(types.Promise, promise.object);
    const suspended = await cluster.untilObject(types.Promise, promise.object.metadata, 'the suspension', object => conditionOf(object, 'Reconciled')?.reason === 'WorkflowSuspended');
    expect(suspended.status?.status).toBe('Unavailable');
    expect(conditionOf(suspended, 'Available')).toMatchObject({ status: 'False', reason: 'WorkflowSuspended', message: 'Suspended' });
    expect(conditionOf(suspended, 'Reconciled')).toMatchObject({ status: 'Unknown', message: 'Suspended' });
  });
});

describe('a pause', () => {
  const paused = (value: string | null) => ({ metadata: { labels: { 'kratix.io/paused': value } } });

  it('B-PR-4, B-RR-3, item 73: an edit while it lasts runs once when it ends, for the Promise and for its requests', async () => {
    const promise = aPromise({ selector: { pool }, workflows: { promise: { configure: [writes('setup')] }, resource: { configure: [writes()] } } });
    await cluster.install(promise);
    const request = aRequest(promise.type, cluster.namespace, { word: 'one' });
    await cluster.create(promise.type, request);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Promise, promise.object.metadata, paused('true'));
    await cluster.untilObject(promise.type, request.metadata, 'the pause', object => conditionOf(object, 'Reconciled')?.reason === 'PausedReconciliation');
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { workflows: { promise: { configure: [writes('prepare')] } } } });
    await cluster.merge(promise.type, request.metadata, { spec: { word: 'two' } });
    await cluster.merge(types.Promise, promise.object.metadata, paused(null));
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.untilCondition(types.Promise, promise.object.metadata, 'Reconciled');
    await cluster.untilObject(types.Promise, promise.object.metadata, 'no label', object => !object.metadata.labels?.['internal.workflows.kratix.io/run-from-start']);
    expect(await cluster.runsOf(request.metadata)).toHaveLength(2);
    expect(await cluster.runsOf({ name: promise.name })).toHaveLength(2);
  });
});

describe('what goes', () => {
  const jobsOf = async (promise: APromise) => (await cluster.kube.list<DynamicObject>(coreTypes.Job, { labelSelector: `kratix.io/promise-name=${promise.name}` })).items;

  it('Q-10: a request takes along its own Jobs, not those of its namesake elsewhere', async () => {
    const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [writes()] } } });
    await cluster.install(promise);
    const elsewhere = aName('elsewhere-');
    await cluster.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } });
    const [here, there] = [aRequest(promise.type, cluster.namespace, {}, 'twin'), aRequest(promise.type, elsewhere, {}, 'twin')];
    for (const request of [here, there]) await cluster.create(promise.type, request);
    for (const request of [here, there]) await cluster.untilReady(promise.type, request.metadata);
    await cluster.delete(promise.type, here.metadata);
    await cluster.untilGone(promise.type, here.metadata);
    await cluster.until('the Jobs of the one that is gone', async () => (await jobsOf(promise)).every(({ metadata }) => metadata.namespace === elsewhere));
    expect(await jobsOf(promise)).toHaveLength(1);
    expect((await cluster.filesIn(requestFolder(destination, promise.name, there))).size).toBeGreaterThan(0);
  });

  it('B-DEL-1, Q-14, item 77: a Promise whose pipelines run takes everything along', async () => {
    const promise = aPromise({ selector: { pool }, dependencies: [namespaceNamed('brought')], workflows: { resource: { configure: [sleeps('long')] } } });
    await cluster.install(promise);
    const request = aRequest(promise.type, cluster.namespace);
    // it goes with its definition, and cannot be waited for after that
    await cluster.kube.create(promise.type, request);
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { workflows: { promise: { configure: [sleeps('also-long')] } } } });
    await cluster.until('both Jobs', async () => (await jobsOf(promise)).length >= 2);
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.untilGone(types.Promise, promise.object.metadata);
    expect(await jobsOf(promise)).toEqual([]);
    for (const type of [types.Work, types.WorkPlacement, types.ResourceBinding, types.PromiseRevision, coreTypes.ClusterRole, coreTypes.ServiceAccount]) {
      expect((await cluster.kube.list<DynamicObject>(type)).items.filter(ofPromise(promise))).toEqual([]);
    }
    await cluster.untilFiles(destination, 'no file of it', found => ![...found.keys()].some(path => path.includes(promise.name)));
  });

  it('item 79: one of the same name that is made while the former goes is new, and has its own files', async () => {
    const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [writes()] } } });
    await cluster.install(promise);
    const request = aRequest(promise.type, cluster.namespace, { word: 'old' }, 'again');
    await cluster.create(promise.type, request);
    await cluster.untilReady(promise.type, request.metadata);
    const { metadata } = await cluster.kube.get(types.Promise, promise.object.metadata);
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.until('the second Promise', async () => {
      try {
        await cluster.kube.create(types.Promise, promise.object);
        return true;
      } catch {
        return false;
      }
    });
    await cluster.untilObject(types.Promise, promise.object.metadata, 'Available', object => object.metadata.uid !== metadata.uid && conditionOf(object, 'Available')?.status === 'True');
    expect(await cluster.filesIn(requestFolder(destination, promise.name, request))).toEqual(new Map());
    await cluster.create(promise.type, aRequest(promise.type, cluster.namespace, { word: 'new' }, 'again'));
    await cluster.untilReady(promise.type, request.metadata);
    expect([...(await cluster.filesIn(requestFolder(destination, promise.name, request))).values()].join()).toContain('word: new');
    expect((await cluster.runsOf(request.metadata)).map(({ spec }) => spec?.trigger)).toEqual(['created']);
  });

  it('item 80: a Promise that requires another leaves it, and its requests, alone', async () => {
    const base = aPromise({ selector: { pool }, workflows: { resource: { configure: [writes()] } } });
    await cluster.install(base);
    const child = aRequest(base.type, cluster.namespace);
    await cluster.create(base.type, child);
    await cluster.untilReady(base.type, child.metadata);
    const compound = aPromise();
    (compound.object.spec as { requiredPromises?: unknown }).requiredPromises = [{ name: base.name }];
    await cluster.install(compound);
    await cluster.delete(types.Promise, compound.object.metadata);
    await cluster.untilGone(types.Promise, compound.object.metadata);
    await cluster.untilObject(types.Promise, base.object.metadata, 'no requiredBy', object => object.status?.requiredBy === undefined && object.status?.status === 'Available');
    expect((await cluster.kube.get(base.type, child.metadata)).metadata.deletionTimestamp).toBeUndefined();
  });
});
