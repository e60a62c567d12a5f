import type { RunTrigger, WorkflowRunObject } from '../api';
import type { KubeObject } from '../kube/types';
import { annotations, labels } from '../wire/names';
import { isActiveRun, isWaiting } from './run-record';

/**
 * How soon a change of a request is looked at. `asked`: somebody made, edited or deletes it, or asked for a run, and waits.
 * `idle`: it waits for its turn to run again, which no haste brings closer. `usual`: everything else.
 */
export type Urgency = 'asked' | 'usual' | 'idle';

const ASKS = { labels: [labels.manualReconciliation, labels.runFromStart, labels.paused], annotations: [annotations.retryFrom] };

/** Whether somebody waits for the run; else a change of the Promise, or the clock, caused it, as of many others at once. */
export function isAskedFor(trigger: RunTrigger): boolean {
  return !['promise-updated', 'promise-upgraded', 'periodic'].includes(trigger);
}

/** See {@link Urgency}; from the request and its runs, whose order does not matter. */
export function urgencyOf({ metadata }: KubeObject, runs: readonly WorkflowRunObject[]): Urgency {
  if (metadata.deletionTimestamp) return 'asked';
  if (ASKS.labels.some(name => metadata.labels?.[name] !== undefined) || ASKS.annotations.some(name => metadata.annotations?.[name] !== undefined)) return 'asked';
  const latest = runs.reduce<WorkflowRunObject | undefined>((found, run) => (found && found.spec.sequence > run.spec.sequence ? found : run), undefined);
  if (!latest || latest.spec.target.generation < (metadata.generation ?? 1)) return 'asked';
  if (!isActiveRun(latest)) return 'usual';
  if (isAskedFor(latest.spec.trigger)) return 'asked';
  return isWaiting(latest) ? 'idle' : 'usual';
}
