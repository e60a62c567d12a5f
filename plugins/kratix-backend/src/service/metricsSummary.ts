import type { MetricsSummary, Phase, PipelineMetrics, PipelineRecordSource, PromiseMetrics, RunSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { countPhases } from './requestPage';

/** A request that the caller may see. */
export interface CountedRequest {
  facts: { cluster: string; promise: string; namespace: string; name: string };
  phase: Phase;
}

/** The runs of one cluster. */
export interface ClusterRuns {
  cluster: string;
  runs: RunSource[];
}

interface Tally {
  succeeded: number;
  failed: number;
  /** Seconds of those that succeeded. */
  durations: number[];
}

const time = (value: string | undefined) => (value ? Date.parse(value) : Number.NaN);
const keyOf = (cluster: string, promise: string, namespace: string, name: string) => [cluster, promise, namespace, name].join('/');

/** The value that so much of all is not above, by the nearest rank; undefined of nothing. */
function quantile(sorted: number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function endedSince({ phase, finishedAt }: { phase?: string; finishedAt?: string }, since: number): boolean {
  return (phase === 'Succeeded' || phase === 'Failed') && time(finishedAt) >= since;
}

function tally(into: Map<string, Tally>, name: string, { phase, startedAt, finishedAt }: PipelineRecordSource): void {
  const known = into.get(name) ?? { succeeded: 0, failed: 0, durations: [] };
  into.set(name, known);
  known[phase === 'Succeeded' ? 'succeeded' : 'failed'] += 1;
  const seconds = (time(finishedAt) - time(startedAt)) / 1_000;
  if (phase === 'Succeeded' && seconds >= 0) known.durations.push(seconds);
}

function pipelineMetrics([key, { succeeded, failed, durations }]: [string, Tally]): PipelineMetrics {
  const sorted = durations.sort((a, b) => a - b);
  const [action, name] = key.split('/');
  return { action: action === 'delete' ? 'delete' : 'configure', name, succeeded, failed, medianSeconds: quantile(sorted, 0.5), p95Seconds: quantile(sorted, 0.95) };
}

function promiseMetrics(requests: CountedRequest[], runs: RunSource[], since: number): PromiseMetrics {
  const [{ facts }] = requests;
  const ended = runs.filter(({ status }) => status && endedSince(status, since));
  const pipelines = new Map<string, Tally>();
  for (const { spec, status } of runs) {
    for (const record of status?.pipelines ?? []) if (endedSince(record, since)) tally(pipelines, `${spec.action}/${record.name}`, record);
  }
  const failed = ended.filter(({ status }) => status?.phase === 'Failed').length;
  return {
    cluster: facts.cluster,
    promise: facts.promise,
    requests: requests.length,
    counts: countPhases(requests),
    runs: { succeeded: ended.length - failed, failed },
    pipelines: [...pipelines].map(pipelineMetrics).sort((a, b) => a.action.localeCompare(b.action) || a.name.localeCompare(b.name)),
  };
}

/** Counts requests, and the runs of theirs that ended from `since` on; runs of anything else are left out. */
export function metricsSummary(requests: readonly CountedRequest[], clusters: ClusterRuns[], since: Date): MetricsSummary {
  const promises = new Map<string, { requests: CountedRequest[]; runs: RunSource[] }>();
  const byRequest = new Map<string, RunSource[]>();
  for (const request of requests) {
    const { cluster, promise, namespace, name } = request.facts;
    const id = `${cluster}/${promise}`;
    const own = promises.get(id) ?? { requests: [], runs: [] };
    promises.set(id, own);
    own.requests.push(request);
    byRequest.set(keyOf(cluster, promise, namespace, name), own.runs);
  }
  for (const { cluster, runs } of clusters) {
    for (const run of runs) {
      const { type, promiseName, target } = run.spec;
      if (type === 'resource') byRequest.get(keyOf(cluster, promiseName, target.namespace ?? '', target.name))?.push(run);
    }
  }
  return {
    since: since.toISOString(),
    promises: [...promises.values()]
      .map(own => promiseMetrics(own.requests, own.runs, since.getTime()))
      .sort((a, b) => a.cluster.localeCompare(b.cluster) || a.promise.localeCompare(b.promise)),
  };
}
