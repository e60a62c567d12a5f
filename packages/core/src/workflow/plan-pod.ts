import { parseGoDuration, type Pipeline, type RunStatus, type WorkflowRunObject } from '../api';
import { digestOf } from '../wire/encoding';
import { annotations } from '../wire/names';
import type { JobObject, PodObject } from './kubernetes';
import { containerRecords, failureSentence, helperOutcome, runningContainer, stuckReason, type HelperMessage } from './pod-outcome';
import { failed, stamp, succeeded, suspended, withPipeline } from './run-record';
import type { FinishedPipeline, Observed, Step, WorkflowLimits } from './step';

/** A Work that the helper named must show up in the cache within this time. */
const WORK_PATIENCE = 60_000;

/** The run as its target's status shows it meanwhile; the record itself stays as it is until the pipeline has ended. */
export function inTrouble(run: WorkflowRunObject, status: RunStatus, index: number, message: string): WorkflowRunObject {
  return { ...run, status: { ...status, pipelines: withPipeline(status, index, { message }) } };
}

/** What a pipeline may still take before the engine gives it up. */
export function stepOfRunning(run: WorkflowRunObject, status: RunStatus, index: number, job: JobObject, pods: PodObject[], pipeline: Pipeline | undefined, limits: WorkflowLimits, now: Date): Step {
  const record = status.pipelines[index];
  const own = parseGoDuration(pipeline?.metadata.annotations?.[annotations.timeout] ?? '') ?? 0;
  const timeout = own > 0 ? own : limits.timeout;
  // what waited for its turn after it was recorded has its whole time yet
  const since = Math.max(Date.parse(record.startedAt ?? stamp(now)), Date.parse(job.metadata.creationTimestamp ?? '') || 0);
  const pod = pods.at(-1);
  const stuck = pod && stuckReason(pod);
  const limit = stuck ? Math.min(limits.startTimeout, timeout) : timeout;
  const due = since + limit;
  if (now.getTime() < due) {
    const early = stuck ? due : Math.min(due, since + Math.min(limits.startTimeout, timeout));
    const failure = failureSentence(pods.filter(each => each.status?.phase === 'Failed').at(-1));
    const trouble = stuck ?? (failure && `${failure}; it is tried again`);
    return { do: 'await', run: trouble ? inTrouble(run, status, index, trouble) : run, until: new Date(now.getTime() < early ? early : due) };
  }
  const container = pod && runningContainer(pod);
  const why = stuck ?? (container ? `container "${container}" did not end within ${limit / 1_000} s` : `did not end within ${limit / 1_000} s`);
  return { do: 'record', run, status: failed(status, index, why, pod, now) };
}

export function stepOfSuccess(run: WorkflowRunObject, status: RunStatus, index: number, pod: PodObject, observed: Observed, now: Date): Step {
  const said = helperOutcome(pod);
  if (!said) return { do: 'record', run, status: failed(status, index, 'the helper container ended without saying what it wrote', pod, now) };
  if (said.control?.retryAfter || said.control?.suspend) return { do: 'record', run, status: suspended(status, index, said, pod, now), finished: inline(status, index, said) };
  if (!said.work) return { do: 'record', run, status: succeeded(status, index, undefined, pod, now), finished: { name: status.pipelines[index].name, work: null, status: said.status } };
  const work = observed.work(run, said.work.name);
  if (work && !work.metadata.deletionTimestamp && digestOf(work.spec) === said.work.digest) {
    const finished = { name: status.pipelines[index].name, work, status: work.spec?.result?.status };
    return { do: 'record', run, status: succeeded(status, index, said.work, pod, now), finished };
  }
  // the node's clock may be behind ours
  const ended = Math.max(Date.parse(containerRecords(pod).at(-1)?.finishedAt ?? stamp(now)), Date.parse(status.pipelines[index].startedAt ?? stamp(now)));
  const until = ended + WORK_PATIENCE;
  if (now.getTime() < until) return { do: 'await', run, until: new Date(until) };
  const why = `Work "${said.work.name}" is not what the pipeline wrote: it was ${work ? 'changed' : 'removed'} in between; run the workflow again`;
  return { do: 'record', run, status: failed(status, index, why, pod, now) };
}

function inline(status: RunStatus, index: number, said: HelperMessage): FinishedPipeline | undefined {
  return said.status && { name: status.pipelines[index].name, work: null, status: said.status };
}
