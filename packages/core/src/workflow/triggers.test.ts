import type { PipelineRecord, RunStatus, WorkflowRunObject } from '../api';
import { annotations, labels } from '../wire/names';
import { nextStep } from './plan';
import { firstStatus } from './run-record';
import type { Demand, Observed, Step } from './step';
import { aDemand, aJob, aRun, done, ended, later, LIMITS, NOW, running, there } from './testing/runs';
import { isOutdated, retryOfDeletion } from './triggers';

const HOUR = 3_600_000;
const every = (change: Partial<Demand> = {}) => aDemand({ interval: HOUR, repeatsFailed: true, ...change });
const waiting = (trigger: 'manual' | 'retry'): WorkflowRunObject => aRun({ phase: 'Pending', pipelines: [{ name: 'one', phase: 'Pending', attempt: 0 }] }, { trigger });
const over = (phase: 'Succeeded' | 'Failed'): RunStatus => ({ ...ended(phase), finishedAt: '2026-11-22T12:00:00Z' });
const suspended = (change: Partial<PipelineRecord> = {}): RunStatus => ({
  phase: 'Suspended',
  startedAt: '2026-11-22T11:00:00Z',
  pipelines: [{ name: 'one', phase: 'Succeeded', attempt: 1 }, { name: 'two', phase: 'Suspended', attempt: 1, finishedAt: '2026-11-22T12:00:00Z', ...change }],
});
const dead = (sequence: number, finishedAt = '2026-11-22T12:00:00Z') => aRun({ ...ended('Failed'), finishedAt }, { action: 'delete', sequence });
const next = (demand: Demand, observed: Observed, now = NOW) => nextStep(demand, observed, LIMITS, now);

