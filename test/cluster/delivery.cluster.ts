import type { DynamicObject } from '@kratix-ts/core/kube';
import { aContainer, aDestination, aName, aPipeline, type APromise, aPromise, aRequest, complaintsOf, conditionOf, requestFolder, TestCluster, types, type WithStatus } from './support';

/* Where files go: file path modes, cleanup, labels that change, large outputs, Works that somebody edits. */

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.open();
});
afterAll(() => cluster?.close());

const manifest = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

/** Writes a ConfigMap for each field `file-NAME: WORD` of the request's spec: NAME.yaml, named WORD. */
const script = `
sed -n 's/^ *file-\\([a-z0-9]*\\): *"*\\([^"]*\\)"*$/\\1 \\2/p' /kratix/input/object.yaml | while read -r name word; do
  printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: %s\\n' "$word" >/kratix/output/$name.yaml
done`;

async function installed(selector: Record<string, string>, text = script): Promise<APromise> {
  const promise = aPromise({ workflows: { resource: { configure: [aPipeline([aContainer(text)], { name: 'write' })] } }, selector });
  await cluster.install(promise);
  return promise;
}

async function destination(labels: Record<string, string>, spec: Record<string, unknown> = {}, name = aName('destination-')): Promise<DynamicObject> {
  const made = aDestination({ name, labels, store: cluster.storeName });
  const object = { ...made, spec: { ...(made.spec as object), ...spec } };
  await cluster.create(types.Destination, object);
  return object;
}

async function ready(labels: Record<string, string>, spec: Record<string, unknown> = {}): Promise<string> {
  const object = await destination(labels, spec);
  await cluster.untilCondition(types.Destination, object.metadata, 'Ready');
  return object.metadata.name;
}

async function requested(promise: APromise, spec: Record<string, string>): Promise<DynamicObject> {
  const request = aRequest(promise.type, cluster.namespace, spec);
  await cluster.create(promise.type, request);
  return request;
}

const placements = async (name: string) => (await cluster.view(types.WorkPlacement)).list().filter(each => each.spec?.targetDestinationName === name);
const paths = (files: Map<string, string>) => [...files.keys()].sort();
const isBeside = (path: string) => !path.includes('kratix-canary') && !path.startsWith('.kratix');

describe('mode none', () => {
  it('B-SS-31, B-SS-13, B-DEL-12: files stand under their own names, with a state file; both go with the request', async () => {
    const pool = aName('pool');
    const place = await ready({ pool }, { filepath: { mode: 'none' } });
    const promise = await installed({ pool });
    const request = await requested(promise, { 'file-a': 'one', 'file-b': 'two' });
    await cluster.untilReady(promise.type, request.metadata);
    const [placement] = await placements(place);
    const state = `.kratix/${cluster.namespace}-${placement.metadata.name}.yaml`;
    const files = await cluster.filesIn(place);
    expect(paths(files)).toEqual([state, 'a.yaml', 'b.yaml', 'kratix-canary-configmap.yaml', 'kratix-canary-namespace.yaml']);
    expect(files.get(state)).toBe(`files:\n- ${place}/a.yaml\n- ${place}/b.yaml\n`);
    expect(placement.metadata.finalizers).toContain('finalizers.workplacement.kratix.io/kratix-dot-files-cleanup');
    await cluster.merge(promise.type, request.metadata, { spec: { 'file-b': null, 'file-c': 'three' } });
    await cluster.untilFiles(place, 'b gone, c there', found => found.has('c.yaml') && !found.has('b.yaml'));
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
    expect(paths(await cluster.filesIn(place))).toEqual(['kratix-canary-configmap.yaml', 'kratix-canary-namespace.yaml']);
  });

  it('Q-41: the second request that wants a file is refused, its conditions name both, and it gets the file when the first is gone', async () => {
    const pool = aName('pool');
    const place = await ready({ pool }, { filepath: { mode: 'none' } });
    const promise = await installed({ pool });
    const first = await requested(promise, { 'file-a': 'first' });
    await cluster.untilReady(promise.type, first.metadata);
    const second = await requested(promise, { 'file-a': 'second' });
    const refused = await cluster.untilObject(promise.type, second.metadata, 'a refusal', found => complaintsOf(found).includes('belongs to placement'));
    expect(complaintsOf(refused)).toContain(`${cluster.namespace}-`);
    expect((await cluster.filesIn(place)).get('a.yaml')).toBe(manifest('first'));
    await cluster.delete(promise.type, first.metadata);
    await cluster.untilReady(promise.type, second.metadata);
    expect((await cluster.filesIn(place)).get('a.yaml')).toBe(manifest('second'));
  });
});

