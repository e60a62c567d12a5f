import { findCondition, setConditions, type Condition, type ConditionChange, type WorkflowRunObject } from '../api';
import { finalizers, labels } from '../wire/names';
import { mergeUserStatus, mirroredPipelines, pipelineStatuses, suspendedSince } from './status';

type Status = Record<string, unknown>;

export interface DeleteStatusInput {
  before: Status;
  generation: number;
  run: WorkflowRunObject;
  /** What a pipeline that has just ended left in status.yaml. */
  userStatus?: Status;
  /** When a delete workflow that failed is tried again. */
  retryAt?: Date;
  now: Date;
}

/** The whole status of a target whose delete workflow got this far; what its configure workflow left stays. Source: B-WF-62 to B-WF-64, Q-44. */
export function deleteStatus({ before, generation, run, userStatus, retryAt, now }: DeleteStatusInput): Status {
  const merged = mergeUserStatus(before, userStatus, now);
  const conditions = deleteConditions(merged, run, now, retryAt);
  return {
    ...merged,
    ...(conditions.length && { conditions }),
    ...(run.status && {
      kratix: {
        ...(merged.kratix as Status | undefined),
        workflows: { ...suspendedSince(merged, run.status, generation), pipelines: pipelineStatuses(run.status, mirroredPipelines(merged), now) },
      },
    }),
  };
}

/** Conditions of a delete workflow. Source: B-WF-63, B-WF-64. */
export function deleteConditions(status: Status, run: WorkflowRunObject, now: Date, retryAt?: Date): Condition[] {
  const before = (status.conditions ?? []) as Condition[];
  const make = (reason: string, message: string, ...others: ConditionChange[]) => setConditions(before, [{ type: 'DeleteWorkflowCompleted', status: 'False', reason, message }, ...others], now);
  if (run.status?.phase === 'Failed') {
    const again = retryAt ? `; it is tried again at ${retryAt.toISOString()}, or at once with label ${labels.manualReconciliation}=true` : '';
    const way = `to delete without it, remove finalizer ${finalizers.request.deleteWorkflows}`;
    return make('DeleteWorkflowFailed', `The Delete Pipeline has failed: ${run.status.message ?? ''}${again}; ${way}`);
  }
  if (run.status?.phase === 'Suspended') {
    return make('DeleteWorkflowSuspended', 'The delete workflow is suspended', { type: 'Reconciled', status: 'Unknown', reason: 'WorkflowSuspended', message: 'Suspended' });
  }
  return findCondition(before, 'DeleteWorkflowCompleted') ? make('PipelinesInProgress', 'The delete workflow is still in progress') : before;
}
