import { findCondition, type WorkflowRunObject, type WorkObject, type WorkPlacementObject } from '../api';
import type { Informer, InformerEvent, KubeObject } from '../kube/types';
import { Metrics } from '../runtime';
import type { StoreMetrics } from '../statestore';
import { labels } from '../wire/names';

/** Seconds; from a container that only exits to a pipeline that builds a cluster. */
const RUN_SECONDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];
const PUSH_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90];
const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500];
const OVER = new Set(['Succeeded', 'Failed', 'Superseded', 'Suspended']);

/** The cached objects that are counted. */
interface Counted {
  runs: Informer<WorkflowRunObject>;
  works: Informer<WorkObject>;
  placements: Informer<WorkPlacementObject>;
  pods: Informer<KubeObject & { status?: { phase?: string } }>;
}

/**
 * What an engine does, in numbers: runs, pipelines, pods, placements and stores. Labels have few values: a Promise, a
 * pipeline, a Destination or a store, never a request. Source: B-OBS-2.
 */
export class EngineMetrics {
  private readonly runs;
  private readonly runTook;
  private readonly pipelineTook;
  private readonly writes;
  private readonly outcomes;
  private readonly queues = new Map<string, number>();
  private readonly batches;
  private readonly pushes;
  private readonly conflicts;
  private readonly repairs;

  constructor(readonly runtime: Metrics = new Metrics()) {
    this.runs = runtime.counter('kratix_workflow_runs_total', 'Runs of workflows that ended or were suspended, by outcome', ['promise', 'type', 'action', 'outcome']);
    this.runTook = runtime.histogram('kratix_workflow_run_duration_seconds', 'How long runs took', ['promise', 'type', 'action', 'outcome'], RUN_SECONDS);
    this.pipelineTook = runtime.histogram('kratix_pipeline_duration_seconds', 'How long pipelines took, their retries included', ['promise', 'pipeline', 'outcome'], RUN_SECONDS);
    this.writes = runtime.counter('kratix_workplacement_writes_total', 'Writes of placements to state stores', ['result', 'promise', 'destination', 'pipeline']);
    this.outcomes = runtime.counter('kratix_workplacement_outcomes_total', 'What scheduling came to, counted when it changes', ['result', 'promise', 'namespace', 'destination']);
    runtime.gauge('kratix_store_queue_length', 'Changes that wait or are on their way', ['store'], set => {
      for (const [store, length] of this.queues) set({ store }, length);
    });
    this.batches = runtime.histogram('kratix_store_batch_size', 'Changes of one batch', ['store'], BATCH_SIZES);
    this.pushes = runtime.histogram('kratix_store_push_duration_seconds', 'How long pushes took', ['store'], PUSH_SECONDS);
    this.conflicts = runtime.counter('kratix_store_conflicts_total', "Pushes that somebody else's came before", ['store']);
    this.repairs = runtime.counter('kratix_store_repairs_total', 'Files that somebody else had changed and that were put right', ['store']);
  }

  /** Counts what happens to the cached objects while `isActive` says that this process works. */
  collect(informers: Counted, isActive: () => boolean): void {
    const gauge = (name: string, help: string, label: string, list: () => string[]) =>
      this.runtime.gauge(name, help, [label], set => {
        for (const value of isActive() ? list() : []) set({ [label]: value }, 1);
      });
    gauge('kratix_workflow_runs', 'Recorded runs by phase', 'phase', () => informers.runs.list().map(run => run.status?.phase ?? 'Pending'));
    gauge('kratix_pipeline_pods', 'Pods of pipelines by phase', 'phase', () => informers.pods.list().map(pod => pod.status?.phase ?? 'Pending'));
    gauge('kratix_workplacements', 'Placements by whether their files are in the store', 'state', () => informers.placements.list().map(stateOf));
    const whenActive = <T extends KubeObject>(count: (event: InformerEvent<T>) => void) => (event: InformerEvent<T>) => {
      if (isActive() && !(event.type === 'added' && event.initial)) count(event);
    };
    informers.runs.onChange(whenActive(event => this.runChanged(event)));
    informers.works.onChange(whenActive(event => this.workChanged(event)));
    informers.placements.onChange(whenActive(event => this.placementChanged(event)));
  }

