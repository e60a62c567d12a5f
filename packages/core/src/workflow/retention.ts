import type { WorkflowRunObject } from '../api';
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