describe('mode aggregatedYAML', () => {
  it('B-SS-32, B-DEL-12: one file holds what all bring, and goes with the last', async () => {
    const pool = aName('pool');
    const place = await ready({ pool }, { filepath: { mode: 'aggregatedYAML', filename: 'all.yaml' } });
    const promise = await installed({ pool });
    const requests = await Promise.all(['one', 'two'].map(word => requested(promise, { 'file-a': word })));
    for (const { metadata } of requests) await cluster.untilReady(promise.type, metadata);
    const names = (await placements(place)).map(({ metadata }) => metadata.name).sort();
    const texts = names.map(name => manifest(name.includes(requests[0].metadata.name) ? 'one' : 'two'));
    expect((await cluster.filesIn(place)).get('all.yaml')).toBe(texts.join('\n---\n'));
    await cluster.delete(promise.type, requests[0].metadata);
    await cluster.untilGone(promise.type, requests[0].metadata);
    expect((await cluster.filesIn(place)).get('all.yaml')).toBe(manifest('two'));
    await cluster.merge(types.Destination, { name: place }, { spec: { filepath: { filename: 'other.yaml' } } });
    await cluster.untilFiles(place, 'the new name alone', found => paths(found).filter(isBeside).join() === 'other.yaml');
    await cluster.delete(promise.type, requests[1].metadata);
    await cluster.untilGone(promise.type, requests[1].metadata);
    expect(paths(await cluster.filesIn(place)).filter(isBeside)).toEqual([]);
  });

  it('B29: what is no Kubernetes object is told, and keeps nobody else out', async () => {
    const pool = aName('pool');
    const place = await ready({ pool }, { filepath: { mode: 'aggregatedYAML' } });
    const promise = await installed({ pool });
    const bad = await installed({ pool }, `echo 'metadata: {name: x}' >/kratix/output/bad.yaml`);
    const wrong = await requested(bad, {});
    await cluster.untilObject(bad.type, wrong.metadata, 'a complaint', found => complaintsOf(found).includes('"bad.yaml" has no kind'));
    const good = await requested(promise, { 'file-a': 'good' });
    await cluster.untilReady(promise.type, good.metadata);
    expect((await cluster.filesIn(place)).get('aggregated.yaml')).toBe(manifest('good'));
  });
});

/** What an event of events.k8s.io says beside its metadata. */
interface Told extends WithStatus {
  type?: string;
  reason?: string;
  regarding?: { uid?: string };
}

const eventsOf = async ({ metadata }: { metadata: { uid?: string } }) => {
  const all: Told[] = (await cluster.view(types.Event)).list();
  return all.filter(({ regarding }) => regarding?.uid === metadata.uid).map(({ type, reason }) => `${type} ${reason}`);
};

