import { rename } from 'node:fs/promises';
import { coreTypes, type DynamicObject, keyOf } from '@kratix-ts/core/kube';
import { aContainer, aDestination, aGitStore, aName, aPipeline, type APromise, aPromise, aRequest, aType, complaintsOf, conditionOf, crdOf, requestFolder, TestCluster, types } from './support';

/* What users and machines do at the wrong moment: everything comes to its right end, and nobody else is harmed. */

let cluster: TestCluster;
let destination: string;
const pool = aName('pool');

const write = (seconds = 0) =>
  aPipeline([aContainer(`sleep ${seconds}; sed -n 's/^ *word: */word: /p' /kratix/input/object.yaml >/kratix/output/word.yaml`)], { name: 'write' });

async function installed(configure = [write()], more: object = {}): Promise<APromise> {
  const promise = aPromise({ selector: { pool }, workflows: { resource: { configure } } });
  Object.assign(promise.object.spec?.workflows as object, more);
  await cluster.install(promise);
  return promise;
}

async function requested(promise: APromise, word: string, namespace = cluster.namespace, name?: string): Promise<DynamicObject> {
  const request = aRequest(promise.type, namespace, { word }, name);
  await cluster.create(promise.type, request);
  return request;
}

const folderOf = (promise: APromise, request: DynamicObject, at = destination) => requestFolder(at, promise.name, request);
const delivered = (promise: APromise, request: DynamicObject, word: string, at = destination) =>
  cluster.untilFiles(folderOf(promise, request, at), `the word ${word}`, files => [...files.values()].some(text => text.trim() === `word: ${word}`));
const gone = (promise: APromise, request: DynamicObject) => cluster.untilFiles(folderOf(promise, request), 'none', files => files.size === 0);

async function ofRequest(type: typeof types.Work, request: DynamicObject) {
  const view = await cluster.view(type);
  return view.list().filter(each => each.metadata.labels?.['kratix.io/resource-name'] === request.metadata.name);
}

beforeAll(async () => {
  cluster = await TestCluster.open();
  destination = await cluster.destination({ pool });
});
afterAll(() => cluster?.close());

describe('two Promises with one API', () => {
  it('A6: the second is refused, its deletion harms nobody, and it may have the API once the first is gone', async () => {
    const first = await installed();
    const request = await requested(first, 'kept');
    await cluster.untilReady(first.type, request.metadata);
    const second = aPromise({ type: first.type });
    await cluster.create(types.Promise, second.object);
    const refused = await cluster.untilObject(types.Promise, second.object.metadata, 'refused', found => complaintsOf(found).includes(`the API of Promise "${first.name}"`));
    expect(refused.status?.status).toBe('Unavailable');
    const third = aPromise({ type: first.type });
    await cluster.create(types.Promise, third.object);
    await cluster.delete(types.Promise, second.object.metadata);
    await cluster.untilGone(types.Promise, second.object.metadata);
    expect((await cluster.filesIn(folderOf(first, request))).size).toBe(1);
    expect(conditionOf((await cluster.view(types.Promise)).get(first.name), 'Available')?.status).toBe('True');
    await cluster.delete(types.Promise, first.object.metadata);
    await cluster.untilCondition(types.Promise, third.object.metadata, 'Available');
  });

  it('a Promise cannot change into another API, and goes with its first one', async () => {
    const promise = await installed();
    const request = await requested(promise, 'here');
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { api: crdOf(aType()) } });
    await cluster.untilObject(types.Promise, promise.object.metadata, 'refused', found => complaintsOf(found).includes('immutable'));
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { api: { kind: 'Nonsense' } } });
    await cluster.untilObject(types.Promise, promise.object.metadata, 'refused', found => complaintsOf(found).includes('not a valid CRD'));
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.untilGone(types.Promise, promise.object.metadata);
    await gone(promise, request);
  });
});

