import { failedContainer } from './phase-run';
import { isNewerFirst, kratixLabels, type JobSource, type PipelineRecordSource, type PodSource, type RunSource } from './stateObjects';
import { containersOf, isHelper, notable, podMessage, podRef } from './statePods';
import type { ContainerState, Run, Step } from './types';

function recordedContainers(record: PipelineRecordSource): ContainerState[] {
  return (record.containers ?? []).map(container => {
    const ended = container.exitCode !== undefined || container.finishedAt !== undefined;
    const failed = ended && container.exitCode !== 0;
    const running: ContainerState['phase'] = container.startedAt ? 'Running' : 'Waiting';
    const done: ContainerState['phase'] = failed ? 'Failed' : 'Succeeded';
    const phase = ended ? done : running;
    return { ...container, reason: notable(container.reason), helper: isHelper(container.name), phase };
  });
}

/** What ended the attempt before the one that is under way; a failed attempt says it by itself. */
function endOfAttemptBefore([current, before]: PodSource[]): ContainerState | undefined {
  if (!current || !before || failedContainer({ containers: containersOf(current) })) return undefined;
  return failedContainer({ containers: containersOf(before) });
}

/** Pods that a Job may have: one, and one more for each that may fail. */
export function attemptsOf(job: JobSource | undefined): number | undefined {
  const { backoffLimit } = job?.spec ?? {};
  return backoffLimit === undefined ? undefined : backoffLimit + 1;
}

function stepOf(record: PipelineRecordSource, pods: PodSource[], jobs: JobSource[]): Step {
  const [pod] = pods;
  const recorded = recordedContainers(record);
  // While a pipeline runs, its pod knows more; afterwards the record outlives the pod.
  const isLive = pod && (record.phase === 'Running' || recorded.length === 0);
  return {
    name: record.name,
    phase: record.phase,
    message: record.message ?? (isLive ? podMessage(pod) : undefined),
    // Each failed pod was an attempt too; old ones may be gone already.
    attempt: Math.max(record.attempt, pods.length),
    // Pods of a second Job are counted on from those of the first.
    attempts: record.attempt === 1 ? attemptsOf(jobs.find(({ metadata }) => metadata.name === record.job)) : undefined,
    before: record.phase === 'Running' ? endOfAttemptBefore(pods) : undefined,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    nextRetryAt: record.nextRetryAt,
    containers: isLive ? containersOf(pod) : recorded,
    pod: podRef(pod),
  };
}

function runOf(run: RunSource, pods: PodSource[], jobs: JobSource[]): Run {
  const { spec, status } = run;
  const own = pods.filter(pod => pod.metadata.labels?.[kratixLabels.run] === run.metadata.name);
  const podsOf = (pipeline: string) => own.filter(pod => pod.metadata.labels?.[kratixLabels.pipeline] === pipeline);
  const phase = status?.phase ?? 'Pending';
  return {
    id: run.metadata.name,
    action: spec.action,
    type: spec.type,
    trigger: spec.trigger,
    actor: spec.actor,
    phase: phase === 'Superseded' ? 'Skipped' : phase,
    message: status?.message,
    generation: spec.target.generation,
    startedAt: status?.startedAt,
    finishedAt: status?.finishedAt,
    steps: (status?.pipelines ?? []).map(record => stepOf(record, podsOf(record.name), jobs)),
  };
}

/** The runs that the engine recorded, newest first; what is running is completed from its pod. */
export function runsOfRecords(records: RunSource[], pods: PodSource[], jobs: JobSource[]): Run[] {
  const newestPods = [...pods].sort(isNewerFirst);
  return [...records]
    .sort((a, b) => isNewerFirst(a, b) || b.spec.sequence - a.spec.sequence)
    .map(record => runOf(record, newestPods, jobs));
}
