import { coreTypes, type DynamicObject, type KubeObject, type ObjectRef, type ResourceType } from '@kratix-ts/core/kube';
import type { PodRun, PodScript } from '@kratix-ts/core/testing';
import { aContainer, aDestination, aGitStore, aName, aPipeline, type APromise, aPromise, aRequest, conditionOf, isTrue, types } from '../cluster/support';
import { echo, World, type EngineProcess } from './support/world';

/* What users, and other controllers, do to what the engine keeps: its status, its labels, its Jobs, its stores. */

let world: World;
let engine: EngineProcess;
/** What pods do now. */
let script: (pod: PodRun) => PodScript | Promise<PodScript> = echo;

const pipelines = (...names: string[]) => names.map(name => aPipeline([aContainer('true')], { name }));
const offer = (options: Parameters<typeof aPromise>[0] = {}): APromise => aPromise({ workflows: { resource: { configure: pipelines('one', 'two') } }, ...options });
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const timesRun = (name: string) => world.kubelet.ran.filter(({ request }) => request === name).length;
const filesOf = async (name: string) => Object.keys(await world.files()).filter(path => path.includes(`/${name}/`));
const ofRequest = (type: typeof types.Work, name: string) => world.list<DynamicObject>(type).filter(({ metadata }) => metadata.labels?.['kratix.io/resource-name'] === name);
/** Nothing is written for as long as this, in milliseconds. */
async function quiet(ms = 300) {
  for (let before = -1; before !== engine.proxy.writeCount; ) {
    before = engine.proxy.writeCount;
    await sleep(ms);
  }
}

beforeEach(async () => {
  script = echo;
  world = await World.open({ run: pod => script(pod) });
  engine = await world.engine();
  await engine.started;
});
afterEach(() => world?.close());

async function settled(promise: APromise, spec: Record<string, unknown> = { word: 'x' }, name?: string) {
  const request = await world.request(promise, spec, name);
  await world.untilReady(promise.type, request.metadata);
  await quiet();
  return request;
}

describe('Jobs and pods', () => {
  it('D67: they are deleted as soon as they have ended, and no step is lost or runs twice', async () => {
    const promise = await world.install(offer());
    const stop = world.cluster.api.watch<KubeObject & { status?: { phase?: string; conditions?: unknown[] } }>(types.Job, ({ type, object }) => {
      if (type === 'MODIFIED' && object.status?.conditions?.length) world.delete(types.Job, object.metadata).catch(() => undefined);
    });
    const request = await settled(promise);
    stop();
    expect(timesRun(request.metadata.name)).toBe(2);
    expect(await filesOf(request.metadata.name)).toHaveLength(2);
  });

  it('D67, Q-19: all of them deleted afterwards, and again with an engine that starts anew, run nothing again', async () => {
    const promise = await world.install(offer());
    const request = await settled(promise);
    for (const job of world.list<KubeObject>(types.Job)) await world.delete(types.Job, job.metadata);
    await engine.stop();
    engine = await world.engine();
    await engine.started;
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(2);
    expect(world.isReady(promise.type, request.metadata)).toBe(true);
  });

  it.each(['one', 'two'])('D67, B26: the Job of pipeline %s deleted while its pod runs makes that pipeline run again, and no other', async name => {
    const promise = await world.install(offer());
    let isFirst = true;
    script = async pod => {
      if (!pod.pipeline.endsWith(name) || !isFirst) return echo(pod);
      isFirst = false;
      await world.delete(types.Job, { name: pod.job, namespace: 'default' });
      await sleep(50);
      return { exitCode: 1 };
    };
    const request = await settled(promise);
    const counts = world.kubelet.counts();
    const of = (pipeline: string) => counts[`${promise.name}/${request.metadata.name}/configure/${pipeline}`];
    expect([of('one'), of('two')]).toEqual(name === 'one' ? [2, 1] : [1, 2]);
  });
});