it('B-SCH-1, B-SCH-21, B-SCH-30, B-SCH-31, B-SS-24: a Work and its placement say how far they are, with events, once', async () => {
  const pool = aName('pool');
  const place = await ready({ pool });
  const promise = await installed({ pool });
  const request = await requested(promise, { 'file-a': 'said' });
  await cluster.untilReady(promise.type, request.metadata);
  const [placement] = await placements(place);
  expect(placement.status).toMatchObject({ versionID: expect.stringMatching(/^[0-9a-f]{40}$/u) });
  expect(conditionOf(placement, 'ScheduleSucceeded')).toMatchObject({ status: 'True', reason: 'ScheduledToDestination', message: 'Scheduled to correct Destination' });
  expect(conditionOf(placement, 'WriteSucceeded')).toMatchObject({ status: 'True', reason: 'WorkloadsWrittenToStateStore', message: 'Workloads written to State Store' });
  expect(conditionOf(placement, 'Ready')).toMatchObject({ status: 'True', reason: 'WorkloadsWrittenToTargetDestination', message: 'Ready' });
  const work = await cluster.untilObject(types.Work, { name: String(placement.metadata.labels?.['kratix.io/work']), namespace: placement.metadata.namespace }, 'Ready', found => conditionOf(found, 'Ready')?.status === 'True');
  expect(work.metadata.finalizers).toContain('kratix.io/work-cleanup');
  expect(work.status).toMatchObject({ workPlacements: 1, workPlacementsCreated: 1 });
  await cluster.until('events', async () => (await eventsOf(work)).includes('Normal AllWorkplacementsScheduled') && (await eventsOf(placement)).length > 0);
  expect((await eventsOf(work)).filter(each => each === 'Normal WorkplacementReconciled')).toHaveLength(1);
  expect(await eventsOf(placement)).toEqual(['Normal WorkloadsWrittenToStateStore']);
});

