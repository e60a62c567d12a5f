import type { WorkflowRunObject, WorkObject } from '../api';
import { labels } from '../wire/names';
import type { JobObject } from './kubernetes';
import { isOver } from './pod-outcome';

/** Runs that may go: all but the newest `keep`. */
export function obsoleteRuns(runs: WorkflowRunObject[], keep: number): WorkflowRunObject[] {
  const sorted = [...runs].sort((a, b) => b.spec.sequence - a.spec.sequence);
  return sorted.slice(keep);
}

/** Jobs that may go: for each pipeline all but the newest `keep`. Source: B-WF-50. */
export function obsoleteJobs(jobs: JobObject[], keep: number): JobObject[] {
  const perPipeline = new Map<string, JobObject[]>();
  for (const job of jobs) {
    const key = [job.metadata.labels?.[labels.workflowAction], job.metadata.labels?.[labels.pipelineName]].join('/');
    perPipeline.set(key, [...(perPipeline.get(key) ?? []), job]);
  }
  return [...perPipeline.values()].flatMap(list =>
    list.sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')).slice(keep).filter(isOver),
  );
}

/**
 * Works that a run which ended well leaves without a use: of pipelines that are gone, in another namespace, and, where one
 * pipeline has several, all but the one that its record names. Source: B-WF-50, Q-46.
 */
export function obsoleteWorks(works: WorkObject[], run: WorkflowRunObject, pipelines: readonly string[]): WorkObject[] {
  return works.filter(({ metadata }) => {
    const name = metadata.labels?.[labels.pipelineName] ?? '';
    const record = run.status?.pipelines.find(each => each.name === name);
    const isTwin = record?.work !== undefined && record.work.name !== metadata.name;
    return metadata.namespace !== run.metadata.namespace || !pipelines.includes(name) || isTwin;
  });
}

/** When the pods of a finished Job may go, `ttl` seconds after its end; undefined while it is under way. Source: B-WF-70. */
export function podsDue({ status }: JobObject, ttl: number): Date | undefined {
  const ended = status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
  const since = ended && Date.parse(status?.completionTime ?? ended.lastTransitionTime ?? '');
  return since === undefined || Number.isNaN(since) ? undefined : new Date(since + ttl * 1_000);
}
