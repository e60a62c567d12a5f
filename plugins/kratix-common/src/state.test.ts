import { requestState, type RequestSources } from './state';
import { packedSize } from './stateDelivery';
import type { ContainerStateSource, JobSource, ObjectCondition, PlacementSource, PodSource, PromiseSource, RunSource, WorkSource } from './stateObjects';

const NOW = new Date('2026-11-22T10:00:00Z');
const at = (seconds: number) => new Date(Date.parse('2026-11-22T09:44:00Z') + seconds * 1000).toISOString().replace('.000', '');
const UID = 'uid-1';
// "hello\n", packed as Go and Node pack it.
const HELLO = 'H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA=';

const condition = (type: string, status: ObjectCondition['status'], reason = type, message = reason): ObjectCondition => ({ type, status, reason, message, lastTransitionTime: at(60) });
const labels = (pipeline: string, extra = {}) => ({ 'kratix.io/promise-name': 'recorded', 'kratix.io/resource-name': 'one', 'kratix.io/pipeline-name': pipeline, ...extra });

const promise: PromiseSource = {
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Promise',
  metadata: { name: 'recorded' },
  spec: { workflows: { resource: { configure: [{ metadata: { name: 'prepare' } }, { metadata: { name: 'act' } }], delete: [{ metadata: { name: 'archive' } }] } } },
  status: { status: 'Available', conditions: [condition('Available', 'True')] },
};

function aJob(pipeline: string, second: number, ended: 'Complete' | 'Failed' | undefined, extra: { hash?: string; action?: string; name?: string } = {}): JobSource {
  const { hash = 'h1', action = 'configure', name = `job-${pipeline}-${second}` } = extra;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: 'default',
      creationTimestamp: at(second),
      labels: labels(pipeline, { 'kratix.io/hash': hash, 'kratix.io/workflow-action': action }),
      ownerReferences: [{ uid: UID }],
    },
    status: {
      startTime: at(second),
      ...(ended === 'Complete' && { completionTime: at(second + 5), succeeded: 1 }),
      ...(ended === 'Failed' && { failed: 5 }),
      ...(ended === undefined && { active: 1 }),
      conditions: ended && [{ ...condition(ended, 'True'), message: 'Job has reached the specified backoff limit', lastTransitionTime: at(second + 5) }],
    },
  };
}

function aPod(owner: Record<string, string>, states: Record<string, ContainerStateSource>, extra: Partial<PodSource['status']> = {}): PodSource {
  const statuses = Object.entries(states).map(([name, state]) => ({ name, state }));
  const containers = statuses.map(({ name }) => ({ name, command: name === 'reader' ? ['/bin/pipeline-adapter'] : ['sh'] }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod-1', namespace: 'default', creationTimestamp: at(1), labels: owner },
    spec: { initContainers: containers.slice(0, -1), containers: containers.slice(-1) },
    status: { initContainerStatuses: statuses.slice(0, -1), containerStatuses: statuses.slice(-1), ...extra },
  };
}

const aWork = (pipeline: string, extra: Partial<WorkSource> = {}): WorkSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Work',
  metadata: { name: `work-${pipeline}`, namespace: 'default', labels: labels(pipeline) },
  ...extra,
});

const aPlacement = (pipeline: string, destination: string, conditions: ObjectCondition[], extra: Partial<PlacementSource['metadata']> = {}): PlacementSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'WorkPlacement',
  metadata: { name: `work-${pipeline}.${destination}`, generation: 1, labels: { 'kratix.io/work': `work-${pipeline}` }, ...extra },
  spec: { targetDestinationName: destination, workloads: [{ filepath: `${pipeline}.yaml`, content: HELLO }] },
  status: { conditions, versionID: 'abc' },
});

const aRun = (sequence: number, status: RunSource['status'], action: 'configure' | 'delete' = 'configure'): RunSource => ({
  apiVersion: 'workflows.kratix-ts.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata: { name: `one-${sequence}`, namespace: 'default', creationTimestamp: at(sequence) },
  spec: { target: { uid: UID, generation: sequence, name: 'one', namespace: 'default' }, promiseName: 'recorded', type: 'resource', action, trigger: 'created', actor: 'user:default/ana', sequence },
  status,
});

