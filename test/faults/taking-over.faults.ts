import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { BareRepository, dataDir, git, type recordedMoments } from '@kratix-ts/core/testing';
import { labels } from '@kratix-ts/core/wire';
import { isTrue, types } from '../cluster/support';
import { loadRecorded, OTHER, recordedType } from './support/recorded-cluster';
import { World, type EngineProcess } from './support/world';

/* A whole engine takes a cluster over as another one left it at a recorded moment: objects, statuses, files. */

type Moment = (typeof recordedMoments)[number];

let world: World;
let repository: BareRepository;
let request: DynamicObject;
let files: Record<string, string>;
let engine: EngineProcess;

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const list = (type: typeof types.Work) => world.list<DynamicObject>(type);
const FOLDER = 'worker-1/resources/default/';
const ofRequests = async () => Object.fromEntries(Object.entries(await world.files()).filter(([path]) => path.startsWith(FOLDER)));
/** Commits that touched files of requests, the newest first. */
const commits = async () => (await git(repository.path, 'log', '--format=%s', 'main', '--', FOLDER)).split('\n').filter(Boolean);
const ran = () => world.kubelet.ran.map(({ pipeline }) => pipeline.split('/').slice(-2).join('/'));
const jobs = () => list(types.Job).map(({ metadata }) => metadata.name).sort();
const found = () => world.get(recordedType, request.metadata);
const merge = (patch: unknown) => world.merge(recordedType, request.metadata, patch);

async function quiet() {
  for (let before = -1; before !== engine.proxy.writeCount; ) {
    before = engine.proxy.writeCount;
    await sleep(400);
  }
}

/** Loads a moment, and starts an engine that has never seen this cluster. Jobs as they were loaded. */
async function takenOver(moment: Moment): Promise<string[]> {
  world = await World.open({
    before: async (kube, folder) => {
      repository = new BareRepository(folder);
      request = await loadRecorded(kube, repository, moment);
    },
  });
  files = await ofRequests();
  const before = jobs();
  // what was recorded is older than an interval
  engine = await world.engine({ reconciliationInterval: 1_000 * 3_600_000 });
  await engine.started;
  world.notice(recordedType);
  await quiet();
  return before;
}

/** Another engine, after this one, finds nothing to do. */
async function isSettled(): Promise<void> {
  await quiet();
  await engine.stop();
  engine = await world.engine({ reconciliationInterval: 1_000 * 3_600_000 });
  await engine.started;
  await quiet();
  expect(engine.proxy.calls.filter(({ write }) => write !== undefined).map(({ verb, path }) => `${verb} ${path}`)).toEqual([]);
}

/** The other engine's Job is over, and its pod. */
async function complete(pipeline: string): Promise<void> {
  const isOfPipeline = ({ metadata }: DynamicObject) => metadata.labels?.[labels.pipelineName] === pipeline;
  const ended = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  for (const pod of list(coreTypes.Pod).filter(isOfPipeline)) await world.merge(coreTypes.Pod, pod.metadata, { status: { phase: 'Succeeded' } }, 'status');
  for (const job of list(types.Job).filter(isOfPipeline)) {
    await world.merge(types.Job, job.metadata, { status: { active: 0, succeeded: 1, completionTime: ended, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ended }] } }, 'status');
  }
}

const described = dataDir ? describe : describe.skip;
afterEach(() => world?.close());

described('B-CR-3, Q-19: taken over from a recorded cluster', () => {
  it.each<Moment>(['ready', 'failed', 'suspended', 'misplaced'])('%s: nothing runs again, no file is written or lost, and it is quiet', async moment => {
    const before = await takenOver(moment);
    expect([ran(), jobs(), await commits(), await ofRequests()]).toEqual([[], before, [OTHER], files]);
    expect(isTrue(found(), 'Reconciled')).toBe(['ready', 'misplaced'].includes(moment));
    await isSettled();
    expect([ran(), jobs(), await commits(), await ofRequests()]).toEqual([[], before, [OTHER], files]);
  });

  it.each<[Moment, string, string[], object]>([
    ['ready', 'an edit', ['configure/prepare', 'configure/act'], { spec: { size: 2 } }],
    ['failed', 'an edit', ['configure/prepare', 'configure/act'], { spec: { mode: 'ok' } }],
    ['failed', 'the label that asks for a run', ['configure/prepare', 'configure/act'], { metadata: { labels: { [labels.manualReconciliation]: 'true' } } }],
    ['suspended', 'the label that is taken away', ['configure/act'], { metadata: { labels: { [labels.workflowSuspended]: null } } }],
  ])('%s: %s runs %j, and delivers', async (moment, _what, expected, patch) => {
    await takenOver(moment);
    await merge(patch);
    await world.until('the runs', () => world.kubelet.ran.length >= expected.length, { seen: () => [ran(), found()] });
    await world.until('the request to be Ready', () => world.isReady(recordedType, request.metadata), { seen: found });
    expect(ran()).toEqual(expected);
    for (const pipeline of expected) expect(Object.keys(await ofRequests()).some(path => path.includes(`/${pipeline.split('/')[1]}/`))).toBe(true);
    await isSettled();
    expect(ran()).toEqual(expected);
  });

  it('retry-after: the pipeline that asked for it runs, and no other', async () => {
    await takenOver('retry-after');
    await world.until('the run', () => world.kubelet.ran.length > 0, { seen: found });
    await world.until('the request to be Ready', () => world.isReady(recordedType, request.metadata), { seen: found });
    expect(ran()).toEqual(['configure/act']);
    await isSettled();
  });

  it('running-long: what is under way ends as it began', async () => {
    const before = await takenOver('running-long');
    expect([ran(), jobs()]).toEqual([[], before]);
    await complete('act');
    await world.until('the request to be Ready', () => world.isReady(recordedType, request.metadata), { seen: found });
    expect([ran(), jobs()]).toEqual([[], before]);
    await isSettled();
  });

  it('deleting: the delete pipeline that runs is awaited, and then all goes', async () => {
    const before = await takenOver('deleting');
    expect([ran(), jobs(), await ofRequests()]).toEqual([[], before, files]);
    await complete('archive');
    await world.untilGone(recordedType, request.metadata);
    expect(ran()).toEqual([]);
    expect(list(types.Work).filter(({ metadata }) => metadata.labels?.[labels.resourceName])).toEqual([]);
    await world.until('its files to be gone', async () => Object.keys(await ofRequests()).length === 0);
  });
});
