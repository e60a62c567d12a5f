import { ApiError } from '../kube/errors';
import { resourceName } from '../kube/gvk';
import type { Informer, InformerEvent, Key, KubeObject } from '../kube/types';
import { Clock, systemClock } from './clock';
import type { Logger, LogLevel } from './logger';
import { TerminalError } from './terminal-error';
import type { RunningSpan, SpanNote } from './tracing';
import { LOW_PRIORITY, WorkQueue, type QueueObserver } from './work-queue';

export interface ReconcileContext {
  /** Aborts when the reconcile has taken too long, or when the controller must end now. */
  signal: AbortSignal;
  /** Names controller and key in every line. */
  log: Logger;
  now(): Date;
  /** 1, or more after failures in a row. */
  attempt: number;
}

export interface Result {
  /** Looks again after this time, in milliseconds, unless something happens before. */
  requeueAfterMs?: number;
}

/** Brings what is there closer to what is wanted, for one key. Called again whenever that may have changed. */
export type Reconcile = (key: Key, ctx: ReconcileContext) => Promise<Result | void>;

/** How one reconcile ended; for metrics and tests. */
export interface ReconcileOutcome {
  controller: string;
  key: Key;
  outcome: 'done' | 'requeued' | 'conflict' | 'failed' | 'terminal';
  ms: number;
}

/** Told what happens in a controller; for metrics. */
export interface ControllerObserver extends QueueObserver {
  ended(outcome: ReconcileOutcome): void;
}

/** How busy a controller is now; times in milliseconds. */
export interface ControllerLoad {
  /** Keys that wait for a worker. */
  depth: number;
  /** Keys with workers. */
  active: number;
  /** Keys that wait for a time. */
  delayed: number;
  /** How long the first in line has waited. */
  oldestAgeMs: number;
  /** How long the reconciles under way have taken so far, added up. */
  unfinishedMs: number;
  /** How long the longest of them has taken so far. */
  longestMs: number;
  workers: number;
}

export interface ControllerOptions {
  /** Stands in logs and metrics: the kind, in lower case. */
  name: string;
  reconcile: Reconcile;
  log: Logger;
  /** How many keys are reconciled at once. Default 8. */
  workers?: number;
  clock?: Clock;
  /** The first failure of a key is tried again after this time, in milliseconds. Default 5. */
  firstRetryMs?: number;
  /** Failures are tried again after at most this time, in milliseconds. Default 5 minutes. */
  maxRetryMs?: number;
  /** A reconcile that takes longer has its signal aborted, in milliseconds. Default 2 minutes. */
  timeoutMs?: number;
  onOutcome?: (outcome: ReconcileOutcome) => void;
  /** How urgent a change is that concerns the key; what is there at the start is not asked for. Default 0 for all. */
  priorityOf?: (key: Key) => number;
  /** What more a log line says of a key, such as the Promise that it belongs to. */
  fieldsOf?: (key: Key) => Record<string, unknown>;
}

const DEFAULT_WORKERS = 8;
/** Conflicts are tried again after at most this time, in milliseconds: what is wrong is the copy, not the wish. */
const MAX_CONFLICT_RETRY_MS = 1_000;

/**
 * Reconciles keys: at most one reconcile per key at a time, again after each change of what it watches, and again after
 * a failure with a growing delay. What a reconcile throws never leaves the controller.
 */
export class Controller {
  readonly name: string;
  private readonly queue: WorkQueue;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly watched: Informer<KubeObject>[] = [];
  private readonly unsubscribe: (() => void)[] = [];
  private readonly abort = new AbortController();
  private readonly startedAt = new Map<Key, number>();
  private observer?: ControllerObserver;
  private spanOf?: (key: Key) => RunningSpan | undefined;
  private workers: Promise<void>[] = [];

  constructor(private readonly options: ControllerOptions) {
    this.name = options.name;
    this.clock = options.clock ?? systemClock;
    this.log = options.log.child({ controller: options.name });
    this.queue = new WorkQueue({ clock: this.clock, firstRetryMs: options.firstRetryMs, maxRetryMs: options.maxRetryMs });
  }

  /**
   * Enqueues the keys that `map` names for each change of the informer's objects, with the priority that the controller's
   * options say; what is there at the start comes with a low one. What `map` throws is logged.
   */
  watches<T extends KubeObject>(informer: Informer<T>, map: (event: InformerEvent<T>) => Key[] | void): this {
    this.watched.push(informer as Informer<KubeObject>);
    const stop = informer.onChange(event => {
      const isInitial = event.type === 'added' && event.initial;
      for (const key of this.keysOf(informer, () => map(event))) this.queue.add(key, isInitial ? LOW_PRIORITY : this.priorityOf(key));
    });
    this.unsubscribe.push(stop);
    return this;
  }

  /** Tells one observer from now on. */
  observe(observer: ControllerObserver) {
    this.observer = observer;
    this.queue.observer = observer;
  }

  /** Makes a span of each reconcile that `noteOf` names. */
  trace(tracing: { begin(note: SpanNote): RunningSpan | undefined; readonly isOn: boolean }, noteOf: (key: Key, fields: Record<string, unknown>) => SpanNote | undefined) {
    this.spanOf = key => {
      const note = tracing.isOn ? noteOf(key, this.options.fieldsOf?.(key) ?? {}) : undefined;
      return note && tracing.begin(note);
    };
  }

  /** Asks for a reconcile, now or later. */
  enqueue(key: Key, options: { afterMs?: number; priority?: number } = {}) {
    this.queue.addAfter(key, options.afterMs ?? 0, options.priority);
  }