function sources(extra: Partial<RequestSources> = {}): RequestSources {
  return {
    cluster: 'demo',
    type: { group: 'demo.example.org', version: 'v1', kind: 'Recorded', plural: 'recordeds' },
    request: {
      apiVersion: 'demo.example.org/v1',
      kind: 'Recorded',
      metadata: { name: 'one', namespace: 'default', uid: UID, generation: 1, creationTimestamp: at(0), annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } },
      spec: { size: 1 },
    },
    promiseName: 'recorded',
    promise,
    works: [],
    placements: [],
    destinations: [],
    runs: [],
    jobs: [],
    pods: [],
    ...extra,
  };
}

const state = (extra: Partial<RequestSources> = {}) => requestState(sources(extra), NOW);
const withStatus = (status: Record<string, unknown>) => ({ request: { ...sources().request, status } });

it('names the request and who asked for it', () => {
  expect(state()).toMatchObject({
    cluster: 'demo', group: 'demo.example.org', version: 'v1', kind: 'Recorded', plural: 'recordeds', namespace: 'default', name: 'one',
    uid: UID, promise: 'recorded', requestedBy: 'user:default/ana', createdAt: at(0), generation: 1, spec: { size: 1 }, runs: [], destinations: [],
    summary: { phase: 'Queued' },
  });
});

it('hands out what pipelines answered, without what the engine keeps in the status', () => {
  const status = { message: 'Pending', conditions: [condition('Reconciled', 'Unknown')], kratix: { workflows: {} }, workflows: 2, promiseVersion: 'v1.2', url: 'http://x' };
  expect(state(withStatus(status))).toMatchObject({ outputs: { url: 'http://x' }, promiseVersion: 'v1.2', conditions: [{ type: 'Reconciled', status: 'Unknown' }] });
  expect(state(withStatus({ ...status, promiseVersion: 'not-set' })).promiseVersion).toBeUndefined();
  expect(state(withStatus({ message: 'it works' })).outputs).toEqual({ message: 'it works' });
});

it('says since when the cluster was not heard of', () => {
  expect(state({ staleSince: at(9) })).toMatchObject({ staleSince: at(9), summary: { phase: 'Unknown', lastKnown: { phase: 'Queued' } } });
});

it.each([
  ['the Promise is not available', { ...promise, status: { conditions: [condition('Available', 'False')] } }, 'Waiting'],
  ['it lacks a required one', { ...promise, status: { status: 'Unavailable', requiredPromises: [{ name: 'postgresql', state: 'Requirement not installed' }] } }, 'Waiting'],
  ['it is paused', { ...promise, metadata: { name: 'recorded', labels: { 'kratix.io/paused': 'true' } } }, 'Paused'],
])('takes from the Promise that %s', (_, own, phase) => {
  expect(state({ promise: own }).summary.phase).toBe(phase);
});