describe('what begins a run though no spec changed', () => {
  const cases: [string, Demand, Observed, Date, object][] = [
    ['B-RR-13: the restart label begins a run', aDemand({ isRestart: true }), there([aRun(ended('Succeeded'))]), NOW, { do: 'begin', trigger: 'manual' }],
    ['B-RR-13: it waits for a running Job', aDemand({ isRestart: true }), there([aRun(running())], { job: aJob() }), NOW, { do: 'await' }],
    ['B-RR-13: then the pipelines that are left give way', aDemand({ isRestart: true }), there([aRun(running(1).phase === 'Running' ? { ...running(1), pipelines: [{ name: 'one', phase: 'Succeeded', attempt: 1 }, { name: 'two', phase: 'Pending', attempt: 0 }] } : undefined)]), NOW, { do: 'record', status: { phase: 'Superseded' } }],
    ['B-RR-13, Q-18: it goes once its run is on record', aDemand({ isRestart: true }), there([waiting('manual')]), NOW, { do: 'consume', labels: expect.arrayContaining([labels.runFromStart]) }],
    ['B-RR-13: what is suspended stays so', aDemand({ isRestart: true, isSuspended: true }), there([aRun(suspended())]), NOW, { do: 'await' }],
    ['B-RR-13: and restarts, rather than resumes, when it goes on', aDemand({ isRestart: true }), there([aRun(suspended())]), NOW, { do: 'record', status: { phase: 'Superseded' } }],

    ['B-RR-14, B-PR-27: an interval is waited for', every(), there([aRun(over('Succeeded'))]), later(60), { do: 'settled', until: later(3_600) }],
    ['Q-54: what is left of it, not all of it', every(), there([aRun(over('Succeeded'))]), later(3_000), { do: 'settled', until: later(3_600) }],
    ['B-RR-14, B-PR-27: then it runs again', every(), there([aRun(over('Succeeded'))]), later(3_600), { do: 'begin', trigger: 'periodic' }],
    ['B-RR-14, B-PR-27: a failed run, too', every(), there([aRun(over('Failed'))]), later(3_600), { do: 'begin', trigger: 'periodic' }],
    ['B-RR-14, B-PR-27: unless reconcileAfterFailure is off', every({ repeatsFailed: false }), there([aRun(over('Failed'))]), later(3_600), { do: 'settled' }],
    ['B-RR-14: what runs is not begun again', every(), there([aRun(running())], { job: aJob() }), later(3_599), { do: 'await' }],
    ['B-RR-14: no interval, no repetition', aDemand(), there([aRun(over('Succeeded'))]), later(999_999), { do: 'settled' }],
    ['B-RR-14: a delete workflow has none', every(), there([aRun(over('Succeeded'), { action: 'delete' })]), later(3_600), { do: 'settled' }],
    ['Q-25: a suspended workflow waits for the interval', every({ isSuspended: true }), there([aRun(suspended())]), later(60), { do: 'await', until: later(3_600) }],
    ['Q-25: or for its own time, where that is sooner', every({ isSuspended: true }), there([aRun(suspended({ nextRetryAt: '2026-11-22T12:10:00Z' }))]), later(60), { do: 'await', until: later(600) }],
    ['Q-25: then its label goes', every({ isSuspended: true }), there([aRun(suspended())]), later(3_600), { do: 'consume', labels: [labels.workflowSuspended] }],
    ['Q-25: and its run gives way', every(), there([aRun(suspended())]), later(3_600), { do: 'record', status: { phase: 'Superseded' } }],
    ['Q-25: to one from the start', every(), there([aRun({ ...suspended(), phase: 'Superseded' })]), later(3_600), { do: 'begin', trigger: 'periodic' }],

    ['retry from a pipeline: those before it stay as they are', aDemand({ retryFrom: 'two' }), there([aRun({ ...ended('Failed'), pipelines: [{ name: 'one', phase: 'Succeeded', attempt: 1, work: { name: 'w', digest: 'd' } }, { name: 'two', phase: 'Failed', attempt: 1 }] })]), NOW, { do: 'begin', trigger: 'retry', carried: [{ name: 'one', phase: 'Succeeded', work: { name: 'w', digest: 'd' } }] }],
    ['retry from a pipeline: of a run that went well, too', aDemand({ retryFrom: 'one' }), there([aRun(over('Succeeded'))]), NOW, { do: 'begin', trigger: 'retry', carried: [] }],
    ['retry from a pipeline: not past one that has not succeeded', aDemand({ retryFrom: 'two' }), there([aRun(ended('Failed'))]), NOW, { do: 'begin', trigger: 'retry', carried: [] }],
    ['retry from a pipeline: the annotation goes once its run is on record', aDemand({ retryFrom: 'one' }), there([waiting('retry')]), NOW, { do: 'consume', annotations: [annotations.retryFrom] }],
    ['retry from a pipeline: an edit runs everything anyway', aDemand({ retryFrom: 'one', hash: 'h2' }), there([aRun(over('Failed'))]), NOW, { do: 'consume', annotations: [annotations.retryFrom] }],
    ['retry from a pipeline: a name that is none is refused', aDemand({ retryFrom: 'three' }), there([aRun(over('Failed'))]), NOW, { do: 'consume', annotations: [annotations.retryFrom], warning: expect.stringContaining('there is no pipeline "three"; there are one, two') }],
    ['retry from a pipeline: what runs is awaited', aDemand({ retryFrom: 'one' }), there([aRun(running())], { job: aJob() }), NOW, { do: 'await' }],
    ['retry from a pipeline: what is suspended gives way, label first', aDemand({ retryFrom: 'one', isSuspended: true }), there([aRun(suspended())]), NOW, { do: 'consume', labels: [labels.workflowSuspended] }],

    ['Q-59: a delete pipeline that failed is tried again at a known time', aDemand(), there([dead(1)]), NOW, { do: 'settled', until: later(30) }],
    ['Q-59: then it is', aDemand(), there([dead(1)]), later(30), { do: 'begin', trigger: 'retry' }],
    ['Q-59, B-WF-63: the label tries it at once', aDemand({ isManual: true }), there([dead(1)]), NOW, { do: 'begin', trigger: 'manual' }],
  ];
  it.each(cases)('%s', (_rule, demand, observed, now, expected) => {
    expect(next(demand, observed, now)).toMatchObject(expected);
  });

  it('Q-59: later each time, at most an hour', () => {
    const delays = [1, 2, 3, 7, 8, 20].map(count => {
      const due = retryOfDeletion(Array.from({ length: count }, (_, index) => dead(index + 1)));
      return ((due?.getTime() ?? 0) - NOW.getTime()) / 1_000;
    });
    expect(delays).toEqual([30, 60, 120, 1_920, 3_600, 3_600]);
    expect(retryOfDeletion([dead(1), aRun(done, { action: 'delete', sequence: 2 })])).toBeUndefined();
  });

  it('a run from a pipeline starts there', () => {
    const carried: PipelineRecord[] = [{ name: 'one', phase: 'Succeeded', attempt: 1, work: { name: 'w', digest: 'd' } }];
    const run = aRun(undefined, { trigger: 'retry', sequence: 2 });
    const status = firstStatus(aDemand({ retryFrom: 'two' }), run, NOW, { carried });
    expect(status).toEqual({ phase: 'Pending', pipelines: [...carried, { name: 'two', phase: 'Pending', attempt: 0 }] });
    const step = next(aDemand(), there([{ ...run, status }]));
    expect(step).toMatchObject({ do: 'record', status: { phase: 'Running', pipelines: [{ phase: 'Succeeded' }, { phase: 'Running', attempt: 1 }] } } satisfies Partial<Step> | object);
  });

  it('B-RR-42: a resumed pipeline shows its retry until it ends', () => {
    const step = next(aDemand(), there([aRun(suspended({ nextRetryAt: '2026-11-22T12:10:00Z' }))]));
    expect(step).toMatchObject({ do: 'record', status: { phase: 'Running', pipelines: [{}, { phase: 'Running', attempt: 2, nextRetryAt: '2026-11-22T12:10:00Z' }] } });
  });
});

describe('isOutdated', () => {
  const since = '2026-01-01T00:00:10Z';
  const began = (sequence: number, startedAt?: string, bears?: string) =>
    ({ metadata: { name: `r${sequence}`, ...(bears && { annotations: { 'kratix-ts.dev/reconcile-requests-since': bears } }) }, spec: { sequence }, status: { phase: 'Running', pipelines: [], ...(startedAt && { startedAt }) } }) as unknown as WorkflowRunObject;

  it.each<[string, WorkflowRunObject[], string | undefined, boolean]>([
    ['nobody asked', [began(1, '2026-01-01T00:00:00Z')], undefined, false],
    ['it began before', [began(1, '2026-01-01T00:00:00Z')], since, true],
    ['it began in the same second and did not know', [began(1, since)], since, true],
    ['it began in the same second and knew', [began(1, since, since)], since, false],
    ['it began later', [began(1, '2026-01-01T00:00:11Z')], since, false],
    ['it has not begun', [began(1)], since, false],
    ['the newest counts', [began(2, '2026-01-01T00:00:11Z', since), began(1, '2026-01-01T00:00:00Z')], since, false],
    ['it knew of an earlier time only', [began(1, '2026-01-01T00:00:09Z', '2026-01-01T00:00:05Z')], since, true],
  ])('B-PR-34: %s', (_name, runs, time, expected) => expect(isOutdated(runs, time)).toBe(expected));
});
