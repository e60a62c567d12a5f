import { requestEvents } from './request-events';

const RUN = { promise: 'shop', version: 'v1', revision: 'shop-12345' };
const having = (...conditions: [type: string, status: string, reason: string, message?: string][]) => ({ conditions: conditions.map(([type, status, reason, message = 'm']) => ({ type, status, reason, message })) });
const pending = having(['Reconciled', 'Unknown', 'WorkflowPending']);

describe('requestEvents', () => {
  it.each<[string, object, object, string[]]>([
    ['B-RR-6: a run begins', {}, pending, ['Normal ReconcileStarted: reconciling resource request with promise revision shop-12345']],
    ['nothing new', pending, pending, []],
    ['B-RR-41: it is suspended', pending, having(['Reconciled', 'Unknown', 'WorkflowSuspended']), ["Warning WorkflowSuspended: 'kratix.io/workflow-suspended' label set to 'true' for resource request; skipping reconciliation"]],
    ['B-RR-26: files are on their way', pending, having(['WorksSucceeded', 'Unknown', 'WorksPending'], ['Reconciled', 'Unknown', 'WorksPending']), []],
    ['B-RR-26: a Work fails', pending, having(['WorksSucceeded', 'False', 'WorksFailing', 'a failed']), ['Warning WorksFailing: a failed']],
    ['B-RR-26: a Work is misplaced', pending, having(['WorksSucceeded', 'False', 'WorksMisplaced', 'a is misplaced']), ['Warning WorksMisplaced: a is misplaced']],
    ['B-RR-27: all is there', pending, having(['WorksSucceeded', 'True', 'WorksSucceeded', 'all ready'], ['Reconciled', 'True', 'Reconciled']), ['Normal WorksSucceeded: all ready', 'Normal ReconcileSucceeded: Resource request reconciled with promise shop version v1']],
  ])('%s', (_rule, before, after, expected) => {
    expect(requestEvents({ ...before }, { ...after }, RUN).map(({ type, reason, message }) => `${type} ${reason}: ${message}`)).toEqual(expected);
  });
});