describe('runs that the engine recorded', () => {
  it('come newest first, each with its steps and containers', () => {
    const containers = [{ name: 'decide', startedAt: at(1), finishedAt: at(3), exitCode: 3, reason: 'Error', message: 'no database' }, { name: 'pipeline-adapter' }];
    const failed = aRun(2, { phase: 'Failed', pipelines: [{ name: 'act', phase: 'Failed', attempt: 2, containers }] });
    const { runs, summary } = state({ runs: [aRun(1, { phase: 'Superseded', pipelines: [] }), failed], request: { ...sources().request, metadata: { ...sources().request.metadata, generation: 2 } } });
    expect(runs).toMatchObject([
      {
        id: 'one-2', trigger: 'created', actor: 'user:default/ana', phase: 'Failed', generation: 2,
        steps: [{ name: 'act', attempt: 2, containers: [{ name: 'decide', helper: false, phase: 'Failed', exitCode: 3 }, { name: 'pipeline-adapter', helper: true, phase: 'Waiting' }] }],
      },
      { id: 'one-1', phase: 'Skipped' },
    ]);
    expect(summary).toMatchObject({ phase: 'Failed', step: 'act', container: 'decide' });
  });

  it('are completed from the pod while they run', () => {
    const pod = aPod({ 'kratix-ts.dev/run': 'one-1', 'kratix.io/pipeline-name': 'act' }, {
      decide: { running: { startedAt: at(2) } },
      'pipeline-adapter': { waiting: { reason: 'PodInitializing' } },
    });
    const { runs } = state({ runs: [aRun(1, { phase: 'Running', pipelines: [{ name: 'act', phase: 'Running', attempt: 1 }] })], pods: [pod] });
    expect(runs[0].steps[0]).toMatchObject({
      pod: { namespace: 'default', name: 'pod-1' },
      containers: [{ name: 'decide', phase: 'Running', startedAt: at(2) }, { name: 'pipeline-adapter', helper: true, phase: 'Waiting', reason: undefined }],
    });
  });

  it('count the pods that failed as attempts', () => {
    const ofStep = { 'kratix-ts.dev/run': 'one-1', 'kratix.io/pipeline-name': 'act' };
    const pods = [1, 2].map(() => aPod(ofStep, { decide: { terminated: { exitCode: 1, reason: 'Error', message: 'no quota' } } }));
    const other = aPod({ ...ofStep, 'kratix.io/pipeline-name': 'prepare' }, {});
    const record = aRun(1, { phase: 'Running', pipelines: [{ name: 'act', phase: 'Running', attempt: 1 }] });
    const { runs, summary } = state({ runs: [record], pods: [...pods, other] });
    expect(runs[0].steps[0].attempt).toBe(2);
    expect(summary).toMatchObject({ phase: 'Retrying', container: 'decide', sentence: 'Step 1 of 1, act, is tried again (attempt 3): decide exited with 1: no quota' });
  });

  it('say how many attempts the Job of a step makes at the most, unless another Job went before', () => {
    const ofStep = { 'kratix-ts.dev/run': 'one-1', 'kratix.io/pipeline-name': 'act' };
    const pods = [aPod(ofStep, { decide: { terminated: { exitCode: 1, reason: 'Error', message: 'no quota' } } })];
    const job = { ...aJob('act', 1, undefined, { name: 'job-act' }), spec: { backoffLimit: 4 } };
    const told = (attempt: number) => {
      const record = aRun(1, { phase: 'Running', pipelines: [{ name: 'act', phase: 'Running', attempt, job: 'job-act' }] });
      const { runs, summary } = state({ runs: [record], pods, jobs: [job] });
      return [runs[0].steps[0].attempts, summary.sentence];
    };
    expect(told(1)).toEqual([5, 'Step 1 of 1, act, is tried again (attempt 2/5): decide exited with 1: no quota']);
    expect(told(2)).toEqual([undefined, 'Step 1 of 1, act, is tried again (attempt 3): decide exited with 1: no quota']);
    expect(state({ jobs: [job] }).runs[0].steps).toContainEqual(expect.objectContaining({ name: 'act', attempts: 5 }));
  });

  it('say how the attempt before ended, while the next one is under way', () => {
    const ofStep = { 'kratix-ts.dev/run': 'one-1', 'kratix.io/pipeline-name': 'act' };
    const failed = aPod(ofStep, { decide: { terminated: { exitCode: 3, reason: 'Error', message: 'no quota' } } });
    const next = aPod(ofStep, { decide: { waiting: { reason: 'ContainerCreating' } } });
    const later = { ...next, metadata: { ...next.metadata, name: 'pod-2', creationTimestamp: at(9) } };
    const stepOf = (phase: 'Running' | 'Succeeded', pods: PodSource[]) =>
      state({ runs: [aRun(1, { phase, pipelines: [{ name: 'act', phase, attempt: 1 }] })], pods }).runs[0].steps[0];
    expect(stepOf('Running', [failed, later])).toMatchObject({
      attempt: 2,
      before: { name: 'decide', exitCode: 3, message: 'no quota' },
      containers: [{ name: 'decide', phase: 'Waiting' }],
    });
    expect(stepOf('Running', [failed]).before).toBeUndefined();
    expect(stepOf('Succeeded', [failed, later]).before).toBeUndefined();
  });

  it('are believed when they have ended, whatever the pod says', () => {
    const pod = aPod({ 'kratix-ts.dev/run': 'one-1', 'kratix.io/pipeline-name': 'act' }, { decide: { running: {} } });
    const record = aRun(1, { phase: 'Succeeded', pipelines: [{ name: 'act', phase: 'Succeeded', attempt: 1, containers: [{ name: 'decide', exitCode: 0 }] }] });
    expect(state({ runs: [record], pods: [pod] }).runs[0].steps[0]).toMatchObject({ containers: [{ phase: 'Succeeded' }], pod: { name: 'pod-1' } });
  });

  it('of another object of the same name are left out', () => {
    const other = aRun(1, { phase: 'Running', pipelines: [] });
    expect(state({ runs: [{ ...other, spec: { ...other.spec, target: { ...other.spec.target, uid: 'older' } } }] }).runs).toEqual([]);
  });
});