describe('namespaces', () => {
  it('requests of one name share a pipelineNamespace and nothing else', async () => {
    const home = aName('home-');
    const other = aName('other-');
    for (const name of [home, other]) await cluster.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const promise = await installed([write()], { config: { pipelineNamespace: home } });
    const here = await requested(promise, 'here', cluster.namespace, 'same');
    const there = await requested(promise, 'there', other, 'same');
    for (const each of [here, there]) await cluster.untilReady(promise.type, each.metadata);
    await delivered(promise, here, 'here');
    await delivered(promise, there, 'there');
    await cluster.delete(promise.type, here.metadata);
    await cluster.untilGone(promise.type, here.metadata);
    await gone(promise, here);
    await delivered(promise, there, 'there');
    const left = async () => (await cluster.runsOf(here.metadata)).length === 0;
    await cluster.until('the records of the deleted request to be gone', left);
  });
});

describe('requests', () => {
  it('A21: twenty edits in a row end in the last one, after few runs', async () => {
    const promise = await installed();
    const request = await requested(promise, 'w0');
    for (let count = 1; count <= 20; count += 1) await cluster.merge(promise.type, request.metadata, { spec: { word: `w${count}` } });
    await delivered(promise, request, 'w20');
    await cluster.untilReady(promise.type, request.metadata);
    expect((await cluster.runsOf(request.metadata)).length).toBeLessThanOrEqual(4);
  });

  it('an edit that is taken back while its run is under way is Ready for the newest generation', async () => {
    const promise = await installed([write(2)]);
    const request = await requested(promise, 'same');
    await cluster.merge(promise.type, request.metadata, { spec: { word: 'other' } });
    await cluster.merge(promise.type, request.metadata, { spec: { word: 'same' } });
    await cluster.untilReady(promise.type, request.metadata);
    await delivered(promise, request, 'same');
  });

  it('E77, E79: deleted in its first second or while it runs, and made anew at once, leaves no trace of the old one', async () => {
    const promise = await installed([write(1)]);
    for (const word of ['first', 'second', 'third']) {
      const request = await requested(promise, word, cluster.namespace, 'again');
      if (word === 'second') await cluster.until('its pod', async () => (await ofRequest(coreTypes.Pod, request)).length > 0);
      if (word === 'third') await delivered(promise, request, 'third');
      else expect(await cluster.filesIn(folderOf(promise, request))).toEqual(new Map());
      await cluster.delete(promise.type, request.metadata);
      await cluster.untilGone(promise.type, request.metadata);
      for (const type of [types.Work, types.WorkPlacement, types.WorkflowRun, coreTypes.Job]) {
        await cluster.until(`${type.plural} of the request to be gone`, async () => (await ofRequest(type, request)).length === 0);
      }
      await gone(promise, request);
    }
  });
});

describe('deleted by hand', () => {
  it.each(['Job', 'Pod', 'WorkflowRun'] as const)('B26: a %s in the middle of a run is made up for', async kind => {
    const promise = await installed([write(3)]);
    const request = await requested(promise, 'done');
    const [found] = await cluster.until(`its ${kind}`, async () => {
      const pods = await ofRequest(coreTypes.Pod, request);
      const isRunning = pods.some(pod => pod.status?.phase === 'Pending' || pod.status?.phase === 'Running');
      return isRunning && (kind === 'WorkflowRun' ? cluster.runsOf(request.metadata) : ofRequest(types[kind], request));
    });
    await cluster.delete(types[kind], found.metadata);
    // a pod's end is a failure of its Job, whose retries the suite's pipelines switch off
    if (kind === 'Pod') await cluster.untilObject(promise.type, request.metadata, 'an end', each => ['True', 'False'].includes(conditionOf(each, 'Reconciled')?.status ?? ''));
    else await delivered(promise, request, 'done');
  });

  it('a Work is written again', async () => {
    const promise = await installed();
    const request = await requested(promise, 'kept');
    await cluster.untilReady(promise.type, request.metadata);
    const [work] = await ofRequest(types.Work, request);
    await cluster.delete(types.Work, work.metadata);
    await cluster.until('another Work', async () => (await ofRequest(types.Work, request)).some(each => each.metadata.uid !== work.metadata.uid));
    await cluster.untilReady(promise.type, request.metadata);
    await delivered(promise, request, 'kept');
    expect((await cluster.runsOf(request.metadata)).at(-1)?.spec?.trigger).toBe('retry');
  });
});

