import { parsePipelines, requestHash, type PromiseObject, type RunStatus, type WorkflowRunObject, type WorkObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { dataDir, recordedObjects } from '../testing/recorded';
import { digestOf } from '../wire/encoding';
import { labels } from '../wire/names';
import type { JobObject, PodObject } from './kubernetes';
import { nextStep } from './plan';
import { mirroredPipelines } from './status';
import type { Demand, Observed, Step } from './step';

const LIMITS = { timeout: 3_600_000, startTimeout: 600_000 };
const NOW = new Date('2026-11-22T09:47:30Z');
type Moment = Parameters<typeof recordedObjects>[0];

interface Scene {
  demand: Demand;
  observed: Observed;
  works: WorkObject[];
}

/** What the planner sees when our engine finds the objects of this moment. */
function aScene(moment: Moment, action: 'configure' | 'delete' = 'configure'): Scene {
  const objects = recordedObjects(moment);
  const promise = objects.find(({ kind }) => kind === 'Promise') as PromiseObject;
  const request = objects.find(({ kind }) => kind === 'Recorded') as DynamicObject;
  const list = promise.spec?.workflows?.resource?.[action];
  const ofWorkflow = (kind: string) => objects.filter(object => object.kind === kind && object.metadata.labels?.[labels.workflowAction] === action);
  const works = objects.filter(({ kind }) => kind === 'Work') as WorkObject[];
  const demand: Demand = {
    promiseName: 'recorded',
    resourceName: request.metadata.name,
    runPrefix: 'run-',
    pipelines: parsePipelines(list, 'pipelines').pipelines,
    hash: requestHash(promise.spec, request.spec),
    generation: request.metadata.generation ?? 1,
    isManual: false,
    isSuspended: request.metadata.labels?.[labels.workflowSuspended] === 'true',
    isUpgrade: false,
  };
  const observed: Observed = {
    runs: [],
    jobs: ofWorkflow('Job') as JobObject[],
    pods: ofWorkflow('Pod') as PodObject[],
    works,
    work: (_run, name) => works.find(({ metadata }) => metadata.name === name),
    mirrored: mirroredPipelines(request.status),
  };
  return { demand, observed, works };
}

/** Carries out what needs no pod, and answers with the first step that does, or with the last. */
function settle({ demand, observed }: Scene, now = NOW): { step: Step; run?: WorkflowRunObject; started: string[] } {
  const started: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const step = nextStep(demand, observed, LIMITS, now);
    const record = (run: WorkflowRunObject) => (observed.runs = [...observed.runs.filter(({ metadata }) => metadata.name !== run.metadata.name), run]);
    if (step.do === 'adopt') record(aRun(step.sequence, step.hash, step.status, demand));
    else if (step.do === 'record') record({ ...step.run, status: step.status });
    else {
      if (step.do === 'execute') started.push(step.pipeline.metadata.name);
      return { step, run: observed.runs.sort((a, b) => a.spec.sequence - b.spec.sequence).at(-1), started };
    }
  }
  throw new Error('does not settle');
}

function aRun(sequence: number, hash: string, status: RunStatus, demand: Demand): WorkflowRunObject {
  const target = { apiVersion: 'demo.example.org/v1', kind: 'Recorded', plural: 'recordeds', name: 'fine', namespace: 'default', uid: 'u', generation: demand.generation };
  return {
    apiVersion: 'workflows.kratix-ts.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: `run-${sequence}`, namespace: 'default', creationTimestamp: NOW.toISOString() },
    spec: { target, promiseName: 'recorded', type: 'resource', action: 'configure', trigger: 'created', hash, sequence },
    status,
  };
}

const phases = (run: WorkflowRunObject | undefined) => [run?.status?.phase, ...(run?.status?.pipelines ?? []).map(each => each.phase)].join(' ');

