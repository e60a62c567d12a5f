import type { RunStatus, RunTrigger, WorkflowRunObject } from '../api';
import { annotations, labels } from '../wire/names';
import { triggerAfterEdit } from './triggers';
import { isAskedFor, urgencyOf, type Urgency } from './urgency';

const aRequest = (change: Record<string, unknown> = {}) => ({ apiVersion: 'test/v1', kind: 'Thing', metadata: { name: 'one', generation: 2, ...change } });
const aRun = (trigger: RunTrigger, phase: RunStatus['phase'], { generation = 2, sequence = 2 } = {}) =>
  ({ spec: { trigger, sequence, target: { generation } }, status: { phase, pipelines: [], ...(phase !== 'Pending' && { startedAt: '2026-11-23T00:00:00Z' }) } }) as unknown as WorkflowRunObject;

describe('urgencyOf', () => {
  it.each<[string, ReturnType<typeof aRequest>, WorkflowRunObject[], Urgency]>([
    ['one that is new', aRequest(), [], 'asked'],
    ['one whose first run is under way', aRequest(), [aRun('created', 'Running')], 'asked'],
    ['one that was edited', aRequest({ generation: 3 }), [aRun('created', 'Succeeded')], 'asked'],
    ['one that was edited while an update waits', aRequest({ generation: 3 }), [aRun('promise-updated', 'Pending')], 'asked'],
    ['one that runs for an edit', aRequest(), [aRun('updated', 'Running'), aRun('created', 'Succeeded', { sequence: 1 })], 'asked'],
    ['one that is being deleted', aRequest({ deletionTimestamp: '2026-11-23T00:00:00Z' }), [aRun('promise-updated', 'Pending')], 'asked'],
    ['one that somebody has run again', aRequest({ labels: { [labels.manualReconciliation]: 'true' } }), [aRun('created', 'Succeeded')], 'asked'],
    ['one that somebody has run again from a pipeline', aRequest({ annotations: { [annotations.retryFrom]: 'two' } }), [aRun('promise-updated', 'Failed')], 'asked'],
    ['one that is settled', aRequest(), [aRun('created', 'Succeeded')], 'usual'],
    ['one that runs for an update of its Promise', aRequest(), [aRun('created', 'Succeeded', { sequence: 1 }), aRun('promise-updated', 'Running')], 'usual'],
    ['one that waits to run for an update', aRequest(), [aRun('promise-updated', 'Pending'), aRun('created', 'Succeeded', { sequence: 1 })], 'idle'],
    ['one that waits to run for an upgrade', aRequest(), [aRun('promise-upgraded', 'Pending')], 'idle'],
    ['one that waits to run because it is time', aRequest(), [aRun('periodic', 'Pending')], 'idle'],
  ])('Q-7: %s is looked at as is due', (_what, request, runs, expected) => {
    expect(urgencyOf(request, runs)).toBe(expected);
  });

  it.each<[RunTrigger, number, RunTrigger]>([
    ['promise-updated', 3, 'updated'],
    ['periodic', 3, 'updated'],
    ['promise-updated', 2, 'promise-updated'],
    ['created', 3, 'created'],
    ['manual', 3, 'manual'],
  ])('Q-7: a run that waits because of %s is, at generation %s, one because of %s', (trigger, generation, expected) => {
    const { spec } = aRun(trigger, 'Pending');
    expect(triggerAfterEdit(spec, generation)).toBe(expected);
    expect(isAskedFor(expected)).toBe(isAskedFor(trigger) || generation > 2);
  });
});
