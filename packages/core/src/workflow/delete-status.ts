import { findCondition, setConditions, type Condition, type WorkflowRunObject } from '../api';

/** Conditions of a delete workflow. Source: B-WF-63, B-WF-64. */
export function deleteConditions(status: Record<string, unknown>, run: WorkflowRunObject, now: Date): Condition[] {
  const before = (status.conditions ?? []) as Condition[];
  const make = (reason: string, message: string) => setConditions(before, [{ type: 'DeleteWorkflowCompleted', status: 'False', reason, message }], now);
  if (run.status?.phase === 'Failed') return make('DeleteWorkflowFailed', `The Delete Pipeline has failed: ${run.status.message ?? ''}`);
  if (run.status?.phase === 'Suspended') return make('DeleteWorkflowSuspended', 'The delete workflow is suspended');
  return findCondition(before, 'DeleteWorkflowCompleted') ? make('PipelinesInProgress', 'The delete workflow is still in progress') : before;
}