const described = dataDir ? describe : describe.skip;
described('taking over from another engine', () => {
  it.each<[Moment, string, string[], Step['do']]>([
    ['pending', 'Running Running Pending', [], 'await'],
    ['running', 'Running Succeeded Running', ['act'], 'execute'],
    ['ready', 'Succeeded Succeeded Succeeded', [], 'settled'],
    ['failed', 'Failed Succeeded Failed', [], 'settled'],
    ['suspended', 'Suspended Succeeded Suspended', [], 'await'],
    ['retry-after', 'Suspended Succeeded Suspended', [], 'await'],
    ['misplaced', 'Succeeded Succeeded Succeeded', [], 'settled'],
    ['running-long', 'Running Succeeded Running', [], 'await'],
    ['updating', 'Running Running Pending', [], 'await'],
  ])('B-CR-3, B-WF-41, B-WF-42, B-WF-45: %s', (moment, expected, started, last) => {
    const scene = aScene(moment);
    const settled = settle(scene);
    expect(phases(settled.run)).toBe(expected);
    expect(settled.started).toEqual(started);
    expect(settled.step.do).toBe(last);
  });

  it.each<Moment>(['ready', 'failed', 'suspended', 'retry-after', 'misplaced', 'running-long', 'updating', 'running'])('every Work that is there at "%s" is vouched for as it is, so that its files stay', moment => {
    const scene = aScene(moment);
    const { run } = settle(scene);
    const named = (run?.status?.pipelines ?? []).flatMap(({ work }) => (work ? [work] : []));
    expect(named).toEqual(expect.arrayContaining(scene.works.map(work => ({ name: work.metadata.name, digest: digestOf(work.spec) }))));
  });

  it('a deletion under way goes on with the delete pipeline that runs', () => {
    const scene = aScene('deleting', 'delete');
    expect(settle(scene)).toMatchObject({ step: { do: 'await' }, started: [] });
    scene.observed.jobs = scene.observed.jobs.map(job => ({ ...job, status: { completionTime: '2026-11-22T09:46:00Z', conditions: [{ type: 'Complete', status: 'True' }] } }));
    expect(phases(settle(scene).run)).toBe('Succeeded Succeeded');
  });

  it('what it left is read when its last writes can be in the cache', () => {
    const scene = aScene('running');
    const end = Date.parse('2026-11-22T09:43:51Z');
    expect(settle(scene, new Date(end))).toMatchObject({ step: { do: 'await' }, started: [] });
  });

  it('B-RR-41, B-RR-42: a retry that was promised comes at its time, from the pipeline that asked for it', () => {
    const scene = aScene('retry-after');
    expect(settle(scene).step).toMatchObject({ do: 'await', until: new Date('2026-11-22T09:54:20Z') });
    const due = new Date('2026-11-22T09:54:20Z');
    expect(settle(scene, due).step).toMatchObject({ do: 'consume' });
    scene.demand.isSuspended = false;
    const { run, started } = settle(scene, due);
    expect(started).toEqual(['act']);
    expect(run?.status?.pipelines[1]).toMatchObject({ attempt: 2 });
  });

  it('B-RR-42: an approval given while no engine ran is kept', () => {
    const scene = aScene('suspended');
    scene.demand.isSuspended = false;
    expect(settle(scene)).toMatchObject({ started: ['act'] });
  });

  it('B-RR-45: an edit made while no engine ran waits for the pod, and starts a run of its own', () => {
    const scene = aScene('running-long');
    scene.demand.hash = 'edited';
    expect(settle(scene)).toMatchObject({ step: { do: 'await' }, started: [] });
    scene.observed.jobs = scene.observed.jobs.map(job => ({ ...job, status: { completionTime: '2026-11-22T09:46:00Z', conditions: [{ type: 'Complete', status: 'True' }] } }));
    const { step, run } = settle(scene);
    expect(phases(run)).toBe('Succeeded Succeeded Succeeded');
    expect(step).toMatchObject({ do: 'begin', sequence: 2 });
  });

  it('a Job that went in the meantime costs a run of its pipeline, not of those before it', () => {
    const scene = aScene('running-long');
    settle(scene);
    scene.observed.jobs = scene.observed.jobs.filter(job => job.metadata.labels?.[labels.pipelineName] !== 'act');
    scene.observed.pods = scene.observed.pods.filter(pod => pod.status?.phase === 'Succeeded');
    expect(settle(scene)).toMatchObject({ started: ['act'] });
  });

  it('there and back again: what the other engine did after our last record is on record, too', () => {
    const scene = aScene('ready');
    const before = aRun(3, 'older', { phase: 'Suspended', pipelines: [{ name: 'prepare', phase: 'Suspended', attempt: 1 }] }, scene.demand);
    scene.observed.runs = [{ ...before, metadata: { ...before.metadata, creationTimestamp: '2026-11-22T08:00:00Z' } }];
    const { step, run } = settle(scene);
    expect(step.do).toBe('settled');
    expect(run?.spec).toMatchObject({ sequence: 4, hash: scene.demand.hash });
    expect(scene.observed.runs.find(each => each.spec.sequence === 3)?.status?.phase).toBe('Superseded');
  });

  it('Jobs of an object that had the same name before count for nothing', () => {
    const scene = aScene('ready');
    scene.demand.uid = 'another';
    expect(settle(scene).step).toMatchObject({ do: 'begin', trigger: 'created' });
  });

  it('B-WF-40: a Job that the other engine had suspended gives way to a run of ours', () => {
    const scene = aScene('running-long');
    scene.observed.jobs = scene.observed.jobs.map(job => (job.status?.conditions ? job : { ...job, spec: { ...job.spec, suspend: true } }));
    const { step, run } = settle(scene);
    expect(phases(run)).toBe('Superseded Succeeded Skipped');
    expect(step).toMatchObject({ do: 'begin' });
  });
});
