import { coreTypes, type DynamicObject, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import type { PodRun, PodScript } from '@kratix-ts/core/testing';
import { aContainer, aPipeline, type APromise, aPromise, aRequest, conditionOf, types } from '../cluster/support';
import { echo, World, type EngineProcess } from './support/world';

/* What a run finds when it starts: what others left, caches that are late, many at once. */

let world: World;
let engine: EngineProcess;
let script: (pod: PodRun) => PodScript | Promise<PodScript> = echo;

const list = (type: ResourceType) => world.list<DynamicObject>(type);
const permissions = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
const pipeline = (name: string, rbac?: Record<string, unknown>) => aPipeline([aContainer('true')], { name, ...(rbac && { rbac }) });
const offer = (...configure: Record<string, unknown>[]): APromise => aPromise({ workflows: { resource: { configure } } });
const eventsOf = (name: string) => list(coreTypes.Event).filter(({ regarding }) => (regarding as { name: string }).name === name).map(({ reason, note }) => `${reason}: ${note}`);

beforeEach(async () => {
  script = echo;
  world = await World.open({ run: pod => script(pod) });
  engine = await world.engine();
  await engine.started;
});
afterEach(() => world?.close());

describe('rights', () => {
  const namesOf = (type: ResourceType) => list(type).filter(({ metadata }) => metadata.labels?.['kratix.io/pipeline-name']).map(({ metadata }) => metadata.name);

  it('B-WF-37, B-WF-49: what a pipeline declared once and declares no more goes before it runs again; another pipeline’s stay', async () => {
    const everywhere = [{ ...permissions[0], resourceNamespace: '*' }];
    const promise = await world.install(offer(pipeline('one', { permissions: [...permissions, ...everywhere] }), pipeline('two', { permissions })));
    const request = await world.request(promise, { word: 'x' });
    await world.untilReady(promise.type, request.metadata);
    const before = namesOf(coreTypes.Role);
    expect([before.length, namesOf(coreTypes.RoleBinding).length, namesOf(coreTypes.ClusterRole).length, namesOf(coreTypes.ClusterRoleBinding).length]).toEqual([2, 2, 1, 1]);
    const atStart: string[][] = [];
    script = pod => {
      atStart.push([pod.pipeline.split('/').at(-1) ?? '', ...namesOf(coreTypes.ClusterRole), ...namesOf(coreTypes.ClusterRoleBinding)]);
      return echo(pod);
    };
    const workflows = { resource: { configure: [pipeline('one'), pipeline('two', { permissions })] } };
    await world.merge(types.Promise, promise.object.metadata, { spec: { workflows } });
    await world.until('the run without rights', () => atStart.length === 2);
    expect(atStart).toEqual([['one'], ['two']]);
    await world.untilReady(promise.type, request.metadata);
    const left = namesOf(coreTypes.Role);
    expect([left.length, before.includes(left[0]), namesOf(coreTypes.RoleBinding).length]).toEqual([1, true, 1]);
  });
});

it('Q-48, B-WF-33: the rights across namespaces that another engine gave a pipeline go when ours runs it; those of others stay', async () => {
  const promise = aPromise({ workflows: { promise: { configure: [pipeline('prepare')] } } });
  const [own, strange] = [`${promise.name}-promise-configure-prepare`, `${promise.name}-promise-controller`];
  const rbac = 'rbac.authorization.k8s.io';
  for (const name of [own, strange]) {
    const metadata = { name, labels: { 'kratix.io/promise-name': promise.name } };
    await world.kube.create(coreTypes.ClusterRole, { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules: [] } as KubeObject);
    await world.kube.create(coreTypes.ClusterRoleBinding, { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name }, subjects: [] } as KubeObject);
  }
  await world.install(promise);
  await world.until('the run', () => world.runsOf(promise.object.metadata).at(-1)?.status?.phase === 'Succeeded');
  const left = [coreTypes.ClusterRole, coreTypes.ClusterRoleBinding].map(type => list(type).map(({ metadata }) => metadata.name).filter(name => [own, strange].includes(name)));
  expect(left).toEqual([[strange], [strange]]);
});

