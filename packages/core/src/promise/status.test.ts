import type { ConditionChange, PromiseObject, PromiseStatus, WorkflowRunObject, WorkObject } from '../api';
import { aPromise } from '../testing';
import { promiseEvents } from './events';
import type { Requirements } from './requirements';
import { isMarkedPaused, pausedStatus, promiseStatus, unpausedStatus, type PromiseStatusInput } from './status';

const now = new Date('2026-11-22T12:00:00Z');
const NOTHING: Requirements = { states: [], isFulfilled: true, unmet: [] };
const UNMET: Requirements = {
  states: [{ name: 'redis', state: 'Requirement not installed' }],
  isFulfilled: false,
  unmet: ['Promise "redis": Requirement not installed'],
  condition: { type: 'RequirementsFulfilled', status: 'False', reason: 'RequirementsNotInstalled', message: 'Requirements not fulfilled' },
};
const statusOf = (promise: PromiseObject, change: Partial<PromiseStatusInput> = {}) =>
  promiseStatus({ promise, problems: [], isServed: true, works: [], pipelines: 0, requirements: NOTHING, requiredBy: [], now, ...change });
const told = (status: PromiseStatus, type: string) => {
  const found = status.conditions?.find(each => each.type === type);
  return found ? `${found.status}/${found.reason}/${found.message}` : 'nothing';
};
const withStatus = (status: PromiseStatus, metadata: Partial<PromiseObject['metadata']> = {}) => aPromise({ status, metadata });
const aRun = (phase: 'Running' | 'Succeeded' | 'Failed' | 'Suspended', sequence = 1): WorkflowRunObject => ({
  apiVersion: 'x', kind: 'WorkflowRun', metadata: { name: 'r' },
  spec: { target: { apiVersion: 'x', kind: 'Promise', plural: 'promises', name: 'shop', uid: 'u', generation: 1 }, promiseName: 'shop', type: 'promise', action: 'configure', trigger: 'created', hash: 'h', sequence },
  status: { phase, pipelines: [{ name: 'setup', phase, attempt: 1 }] },
});
const aWork = (name: string, message: string): WorkObject => ({
  apiVersion: 'x', kind: 'Work', metadata: { name, generation: 1 },
  status: { conditions: [{ type: 'Ready', status: 'True', reason: 'R', message, observedGeneration: 1, lastTransitionTime: 'x' }] },
});

