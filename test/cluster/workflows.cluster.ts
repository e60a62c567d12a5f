import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { aContainer, aName, aPipeline, type APromise, aPromise, aRequest, conditionOf, TestCluster, types, type WithStatus } from './support';

/* What only the wiring shows about runs: pauses, retries from a pipeline, a namespace of pipelines, deletions that fail. */

const PAUSED = 'kratix.io/paused';
const RETRY_FROM = 'workflows.kratix-ts.dev/retry-from';
const MANUAL = 'kratix.io/manual-reconciliation';

let cluster: TestCluster;
let namespaces: string[];
beforeAll(async () => {
  cluster = await TestCluster.open();
  namespaces = [aName('team-'), aName('team-'), aName('pipelines-')];
  for (const name of namespaces) await cluster.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});
afterAll(() => cluster?.close());

const pipeline = (name: string, script: string) => aPipeline([aContainer(script, { name })], { name });
const says = (name: string) => pipeline(name, `echo '${name}: done' >/kratix/metadata/status.yaml`);
const triggersOf = async (request: DynamicObject) => (await cluster.runsOf(request.metadata)).map(({ spec }) => spec?.trigger);

async function made(promise: APromise, namespace = cluster.namespace, name?: string): Promise<DynamicObject> {
  const request = aRequest(promise.type, namespace, {}, name);
  await cluster.create(promise.type, request);
  return request;
}

async function untilReconciled(promise: APromise, request: DynamicObject, reason: string): Promise<WithStatus> {
  return cluster.untilObject(promise.type, request.metadata, `Reconciled with reason ${reason}`, object => conditionOf(object, 'Reconciled')?.reason === reason);
}

describe('pausing', () => {
  let promise: APromise;
  beforeAll(async () => {
    promise = aPromise({ workflows: { resource: { configure: [says('one')] } } });
    await cluster.install(promise);
  });

  it('B-RR-2, B-RR-3, item 73: what is edited while it is paused runs once when it goes on', async () => {
    const request = await made(promise);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(promise.type, request.metadata, { metadata: { labels: { [PAUSED]: 'true' } } });
    await untilReconciled(promise, request, 'PausedReconciliation');
    for (const size of [1, 2, 3]) await cluster.merge(promise.type, request.metadata, { spec: { size } });
    await cluster.merge(promise.type, request.metadata, { metadata: { labels: { [PAUSED]: null } } });
    await cluster.untilReady(promise.type, request.metadata);
    expect(await triggersOf(request)).toEqual(['created', 'manual']);
  });

  it('B-RR-2: a paused Promise pauses its requests', async () => {
    const request = await made(promise);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { [PAUSED]: 'true' } } });
    await untilReconciled(promise, request, 'PausedReconciliation');
    await cluster.merge(types.Promise, promise.object.metadata, { metadata: { labels: { [PAUSED]: null } } });
    await cluster.untilReady(promise.type, request.metadata);
  });
});

describe('running again', () => {
  it('retry from a pipeline: what was before it does not run again', async () => {
    const promise = aPromise({ workflows: { resource: { configure: [says('one'), says('two')] } } });
    await cluster.install(promise);
    const request = await made(promise);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(promise.type, request.metadata, { metadata: { annotations: { [RETRY_FROM]: 'two' } } });
    await cluster.untilObject(promise.type, request.metadata, 'no annotation', object => !object.metadata.annotations?.[RETRY_FROM]);
    await cluster.until('the second run', async () => (await cluster.runsOf(request.metadata)).at(-1)?.status?.phase === 'Succeeded' && (await triggersOf(request)).length === 2);
    const [first, second] = await cluster.runsOf(request.metadata);
    const jobsOf = (run: WithStatus) => (run.status?.pipelines as { job: string }[]).map(({ job }) => job);
    expect(second.spec?.trigger).toBe('retry');
    expect(jobsOf(second)[0]).toBe(jobsOf(first)[0]);
    expect(jobsOf(second)[1]).not.toBe(jobsOf(first)[1]);
  });
});