describe('Destinations', () => {
  it('B-SS-10, B-SS-11, B-SS-12: hold on with cleanup all, say when their store is not there, and write no test documents when told not to', async () => {
    const object = await destination({ pool: aName('pool') }, { cleanup: 'all', initWorkloads: { enabled: false }, stateStoreRef: { kind: 'GitStateStore', name: 'none-such' } });
    const { metadata } = object;
    const lost = await cluster.untilObject(types.Destination, metadata, 'no store', found => conditionOf(found, 'Ready')?.reason === 'StateStoreNotFound');
    expect(conditionOf(lost, 'Ready')?.message).toBe('GitStateStore/none-such: not found');
    expect(lost.metadata.finalizers).toEqual(['kratix.io/destination-cleanup']);
    await cluster.merge(types.Destination, metadata, { spec: { cleanup: 'none', stateStoreRef: { name: cluster.storeName } } });
    const found = await cluster.untilObject(types.Destination, metadata, 'Ready', each => conditionOf(each, 'Ready')?.status === 'True');
    expect(conditionOf(found, 'Ready')).toMatchObject({ reason: 'DestinationReady', message: 'Destination is ready' });
    expect(found.metadata.finalizers ?? []).toEqual([]);
    expect(await cluster.filesIn(metadata.name)).toEqual(new Map());
    await cluster.merge(types.Destination, metadata, { spec: { initWorkloads: { enabled: true } } });
    await cluster.untilFiles(metadata.name, 'both test documents', files => paths(files).join() === 'dependencies/kratix-canary-namespace.yaml,resources/kratix-canary-configmap.yaml');
  });

  it('Q-51, C53: of two that overlap the newer is refused, and gets on when the other goes elsewhere', async () => {
    const [pool, other] = [aName('pool'), aName('pool')];
    const first = await ready({ pool });
    const second = await destination({ pool: other }, { path: `${first}//nested/` }, aName('later-'));
    // the name decides between two of one second
    const refused = await cluster.untilObject(types.Destination, second.metadata, 'a refusal', found => conditionOf(found, 'Ready')?.reason === 'InvalidDestination');
    expect(complaintsOf(refused)).toContain(`Destination "${first}"`);
    const promise = await installed({ pool: other });
    const request = await requested(promise, { 'file-a': 'late' });
    await cluster.untilObject(promise.type, request.metadata, 'a complaint', found => complaintsOf(found).includes('overlaps'));
    await cluster.merge(types.Destination, { name: first }, { spec: { path: `${first}-elsewhere` } });
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('C56, B-DEL-15, Q-38: cleanup all leaves nothing and the request goes to the other that matches; cleanup none leaves everything', async () => {
    const pool = aName('pool');
    const first = await ready({ pool }, { cleanup: 'all' });
    const promise = await installed({ pool });
    const request = await requested(promise, { 'file-a': 'kept' });
    await cluster.untilReady(promise.type, request.metadata);
    const second = await ready({ pool }, { cleanup: 'none' });
    await cluster.delete(types.Destination, { name: first });
    await cluster.untilGone(types.Destination, { name: first });
    expect(await cluster.filesIn(first)).toEqual(new Map());
    const at = requestFolder(second, promise.name, request);
    await cluster.untilFiles(at, 'moved', files => [...files.values()].includes(manifest('kept')));
    const before = paths(await cluster.filesIn(second));
    await cluster.delete(types.Destination, { name: second });
    await cluster.untilGone(types.Destination, { name: second });
    const [placement] = await placements(second);
    await cluster.untilObject(types.WorkPlacement, placement.metadata, 'no finalizer', found => (found.metadata.finalizers ?? []).length === 0);
    expect(paths(await cluster.filesIn(second))).toEqual(before);
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
    expect(paths(await cluster.filesIn(second))).toEqual(before);
  });

  it('C55: with cleanup all, a Destination whose store is gone goes, too', async () => {
    const pool = aName('pool');
    const other = await TestCluster.open();
    try {
      const place = await other.destination({ pool });
      await other.merge(types.Destination, { name: place }, { spec: { cleanup: 'all' } });
      const promise = await installed({ pool });
      const request = await requested(promise, { 'file-a': 'x' });
      await cluster.untilReady(promise.type, request.metadata);
      await other.delete(types.GitStateStore, { name: other.storeName });
      await other.delete(types.Destination, { name: place });
      await other.untilGone(types.Destination, { name: place });
      await cluster.delete(promise.type, request.metadata);
      await cluster.untilGone(promise.type, request.metadata);
    } finally {
      await other.close();
    }
  });

  it('B-SCH-26, B-SS-24, Q-29, C54: labels that no longer match are told at placement and Work, and all is well when they match again', async () => {
    const pool = aName('pool');
    const place = await ready({ pool });
    const promise = await installed({ pool });
    const request = await requested(promise, { 'file-a': 'stays' });
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(types.Destination, { name: place }, { metadata: { labels: { pool: 'other' } } });
    const [{ metadata }] = await placements(place);
    const misplaced = await cluster.untilObject(types.WorkPlacement, metadata, 'misplaced', found => conditionOf(found, 'Ready')?.reason === 'Misplaced');
    expect(conditionOf(misplaced, 'ScheduleSucceeded')).toMatchObject({ status: 'False', reason: 'DestinationSelectorMismatch' });
    await cluster.untilObject(types.Work, { name: String(misplaced.metadata.labels?.['kratix.io/work']), namespace: metadata.namespace }, 'misplaced', found => conditionOf(found, 'Ready')?.message === 'Misplaced');
    await cluster.merge(types.Destination, { name: place }, { metadata: { labels: { pool } } });
    await cluster.untilObject(types.WorkPlacement, metadata, 'Ready', found => conditionOf(found, 'Ready')?.status === 'True' && conditionOf(found, 'ScheduleSucceeded')?.reason === 'ScheduledToDestination');
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('B-SCH-6: what a Destination for dry runs is offered it does not get', async () => {
    const pool = aName('pool');
    await ready({ pool, 'kratix.io/dry-run': 'true' });
    const promise = await installed({ pool });
    const request = await requested(promise, { 'file-a': 'real' });
    await cluster.untilObject(promise.type, request.metadata, 'waits', found => complaintsOf(found).includes('No matching destination'));
    await ready({ pool });
    await cluster.untilReady(promise.type, request.metadata);
  });
});

describe('Works', () => {
  it('one that is edited by hand is not delivered, says so, and its request, too; another run mends it', async () => {
    const pool = aName('pool');
    const place = await ready({ pool });
    const promise = await installed({ pool });
    const request = await requested(promise, { 'file-a': 'own' });
    await cluster.untilReady(promise.type, request.metadata);
    const [{ metadata }] = await placements(place);
    const work = { name: String(metadata.labels?.['kratix.io/work']), namespace: metadata.namespace };
    await cluster.merge(types.Work, work, { spec: { workloadGroups: [] } });
    await cluster.untilObject(types.Work, work, 'a complaint', found => complaintsOf(found).includes('not what its pipeline wrote'));
    const said = await cluster.untilObject(promise.type, request.metadata, 'a complaint', found => complaintsOf(found).includes('not what its pipeline wrote'));
    expect(conditionOf(said, 'WorksSucceeded')?.reason).toBe('WorksFailing');
    expect([...(await cluster.filesIn(requestFolder(place, promise.name, request))).values()]).toEqual([manifest('own')]);
    await cluster.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } });
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('Q-46: a second Work of one pipeline goes with the next run', async () => {
    const pool = aName('pool');
    const place = await ready({ pool });
    const promise = await installed({ pool });
    const request = await requested(promise, { 'file-a': 'one' });
    await cluster.untilReady(promise.type, request.metadata);
    const [{ metadata }] = await placements(place);
    const work = (await cluster.view(types.Work)).get(`${metadata.namespace}/${metadata.labels?.['kratix.io/work']}`);
    const second = { apiVersion: String(work?.apiVersion), kind: 'Work', metadata: { name: aName('second-'), namespace: metadata.namespace, labels: work?.metadata.labels }, spec: work?.spec };
    await cluster.create(types.Work, second);
    await cluster.merge(promise.type, request.metadata, { spec: { 'file-a': 'two' } });
    await cluster.untilGone(types.Work, second.metadata);
    await cluster.untilReady(promise.type, request.metadata);
    expect([...(await cluster.filesIn(requestFolder(place, promise.name, request))).values()]).toEqual([manifest('two')]);
  });

  it('Q-53: five megabytes that do not compress arrive whole, in one directory, and leave no Work behind; more is refused', async () => {
    const pool = aName('pool');
    const place = await ready({ pool });
    const promise = await installed({ pool }, `bytes=$(sed -n 's/^ *bytes: [^0-9]*\\([0-9]*\\).*$/\\1/p' /kratix/input/object.yaml)
head -c "$bytes" /dev/urandom >/kratix/output/big.bin
head -c 1000 /dev/urandom >/kratix/output/small.bin`);
    const request = await requested(promise, { bytes: '5000000' });
    await cluster.untilReady(promise.type, request.metadata);
    const files = await cluster.filesIn(requestFolder(place, promise.name, request));
    expect(paths(files).map(path => path.split('/').at(-1))).toEqual(['big.bin', 'small.bin']);
    const works = async () => (await cluster.view(types.Work)).list().filter(({ metadata }) => metadata.namespace === cluster.namespace && metadata.name.includes(request.metadata.name));
    expect((await works()).length).toBeGreaterThan(5);
    expect((await works()).filter(({ metadata }) => metadata.labels?.['kratix.io/resource-name'])).toHaveLength(1);
    await cluster.merge(promise.type, request.metadata, { spec: { bytes: '1000' } });
    await cluster.until('the pieces to go', async () => (await works()).length === 1);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(promise.type, request.metadata, { spec: { bytes: '6000000' } });
    await cluster.untilObject(promise.type, request.metadata, 'a refusal', found => /at most 5500000 are delivered; the largest files are big\.bin/.test(complaintsOf(found)));
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
    await cluster.until('all Works to go', async () => (await works()).length === 0);
  });
});