describe('promiseStatus', () => {
  it('B-PR-40: an API that is served makes the Promise Available, in both forms', () => {
    const status = statusOf(aPromise(), { api: { resource: { group: 'Shop.io', version: 'v1', kind: 'Cart', plural: 'carts', namespaced: true }, crd: { apiVersion: 'x', kind: 'x', metadata: { name: 'x' }, spec: {} } } });
    const both = { status: 'Available', lastAvailableTime: '2026-11-22T12:00:00Z', kind: 'Cart', apiVersion: 'shop.io/v1' };
    expect(status).toMatchObject({ ...both, kratix: both });
    expect(told(status, 'Available')).toBe('True/PromiseAvailable/Ready to fulfil resource requests');
  });
  it('B-PR-40: the time is that of the first moment, until it was Unavailable in between', () => {
    const first = statusOf(aPromise());
    const again = (status: PromiseStatus) => promiseStatus({ promise: withStatus(status), problems: [], isServed: true, works: [], pipelines: 0, requirements: NOTHING, requiredBy: [], now: new Date('2026-11-22T13:00:00Z') });
    expect(again(first).lastAvailableTime).toBe('2026-11-22T12:00:00Z');
    expect(again(statusOf(withStatus(first), { problems: ['x'] })).lastAvailableTime).toBe('2026-11-22T13:00:00Z');
  });
  it('B-PR-41: otherwise it says why it cannot be used', () => {
    expect(told(statusOf(aPromise(), { isServed: false }), 'Available')).toBe('False/PromiseUnavailable/Cannot fulfil resource requests: its API is not served yet');
    expect(told(statusOf(aPromise(), { pipelines: 1, run: aRun('Running') }), 'Available')).toBe('False/PromiseUnavailable/Cannot fulfil resource requests');
  });
  it.each<[string, WorkObject[], string, string]>([
    ['B-PR-42, B-PR-43: all files are there', [aWork('a', 'Ready')], 'True/WorksSucceeded/All works associated with this promise are ready', 'True/Reconciled/Reconciled'],
    ['B-PR-42, B-PR-43: one fails', [aWork('a', 'Failing'), aWork('b', 'Pending')], 'False/WorksFailing/Some works associated with this promise are not ready: [a]', 'False/WorksFailing/Failing'],
    ['B-PR-42, B-PR-43: one is pending', [aWork('a', 'Pending'), aWork('b', 'Misplaced')], 'Unknown/WorksPending/Some works associated with this promise are not ready: [a]', 'Unknown/WorksPending/Pending'],
    ['B-PR-42, B-PR-43: one is misplaced', [aWork('a', 'Misplaced'), aWork('b', 'Ready')], 'False/WorksMisplaced/Some works associated with this promise are misplaced: [a]', 'False/WorksFailing/Failing'],
  ])('%s', (_rule, works, succeeded, reconciled) => {
    const status = statusOf(aPromise(), { pipelines: 1, run: aRun('Succeeded'), works });
    expect([told(status, 'WorksSucceeded'), told(status, 'Reconciled')]).toEqual([succeeded, reconciled]);
  });
  it('Q-60: what pipelines say without effect stands in a condition, and is told once', () => {
    const entry = (name: string) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name }, spec: { containers: [{ name: 'one', image: 'a' }] } });
    const twice = aPromise({ spec: { workflows: { resource: { delete: [entry('a'), entry('b')] } } } });
    const status = statusOf(twice);
    const words = 'spec.workflows.resource.delete: only the first of its 2 pipelines, "a", runs; join them to one';
    expect(told(status, 'WorkflowsAccepted')).toBe(`True/AcceptedWithWarnings/${words}`);
    expect(promiseEvents(undefined, status, NOTHING)).toContainEqual({ type: 'Warning', reason: 'AcceptedWithWarnings', message: words });
    expect(promiseEvents(status, statusOf({ ...twice, status }), NOTHING)).toEqual([]);
    expect(told(statusOf({ ...aPromise(), status }), 'WorkflowsAccepted')).toBe('nothing');
  });
  it('B-PR-43: a workflow under way, or failed', () => {
    expect(told(statusOf(aPromise(), { pipelines: 1, run: aRun('Running') }), 'Reconciled')).toBe('Unknown/WorkflowPending/Pending');
    expect(told(statusOf(aPromise(), { pipelines: 1, run: aRun('Failed') }), 'Reconciled')).toBe('False/ConfigureWorkflowFailed/Failing');
  });
  it('B-PR-44, B-PR-26: counters and pipelines are those of the run', () => {
    expect(statusOf(aPromise(), { pipelines: 1, run: aRun('Succeeded') })).toMatchObject({ workflows: 1, workflowsSucceeded: 1, workflowsFailed: 0, kratix: { workflows: { pipelines: [{ name: 'setup', phase: 'Succeeded' }] } } });
    expect(statusOf(aPromise(), { pipelines: 1, run: aRun('Running') })).toMatchObject({ workflows: 1, workflowsSucceeded: 0 });
  });
  it('Q-20: stays Available while its workflow runs again, and when that fails', () => {
    const first = statusOf(aPromise(), { pipelines: 1, run: aRun('Succeeded') });
    for (const phase of ['Running', 'Failed'] as const) expect(statusOf(withStatus(first), { pipelines: 1, run: aRun(phase, 2) }).status).toBe('Available');
  });
  it('B-PR-29: while it is suspended, nothing is fulfilled', () => {
    const first = statusOf(aPromise(), { pipelines: 1, run: aRun('Succeeded') });
    const status = statusOf(withStatus(first), { pipelines: 1, run: aRun('Suspended', 2) });
    expect(status.status).toBe('Unavailable');
    expect([told(status, 'Available'), told(status, 'Reconciled')]).toEqual(['False/WorkflowSuspended/Suspended', 'Unknown/WorkflowSuspended/Suspended']);
    expect(promiseEvents(first, status, NOTHING).map(({ type, reason }) => `${type} ${reason}`)).toContain('Warning WorkflowSuspended');
  });
  it('B-PR-25, Q-22: without pipelines it is Reconciled, and nothing of an earlier workflow is told', () => {
    const before = statusOf(aPromise(), { pipelines: 1, run: aRun('Failed') });
    const status = statusOf(withStatus(before));
    expect(status).toMatchObject({ workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0, status: 'Available' });
    expect(status.kratix?.workflows).toBeUndefined();
    expect(status.conditions?.map(({ type, status: value }) => `${type}=${value}`).sort()).toEqual(['Available=True', 'Reconciled=True']);
  });
  it('B-PR-6, Q-50: the version follows the label, in both forms, and goes with it', () => {
    const labelled = (version: string, status?: PromiseStatus) => aPromise({ metadata: { labels: { 'kratix.io/promise-version': version } }, status });
    const first = statusOf(labelled('v1'));
    expect(first).toMatchObject({ version: 'v1', kratix: { version: 'v1' } });
    expect(statusOf(labelled('v2', { ...first, kratix: { ...first.kratix, version: 'v2' } }))).toMatchObject({ version: 'v2', kratix: { version: 'v2' } });
    const without = statusOf(withStatus(first));
    expect([without.version, without.kratix?.version]).toEqual([undefined, undefined]);
  });
  it('what is wrong stands where kubectl shows it, and goes when it is mended', () => {
    const wrong = statusOf(aPromise(), { problems: ['spec.api: no CRD'] });
    expect(wrong).toMatchObject({ status: 'Unavailable', message: 'spec.api: no CRD' });
    expect(told(wrong, 'Available')).toBe('False/PromiseUnavailable/Cannot fulfil resource requests: spec.api: no CRD');
    expect(told(wrong, 'Reconciled')).toBe('False/InvalidPromise/spec.api: no CRD');
    const mended = statusOf(withStatus(wrong));
    expect(mended).toMatchObject({ status: 'Available' });
    expect(mended).not.toHaveProperty('message');
  });
  it('B-PR-13: what is required and missing makes it Unavailable, and says what', () => {
    const status = statusOf(aPromise(), { requirements: UNMET });
    expect(status).toMatchObject({ status: 'Unavailable', requiredPromises: UNMET.states });
    expect(told(status, 'Available')).toBe('False/PromiseUnavailable/Cannot fulfil resource requests: Promise "redis": Requirement not installed');
    expect(told(status, 'Reconciled')).toBe('Unknown/RequirementsNotFulfilled/Pending');
    expect(told(status, 'RequirementsFulfilled')).toBe('False/RequirementsNotInstalled/Requirements not fulfilled');
  });
  it('B-PR-10: nothing required says nothing, and what was required goes', () => {
    const before = statusOf(aPromise(), { requirements: UNMET });
    const after = statusOf(withStatus(before));
    expect(after.requiredPromises).toBeUndefined();
    expect(told(after, 'RequirementsFulfilled')).toBe('nothing');
  });
  it('Q-49: is the same when written twice', () => {
    for (const change of [{ problems: ['x'] }, { requirements: UNMET }, { requiredBy: [{ promise: { name: 'a' } }] }, { pipelines: 1, run: aRun('Succeeded') }]) {
      const once = statusOf(aPromise(), change);
      expect(statusOf(withStatus(once), change)).toEqual(once);
    }
  });
});

