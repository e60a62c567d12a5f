import { parseGoDuration, type PipelineRecord, type RunStatus, type WorkflowRunObject } from '../api';
import { jobName, labels } from '../wire/names';
import type { JobObject, PodObject } from './kubernetes';
import { containerRecords, type HelperMessage } from './pod-outcome';
import type { Demand } from './step';

/** What a pipeline asks for by `retryAfter` is at most this. */
const MAX_DELAY = 10 * 365 * 24 * 3_600_000;

/** A time as Kubernetes writes it, in UTC and whole seconds. */
export const stamp = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');

/** The run that a Job or pod of ours belongs to. */
export const runOf = (object: JobObject | PodObject) => object.metadata.labels?.[labels.run];

/** Whether the run has still something to do. */
export function isActiveRun(run: WorkflowRunObject): boolean {
  return !['Succeeded', 'Failed', 'Superseded'].includes(run.status?.phase ?? 'Pending');
}

/**
 * The status that a new record begins with: its first pipeline is named with its Job, so that one write starts the run.
 * A run that somebody asked for waits until the asking is taken away, so that a crash in between neither loses it nor runs
 * it twice. Source: Q-18.
 */
export function firstStatus(demand: Demand, run: WorkflowRunObject, now: Date, { carried = [], hasTurn = true }: { carried?: PipelineRecord[]; hasTurn?: boolean } = {}): RunStatus {
  const fresh = demand.pipelines.slice(carried.length).map((pipeline): PipelineRecord => ({ name: pipeline.metadata.name, phase: 'Pending', attempt: 0 }));
  const pending: RunStatus = { phase: 'Pending', pipelines: [...carried, ...fresh] };
  const isAsked = run.spec.trigger === 'manual' || carried.length > 0 || demand.retryFrom !== undefined;
  return isAsked || !hasTurn ? pending : started(pending, 0, demand, run, now);
}

/** Whether nothing of the run has begun. */
export function isWaiting(run: WorkflowRunObject): boolean {
  return (run.status?.phase ?? 'Pending') === 'Pending' && !run.status?.startedAt;
}

/** The status in which the pipeline at `index` runs once more, from a Job of a new name. */
export function started(status: RunStatus, index: number, demand: Demand, run: WorkflowRunObject, now: Date): RunStatus {
  const { name, attempt, work, nextRetryAt } = status.pipelines[index];
  const job = jobName(demand.promiseName, demand.resourceName, run.metadata.name, name, attempt + 1);
  const fresh: PipelineRecord = { name, phase: 'Running', attempt: attempt + 1, job, startedAt: stamp(now), ...(nextRetryAt && { nextRetryAt }), ...(work && { work }) };
  const pipelines = status.pipelines.map((pipeline, at) => (at === index ? fresh : pipeline));
  return { phase: 'Running', startedAt: status.startedAt ?? stamp(now), pipelines };
}

/** The pipeline at `index` ended well; with the last one the run did. */
export function succeeded(status: RunStatus, index: number, work: PipelineRecord['work'], pod: PodObject | undefined, now: Date): RunStatus {
  const { work: _work, nextRetryAt: _retry, ...record } = status.pipelines[index];
  const ended: PipelineRecord = { ...record, phase: 'Succeeded', finishedAt: stamp(now), ...(pod && { containers: containerRecords(pod) }), ...(work && { work }) };
  const pipelines = status.pipelines.map((pipeline, at) => (at === index ? ended : pipeline));
  const isLast = index === pipelines.length - 1;
  return { ...status, phase: isLast ? 'Succeeded' : 'Running', ...(isLast && { finishedAt: stamp(now) }), pipelines };
}

/** The pipeline at `index` asked to be run again: when somebody says so, or at a time of its own. */
export function suspended(status: RunStatus, index: number, said: HelperMessage, pod: PodObject, now: Date): RunStatus {
  const delay = parseGoDuration(said.control?.retryAfter ?? '');
  const message = said.control?.message;
  const { nextRetryAt: _former, ...record } = status.pipelines[index];
  const pipelines = withPipeline({ ...status, pipelines: status.pipelines.map((each, at) => (at === index ? record : each)) }, index, {
    phase: 'Suspended',
    finishedAt: stamp(now),
    containers: containerRecords(pod),
    ...(message && { message }),
    ...(delay !== undefined && { nextRetryAt: stamp(new Date(now.getTime() + Math.min(Math.max(delay, 1_000), MAX_DELAY))) }),
  });
  return { ...status, phase: 'Suspended', ...(message && { message }), pipelines };
}

/** The pipeline at `index` failed, and the run with it. */
export function failed(status: RunStatus, index: number, why: string, pod: PodObject | undefined, now: Date): RunStatus {
  const change = { phase: 'Failed' as const, finishedAt: stamp(now), message: why, ...(pod && { containers: containerRecords(pod) }) };
  const pipelines = withPipeline(status, index, change).map((pipeline, at) => (at > index ? { ...pipeline, phase: 'Skipped' as const } : pipeline));
  return { ...status, phase: 'Failed', message: `${status.pipelines[index].name}: ${why}`, finishedAt: stamp(now), pipelines };
}

/** The record of a run that gives way. */
export function supersede(status: RunStatus, now: Date): RunStatus {
  const pipelines = status.pipelines.map(pipeline => (pipeline.phase === 'Succeeded' ? pipeline : { ...pipeline, phase: 'Skipped' as const }));
  return { ...status, phase: 'Superseded', message: 'A newer run took its place', finishedAt: stamp(now), pipelines };
}

/** The record with one pipeline changed; the parts that every change shares stand here. */
export function withPipeline(status: RunStatus, index: number, change: Partial<PipelineRecord>): PipelineRecord[] {
  return status.pipelines.map((pipeline, at) => (at === index ? { ...pipeline, ...change } : pipeline));
}