describe('what a pipeline leaves', () => {
  it('B27: nothing at all takes the earlier files away', async () => {
    const promise = await world.install(offer());
    const request = await settled(promise);
    expect(await filesOf(request.metadata.name)).toHaveLength(2);
    script = () => ({});
    await world.merge(promise.type, request.metadata, { spec: { word: 'none' } });
    await world.untilReady(promise.type, request.metadata);
    await world.until('the files to be gone', async () => (await filesOf(request.metadata.name)).length === 0);
  });

  it('B36: status keys of two pipelines are both kept', async () => {
    const promise = await world.install(offer());
    const request = await settled(promise);
    expect(world.get(promise.type, request.metadata)?.status).toMatchObject({ one: 'x', two: 'x' });
  });
});

describe('taken away by a user', () => {
  it('D68: finalizers, labels and annotations of everything come back or are not missed, and it can all be deleted', async () => {
    const promise = await world.install(offer({ dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'static' } }] }));
    const request = await settled(promise);
    for (const type of [types.Promise, promise.type, types.Work, types.WorkPlacement, types.WorkflowRun, types.Job, types.Pod]) {
      for (const { metadata } of world.list<DynamicObject>(type)) {
        const none = (map: object = {}) => Object.fromEntries(Object.keys(map).map(key => [key, null]));
        await world.merge(type, metadata, { metadata: { finalizers: null, labels: none(metadata.labels), annotations: none(metadata.annotations) } });
      }
    }
    await world.merge(promise.type, request.metadata, { spec: { word: 'new' } });
    await world.untilReady(promise.type, request.metadata);
    await world.until('the new files', async () => Object.values(await world.files()).filter(text => text === 'word: new\n').length === 2);
    await world.delete(promise.type, request.metadata);
    await world.untilGone(promise.type, request.metadata);
    await world.until('its files to be gone', async () => (await filesOf(request.metadata.name)).length === 0, { seen: () => filesOf(request.metadata.name) });
    await world.delete(types.Promise, promise.object.metadata);
    await world.untilGone(types.Promise, promise.object.metadata);
  });

  it('D69: a status that is erased is written again, and nothing runs for that', async () => {
    const promise = await world.install(offer());
    const request = await settled(promise);
    for (const type of [types.Promise, promise.type, types.Work, types.WorkPlacement, types.Destination, types.GitStateStore]) {
      for (const { metadata } of world.list<DynamicObject>(type)) await world.merge(type, metadata, { status: null }, 'status');
    }
    await world.untilReady(promise.type, request.metadata);
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(2);
    expect(isTrue(world.get(types.Promise, promise.object.metadata), 'Available')).toBe(true);
  });

  it('D69: a status that a user writes gives no run, no pass and no file', async () => {
    const promise = await world.install(offer());
    const request = await settled(promise);
    const pipeline = (phase: string) => ({ name: 'one', phase, lastTransitionTime: '2026-01-01T00:00:00Z' });
    const forged = { workflowsSucceeded: 0, workflowsFailed: 7, observedGeneration: 99, kratix: { workflows: { pipelines: [pipeline('Suspended')], suspendedGeneration: 1 } } };
    await world.merge(promise.type, request.metadata, { status: forged }, 'status');
    await world.untilReady(promise.type, request.metadata);
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(2);
    expect(world.get(promise.type, request.metadata)?.status).toMatchObject({ workflowsSucceeded: 2, workflowsFailed: 0 });
  });
});

describe('an engine that starts', () => {
  it('D72: an upgrade with a hundred settled requests (instead of a thousand) runs nothing and writes nothing, though the helper and what pods get by default are others', async () => {
    const promise = await world.install(offer({ workflows: { promise: { configure: pipelines('prepare') }, resource: { configure: pipelines('one') } } }));
    const requests = await Promise.all(Array.from({ length: 100 }, (_, index) => world.request(promise, { word: `w${index}` })));
    for (const { metadata } of requests) await world.untilReady(promise.type, metadata);
    await quiet();
    const ran = world.kubelet.ran.length;
    await engine.stop();
    engine = await world.engine({ helperImage: 'helper:next', defaultBackoffLimit: 3, defaultImagePullPolicy: 'Always' });
    await engine.started;
    await quiet();
    expect(world.kubelet.ran.length).toBe(ran);
    expect(engine.proxy.calls.filter(({ write }) => write !== undefined).map(({ verb, path }) => `${verb} ${path}`)).toEqual([]);
    await world.merge(promise.type, requests[0].metadata, { spec: { word: 'edited' } });
    await world.until('the one that is edited', () => world.kubelet.ran.length === ran + 1);
  });

  it('D74: with ten requests that rest it asks the API server for nothing (3 s instead of 24 h; the bench keeps ten thousand for longer)', async () => {
    const promise = await world.install(offer({ workflows: { resource: { configure: pipelines('one') } } }));
    for (let index = 0; index < 10; index += 1) await settled(promise, { word: `w${index}` });
    await quiet(1_000);
    const calls = engine.proxy.calls.length;
    await sleep(3_000);
    expect(engine.proxy.calls.slice(calls).map(({ verb, path }) => `${verb} ${path}`)).toEqual([]);
  });
});