  /** Settles when everything watched has its first complete list. */
  async whenSynced(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.watched.map(informer => informer.whenSynced(signal)));
  }

  /** Begins to work; before, keys only gather. */
  start() {
    if (this.workers.length || this.abort.signal.aborted) return;
    this.workers = Array.from({ length: this.options.workers ?? DEFAULT_WORKERS }, () => this.work());
  }

  /**
   * Takes no more keys and waits for the reconciles under way; after `graceMs` their signals abort, and they are given as
   * long again before they are left alone.
   */
  async stop(graceMs = 25_000): Promise<void> {
    for (const stop of this.unsubscribe.splice(0)) stop();
    this.queue.shutDown();
    const ended = Promise.all(this.workers);
    if (!(await this.settles(ended, graceMs))) {
      this.abort.abort(new Error(`controller ${this.name} is stopping`));
      if (!(await this.settles(ended, Math.min(graceMs, 5000)))) {
        this.log.error({}, 'a reconcile did not end when asked to; it is left alone');
      }
    }
    this.abort.abort();
  }

  /** Whether nothing waits or is under way; keys that wait for a time do not count. */
  get isIdle(): boolean {
    return this.queue.depth === 0 && this.queue.active === 0;
  }

  get load(): ControllerLoad {
    const { depth, active, delayed, oldestAgeMs } = this.queue;
    const now = performance.now();
    const ages = [...this.startedAt.values()].map(startedAt => now - startedAt);
    const unfinishedMs = ages.reduce((sum, age) => sum + age, 0);
    return { depth, active, delayed, oldestAgeMs, unfinishedMs, longestMs: Math.max(0, ...ages), workers: this.options.workers ?? DEFAULT_WORKERS };
  }

  private settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
    return new Promise(resolve => {
      const cancel = this.clock.setTimeout(() => resolve(false), ms);
      promise.finally(() => {
        cancel();
        resolve(true);
      });
    });
  }

  private keysOf<T extends KubeObject>(informer: Informer<T>, map: () => Key[] | void): Key[] {
    try {
      return map() ?? [];
    } catch (error) {
      this.log.error({ err: error, resource: resourceName(informer.type) }, 'a change could not be mapped to keys');
      return [];
    }
  }

  private priorityOf(key: Key): number {
    return this.options.priorityOf?.(key) ?? 0;
  }

  private async work() {
    for (;;) {
      const key = await this.queue.get();
      if (key === undefined) return;
      try {
        await this.one(key);
      } finally {
        this.queue.done(key);
      }
    }
  }

  private async one(key: Key) {
    const startedAt = performance.now();
    this.startedAt.set(key, startedAt);
    const attempt = this.queue.failures(key) + 1;
    const overdue = new AbortController();
    const timeoutMs = this.options.timeoutMs ?? 120_000;
    const span = this.spanOf?.(key);
    let own: Logger | undefined;
    // a child costs more than all else here, and most reconciles have nothing to say
    const log = () => (own ??= this.log.child({ ...partsOf(key), ...this.options.fieldsOf?.(key), ...(span && { trace_id: span.traceId }) }));
    const isOn = (level: LogLevel) => this.log.isLevelEnabled?.(level) ?? true;
    const cancel = this.clock.setTimeout(() => {
      log().error({ timeoutMs }, 'the reconcile takes too long; it is asked to end');
      overdue.abort(new Error(`the reconcile took longer than ${timeoutMs} ms`));
    }, timeoutMs);
    if (isOn('debug')) log().debug({ attempt }, 'reconciliation started');
    const context: ReconcileContext = {
      signal: AbortSignal.any([overdue.signal, this.abort.signal]),
      get log() {
        return log();
      },
      now: () => new Date(this.clock.now()),
      attempt,
    };
    // said when it is over, so that the line tells how it ended. Source: Q-36.
    let end: Ending;
    try {
      const reconcile = () => this.options.reconcile(key, context);
      end = this.settled(key, (await (span ? span.run(reconcile) : reconcile())) ?? {});
    } catch (error) {
      end = this.failed(key, error, attempt);
    }
    cancel();
    span?.end(end.err);
    this.startedAt.delete(key);
    const ms = performance.now() - startedAt;
    const { outcome, level, ...fields } = end;
    if (isOn(level)) log()[level]({ ...fields, result: outcome, duration: ms / 1_000 }, 'reconciliation finished');
    const told = { controller: this.name, key, outcome, ms };
    this.observer?.ended(told);
    this.options.onOutcome?.(told);
  }

  private settled(key: Key, { requeueAfterMs }: Result): Ending {
    this.queue.forget(key);
    if (requeueAfterMs === undefined) return { outcome: 'done', level: 'debug' };
    this.queue.addAfter(key, requeueAfterMs);
    return { outcome: 'requeued', level: 'debug', requeueAfterMs };
  }

  private failed(key: Key, err: unknown, attempt: number): Ending {
    if (err instanceof TerminalError) {
      this.queue.forget(key);
      return { outcome: 'terminal', level: 'error', err, attempt };
    }
    // another writer was faster: trying again with the newer object is all in a day's work, and soon, as there is progress
    const isConflict = err instanceof ApiError && err.isConflict;
    const retryMs = this.queue.addRateLimited(key, isConflict ? MAX_CONFLICT_RETRY_MS : undefined);
    if (isConflict) return { outcome: 'conflict', level: 'debug', attempt, retryMs };
    return { outcome: 'failed', level: this.abort.signal.aborted ? 'debug' : 'warn', err, attempt, retryMs };
  }
}

/** How a reconcile ended, and what its line in the log says of that. */
interface Ending {
  outcome: ReconcileOutcome['outcome'];
  level: 'debug' | 'warn' | 'error';
  err?: unknown;
  attempt?: number;
  /** Milliseconds. */
  retryMs?: number;
  requeueAfterMs?: number;
}

function partsOf(key: Key): { name: string; namespace?: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
