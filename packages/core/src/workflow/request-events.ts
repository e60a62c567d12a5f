import { findCondition, type Condition } from '../api';
import { labels } from '../wire/names';

type Status = Record<string, unknown>;

/** What to tell with a change of a request's status. */
export interface RequestEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What the request runs with. */
export interface RunsWith {
  promise: string;
  version: string;
  revision: string;
}

/** Events tell what became different, never what still is so. Source: B-RR-6, B-RR-41, kratix-behaviour.md §3.11. */
export function requestEvents(before: Status, after: Status, { promise, version, revision }: RunsWith): RequestEvent[] {
  const turned = (type: string) => {
    const is = findCondition(after.conditions as Condition[] | undefined, type);
    const was = findCondition(before.conditions as Condition[] | undefined, type);
    return is && (is.reason !== was?.reason || is.status !== was.status) ? is : undefined;
  };
  const events: RequestEvent[] = [];
  const reconciled = turned('Reconciled');
  if (reconciled?.reason === 'WorkflowPending') events.push({ type: 'Normal', reason: 'ReconcileStarted', message: `reconciling resource request with promise revision ${revision}` });
  if (reconciled?.reason === 'WorkflowSuspended') {
    events.push({ type: 'Warning', reason: 'WorkflowSuspended', message: `'${labels.workflowSuspended}' label set to 'true' for resource request; skipping reconciliation` });
  }
  const works = turned('WorksSucceeded');
  if (works && works.status !== 'Unknown') events.push({ type: works.status === 'True' ? 'Normal' : 'Warning', reason: works.reason, message: works.message });
  if (reconciled?.status === 'True') events.push({ type: 'Normal', reason: 'ReconcileSucceeded', message: `Resource request reconciled with promise ${promise} version ${version}` });
  return events;
}
