import { findCondition, type PromiseStatus } from '../api';
import { requirementEvents, type Requirements } from './requirements';
import { WARNED } from './status';

/** What to tell with a change of a Promise's status. */
export interface PromiseEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** Events tell what became different, never what still is so. Source: B-PR-40, B-PR-42, B-PR-43, B-PR-45. */
export function promiseEvents(before: PromiseStatus | undefined, after: PromiseStatus, requirements: Requirements, problems: readonly string[] = []): PromiseEvent[] {
  const turned = (type: string) => {
    const is = findCondition(after.conditions, type);
    return is && is.reason !== findCondition(before?.conditions, type)?.reason ? is : undefined;
  };
  const events: PromiseEvent[] = [...requirementEvents(before, requirements)];
  const available = turned('Available');
  if (available?.status === 'True') events.push({ type: 'Normal', reason: 'Available', message: 'Promise is available' });
  else if (problems.length && problems.join('; ') !== before?.message) events.push({ type: 'Warning', reason: 'Unavailable', message: problems.join('; ') });
  if (available?.reason === 'PausedReconciliation') {
    events.push({ type: 'Warning', reason: 'PausedReconciliation', message: "'kratix.io/paused' label set to 'true' for promise; pausing reconciliation" });
  }
  if (available?.reason === 'WorkflowSuspended') {
    events.push({ type: 'Warning', reason: 'WorkflowSuspended', message: "'kratix.io/workflow-suspended' label set to 'true' for promise; skipping reconciliation" });
  }
  const warned = findCondition(after.conditions, WARNED);
  if (warned && warned.message !== findCondition(before?.conditions, WARNED)?.message) events.push({ type: 'Warning', reason: warned.reason, message: warned.message });
  const completed = turned('ConfigureWorkflowCompleted');
  if (completed?.status === 'True') events.push({ type: 'Normal', reason: 'ConfigureWorkflowCompleted', message: 'All workflows completed' });
  const works = turned('WorksSucceeded');
  if (works && works.status !== 'Unknown') events.push({ type: works.status === 'True' ? 'Normal' : 'Warning', reason: works.reason, message: works.message });
  if (turned('Reconciled')?.status === 'True') events.push({ type: 'Normal', reason: 'ReconcileSucceeded', message: 'Promise reconciled' });
  return events;
}