describe('an API server in need', () => {
  it('D76: full, it refuses every write for 2 s; what was asked for comes then, and was not tried all the time', async () => {
    const promise = await world.install(offer());
    await quiet();
    engine.proxy.fail(({ write }) => write !== undefined, { status: 500, reason: 'InternalError', message: 'etcdserver: mvcc: database space exceeded' });
    const before = engine.proxy.writeCount;
    const request = await world.request(promise, { word: 'patient' });
    await sleep(2_000);
    expect(engine.proxy.writeCount - before).toBeLessThan(20);
    engine.proxy.heal();
    await world.untilReady(promise.type, request.metadata);
    expect(timesRun(request.metadata.name)).toBe(2);
  });

  it('D76: slow, it takes 200 ms for every write (instead of 1 s); everything comes later, and once', async () => {
    const promise = await world.install(offer());
    engine.proxy.fail(({ write }) => write !== undefined, { delayMs: 200 });
    const request = await world.request(promise, { word: 'slow' });
    await world.untilReady(promise.type, request.metadata, { timeout: 60_000 });
    expect(timesRun(request.metadata.name)).toBe(2);
  });
});

describe('pauses', () => {
  it('D73: a Promise that is edited while it is paused runs once when it goes on', async () => {
    const promise = await world.install(offer());
    const request = await settled(promise);
    await world.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/paused': 'true' } } });
    await world.until('the pause', () => conditionOf(world.get(types.Promise, promise.object.metadata), 'Reconciled')?.reason === 'PausedReconciliation');
    for (const word of ['a', 'b', 'c']) {
      await world.merge(promise.type, request.metadata, { spec: { word } });
      await world.merge(types.Promise, promise.object.metadata, { spec: { destinationSelectors: [{ matchLabels: {} }], workflows: { resource: { configure: pipelines('one', word) } } } });
    }
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(2);
    await world.merge(types.Promise, promise.object.metadata, { metadata: { labels: { 'kratix.io/paused': null } } });
    await world.untilReady(promise.type, request.metadata);
    await world.until('the run of the newest specs', () => timesRun(request.metadata.name) === 4);
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(4);
    expect(world.runsOf(request.metadata)).toHaveLength(2);
  });

  it('B-RR-3, D73: a request that is paused while it is suspended runs once from the start when it goes on', async () => {
    const promise = await world.install(offer());
    let isHeld = true;
    script = pod => (isHeld && pod.pipeline.endsWith('two') ? { control: { suspend: true } } : echo(pod));
    const request = await world.request(promise, { word: 'x' });
    await world.until('the suspension', () => conditionOf(world.get(promise.type, request.metadata), 'Reconciled')?.reason === 'WorkflowSuspended');
    await world.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/paused': 'true' } } });
    await quiet();
    isHeld = false;
    await world.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/workflow-suspended': null } } });
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(2);
    await world.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/paused': null } } });
    await world.untilReady(promise.type, request.metadata);
    await quiet();
    expect(timesRun(request.metadata.name)).toBe(4);
    expect(world.runsOf(request.metadata)).toHaveLength(2);
  });
});

