import { ApiError } from '../kube/errors';
import { resourceName } from '../kube/gvk';
import type { Informer, InformerEvent, Key, KubeObject } from '../kube/types';
import { Clock, systemClock } from './clock';
import type { Logger } from './logger';
import { TerminalError } from './terminal-error';
import { LOW_PRIORITY, WorkQueue } from './work-queue';

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

export interface ControllerOptions {
  /** Stands in logs and metrics. */
  name: string;
  reconcile: Reconcile;
  log: Logger;
  /** How many keys are reconciled at once. Default 8. */
  workers?: number;
  clock?: Clock;
  /** Failures are tried again after at most this time, in milliseconds. Default 5 minutes. */
  maxRetryMs?: number;
  /** A reconcile that takes longer has its signal aborted, in milliseconds. Default 2 minutes. */
  timeoutMs?: number;
  onOutcome?: (outcome: ReconcileOutcome) => void;
}

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
  private workers: Promise<void>[] = [];

  constructor(private readonly options: ControllerOptions) {
    this.name = options.name;
    this.clock = options.clock ?? systemClock;
    this.log = options.log.child({ controller: options.name });
    this.queue = new WorkQueue({ clock: this.clock, maxRetryMs: options.maxRetryMs });
  }

  /**
   * Enqueues the keys that `map` names for each change of the informer's objects; what is there at the start comes with
   * a low priority. What `map` throws is logged.
   */
  watches<T extends KubeObject>(informer: Informer<T>, map: (event: InformerEvent<T>) => Key[] | void): this {
    this.watched.push(informer as Informer<KubeObject>);
    const stop = informer.onChange(event => {
      const isInitial = event.type === 'added' && event.initial;
      for (const key of this.keysOf(informer, () => map(event))) this.queue.add(key, isInitial ? LOW_PRIORITY : 0);
    });
    this.unsubscribe.push(stop);
    return this;
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
    this.workers = Array.from({ length: this.options.workers ?? 8 }, () => this.work());
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

  /** Keys waiting, with workers, and waiting for a time. */
  get load(): { depth: number; active: number; delayed: number; oldestAgeMs: number } {
    const { depth, active, delayed, oldestAgeMs } = this.queue;
    return { depth, active, delayed, oldestAgeMs };
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
    const attempt = this.queue.failures(key) + 1;
    const overdue = new AbortController();
    const timeoutMs = this.options.timeoutMs ?? 120_000;
    const log = this.log.child({ key });
    const cancel = this.clock.setTimeout(() => {
      log.error({ timeoutMs }, 'the reconcile takes too long; it is asked to end');
      overdue.abort(new Error(`the reconcile took longer than ${timeoutMs} ms`));
    }, timeoutMs);
    let outcome: ReconcileOutcome['outcome'];
    try {
      const result = await this.options.reconcile(key, {
        signal: AbortSignal.any([overdue.signal, this.abort.signal]),
        log,
        now: () => new Date(this.clock.now()),
        attempt,
      });
      outcome = this.settled(key, result ?? {});
    } catch (error) {
      outcome = this.failed(key, error, log, attempt);
    } finally {
      cancel();
    }
    this.options.onOutcome?.({ controller: this.name, key, outcome, ms: performance.now() - startedAt });
  }

  private settled(key: Key, { requeueAfterMs }: Result): ReconcileOutcome['outcome'] {
    this.queue.forget(key);
    if (requeueAfterMs === undefined) return 'done';
    this.queue.addAfter(key, requeueAfterMs);
    return 'requeued';
  }

  private failed(key: Key, error: unknown, log: Logger, attempt: number): ReconcileOutcome['outcome'] {
    if (error instanceof TerminalError) {
      log.error({ err: error }, 'the reconcile failed for good');
      this.queue.forget(key);
      return 'terminal';
    }
    const retryMs = this.queue.addRateLimited(key);
    if (error instanceof ApiError && error.isConflict) {
      log.debug({ retryMs }, 'another writer was faster; trying again with the newer object');
      return 'conflict';
    }
    if (!this.abort.signal.aborted) log.warn({ err: error, attempt, retryMs }, 'the reconcile failed');
    return 'failed';
  }
}