describe('Destinations and stores', () => {
  const mine = aName('pool');

  async function withDestination(cleanup: 'all' | 'none') {
    const label = { pool: aName('pool') };
    const object = aDestination({ labels: label, store: cluster.storeName });
    Object.assign(object.spec as object, { cleanup });
    await cluster.create(types.Destination, object);
    await cluster.untilCondition(types.Destination, object.metadata, 'Ready');
    const promise = aPromise({ selector: label, workflows: { resource: { configure: [write()] } } });
    await cluster.install(promise);
    const request = await requested(promise, mine);
    await cluster.untilReady(promise.type, request.metadata);
    return { object, promise, request };
  }

  it.each(['all', 'none'] as const)('with cleanup: %s a Destination goes, and its requests can go after it', async cleanup => {
    const { object, promise, request } = await withDestination(cleanup);
    const at = object.metadata.name;
    await cluster.delete(types.Destination, object.metadata);
    await cluster.untilGone(types.Destination, object.metadata);
    expect((await cluster.filesIn(folderOf(promise, request, at))).size).toBe(cleanup === 'all' ? 0 : 1);
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
  });

  it('files follow a Destination to another path', async () => {
    const { object, promise, request } = await withDestination('all');
    const path = aName('moved-');
    await cluster.merge(types.Destination, object.metadata, { spec: { path } });
    await delivered(promise, request, mine, path);
    await cluster.untilFiles(folderOf(promise, request, object.metadata.name), 'none', files => files.size === 0);
  });

  it('a store that is deleted first holds up what it must, says so, and lets go when it is back', async () => {
    const { object, promise, request } = await withDestination('none');
    const url = String((await cluster.view(types.GitStateStore)).get(cluster.storeName)?.spec?.url);
    await cluster.delete(types.GitStateStore, { name: cluster.storeName });
    await cluster.untilObject(types.Destination, object.metadata, 'not Ready', found => complaintsOf(found).includes('not found'));
    await cluster.delete(promise.type, request.metadata);
    const held = await cluster.until('a placement that says why it stays', async () => (await ofPlacement(object)).find(each => complaintsOf(each).includes('cannot be removed')));
    expect(complaintsOf(held)).toContain('not found');
    await cluster.kube.create(types.GitStateStore, aGitStore(url, cluster.storeName));
    await cluster.untilGone(promise.type, request.metadata);
    await cluster.untilFiles(folderOf(promise, request, object.metadata.name), 'none', files => files.size === 0);
  });

  it('a store that cannot be reached for a while gets what it missed', async () => {
    const promise = await installed();
    await rename(cluster.store.folder, `${cluster.store.folder}.away`);
    const request = await requested(promise, 'late');
    await cluster.untilObject(promise.type, request.metadata, 'a complaint', found => conditionOf(found, 'Reconciled')?.message === 'Failing');
    await rename(`${cluster.store.folder}.away`, cluster.store.folder);
    await delivered(promise, request, 'late');
    await cluster.untilReady(promise.type, request.metadata);
  });

  const ofPlacement = async (object: DynamicObject) => (await cluster.view(types.WorkPlacement)).list().filter(each => each.spec?.targetDestinationName === object.metadata.name);
});

describe('Promises', () => {
  it('E77: deleted in its first second, or while requests are made, a Promise goes with all that is its own', async () => {
    const hasty = aPromise({ workflows: { resource: { configure: [write()] } }, dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: aName() } }] });
    await cluster.create(types.Promise, hasty.object);
    await cluster.delete(types.Promise, hasty.object.metadata);
    await cluster.untilGone(types.Promise, hasty.object.metadata);
    const promise = await installed([write(1)]);
    // they go with their Promise: the suite need not clean up what is no longer served
    const requests = await Promise.all(['a', 'b', 'c'].map(word => cluster.kube.create(promise.type, aRequest(promise.type, cluster.namespace, { word }))));
    await cluster.delete(types.Promise, promise.object.metadata);
    const late = aRequest(promise.type, cluster.namespace, { word: 'late' });
    await cluster.kube.create(promise.type, late).catch(() => undefined);
    await cluster.untilGone(types.Promise, promise.object.metadata);
    await cluster.untilGone(coreTypes.CustomResourceDefinition, { name: `${promise.type.plural}.${promise.type.group}` });
    for (const request of [...requests, late]) await gone(promise, request);
    expect(keyOf(late)).toContain(cluster.namespace);
  });
});
