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

/** The status that a new record begins with: its first pipeline is named with its Job, so that one write starts the run. */
export function firstStatus(demand: Demand, run: WorkflowRunObject, now: Date): RunStatus {
  const pending: RunStatus = {
    phase: 'Pending',
    pipelines: demand.pipelines.map(pipeline => ({ name: pipeline.metadata.name, phase: 'Pending', attempt: 0 })),
  };
  // a manual run waits for its label to be taken away, so that a crash in between neither loses it nor runs it twice
  return run.spec.trigger === 'manual' ? pending : started(pending, 0, demand, run, now);
}

/** The status in which the pipeline at `index` runs once more, from a Job of a new name. */
export function started(status: RunStatus, index: number, demand: Demand, run: WorkflowRunObject, now: Date): RunStatus {
  const { name, attempt, work } = status.pipelines[index];
  const job = jobName(demand.promiseName, demand.resourceName, run.metadata.name, name, attempt + 1);
  const fresh: PipelineRecord = { name, phase: 'Running', attempt: attempt + 1, job, startedAt: stamp(now), ...(work && { work }) };
  const pipelines = status.pipelines.map((pipeline, at) => (at === index ? fresh : pipeline));
  return { phase: 'Running', startedAt: status.startedAt ?? stamp(now), pipelines };
}

/** The pipeline at `index` ended well; with the last one the run did. */
export function succeeded(status: RunStatus, index: number, work: PipelineRecord['work'], pod: PodObject | undefined, now: Date): RunStatus {
  const { work: _former, ...record } = status.pipelines[index];
  const ended: PipelineRecord = { ...record, phase: 'Succeeded', finishedAt: stamp(now), ...(pod && { containers: containerRecords(pod) }), ...(work && { work }) };
  const pipelines = status.pipelines.map((pipeline, at) => (at === index ? ended : pipeline));
  const isLast = index === pipelines.length - 1;
  return { ...status, phase: isLast ? 'Succeeded' : 'Running', ...(isLast && { finishedAt: stamp(now) }), pipelines };
}

/** The pipeline at `index` asked to be run again: when somebody says so, or at a time of its own. */
export function suspended(status: RunStatus, index: number, said: HelperMessage, pod: PodObject, now: Date): RunStatus {
  const delay = parseGoDuration(said.control?.retryAfter ?? '');
  const message = said.control?.message;
  const pipelines = withPipeline(status, index, {
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
