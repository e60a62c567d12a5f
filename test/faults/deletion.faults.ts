import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { aContainer, aDestination, aGitStore, aName, aPipeline, type APromise, aPromise, complaintsOf, types } from '../cluster/support';
import { World, type EngineProcess } from './support/world';

/* What is deleted waits for what hangs on it, and for nothing that is gone for good. */

let world: World;
let engine: EngineProcess;

const pipelines = (...names: string[]) => names.map(name => aPipeline([aContainer('true')], { name }));
const offer = (): APromise => aPromise({ workflows: { resource: { configure: pipelines('one') } } });
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const list = (type: typeof types.Work) => world.list<DynamicObject>(type);
const eventsOf = (name: string) => world.list<DynamicObject>(coreTypes.Event).filter(({ regarding }) => (regarding as { name: string }).name === name).map(({ reason, note }) => `${reason}: ${note}`);

beforeEach(async () => {
  world = await World.open();
  engine = await world.engine();
  await engine.started;
});
afterEach(() => world?.close());

async function settled(promise: APromise, spec: Record<string, unknown> = { word: 'x' }) {
  const request = await world.request(promise, spec);
  await world.untilReady(promise.type, request.metadata);
  return request;
}

/** The address of the store that is there from the start. */
const address = () => String(world.get(types.GitStateStore, { name: 'store' })?.spec?.url);

/** Moves all writing to a store and a Destination of the test's own. */
async function ownPlace(cleanup: 'all' | 'none' = 'none') {
  const [store, place] = [aName('store-'), aName('place-')];
  await world.delete(types.Destination, { name: 'place' });
  await world.untilGone(types.Destination, { name: 'place' });
  await world.kube.create(types.GitStateStore, aGitStore(address(), store));
  const destination = aDestination({ name: place, labels: {}, store });
  await world.kube.create(types.Destination, { ...destination, spec: { ...(destination.spec as object), cleanup } });
  return { store, place };
}

/** The store cannot be reached from now on, and the engine knows. */
async function lose(store: string): Promise<void> {
  await world.merge(types.GitStateStore, { name: store }, { spec: { url: `${address()}-elsewhere` } });
  await world.untilSays(types.GitStateStore, { name: store }, 'Ready=False');
}

it('B-DEL-6, B-DEL-5: a request without a delete pipeline has every finalizer, and each goes', async () => {
  const promise = await world.install(offer());
  const request = await settled(promise);
  const finalizers = ['work-cleanup', 'workflows-cleanup', 'delete-workflows', 'resource-binding-cleanup'].map(name => `kratix.io/${name}`);
  expect([...(world.get(promise.type, request.metadata)?.metadata.finalizers ?? [])].sort()).toEqual(finalizers.sort());
  await world.delete(promise.type, request.metadata);
  await world.untilGone(promise.type, request.metadata);
  expect([types.Work, types.WorkPlacement, types.ResourceBinding, types.WorkflowRun].flatMap(list)).toEqual([]);
});

it('B-DEL-6: what is deleted runs the delete pipelines of the version that it has, not of the newest', async () => {
  const versioned = (version: string): DynamicObject => {
    const { object } = first;
    const spec = { ...(object.spec as object), workflows: { resource: { configure: pipelines('one'), delete: pipelines(`bye-${version}`) } } };
    return { ...object, metadata: { ...object.metadata, labels: { 'kratix.io/promise-version': version } }, spec };
  };
  const first = offer();
  const promise = await world.install({ ...first, object: versioned('v1') });
  const request = await settled(promise);
  const binding = list(types.ResourceBinding)[0];
  await world.merge(types.ResourceBinding, binding.metadata, { spec: { version: 'v1' } });
  const { metadata, spec } = versioned('v2');
  await world.merge(types.Promise, metadata, { metadata: { labels: metadata.labels }, spec });
  await world.until('the new version', () => list(types.PromiseRevision).some(each => (each.spec as { version: string }).version === 'v2'));
  await world.delete(promise.type, request.metadata);
  await world.untilGone(promise.type, request.metadata);
  expect(Object.keys(world.kubelet.counts()).filter(name => name.includes('/delete/'))).toEqual([expect.stringMatching(/bye-v1$/)]);
});

it('B-DEL-10, Q-13: a Work takes its placements along, and stays until their files are gone from the store', async () => {
  const { store } = await ownPlace();
  const promise = await world.install(offer());
  const request = await settled(promise);
  await lose(store);
  await world.delete(promise.type, request.metadata);
  const [placement] = list(types.WorkPlacement);
  await world.until('the placement to be told to go', () => world.get(types.WorkPlacement, placement.metadata)?.metadata.deletionTimestamp);
  await world.untilSays(types.WorkPlacement, placement.metadata, 'its files cannot be removed');
  expect([types.Work, types.WorkPlacement].map(type => list(type).length)).toEqual([1, 1]);
  expect(world.get(promise.type, request.metadata)).toBeDefined();
  expect(Object.keys(await world.files()).filter(path => path.includes(`/${request.metadata.name}/`))).toHaveLength(1);
  await world.merge(types.GitStateStore, { name: store }, { spec: { url: address() } });
  await world.untilGone(promise.type, request.metadata);
  expect([types.Work, types.WorkPlacement].flatMap(list)).toEqual([]);
  expect(Object.keys(await world.files()).filter(path => path.includes(`/${request.metadata.name}/`))).toEqual([]);
});

it('B-DEL-13, B-SS-20: a placement whose Destination is gone goes at once, and its files stay behind', async () => {
  const { place } = await ownPlace();
  const promise = await world.install(offer());
  const request = await settled(promise);
  await world.delete(types.Destination, { name: place });
  await world.untilGone(types.Destination, { name: place });
  await world.delete(promise.type, request.metadata);
  await world.untilGone(promise.type, request.metadata);
  expect(list(types.WorkPlacement)).toEqual([]);
  expect(Object.keys(await world.files()).filter(path => path.startsWith(`${place}/`) && path.includes(`/${request.metadata.name}/`))).toHaveLength(1);
});

it('B-DEL-16: with cleanup: all a Destination waits for its store, and says so; once that is deleted, too, it goes and tells what it left', async () => {
  const { store, place } = await ownPlace('all');
  const promise = await world.install(offer());
  await settled(promise);
  await lose(store);
  await world.delete(types.Destination, { name: place });
  const [placement] = list(types.WorkPlacement);
  await world.untilSays(types.WorkPlacement, placement.metadata, 'its files cannot be removed');
  await sleep(300);
  expect(world.get(types.Destination, { name: place })).toBeDefined();
  await world.delete(types.GitStateStore, { name: store });
  await world.untilGone(types.Destination, { name: place });
  await world.until('its last words', () => eventsOf(place).some(words => words.startsWith('FilesLeftBehind')));
});

it('B-DEL-16: a Destination without placements says which store it waits for, and goes when that can be used again', async () => {
  const { store, place } = await ownPlace('all');
  await world.until('the Destination to be Ready', () => !complaintsOf(world.get(types.Destination, { name: place })).trim() && world.get(types.Destination, { name: place })?.status);
  await lose(store);
  await world.delete(types.Destination, { name: place });
  await world.untilSays(types.Destination, { name: place }, 'its files cannot be removed');
  await world.merge(types.GitStateStore, { name: store }, { spec: { url: address() } });
  await world.untilGone(types.Destination, { name: place });
  expect(Object.keys(await world.files()).filter(path => path.startsWith(`${place}/`))).toEqual([]);
});
