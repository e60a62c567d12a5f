import type { Condition, RunStatus } from '../api';
import { deleteStatus } from './delete-status';
import { aRun } from './testing/runs';

const NOW = new Date('2026-11-22T12:00:00Z');
const before = {
  message: 'it works',
  workflows: 2,
  workflowsSucceeded: 2,
  conditions: [{ type: 'ConfigureWorkflowCompleted', status: 'False', reason: 'ConfigureWorkflowFailed', message: 'm' }],
  kratix: { workflows: { lastSuccessfulConfigureWorkflowTime: 't', pipelines: [{ name: 'configure-one', phase: 'Succeeded' }] } },
};
const of = (status: RunStatus, others: Partial<Parameters<typeof deleteStatus>[0]> = {}) => deleteStatus({ before, generation: 3, run: aRun(status, { action: 'delete' }), now: NOW, ...others });
const condition = (status: Record<string, unknown>, type: string) => (status.conditions as Condition[]).find(each => each.type === type);

describe('the status of a target that is being deleted', () => {
  it('B-WF-62: shows the delete pipeline; counters and conditions of the configure workflow stay', () => {
    const status = of({ phase: 'Running', pipelines: [{ name: 'archive', phase: 'Running', attempt: 1 }] });
    expect(status).toMatchObject({ message: 'it works', workflows: 2, workflowsSucceeded: 2, kratix: { workflows: { pipelines: [{ name: 'archive', phase: 'Running' }] } } });
    expect(condition(status, 'DeleteWorkflowCompleted')).toBeUndefined();
  });

  it('Q-44, B-POD-22: its end says nothing of the configure workflow', () => {
    const status = of({ phase: 'Succeeded', pipelines: [{ name: 'archive', phase: 'Succeeded', attempt: 1 }] }, { userStatus: { archived: 'yes', kratix: { a: 1 } } });
    expect(condition(status, 'ConfigureWorkflowCompleted')).toMatchObject({ status: 'False', reason: 'ConfigureWorkflowFailed' });
    expect(status).toMatchObject({ archived: 'yes', message: 'it works' });
    expect(status.kratix).not.toHaveProperty('a');
  });

  it('B-WF-63, Q-59, E78: a failure says why, when it is tried again, and how to go without', () => {
    const status = of({ phase: 'Failed', message: 'archive: exit 3', pipelines: [{ name: 'archive', phase: 'Failed', attempt: 1, message: 'exit 3' }] }, { retryAt: new Date('2026-11-22T12:00:30Z') });
    const { reason, message } = condition(status, 'DeleteWorkflowCompleted') ?? {};
    expect(reason).toBe('DeleteWorkflowFailed');
    expect(message).toBe(
      'The Delete Pipeline has failed: archive: exit 3; it is tried again at 2026-11-22T12:00:30.000Z, or at once with label kratix.io/manual-reconciliation=true; to delete without it, remove finalizer kratix.io/delete-workflows',
    );
  });

  it('B-WF-64: a suspension shows in both conditions', () => {
    const status = of({ phase: 'Suspended', pipelines: [{ name: 'archive', phase: 'Suspended', attempt: 1, message: 'wait' }] });
    expect(condition(status, 'DeleteWorkflowCompleted')).toMatchObject({ status: 'False', reason: 'DeleteWorkflowSuspended', message: 'The delete workflow is suspended' });
    expect(condition(status, 'Reconciled')).toMatchObject({ status: 'Unknown', reason: 'WorkflowSuspended', message: 'Suspended' });
    expect(status).toMatchObject({ kratix: { workflows: { suspendedGeneration: 3, pipelines: [{ name: 'archive', phase: 'Suspended', message: 'wait' }] } } });
  });
});