describe('a paused Promise', () => {
  const available = statusOf(aPromise());
  const paused = pausedStatus(withStatus(available), undefined, now);
  it('B-PR-3: says so, and is Unavailable', () => {
    expect(paused).toMatchObject({ status: 'Unavailable', kratix: { status: 'Unavailable' } });
    expect([told(paused, 'Available'), told(paused, 'Reconciled')]).toEqual(['False/PausedReconciliation/Paused', 'Unknown/PausedReconciliation/Paused']);
  });
  it('B-PR-3: says what its deletion waits for', () => {
    const leaving = pausedStatus(withStatus(available, { deletionTimestamp: 'x' }), undefined, now);
    expect(told(leaving, 'Reconciled')).toBe('Unknown/PausedReconciliation/Paused: its deletion goes on once label kratix.io/paused is taken away');
  });
  it('B-PR-4: says that it goes on when the label is gone', () => {
    expect(isMarkedPaused(withStatus(paused))).toBe(true);
    const resumed = unpausedStatus(withStatus(paused), now);
    expect(told(resumed, 'Reconciled')).toBe('Unknown/Unpaused/Pending');
    expect(isMarkedPaused(withStatus(resumed))).toBe(false);
  });
  it('Q-21: without pipelines it is Available at once again', () => {
    const resumed = statusOf(withStatus(unpausedStatus(withStatus(paused), now)));
    expect(resumed.status).toBe('Available');
    expect(told(resumed, 'Reconciled')).toBe('True/Reconciled/Reconciled');
  });
});