describe('deletion', () => {
  const kinds = ['request', 'promise', 'destination', 'store', 'secret'] as const;
  type What = (typeof kinds)[number];
  const permutations = (rest: readonly What[]): What[][] => (rest.length ? rest.flatMap(each => permutations(rest.filter(other => other !== each)).map(tail => [each, ...tail])) : [[]]);

  /** A request that is settled, in a namespace, store and Destination of its own. */
  async function chain(): Promise<Record<What, { type: ResourceType; ref: ObjectRef }> & { namespace: string }> {
    const promise = await world.install(offer({ dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'static' } }] }));
    const [store, place, secret, namespace] = ['store-', 'place-', 'secret-', 'team-'].map(prefix => aName(prefix));
    const url = String(world.get(types.GitStateStore, { name: 'store' })?.spec?.url);
    await world.kube.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const data = { username: 'Ym90', password: 'cmlnaHQ=' };
    await world.kube.create(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace: 'default' }, data } as KubeObject);
    const { spec, ...rest } = aGitStore(url, store);
    await world.kube.create(types.GitStateStore, { ...rest, spec: { ...(spec as object), secretRef: { name: secret, namespace: 'default' } } });
    await world.kube.create(types.Destination, aDestination({ name: place, labels: {}, store }));
    await world.delete(types.Destination, { name: 'place' });
    const request = await world.kube.create(promise.type, aRequest(promise.type, namespace, { word: 'x' }));
    await world.untilReady(promise.type, request.metadata);
    return {
      namespace,
      request: { type: promise.type, ref: request.metadata },
      promise: { type: types.Promise, ref: promise.object.metadata },
      destination: { type: types.Destination, ref: { name: place } },
      store: { type: types.GitStateStore, ref: { name: store } },
      secret: { type: coreTypes.Secret, ref: { name: secret, namespace: 'default' } },
    };
  }

  async function nothingIsLeft(): Promise<void> {
    for (const type of [types.Work, types.WorkPlacement, types.WorkflowRun, types.Job, types.PromiseRevision, types.ResourceBinding]) {
      await world.until(`every ${type.kind} to be gone`, () => world.list<DynamicObject>(type).length === 0, { seen: () => world.list(type) });
    }
  }

  it.each(permutations(kinds).filter((_, index) => process.env.KRATIX_FAULTS === 'all' || index % 20 === 7))('E77: %s, %s, %s, %s, %s, one after the other: all of it goes, and no orphan stays', async (...order) => {
    const all = await chain();
    for (const what of order) {
      await world.delete(all[what].type, all[what].ref);
      await sleep(20);
    }
    for (const what of kinds) await world.untilGone(all[what].type, all[what].ref);
    await nothingIsLeft();
  });

  it('E77: all of it at once goes, and no orphan stays', async () => {
    const all = await chain();
    await Promise.all(kinds.map(what => world.delete(all[what].type, all[what].ref)));
    for (const what of kinds) await world.untilGone(all[what].type, all[what].ref);
    await nothingIsLeft();
  });

  it('E77: with its namespace a request goes, and its files; a second one in the middle of its run, too', async () => {
    const { request, namespace } = await chain();
    let end = () => {};
    const begun = new Promise<void>(resolve => {
      script = () => {
        resolve();
        return new Promise(ended => {
          end = () => ended({});
        });
      };
    });
    await world.kube.create(request.type, aRequest(request.type, namespace, { word: 'y' }));
    await begun;
    await world.delete(coreTypes.Namespace, { name: namespace });
    await world.untilGone(coreTypes.Namespace, { name: namespace });
    end();
    expect(world.list<DynamicObject>(request.type)).toEqual([]);
    await world.until('its files to be gone', async () => !Object.keys(await world.files()).some(path => path.includes(`/${namespace}/`)));
    expect(world.list<DynamicObject>(types.WorkPlacement).filter(({ metadata }) => metadata.namespace === namespace)).toEqual([]);
  });

  it('E78: a delete pipeline that fails says so, and the label tries it again', async () => {
    const promise = await world.install(offer({ workflows: { resource: { configure: pipelines('one'), delete: pipelines('bye') } } }));
    const request = await settled(promise);
    script = pod => (pod.pipeline.endsWith('bye') ? { exitCode: 3 } : echo(pod));
    await world.delete(promise.type, request.metadata);
    await world.untilSays(promise.type, request.metadata, 'bye.*exited with 3');
    script = echo;
    await world.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } });
    await world.untilGone(promise.type, request.metadata);
    expect(ofRequest(types.Work, request.metadata.name)).toEqual([]);
  });
});