it('B-WF-49: each start of a pipeline is told, and the label that asked for it is gone', async () => {
  const promise = await world.install(offer(pipeline('one'), pipeline('two')));
  const request = await world.request(promise, { word: 'x' });
  await world.untilReady(promise.type, request.metadata);
  const label = 'kratix.io/manual-reconciliation';
  const seen: boolean[] = [];
  script = pod => {
    seen.push(label in (world.get(promise.type, request.metadata)?.metadata.labels ?? {}));
    return echo(pod);
  };
  await world.merge(promise.type, request.metadata, { metadata: { labels: { [label]: 'true' } } });
  await world.until('the second run', () => seen.length === 2);
  expect(seen).toEqual([false, false]);
  const started = ['one', 'two'].map(name => `PipelineStarted: Configure Pipeline started: ${name}`);
  await world.until('its events', () => started.every(words => eventsOf(request.metadata.name).includes(words)));
});

describe('a pipeline that runs more than once', () => {
  it('B-CR-5, B-POD-17: retries and runs anew fill the one Work, and its files are those of the last', async () => {
    const promise = await world.install(offer(aPipeline([aContainer('true')], { name: 'one', backoffLimit: 3 })));
    let failures = 2;
    script = () => (failures-- > 0 ? { exitCode: 1 } : { files: { [`run${world.kubelet.ran.length}.yaml`]: 'a: 1\n' } });
    const request = await world.request(promise, { word: 'x' });
    await world.untilReady(promise.type, request.metadata);
    const [work] = list(types.Work).map(({ metadata }) => metadata.name);
    await world.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } });
    await world.until('the second run', () => world.runsOf(request.metadata).at(-1)?.spec?.trigger === 'manual' && world.isReady(promise.type, request.metadata) && world.runsOf(request.metadata).at(-1)?.status?.phase === 'Succeeded');
    await world.until('its file', async () => Object.keys(await world.files()).some(path => path.endsWith('/run4.yaml')));
    expect(world.kubelet.ran).toHaveLength(4);
    expect(list(types.Work).map(({ metadata }) => metadata.name)).toEqual([work]);
    expect(Object.keys(await world.files()).filter(path => path.includes(`/${request.metadata.name}/`))).toEqual([expect.stringMatching(/run4\.yaml$/)]);
  });
});

it('Q-23: what was made a moment ago is known, however late the watches are', async () => {
  const promise = await world.install(offer(pipeline('one')));
  engine.proxy.delayWatches(200);
  const said = new Set<string>();
  world.cluster.api.watch<DynamicObject>(types.Work, ({ object }) => {
    for (const type of ['ScheduleSucceeded', 'Ready']) said.add(`${type} ${conditionOf(object, type)?.reason}`);
  });
  const from = engine.proxy.calls.length;
  const request = await world.request(promise, { word: 'x' });
  await world.untilReady(promise.type, request.metadata);
  const calls = engine.proxy.calls.slice(from).filter(({ resource, write }) => write !== undefined && ['works', 'workplacements'].includes(resource));
  expect([...said].filter(words => /Fail/.test(words))).toEqual([]);
  expect(calls.map(({ verb, resource, subresource }) => [verb, resource, subresource].filter(Boolean).join(' '))).toEqual(['patch workplacements', 'patch workplacements status', 'patch works status']);
});