describe('promiseEvents', () => {
  const reasons = (before: PromiseStatus | undefined, after: PromiseStatus, requirements = NOTHING, problems: string[] = []) =>
    promiseEvents(before, after, requirements, problems).map(({ type, reason }) => `${type} ${reason}`);
  const done = statusOf(aPromise(), { pipelines: 1, run: aRun('Succeeded'), works: [] });
  it('B-PR-40, B-PR-42, B-PR-43, B-PR-45: tell each change once', () => {
    expect(reasons(undefined, done)).toEqual(['Normal Available', 'Normal ConfigureWorkflowCompleted', 'Normal WorksSucceeded', 'Normal ReconcileSucceeded']);
    expect(reasons(done, done)).toEqual([]);
    const failing = statusOf(withStatus(done), { pipelines: 1, run: aRun('Succeeded'), works: [aWork('a', 'Failing')] });
    expect(reasons(done, failing)).toEqual(['Warning WorksFailing']);
  });
  it('B-PR-3, B-PR-13, B-PR-14: tell of a pause and of requirements', () => {
    expect(reasons(done, pausedStatus(withStatus(done), undefined, now))).toEqual(['Warning PausedReconciliation']);
    const lost = statusOf(withStatus(done), { pipelines: 1, run: aRun('Succeeded'), requirements: UNMET });
    expect(reasons(done, lost, UNMET)).toEqual(['Warning Unavailable', 'Normal RequirementsNotInstalled']);
    expect(reasons(lost, lost, UNMET)).toEqual([]);
    const condition: ConditionChange = { type: 'RequirementsFulfilled', status: 'True', reason: 'RequirementsInstalled', message: 'Requirements fulfilled' };
    const met: Requirements = { states: [{ name: 'redis', state: 'Requirement installed' }], isFulfilled: true, unmet: [], condition };
    expect(reasons(lost, statusOf(withStatus(lost), { pipelines: 1, run: aRun('Succeeded'), requirements: met }), met)).toEqual(['Normal RequirementsFulfilled', 'Normal Available', 'Normal ReconcileSucceeded']);
  });
  it('tell what is wrong', () => expect(reasons(done, statusOf(withStatus(done), { problems: ['x'] }), NOTHING, ['x'])).toEqual(['Warning Unavailable']));
});