describe('a namespace of pipelines', () => {
  it('B-RR-50, B-WF-2, Q-10, Q-11: requests of one name in two namespaces have nothing to do with each other', async () => {
    const labels = { place: aName('p-') };
    await cluster.destination(labels);
    const write = pipeline('write', 'printf "a: \\"$KRATIX_OBJECT_NAMESPACE\\"\\n" >/kratix/output/a.yaml');
    const promise = aPromise({ selector: labels, workflows: { config: { pipelineNamespace: namespaces[2] }, resource: { configure: [write] } } });
    await cluster.install(promise);
    const [one, two] = [await made(promise, namespaces[0], 'same'), await made(promise, namespaces[1], 'same')];
    for (const request of [one, two]) await cluster.untilReady(promise.type, request.metadata);
    const worksOf = async () => (await cluster.view(types.Work)).list().filter(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name && metadata.labels['kratix.io/resource-name'] === 'same');
    expect((await worksOf()).map(({ metadata }) => [metadata.namespace, metadata.labels?.['kratix.io/resource-namespace']]).sort()).toEqual([[namespaces[2], namespaces[0]], [namespaces[2], namespaces[1]]].sort());

    await cluster.delete(promise.type, one.metadata);
    await cluster.untilGone(promise.type, one.metadata);
    // what this suite sees of other kinds may come a moment later
    await cluster.until('the Work of the deleted one to be gone', async () => (await worksOf()).length === 1);
    expect((await worksOf()).map(({ metadata }) => metadata.labels?.['kratix.io/resource-namespace'])).toEqual([namespaces[1]]);
    const jobs = (await cluster.view(coreTypes.Job)).list().filter(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name && metadata.labels['kratix.io/resource-name'] === 'same');
    expect(jobs.map(({ metadata }) => metadata.labels?.['kratix.io/resource-namespace'])).toEqual([namespaces[1]]);
    await cluster.untilReady(promise.type, two.metadata);
  });
});

describe('accounts', () => {
  it('Q-57: go with the last request of their namespace', async () => {
    const permissions = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNamespace: namespaces[1] }];
    const entry = says('one');
    const promise = aPromise({ workflows: { resource: { configure: [{ ...entry, spec: { ...(entry.spec as object), rbac: { permissions } } }] } } });
    await cluster.install(promise);
    const [one, two] = [await made(promise, namespaces[0]), await made(promise, namespaces[0])];
    for (const request of [one, two]) await cluster.untilReady(promise.type, request.metadata);
    const left = async () => {
      const kinds = [coreTypes.ServiceAccount, coreTypes.Role, coreTypes.RoleBinding, coreTypes.ClusterRole];
      const views = await Promise.all(kinds.map(type => cluster.view(type)));
      return views.flatMap(view => view.list()).filter(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name && metadata.name.startsWith(`${promise.name}-resource-`)).length;
    };
    expect(await left()).toBe(5);
    await cluster.delete(promise.type, one.metadata);
    await cluster.untilGone(promise.type, one.metadata);
    expect(await left()).toBe(5);
    await cluster.delete(promise.type, two.metadata);
    await cluster.untilGone(promise.type, two.metadata);
    await cluster.until('accounts and rights to be gone', async () => (await left()) === 0, { seen: left });
  });
});

describe('a delete pipeline that fails', () => {
  let promise: APromise;
  const fails = { ...pipeline('archive', 'exit 3') };
  beforeAll(async () => {
    promise = aPromise({ workflows: { resource: { configure: [says('one')], delete: [{ ...fails, spec: { ...(fails.spec as object), jobOptions: { backoffLimit: 0 } } }] } } });
    await cluster.install(promise);
  });

  it('B-WF-62, B-WF-63, Q-59, item 78: says why, is tried again by label, and can be passed by', async () => {
    const request = await made(promise);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.delete(promise.type, request.metadata);
    const isFailed = (object: WithStatus) => conditionOf(object, 'DeleteWorkflowCompleted')?.reason === 'DeleteWorkflowFailed';
    const held = await cluster.untilObject(promise.type, request.metadata, 'a delete pipeline that failed', isFailed);
    expect(conditionOf(held, 'DeleteWorkflowCompleted')?.message).toContain('exited with 3');
    expect(conditionOf(held, 'ConfigureWorkflowCompleted')?.status).toBe('True');

    await cluster.merge(promise.type, request.metadata, { metadata: { labels: { [MANUAL]: 'true' } } });
    await cluster.until('another try', async () => (await cluster.runsOf(request.metadata)).filter(({ spec, status }) => spec?.action === 'delete' && status?.phase === 'Failed').length === 2);

    const { metadata } = await cluster.untilObject(promise.type, request.metadata, 'no label', object => !object.metadata.labels?.[MANUAL]);
    await cluster.merge(promise.type, request.metadata, { metadata: { finalizers: metadata.finalizers?.filter(name => name !== 'kratix.io/delete-workflows') } });
    await cluster.untilGone(promise.type, request.metadata);
  });
});
