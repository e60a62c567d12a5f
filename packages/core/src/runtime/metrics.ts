import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type LabelValues } from '@prometheus-io/client';
import { describeCall } from '../kube/calls';
import type { CallRecord } from '../kube/types';
import type { Controller, ReconcileOutcome } from './controller';

/** Seconds; from a reconcile that reads the cache to one that waits for a push. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How client-side metrics of Kubernetes name the ways in which a reconcile ends. */
const RESULTS: Record<ReconcileOutcome['outcome'], string> = {
  done: 'success',
  requeued: 'requeue_after',
  conflict: 'requeue',
  failed: 'error',
  terminal: 'error',
};

/**
 * The metrics of a controller runtime in Prometheus' text format, under the names that dashboards for Kubernetes'
 * controllers ask for. One registry for each engine. Source: B-OBS-1.
 */
export class Metrics {
  readonly registry = new Registry();
  private readonly controllers = new Set<Controller>();
  private isLeader?: () => boolean;

  private readonly adds = this.counter('workqueue_adds_total', 'Keys that came into the queue', ['name', 'controller']);
  private readonly retries = this.counter('workqueue_retries_total', 'Keys that came again after a failure', ['name', 'controller']);
  private readonly waited = this.histogram('workqueue_queue_duration_seconds', 'How long keys waited for a worker', ['name', 'controller']);
  private readonly worked = this.histogram('workqueue_work_duration_seconds', 'How long workers had keys', ['name', 'controller']);
  private readonly reconciles = this.counter('controller_runtime_reconcile_total', 'Reconciles by how they ended', ['controller', 'result']);
  private readonly errors = this.counter('controller_runtime_reconcile_errors_total', 'Reconciles that failed', ['controller']);
  private readonly terminal = this.counter('controller_runtime_terminal_reconcile_errors_total', 'Reconciles that failed for good', ['controller']);
  private readonly took = this.histogram('controller_runtime_reconcile_time_seconds', 'How long reconciles took', ['controller']);
  private readonly calls = this.counter('rest_client_requests_total', 'Calls to the API server by the status of the answer', ['code', 'host', 'method']);
  private readonly callsByResource = this.counter('kratix_api_requests_total', 'Calls to the API server by verb and resource', ['verb', 'resource', 'code']);
  private readonly callTook = this.histogram('rest_client_request_duration_seconds', 'How long calls to the API server took, watches left out', ['host', 'verb']);

  constructor() {
    this.gauge('workqueue_depth', 'Keys that wait for a worker', ['name', 'controller'], set => {
      for (const [name, load] of this.loads()) set({ name, controller: name }, load.depth);
    });
    this.gauge('workqueue_unfinished_work_seconds', 'How long the reconciles under way have taken so far, added up', ['name', 'controller'], set => {
      for (const [name, load] of this.loads()) set({ name, controller: name }, load.unfinishedMs / 1_000);
    });
    this.gauge('workqueue_longest_running_processor_seconds', 'How long the longest reconcile under way has taken so far', ['name', 'controller'], set => {
      for (const [name, load] of this.loads()) set({ name, controller: name }, load.longestMs / 1_000);
    });
    this.gauge('controller_runtime_active_workers', 'Workers that have a key', ['controller'], set => {
      for (const [controller, load] of this.loads()) set({ controller }, load.active);
    });
    this.gauge('controller_runtime_max_concurrent_reconciles', 'Workers', ['controller'], set => {
      for (const [controller, load] of this.loads()) set({ controller }, load.workers);
    });
  }

  /** Adds the metrics of this process: memory, CPU, event loop, garbage collection. Once in a process. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Shows whether this process leads, under the Lease's name. */
  collectLead(name: string, isLeader: () => boolean): void {
    if (!this.isLeader) this.gauge('leader_election_master_status', '1 where this process leads', ['name'], set => set({ name }, this.isLeader?.() ? 1 : 0));
    this.isLeader = isLeader;
  }

  /** Measures a controller until {@link forget}. Two of one name count as one. */
  watch(controller: Controller): void {
    this.controllers.add(controller);
    const { name } = controller;
    const labels = { name, controller: name };
    this.adds.inc(labels, 0);
    for (const result of Object.values(RESULTS)) this.reconciles.inc({ controller: name, result }, 0);
    controller.observe({
      added: () => this.adds.inc(labels),
      taken: waitedMs => this.waited.observe(labels, waitedMs / 1_000),
      retried: () => this.retries.inc(labels),
      ended: ({ outcome, ms }) => {
        this.reconciles.inc({ controller: name, result: RESULTS[outcome] });
        if (RESULTS[outcome] === 'error') this.errors.inc({ controller: name });
        if (outcome === 'terminal') this.terminal.inc({ controller: name });
        this.took.observe({ controller: name }, ms / 1_000);
        this.worked.observe(labels, ms / 1_000);
      },
    });
  }

  forget(controller: Controller): void {
    this.controllers.delete(controller);
  }

  /** Counts a client's calls: `connect({ onCall: metrics.callsTo(host) })`; the host alone, without credentials or path. */
  callsTo(host: string): (call: CallRecord) => void {
    return call => {
      const { verb, resource } = describeCall(call);
      const code = call.code === 0 ? '<error>' : String(call.code);
      this.calls.inc({ code, host, method: call.method });
      this.callsByResource.inc({ verb, resource: resource.startsWith('/') ? 'other' : resource, code });
      if (!call.isWatch) this.callTook.observe({ host, verb: call.method }, call.ms / 1_000);
    };
  }

  counter<T extends string>(name: string, help: string, labelNames: T[]): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<T extends string>(name: string, help: string, labelNames: T[], buckets = SECONDS): Histogram<T> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  /** A gauge whose values are asked for with each scrape. */
  gauge<T extends string>(name: string, help: string, labelNames: T[], read: (set: (labels: LabelValues<T>, value: number) => void) => void): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        read((labels, value) => this.inc(labels, value));
      },
    });
    this.registry.registerMetric(gauge);
  }

  private loads() {
    return [...this.controllers].map(controller => [controller.name, controller.load] as const);
  }
}