it('Q-7: ten requests of a Promise start without waiting for one another, and no Job is made twice', async () => {
  const promise = await world.install(offer(pipeline('one')));
  const from = Date.now();
  const requests = await Promise.all(Array.from({ length: 10 }, (_, index) => world.kube.create(promise.type, aRequest(promise.type, 'default', { word: `w${index}` }))));
  await world.until('ten runs', () => world.kubelet.ran.length >= 10);
  const took = Date.now() - from;
  for (const { metadata } of requests) await world.untilReady(promise.type, metadata);
  expect(world.kubelet.ran).toHaveLength(10);
  expect(engine.proxy.calls.filter(({ verb, resource }) => verb === 'create' && resource === 'jobs')).toHaveLength(10);
  // with a pause of 1.1 s at each start, one after the other, they need eleven seconds
  expect(took).toBeLessThan(8_000);
});

it('Q-7: a new request does not wait for the pipelines that an update of its Promise has begun, nor does an edited one; then the update goes on', async () => {
  await engine.stop();
  engine = await world.engine({ pipelinesAtOnce: 2 });
  await engine.started;
  const promise = await world.install(offer(pipeline('one')));
  const settled = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(word => world.request(promise, { word })));
  for (const { metadata } of settled) await world.untilReady(promise.type, metadata);
  let release = () => {};
  const held = new Promise<void>(resolve => (release = resolve));
  const asked = new Set<string | undefined>();
  script = async pod => {
    if (!asked.has(pod.request)) await held;
    return echo(pod);
  };
  await world.merge(types.Promise, promise.object.metadata, { spec: { workflows: { resource: { configure: [pipeline('other')] } } } });
  const triggers = () => settled.map(({ metadata }) => world.runsOf(metadata).at(-1)).map(run => `${run?.spec?.trigger} ${run?.status?.phase}`).sort();
  await world.until('two of them to run, and the others to wait', () => `${triggers()}` === `${[...Array(3).fill('promise-updated Pending'), ...Array(2).fill('promise-updated Running')]}`);
  const request = aRequest(promise.type, 'default', { word: 'new' });
  asked.add(request.metadata.name);
  await world.kube.create(promise.type, request);
  await world.untilReady(promise.type, request.metadata);
  const edited = settled.find(({ metadata }) => world.runsOf(metadata).at(-1)?.status?.phase === 'Pending')?.metadata ?? settled[0].metadata;
  asked.add(edited.name);
  await world.merge(promise.type, edited, { spec: { word: 'edited' } });
  await world.untilReady(promise.type, edited);
  expect(world.runsOf(edited).at(-1)?.spec?.trigger).toBe('updated');
  expect(triggers().filter(each => each === 'promise-updated Running')).toHaveLength(2);
  release();
  for (const { metadata } of settled) await world.untilReady(promise.type, metadata);
});

describe('B-PR-27, B-RR-14: the interval', () => {
  const HOUR = 3_600_000;

  it.each([
    [9, {}],
    [11, { 'promise/configure': 1, 'resource/configure': 1 }],
  ])('%s hours after the last runs of a Promise and its request, where ten are set, the runs that begin are %j', async (hours, expected) => {
    const promise = await world.install(aPromise({ workflows: { promise: { configure: [pipeline('prepare')] }, resource: { configure: [pipeline('one')] } } }));
    const request = await world.request(promise, { word: 'x' });
    await world.untilReady(promise.type, request.metadata);
    await world.until('the Promise to have run', () => world.runsOf(promise.object.metadata).at(-1)?.status?.phase === 'Succeeded');
    await engine.stop();
    const ran = world.kubelet.ran.length;
    engine = await world.engine({}, undefined, () => new Date(Date.now() + hours * HOUR));
    await engine.started;
    await world.until('what begins', () => world.kubelet.ran.length >= ran + 2, { timeout: hours < 10 ? 1_000 : undefined }).catch(error => {
      if (hours > 10) throw error;
    });
    const periodic = list(types.WorkflowRun).filter(({ spec }) => (spec as { trigger: string }).trigger === 'periodic').map(({ spec }) => `${(spec as { type: string }).type}/configure`);
    expect(Object.fromEntries(periodic.map(name => [name, periodic.filter(each => each === name).length]))).toEqual(expected);
    expect(world.kubelet.ran.length - ran).toBe(periodic.length);
  });
});
