import fc from 'fast-check';
import { phaseOf, tellingContainer, type PhaseInput } from './phase';
import { sentences } from './phase-sentences';
import type { ContainerState, DestinationState, Phase, Run, Step, StepPhase } from './types';

const now = new Date('2026-11-22T14:03:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
const ahead = (seconds: number) => ago(-seconds);

function aContainer(name: string, phase: ContainerState['phase'], more: Partial<ContainerState> = {}): ContainerState {
  return { name, phase, helper: name === 'pipeline-adapter', ...more };
}
function aStep(name: string, phase: StepPhase, more: Partial<Step> = {}): Step {
  return { name, phase, attempt: 1, containers: [], ...more };
}
function aRun(phase: StepPhase, steps: Step[], more: Partial<Run> = {}): Run {
  return { id: 'r1', action: 'configure', type: 'resource', trigger: 'created', phase, steps, ...more };
}
function aDestination(name: string, phase: DestinationState['phase'], files = 1, more: Partial<DestinationState> = {}) {
  const list = Array.from({ length: files }, (_, i) => ({ path: `${i}.yaml`, size: 10, step: 'a' }));
  return { name, phase, files: list, ...more };
}
function aRequest(more: Partial<PhaseInput> = {}): PhaseInput {
  const promise = { name: 'app', available: true };
  return { metadata: { name: 'mine' }, status: {}, promise, runs: [], destinations: [], now, ...more };
}
const conditions = (...list: [string, string, string, string?][]) => ({
  conditions: list.map(([type, status, reason, message]) => ({
    type, status, reason, message, lastTransitionTime: ago(60),
  })),
});
const reconciled = conditions(['Reconciled', 'True', 'Reconciled', 'Reconciled']);
const done = aRun('Succeeded', [aStep('validate', 'Succeeded'), aStep('schedule', 'Succeeded')], { finishedAt: ago(70) });
const second = (step: Step, phase: StepPhase = 'Running', more: Partial<Run> = {}) =>
  aRun(phase, [aStep('validate', 'Succeeded'), step, aStep('announce', 'Pending')], more);
const running = (containers: ContainerState[], more: Partial<Step> = {}) =>
  second(aStep('schedule', 'Running', { containers, startedAt: ago(20), ...more }));
const failed = (containers: ContainerState[], more: Partial<Step> = {}) =>
  second(aStep('schedule', 'Failed', { containers, ...more }), 'Failed');
const deleted = { name: 'mine', deletionTimestamp: ago(5) };
const paused = { name: 'mine', labels: { 'kratix.io/paused': 'true' } };

const rows: [string, Partial<PhaseInput>, Phase, string][] = [
  ['offer not available', { promise: { name: 'postgresql', available: false } }, 'Waiting',
    'Waiting for postgresql, which is being installed.'],
  ['a required offer is missing', { promise: { name: 'app', available: false, missing: ['dns', 'tls'] } }, 'Waiting',
    'Waiting for dns, tls, which app needs.'],
  ['offer becomes unavailable after delivery', { promise: { name: 'app', available: false }, runs: [done], status: reconciled },
    'Ready', 'Ready since 14:02 UTC.'],
  ['nothing written yet', { metadata: { name: 'mine', creationTimestamp: ago(2) } }, 'Queued',
    'Accepted 2 s ago, starting.'],
  ['nothing written yet and no date', {}, 'Queued', 'Accepted, starting.'],
  ['a run that has not begun', { runs: [aRun('Pending', [aStep('a', 'Pending')], { startedAt: ago(3) })] }, 'Queued',
    'Accepted 3 s ago, starting.'],
  ['the next run of a ready request', { status: reconciled, runs: [aRun('Pending', [aStep('a', 'Pending')]), done] },
    'Queued', 'Change accepted, starting.'],
  ['edited, engine has not seen it', { metadata: { name: 'mine', generation: 2 }, status: reconciled,
    runs: [{ ...done, generation: 1 }] }, 'Queued', 'Change accepted, starting.'],
  ['a container runs', { runs: [running([aContainer('read', 'Succeeded'),
    aContainer('write', 'Running', { startedAt: ago(12) })])] }, 'Running',
    'Step 2 of 3, schedule: running write for 12 s.'],
  ['a container is starting', { runs: [running([aContainer('read', 'Waiting', { reason: 'PodInitializing' })])] },
    'Running', 'Step 2 of 3, schedule: starting read.'],
  ['the pod has no node', { runs: [running([aContainer('read', 'Waiting')], { message: '0/1 nodes are available' })] },
    'Running', 'Step 2 of 3, schedule, waits to start: 0/1 nodes are available'],
  ['no containers known', { runs: [running([])] }, 'Running', 'Step 2 of 3, schedule: running for 20 s.'],
  ['the helper runs', { runs: [running([aContainer('read', 'Succeeded'), aContainer('pipeline-adapter', 'Running')])] },
    'Running', 'Step 2 of 3, schedule: collecting its output.'],
  ['between two steps', { runs: [second(aStep('schedule', 'Succeeded'))] }, 'Running',
    'Step 3 of 3, announce, is next.'],
  ['image cannot be pulled', { runs: [running([aContainer('write', 'Waiting', { reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "nope:1"' })])] }, 'Running',
    'Step 2 of 3, schedule: the image of write cannot be pulled (ImagePullBackOff): Back-off pulling image "nope:1"'],
  ['a Secret is missing', { runs: [running([aContainer('write', 'Waiting', { reason: 'CreateContainerConfigError',
    message: 'secret "db" not found' })])] }, 'Running',
    'Step 2 of 3, schedule: write lacks a Secret or ConfigMap that it needs (CreateContainerConfigError): secret "db" not found'],
  ['the program is missing', { runs: [running([aContainer('write', 'Waiting', { reason: 'RunContainerError' })])] },
    'Running', 'Step 2 of 3, schedule: write cannot start (RunContainerError).'],
  ['restarted in place', { runs: [running([aContainer('write', 'Waiting', { reason: 'CrashLoopBackOff' })])] },
    'Retrying', 'Step 2 of 3, schedule: write keeps failing and is started again.'],
  ['tried again after an exit', { runs: [running([aContainer('read', 'Succeeded'),
    aContainer('write', 'Failed', { exitCode: 1, reason: 'Error', message: 'trying\npsql: connection refused\n' }),
    aContainer('pipeline-adapter', 'Waiting')], { attempt: 2 })] }, 'Retrying',
    'Step 2 of 3, schedule, is tried again (attempt 3): write exited with 1: psql: connection refused'],
  ['tried again after a container that did not start', { runs: [running([aContainer('write', 'Failed', { exitCode: 128,
    reason: 'StartError', message: 'no such file: /app/run' })])] }, 'Retrying',
    'Step 2 of 3, schedule, is tried again (attempt 2): write failed (StartError): no such file: /app/run'],
  ['tried again after output that is not accepted', { runs: [running([aContainer('read', 'Succeeded'),
    aContainer('pipeline-adapter', 'Failed', { exitCode: 1, reason: 'Error',
      message: '{"v":1,"error":"output/a.yaml is not YAML: no comma (2:5)\\n\\n 1 | a: [1,\\n---------^"}' })])] }, 'Retrying',
    'Step 2 of 3, schedule, is tried again (attempt 2): its output was not accepted: output/a.yaml is not YAML: no comma (2:5)'],
  ['a step suspends', { runs: [second(aStep('schedule', 'Suspended', { message: 'waiting for approval' }), 'Suspended')] },
    'PausedByStep', 'Step 2 of 3, schedule: “waiting for approval”, until somebody resumes it.'],
  ['a step suspends without a word', { runs: [second(aStep('schedule', 'Suspended'), 'Suspended')] },
    'PausedByStep', 'Step 2 of 3, schedule, is paused until somebody resumes it.'],
  ['a step asks to run again', { runs: [second(aStep('schedule', 'Suspended', { message: 'quota is not ready',
    nextRetryAt: ahead(600) }), 'Suspended')] }, 'Retrying',
    'Step 2 of 3, schedule: “quota is not ready”. Tries again in 10 min.'],
  ['backing off', { runs: [second(aStep('schedule', 'Pending', { attempt: 2, nextRetryAt: ahead(40),
    containers: [aContainer('write', 'Failed', { exitCode: 1 })] }))] }, 'Retrying',
    'Step 2, schedule, failed (exit 1). Attempt 3 in 40 s.'],
  ['some files are not there', { runs: [done], destinations: [aDestination('eu-1', 'Delivered', 4),
    aDestination('eu-2', 'Pending', 1)] }, 'Delivering', '4 of 5 files delivered; waiting for eu-2.'],
  ['a store gives trouble', { runs: [done], destinations: [aDestination('eu-1', 'Delivered', 4),
    aDestination('eu-2', 'Pending', 1, { message: 'connection refused' })] }, 'Delivering',
    '4 of 5 files delivered; eu-2: connection refused'],
  ['files not known', { runs: [done], destinations: [aDestination('eu-1', 'Pending', 0)] }, 'Delivering',
    'Delivered to 0 of 1 destinations; waiting for eu-1.'],
  ['steps done, nothing placed yet', { runs: [done], status: conditions(['Reconciled', 'Unknown', 'WorkflowPending']) },
    'Delivering', 'All steps are done; the files are on their way.'],
  ['all delivered', { runs: [done], status: reconciled, destinations: [aDestination('eu-1', 'Delivered'),
    aDestination('eu-2', 'Delivered')] }, 'Ready', 'Ready since 14:02 UTC. Delivered to eu-1, eu-2.'],
  ['many destinations', { runs: [done], status: reconciled,
    destinations: ['a', 'b', 'c', 'd', 'e'].map(name => aDestination(name, 'Delivered')) },
    'Ready', 'Ready since 14:02 UTC. Delivered to a, b, c +2.'],
  ['an offer without steps', { status: { workflows: 0, observedGeneration: 1 } }, 'Ready', 'Ready.'],
  ['bad health', { runs: [done], status: { ...reconciled, healthStatus: { state: 'degraded', healthRecords: [
    { state: 'ready' }, { state: 'degraded', details: { message: '1 of 3 replicas' } }] } } }, 'Degraded', '1 of 3 replicas'],
  ['bad health without words', { runs: [done], status: { ...reconciled, healthStatus: { state: 'unhealthy' } } },
    'Degraded', 'Its health check says: unhealthy.'],
  ['changed by hand', { runs: [done], status: reconciled, destinations: [aDestination('eu-1', 'Delivered', 0, {
    files: [{ path: 'a', size: 1, step: 's', changed: true }] })] }, 'Drifted', '1 file was changed by hand in eu-1.'],
  ['files added by hand', { runs: [done], status: reconciled, destinations: [aDestination('eu-1', 'Delivered', 1, { drift: '"x" was added by hand' })] }, 'Drifted', 'Somebody changed files by hand in eu-1.'],
  ['no destination matches', { runs: [done], status: reconciled,
    workPending: 'No destination has region: mars. Existing: eu, us' }, 'NotPlaced',
    'No destination has region: mars. Existing: eu, us'],
  ['no destination matches, in ids', { runs: [done], workPending: 'No matching destination found for workloadGroups: [5058]' },
    'NotPlaced', 'No destination matches what this request asks for.'],
  ['no destination matches, with the labels', { runs: [done], workPending: 'No matching destination found for workloadGroups: [5058]; '
    + 'wanted region: mars; existing destinations: eu (region: eu), us (region: us)' }, 'NotPlaced',
    'No destination has region: mars. Existing: eu (region: eu), us (region: us)'],
  ['misplaced', { runs: [done], destinations: [aDestination('eu-1', 'Misplaced')] }, 'NotPlaced',
    'eu-1 no longer matches what this request asks for; the files there stay.'],
  ['a container exits with last words', { runs: [failed([aContainer('write', 'Failed', { exitCode: 1,
    message: 'trying\n\u001b[31mpsql: connection refused\u001b[0m\n' })])] }, 'Failed',
    'Step 2, container write, exited with 1: psql: connection refused'],
  ['out of memory', { runs: [failed([aContainer('write', 'Failed', { exitCode: 137, reason: 'OOMKilled' })])] }, 'Failed',
    'Step 2, container write, was stopped: it needed more memory than allowed (OOMKilled).'],
  ['a container fails without a code', { runs: [failed([aContainer('write', 'Failed', { reason: 'DeadlineExceeded' })])] },
    'Failed', 'Step 2, container write, failed (DeadlineExceeded).'],
  ['the output is refused', { runs: [failed([aContainer('pipeline-adapter', 'Failed', { exitCode: 1,
    message: '{"v":1,"error":"output/a.yaml is not YAML: line 3"}' })])] }, 'Failed',
    'Step 2, schedule: its output was not accepted: output/a.yaml is not YAML: line 3'],
  ['the output is refused, with an excerpt', { runs: [failed([aContainer('pipeline-adapter', 'Failed', { exitCode: 1,
    message: 'status.yaml: no comma (1:5)\n\n 1 | a: [\n---------^' })])] }, 'Failed',
    'Step 2, schedule: its output was not accepted: status.yaml: no comma (1:5)'],
  ['a step fails without a pod', { runs: [failed([], { message: 'jobs.batch is forbidden' })] }, 'Failed',
    'Step 2, schedule, failed: jobs.batch is forbidden'],
  ['a run fails without a step', { runs: [aRun('Failed', [], { message: 'the Promise has no such version' })] }, 'Failed',
    'The request failed: the Promise has no such version'],
  ['the API server refuses the Job', { runs: [aRun('Pending', [aStep('a', 'Pending')])],
    status: conditions(['Reconciled', 'False', 'JobRefused', 'exceeded quota']) }, 'Failed',
    'The request failed: exceeded quota'],
  ['an earlier failure does not hide the next run', { runs: [aRun('Pending', [aStep('a', 'Pending')], { startedAt: ago(1) })],
    status: conditions(['Reconciled', 'False', 'ConfigureWorkflowFailed', 'Failing']) }, 'Queued',
    'Accepted 1 s ago, starting.'],
  ['the push is refused', { runs: [done], destinations: [aDestination('eu-1', 'Failed', 1, { message: 'pre-receive hook declined' })] },
    'Failed', 'The files could not be written to eu-1: pre-receive hook declined'],
  ['paused', { metadata: paused, runs: [done] }, 'Paused', 'Paused by the platform team: no changes are applied.'],
  ['the offer is paused', { promise: { name: 'app', available: false, paused: true }, runs: [done] }, 'Paused',
    'app is paused by the platform team: no changes are applied.'],
  ['paused while deleting', { metadata: { ...paused, ...deleted } }, 'Paused',
    'Paused by the platform team: it is deleted when the pause ends.'],
  ['deleting', { metadata: deleted, runs: [done] }, 'Deleting', 'Deleting.'],
  ['a delete step runs', { metadata: deleted, runs: [aRun('Running', [aStep('archive', 'Running')], { action: 'delete' }), done],
    destinations: [aDestination('eu-1', 'Delivered', 3), aDestination('eu-2', 'Delivered', 2)] }, 'Deleting',
    'Deleting: step archive is running; then 5 files in eu-1, eu-2 are removed.'],
  ['files are being removed', { metadata: deleted, destinations: [aDestination('eu-1', 'Delivered', 1)] }, 'Deleting',
    'Deleting: 1 file in eu-1 is being removed.'],
  ['a delete step fails', { metadata: deleted, runs: [aRun('Failed', [aStep('archive', 'Failed', {
    containers: [aContainer('save', 'Failed', { exitCode: 2, message: 'bucket is gone' })] })], { action: 'delete' })] },
    'Failed', 'Deleting stopped: step 1, container save, exited with 2: bucket is gone'],
  ['cluster is not reachable', { runs: [done], status: reconciled, stale: { since: ago(60), cluster: 'prod' } }, 'Unknown',
    'As of 14:02 UTC: cluster prod is not reachable. Last known: Ready since 14:02 UTC.'],
];

describe('phaseOf', () => {
  it.each(rows)('%s', (_, input, phase, sentence) => {
    const summary = phaseOf(aRequest(input));
    expect([summary.phase, summary.sentence]).toEqual([phase, sentence]);
  });

  it('has a row for every phase', () => {
    expect(new Set(rows.map(row => row[2])).size).toBe(14);
  });

  it('tells step, container, progress, and when something happens by itself', () => {
    const summary = phaseOf(aRequest({ runs: [second(aStep('schedule', 'Pending', { nextRetryAt: ahead(40),
      containers: [aContainer('write', 'Failed', { exitCode: 1 })] }))] }));
    expect(summary).toMatchObject({ step: 'schedule', container: 'write', until: ahead(40), progress: { done: 1, total: 3 } });
  });

  it('keeps what was last known of an unreachable cluster', () => {
    const summary = phaseOf(aRequest({ runs: [failed([])], stale: { since: ago(9), cluster: 'prod' } }));
    expect(summary.lastKnown?.phase).toBe('Failed');
  });
});

describe('phaseOf reads the status that another controller wrote', () => {
  const status = (phases: [string, string, object?][], ...list: [string, string, string, string?][]) => ({
    ...conditions(...list),
    kratix: { workflows: { pipelines: phases.map(([name, phase, more]) => ({ name, phase, lastTransitionTime: ago(9), ...more })) } },
  });
  const inProgress: [string, string, string] = ['ConfigureWorkflowCompleted', 'False', 'PipelinesInProgress'];
  const recorded: [string, Record<string, unknown>, Phase, string][] = [
    ['pending', status([['prepare', 'Pending'], ['act', 'Pending']]), 'Queued', 'Accepted 9 s ago, starting.'],
    ['running', status([['prepare', 'Succeeded'], ['act', 'Running']], inProgress, ['Reconciled', 'Unknown', 'WorkflowPending', 'Pending']),
      'Running', 'Step 2 of 2, act: running for 9 s.'],
    ['failed', status([['prepare', 'Succeeded'], ['act', 'Failed']],
      ['ConfigureWorkflowCompleted', 'False', 'ConfigureWorkflowFailed', 'A Configure Pipeline has failed: act'],
      ['Reconciled', 'False', 'ConfigureWorkflowFailed', 'Failing']), 'Failed', 'Step 2, act, failed.'],
    ['suspended', status([['prepare', 'Succeeded'], ['act', 'Suspended', { message: 'waiting for approval' }]], inProgress),
      'PausedByStep', 'Step 2 of 2, act: “waiting for approval”, until somebody resumes it.'],
    ['retry-after', status([['prepare', 'Succeeded'], ['act', 'Suspended', { message: 'quota is not ready', attempts: 1,
      nextRetryAt: ahead(300) }]], inProgress), 'Retrying', 'Step 2 of 2, act: “quota is not ready”. Tries again in 5 min.'],
    ['ready', status([['prepare', 'Succeeded'], ['act', 'Succeeded']], ['Reconciled', 'True', 'Reconciled']), 'Ready',
      'Ready since 14:02 UTC. Delivered to worker-1.'],
    ['refused before any pipeline', status([], ['ConfigureWorkflowCompleted', 'False', 'ConfigureWorkflowFailed',
      'A Configure Pipeline has failed: act']), 'Failed', 'The request failed: A Configure Pipeline has failed: act'],
  ];
  it.each(recorded)('%s', (name, written, phase, sentence) => {
    const summary = phaseOf(aRequest({
      metadata: { name: 'fine', creationTimestamp: ago(9) },
      status: written,
      destinations: name === 'ready' ? [aDestination('worker-1', 'Delivered', 2)] : [],
    }));
    expect([summary.phase, summary.sentence]).toEqual([phase, sentence]);
  });

  it('believes the status about a suspended step whose Job has succeeded', () => {
    const summary = phaseOf(aRequest({
      status: status([['prepare', 'Succeeded'], ['act', 'Suspended', { message: 'waiting for approval' }]], inProgress),
      runs: [aRun('Succeeded', [aStep('prepare', 'Succeeded'), aStep('act', 'Succeeded')])],
    }));
    expect(summary.phase).toBe('PausedByStep');
  });

  it('does not take the steps of the configure workflow for those of a deletion', () => {
    const summary = phaseOf(aRequest({ metadata: deleted, status: status([['prepare', 'Failed']]) }));
    expect(summary).toMatchObject({ phase: 'Deleting', sentence: 'Deleting.' });
  });
});

describe('phaseOf on anything', () => {
  const stepPhases: StepPhase[] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Suspended', 'Skipped'];
  const text = fc.oneof(fc.string(), fc.constantFrom('', '{"error":1}', '{', ago(5), 'ImagePullBackOff', '2026-13-45'));
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const container = fc.record({
    name: fc.string(), helper: fc.boolean(), phase: fc.constantFrom<ContainerState['phase']>('Waiting', 'Running', 'Succeeded', 'Failed'),
    reason: maybe(text), message: maybe(text), exitCode: maybe(fc.integer()), startedAt: maybe(text),
  });
  const step = fc.record({
    name: fc.string(), phase: fc.constantFrom(...stepPhases), attempt: fc.integer(), message: maybe(text),
    nextRetryAt: maybe(text), startedAt: maybe(text), containers: fc.array(container, { maxLength: 3 }),
  });
  const run = fc.record({
    id: fc.string(), action: fc.constantFrom<Run['action']>('configure', 'delete'), type: fc.constant<Run['type']>('resource'),
    trigger: fc.string(), phase: fc.constantFrom(...stepPhases), steps: fc.array(step, { maxLength: 4 }), message: maybe(text),
  });
  const destination = fc.record({
    name: fc.string(), phase: fc.constantFrom<DestinationState['phase']>('Pending', 'Delivered', 'Failed', 'Misplaced'),
    message: maybe(text), files: fc.array(fc.record({ path: fc.string(), size: fc.nat(), step: fc.string() }), { maxLength: 3 }),
  });
  const condition = fc.record({
    type: fc.constantFrom('Reconciled', 'WorksSucceeded', 'ConfigureWorkflowCompleted'), status: fc.constantFrom('True', 'False', 'Unknown'),
    reason: maybe(text), message: fc.anything(), lastTransitionTime: maybe(text),
  });
  const status = fc.oneof(
    fc.dictionary(fc.constantFrom('conditions', 'kratix', 'healthStatus', 'observedGeneration', 'workflows'), fc.anything()),
    fc.record({ conditions: fc.array(condition), kratix: fc.record({ workflows: fc.record({ pipelines: fc.anything() }) }) }),
  );
  const request = fc.record({
    metadata: fc.record({ name: fc.string(), deletionTimestamp: maybe(text), creationTimestamp: maybe(text), generation: maybe(fc.nat()),
      labels: maybe(fc.constantFrom<Record<string, string>>({}, { 'kratix.io/paused': 'true' })) }),
    status, promise: maybe(fc.record({ name: fc.string(), available: fc.boolean(), missing: maybe(fc.array(fc.string())) })),
    runs: fc.array(run, { maxLength: 3 }), destinations: fc.array(destination, { maxLength: 5 }), workPending: maybe(text),
    stale: maybe(fc.record({ since: text, cluster: fc.string() })), now: fc.constant(now),
  });

  it('always gives a sentence of the catalogue and never throws', () => {
    const known = new Set(Object.keys(sentences).map(key => key.replace(/_(one|other)$/, '')));
    fc.assert(fc.property(request, input => {
      const summary = phaseOf(input as PhaseInput);
      expect(summary.sentence.trim().length).toBeGreaterThan(0);
      expect(summary.sentence).not.toContain('undefined');
      expect(known).toContain(summary.message?.id);
    }), { numRuns: 2000 });
  });

  it('is Deleting, Paused, Failed or Unknown while the object is being deleted', () => {
    fc.assert(fc.property(request, input => {
      const summary = phaseOf({ ...input, metadata: { ...input.metadata, deletionTimestamp: ago(1) } } as PhaseInput);
      expect(['Deleting', 'Paused', 'Failed', 'Unknown']).toContain(summary.phase);
    }));
  });

  it('gives the same phase a second later', () => {
    fc.assert(fc.property(request, input => {
      const later = { ...input, now: new Date(now.getTime() + 1000) } as PhaseInput;
      expect(phaseOf(later).phase).toBe(phaseOf(input as PhaseInput).phase);
    }));
  });
});

describe('tellingContainer', () => {
  it.each<[string, Run | undefined, string | undefined]>([
    ['nothing has run', undefined, undefined],
    ['the failed one', failed([aContainer('read', 'Succeeded'), aContainer('write', 'Failed')]), 'schedule/write'],
    ['the running one', running([aContainer('read', 'Succeeded'), aContainer('write', 'Running')]), 'schedule/write'],
    ['the last one of the last step that ended', aRun('Succeeded', [aStep('a', 'Succeeded', {
      containers: [aContainer('x', 'Succeeded'), aContainer('y', 'Succeeded'), aContainer('pipeline-adapter', 'Succeeded')] })]), 'a/y'],
  ])('%s', (_, run, expected) => {
    const telling = tellingContainer(run);
    expect(telling && `${telling.step.name}/${telling.container}`).toBe(expected);
  });
});