describe('what a container does', () => {
  const seen = (container: ContainerStateSource, extra: Partial<PodSource['status']> = {}) => {
    const pod = aPod({ 'batch.kubernetes.io/job-name': 'job-prepare-1' }, { reader: { terminated: { exitCode: 0 } }, write: container }, extra);
    return state({ jobs: [aJob('prepare', 1, undefined)], pods: [pod] }).runs[0].steps[0];
  };

  it.each<[string, ContainerStateSource, object]>([
    ['waits for its turn', { waiting: { reason: 'PodInitializing' } }, { phase: 'Waiting', reason: undefined }],
    ['cannot pull', { waiting: { reason: 'ImagePullBackOff', message: 'not found' } }, { phase: 'Waiting', reason: 'ImagePullBackOff', message: 'not found' }],
    ['runs', { running: { startedAt: at(3) } }, { phase: 'Running', startedAt: at(3) }],
    ['has ended well', { terminated: { exitCode: 0, reason: 'Completed', startedAt: at(3), finishedAt: at(4) } }, { phase: 'Succeeded', exitCode: 0, reason: undefined, startedAt: at(3), finishedAt: at(4) }],
    ['was out of memory', { terminated: { exitCode: 137, reason: 'OOMKilled' } }, { phase: 'Failed', exitCode: 137, reason: 'OOMKilled' }],
    ['never began', { terminated: { exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' } }, { phase: 'Failed', reason: 'StartError', startedAt: undefined }],
  ])('%s', (_, container, expected) => {
    expect(seen(container).containers).toMatchObject([{ name: 'reader', helper: true, phase: 'Succeeded' }, { name: 'write', helper: false, ...expected }]);
  });

  it('names why the pod has no place', () => {
    const conditions = [{ ...condition('PodScheduled', 'False'), message: '0/1 nodes are available' }];
    expect(seen({ waiting: {} }, { conditions }).message).toBe('0/1 nodes are available');
  });
});

describe('runs of a cluster that keeps no record', () => {
  it('come from its Jobs, with the steps that have none yet', () => {
    const { runs } = state({ jobs: [aJob('prepare', 1, 'Complete')] });
    expect(runs).toMatchObject([
      { action: 'configure', phase: 'Running', trigger: 'unknown', steps: [{ name: 'prepare', phase: 'Succeeded', startedAt: at(1), finishedAt: at(6) }, { name: 'act', phase: 'Pending' }] },
    ]);
  });

  it.each<[string, JobSource[], string[][]]>([
    ['one run', [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Complete')], [['prepare:Succeeded', 'act:Succeeded']]],
    [
      'a new run for other specs',
      [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Complete'), aJob('prepare', 20, undefined, { hash: 'h2' })],
      [['prepare:Running', 'act:Pending'], ['prepare:Succeeded', 'act:Succeeded']],
    ],
    [
      'a new run when the first pipeline begins again',
      [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Complete'), aJob('prepare', 20, undefined)],
      [['prepare:Running', 'act:Pending'], ['prepare:Succeeded', 'act:Succeeded']],
    ],
    ['the same run when its last pipeline is tried again', [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Failed'), aJob('act', 30, undefined)], [['prepare:Succeeded', 'act:Running']]],
    [
      'a run of its own for the delete workflow',
      [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Complete'), aJob('archive', 20, undefined, { action: 'delete' })],
      [['archive:Running'], ['prepare:Succeeded', 'act:Succeeded']],
    ],
  ])('tell %s', (_, jobs, expected) => {
    const { runs } = state({ jobs: [...jobs].reverse() });
    expect(runs.map(run => run.steps.map(step => `${step.name}:${step.phase}`))).toEqual(expected);
  });

  it('say why a Job gave up', () => {
    const { runs, summary } = state({ jobs: [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Failed')] });
    expect(runs[0]).toMatchObject({ phase: 'Failed', finishedAt: at(12), steps: [{}, { attempt: 5, message: 'Job has reached the specified backoff limit' }] });
    expect(summary.phase).toBe('Failed');
  });

  it('take from the status that a step which has ended waits', () => {
    const pipelines = [{ name: 'prepare', phase: 'Succeeded' }, { name: 'act', phase: 'Suspended', message: 'quota is not ready', nextRetryAt: '2026-11-22T10:05:00Z', attempts: 1 }];
    const { runs, summary } = state({ ...withStatus({ kratix: { workflows: { pipelines } } }), jobs: [aJob('prepare', 1, 'Complete'), aJob('act', 7, 'Complete')] });
    expect(runs[0]).toMatchObject({ phase: 'Suspended', steps: [{}, { phase: 'Suspended', message: 'quota is not ready', nextRetryAt: '2026-11-22T10:05:00Z' }] });
    expect(summary.phase).toBe('Retrying');
  });

  it('come from the status alone where even the Jobs are gone', () => {
    const pipelines = [{ name: 'prepare', phase: 'Succeeded' }, { name: 'act', phase: 'Failed' }];
    expect(state(withStatus({ kratix: { workflows: { pipelines } } })).runs).toMatchObject([{ id: 'status', phase: 'Failed', steps: [{ name: 'prepare' }, { name: 'act' }] }]);
  });

  it('leave out Jobs of an older object of the same name', () => {
    const job = aJob('prepare', 1, undefined);
    expect(state({ jobs: [{ ...job, metadata: { ...job.metadata, ownerReferences: [{ uid: 'older' }] } }] }).runs).toEqual([]);
  });
});

describe('where files go', () => {
  const written = [condition('WriteSucceeded', 'True')];

  it.each<[string, PlacementSource, object]>([
    ['delivered', aPlacement('prepare', 'eu-1', written), { phase: 'Delivered', version: 'abc' }],
    ['on its way', aPlacement('prepare', 'eu-1', []), { phase: 'Pending' }],
    ['on its way again after a change', aPlacement('prepare', 'eu-1', [{ ...written[0], observedGeneration: 1 }], { generation: 2 }), { phase: 'Pending' }],
    ['refused', aPlacement('prepare', 'eu-1', [condition('WriteSucceeded', 'False', 'Failed', 'push refused')]), { phase: 'Failed', message: 'push refused' }],
    ['in the wrong place', aPlacement('prepare', 'eu-1', written, { labels: { 'kratix.io/work': 'work-prepare', 'kratix.io/misplaced': 'true' } }), { phase: 'Misplaced' }],
  ])('%s', (_, placement, expected) => {
    const files = [{ path: 'prepare.yaml', size: 6, step: 'prepare' }];
    expect(state({ works: [aWork('prepare')], placements: [placement] }).destinations).toMatchObject([{ name: 'eu-1', files, ...expected }]);
  });

  it('tells what was changed by hand and left so, and marks the files that are named', () => {
    const drifted = (message: string, status: 'True' | 'False' = 'True') => [...written, condition('Drifted', status, 'FilesChanged', message)];
    const of = (step: string, conditions: ObjectCondition[]) => state({ works: [aWork(step)], placements: [aPlacement(step, 'eu-1', conditions)] }).destinations[0];
    const words = '"eu-1/resources/default/redis/one/prepare.yaml" was edited, "eu-1/resources/x" was added by hand';
    expect(of('prepare', drifted(words))).toMatchObject({ drift: words, files: [{ path: 'prepare.yaml', changed: true }] });
    expect(of('act', drifted(words)).files).toEqual([{ path: 'act.yaml', size: 6, step: 'act' }]);
    expect(of('prepare', drifted(`put right: ${words}`, 'False'))).toMatchObject({ drift: undefined, files: [{ path: 'prepare.yaml', size: 6, step: 'prepare' }] });
  });

  it('gathers the steps of a destination, which is as bad as its worst', () => {
    const placements = [aPlacement('prepare', 'eu-2', written), aPlacement('act', 'eu-1', written), aPlacement('act', 'eu-2', [condition('WriteSucceeded', 'False', 'F', 'no route')])];
    const destinations = [{ apiVersion: 'v1', kind: 'Destination', metadata: { name: 'eu-2' }, spec: { stateStoreRef: { kind: 'GitStateStore', name: 'store' } } }];
    const result = state({ works: [aWork('prepare'), aWork('act')], placements, destinations }).destinations;
    expect(result).toMatchObject([
      { name: 'eu-1', phase: 'Delivered', store: undefined, files: [{ step: 'act' }] },
      { name: 'eu-2', phase: 'Failed', message: 'no route', store: { kind: 'GitStateStore', name: 'store' }, files: [{ step: 'prepare' }, { step: 'act' }] },
    ]);
    expect(JSON.stringify(result)).not.toContain(HELLO);
  });

  it('says that a Work found no destination', () => {
    const work = aWork('act', { status: { conditions: [condition('ScheduleSucceeded', 'False', 'UnscheduledWorkloads', 'No destination has region: mars')] } });
    expect(state({ works: [work], runs: [aRun(1, { phase: 'Succeeded', pipelines: [] })] }).summary).toMatchObject({ phase: 'NotPlaced', sentence: expect.stringContaining('mars') });
  });

  it.each([
    [undefined, 0],
    ['', 0],
    [HELLO, 6],
    ['x', 0],
    ['not base64 at all!', 0],
  ])('reads the size of %j without unpacking it', (content, size) => {
    expect(packedSize(content)).toBe(size);
  });
});