  /** Counts a write to a store. */
  placementWritten({ spec, metadata }: WorkPlacementObject, result: 'success' | 'failure'): void {
    this.writes.inc(withoutEmpty({ result, promise: spec?.promiseName, destination: spec?.targetDestinationName, pipeline: metadata.labels?.[labels.pipelineName] }));
  }

  /** Measures one store, named `Kind/name`. */
  store(store: string): StoreMetrics {
    return {
      queued: length => void this.queues.set(store, length),
      batch: changes => this.batches.observe({ store }, changes),
      pushed: seconds => this.pushes.observe({ store }, seconds),
      conflict: () => this.conflicts.inc({ store }),
      repaired: files => this.repairs.inc({ store }, files),
    };
  }

  private runChanged(event: InformerEvent<WorkflowRunObject>) {
    if (event.type === 'deleted') return;
    const { spec, status } = event.object;
    const before = event.type === 'modified' ? event.previous.status : undefined;
    for (const pipeline of status?.pipelines ?? []) {
      const ended = pipeline.finishedAt && pipeline.finishedAt !== before?.pipelines.find(each => each.name === pipeline.name)?.finishedAt;
      if (ended) this.pipelineTook.observe({ promise: spec.promiseName, pipeline: pipeline.name, outcome: pipeline.phase.toLowerCase() }, secondsBetween(pipeline));
    }
    if (!status || !OVER.has(status.phase) || status.phase === before?.phase) return;
    const run = { promise: spec.promiseName, type: spec.type, action: spec.action, outcome: status.phase.toLowerCase() };
    this.runs.inc(run);
    if (status.finishedAt) this.runTook.observe(run, secondsBetween(status));
  }

  private workChanged(event: InformerEvent<WorkObject>) {
    if (event.type === 'deleted') return;
    const isNews = isUnscheduled(event.object) && !(event.type === 'modified' && isUnscheduled(event.previous));
    if (isNews) this.outcomes.inc(withoutEmpty({ result: 'unscheduled', promise: event.object.spec?.promiseName, namespace: event.object.metadata.namespace }));
  }

  private placementChanged(event: InformerEvent<WorkPlacementObject>) {
    if (event.type === 'deleted') return;
    const { spec, metadata } = event.object;
    const of = { promise: spec?.promiseName, namespace: metadata.namespace, destination: spec?.targetDestinationName };
    if (event.type === 'added') this.outcomes.inc(withoutEmpty({ result: 'scheduled', ...of }));
    const isNews = isMisplaced(event.object) && !(event.type === 'modified' && isMisplaced(event.previous));
    if (isNews) this.outcomes.inc(withoutEmpty({ result: 'misplaced', ...of }));
  }
}

function secondsBetween({ startedAt, finishedAt }: { startedAt?: string; finishedAt?: string }): number {
  return startedAt && finishedAt ? Math.max(0, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000) : 0;
}

function isUnscheduled({ status }: WorkObject): boolean {
  return (status?.workPlacementsCreated ?? 0) < (status?.workPlacements ?? 0);
}

function isMisplaced({ metadata }: WorkPlacementObject): boolean {
  return metadata.labels?.[labels.misplaced] === 'true';
}

function stateOf({ status }: WorkPlacementObject): string {
  const ready = findCondition(status?.conditions, 'Ready')?.status;
  if (ready === 'True') return 'ready';
  return ready === 'False' ? 'failing' : 'pending';
}

function withoutEmpty<K extends string>(values: Record<K, string | undefined>): Partial<Record<K, string>> {
  const result: Partial<Record<K, string>> = {};
  for (const [name, value] of Object.entries(values) as [K, string | undefined][]) if (value) result[name] = value;
  return result;
}
