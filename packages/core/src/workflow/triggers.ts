import type { PipelineRecord, RunTrigger, WorkflowRunObject } from '../api';
import { dueAt } from '../promise/interval';
import { annotations, labels } from '../wire/names';
import { isActiveRun, isWaiting } from './run-record';
import type { Demand, Observed, Step } from './step';
import { isAskedFor } from './urgency';

/** Between the beginnings of two runs that somebody asks for by label: who asks all the time gets one run in this time. */
const MANUAL_PAUSE = 10_000;
/** Before a delete pipeline that failed is tried again: the first time, doubled with each. */
const FIRST_RETRY = 30_000;
const LAST_RETRY = 60 * 60_000;

/** When a run that is asked for by label may begin, where it must wait for that. */
export function manualDue(latest: WorkflowRunObject, demand: Demand): number | undefined {
  const isAnswered = latest.spec.trigger === 'manual' && latest.spec.hash === demand.hash && ['Running', 'Succeeded'].includes(latest.status?.phase ?? '');
  return demand.isManual && isAnswered && latest.status?.startedAt ? Date.parse(latest.status.startedAt) + MANUAL_PAUSE : undefined;
}

/** Takes away what is on record, or what a run that comes anyway covers. */
export function stepOfAsking(latest: WorkflowRunObject, demand: Demand): Step | undefined {
  const isManual = demand.isManual || demand.isRestart;
  if (isManual && latest.spec.trigger === 'manual' && isWaiting(latest)) return { do: 'consume', run: latest, labels: [labels.manualReconciliation, labels.runFromStart, labels.workflowSuspended] };
  if (demand.retryFrom === undefined) return undefined;
  const isOnRecord = latest.spec.trigger === 'retry' && isWaiting(latest);
  const consume: Step = { do: 'consume', run: latest, labels: [labels.workflowSuspended], annotations: [annotations.retryFrom] };
  if (isOnRecord || isManual || latest.spec.hash !== demand.hash) return consume;
  if (demand.pipelines.some(({ metadata }) => metadata.name === demand.retryFrom)) return undefined;
  const names = demand.pipelines.map(({ metadata }) => metadata.name).join(', ');
  return { ...consume, labels: [], warning: `annotation ${annotations.retryFrom}: there is no pipeline "${demand.retryFrom}"; there are ${names}` };
}

/**
 * Whether the newest run began before the time from which on all are to have begun. Times have whole seconds; a run that
 * knew of that time bears it.
 */
export function isOutdated(runs: readonly WorkflowRunObject[], since: string | undefined): boolean {
  const newest = [...runs].sort((a, b) => b.spec.sequence - a.spec.sequence)[0];
  if (since === undefined || !newest?.status?.startedAt || newest.metadata.annotations?.[annotations.requestsSince] === since) return false;
  return Date.parse(newest.status.startedAt) <= Date.parse(since);
}

/** The pipelines that a run from the asked one leaves as they are: those before it, as far as they had succeeded. */
export function carriedPipelines(latest: WorkflowRunObject, { pipelines, retryFrom }: Demand): PipelineRecord[] {
  const wanted = pipelines.findIndex(({ metadata }) => metadata.name === retryFrom);
  const before = latest.status?.pipelines.slice(0, wanted) ?? [];
  const unfinished = before.findIndex((record, index) => record.phase !== 'Succeeded' || record.name !== pipelines[index]?.metadata.name);
  return unfinished === -1 ? before : before.slice(0, unfinished);
}

/** Why the run after this one begins, where its specs are others or it gave way. */
export function triggerOf({ spec, status }: WorkflowRunObject, demand: Demand, now: Date): RunTrigger {
  if (spec.hash !== demand.hash && demand.isUpgrade) return 'promise-upgraded';
  if (spec.target.generation !== demand.generation) return 'updated';
  if (spec.hash !== demand.hash) return 'promise-updated';
  return isOver(periodDue(status?.startedAt, demand), now) ? 'periodic' : spec.trigger;
}

/** Why a run of which nothing has begun runs, now that its target is of this generation: somebody who edits it waits for it. */
export function triggerAfterEdit({ trigger, target }: Pick<WorkflowRunObject['spec'], 'trigger' | 'target'>, generation: number): RunTrigger {
  return isAskedFor(trigger) || target.generation === generation ? trigger : 'updated';
}

/** When a workflow that ended at `since` runs again by itself. Source: B-PR-27, B-RR-14, Q-54. */
export function periodDue(since: string | undefined, { interval }: Demand): Date | undefined {
  return interval ? dueAt(since, interval) : undefined;
}

/** When a workflow that is over, one way or the other, is run again though nobody asks. */
export function repetitionDue(run: WorkflowRunObject, demand: Demand, { runs }: Observed): { trigger: RunTrigger; at: Date } | undefined {
  if (isActiveRun(run)) return undefined;
  const hasFailed = run.status?.phase === 'Failed';
  if (run.spec.action === 'delete') {
    const at = hasFailed ? retryOfDeletion(runs) : undefined;
    return at && { trigger: 'retry', at };
  }
  const at = hasFailed && !demand.repeatsFailed ? undefined : periodDue(run.status?.finishedAt, demand);
  return at && { trigger: 'periodic', at };
}

/** When a delete workflow that failed is tried again: later each time, at most an hour. Source: Q-59. */
export function retryOfDeletion(runs: WorkflowRunObject[]): Date | undefined {
  const sorted = [...runs].sort((a, b) => b.spec.sequence - a.spec.sequence);
  const others = sorted.findIndex(run => run.status?.phase !== 'Failed');
  const failures = others === -1 ? sorted.length : others;
  const since = Date.parse(sorted[0]?.status?.finishedAt ?? '');
  return failures === 0 || Number.isNaN(since) ? undefined : new Date(since + Math.min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY));
}

/** Whether a time has come. */
export function isOver(due: Date | undefined, now: Date): boolean {
  return due !== undefined && due.getTime() <= now.getTime();
}
