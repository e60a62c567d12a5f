import { backoffMs } from '../kube/backoff';
import type { Key } from '../kube/types';
import { Clock, systemClock } from './clock';

export interface WorkQueueOptions {
  clock?: Clock;
  /** The delay after the first failure; it doubles with each. Default 5 ms. */
  firstRetryMs?: number;
  /** Default 5 minutes. */
  maxRetryMs?: number;
}

/** Told what happens to a queue; for metrics. */
export interface QueueObserver {
  /** A key came in that did not wait already. */
  added(): void;
  /** A worker took a key that had waited for so many milliseconds. */
  taken(waitedMs: number): void;
  /** A key is to come again after a failure. */
  retried(): void;
}

/** What an initial list brings: it can wait until those have been served who wait for an answer. */
export const LOW_PRIORITY = -100;

/** Somebody waits for the answer. */
export const HIGH_PRIORITY = 100;

/** One of so many turns goes to whoever has waited longest, whatever its priority, so that nothing starves. */
const FAIR_TURN = 8;

interface Waiting {
  priority: number;
  since: number;
}

interface Later {
  dueAt: number;
  priority: number;
  cancel: () => void;
}

/**
 * Keys that wait for a worker. The promises, as in controller-runtime:
 * a key is with at most one worker at a time; a key that is added while a worker has it is handed out once more after
 * {@link done}, however often it was added; a key stands in the queue once.
 */
export class WorkQueue {
  observer?: QueueObserver;
  private readonly clock: Clock;
  /** Priority -> keys in the order in which they came. */
  private readonly lanes = new Map<number, Map<Key, Waiting>>();
  private readonly waiting = new Map<Key, Waiting>();
  private readonly processing = new Set<Key>();
  /** Added while being processed -> priority. */
  private readonly dirty = new Map<Key, number>();
  private readonly later = new Map<Key, Later>();
  private readonly failed = new Map<Key, number>();
  private readonly takers: ((key: Key | undefined) => void)[] = [];
  private turn = 0;
  private isShutDown = false;

  constructor(private readonly options: WorkQueueOptions = {}) {
    this.clock = options.clock ?? systemClock;
  }

  /** Adds a key; one that waits already keeps its place, or gets a better one when the priority is higher. */
  add(key: Key, priority = 0) {
    if (this.isShutDown) return;
    if (this.processing.has(key)) {
      this.dirty.set(key, Math.max(priority, this.dirty.get(key) ?? priority));
      return;
    }
    const known = this.waiting.get(key);
    if (known && known.priority >= priority) return;
    if (known) this.leave(key, known);
    else this.observer?.added();
    this.enter(key, { priority, since: known?.since ?? this.clock.now() });
    this.serve();
  }

  /** Adds a key after a time, in milliseconds. Of several times for one key the earliest counts. */
  addAfter(key: Key, ms: number, priority = 0) {
    if (this.isShutDown) return;
    if (ms <= 0) {
      this.add(key, priority);
      return;
    }
    const dueAt = this.clock.now() + ms;
    const known = this.later.get(key);
    if (known && known.dueAt <= dueAt) {
      known.priority = Math.max(known.priority, priority);
      return;
    }
    known?.cancel();
    const entry: Later = { dueAt, priority: Math.max(priority, known?.priority ?? priority), cancel: () => {} };
    entry.cancel = this.clock.setTimeout(() => {
      this.later.delete(key);
      this.add(key, entry.priority);
    }, ms);
    this.later.set(key, entry);
  }

  /**
   * Adds a key after a delay that doubles with each call until {@link forget}, up to `most`. Answers with the delay; both in
   * milliseconds.
   */
  addRateLimited(key: Key, most = Infinity): number {
    const failures = (this.failed.get(key) ?? 0) + 1;
    this.failed.set(key, failures);
    this.observer?.retried();
    const { firstRetryMs = 5, maxRetryMs = 300_000 } = this.options;
    const ms = backoffMs(failures, { firstMs: firstRetryMs, maxMs: Math.min(maxRetryMs, most) });
    this.addAfter(key, ms);
    return ms;
  }

  /** Ends a series of failures. */
  forget(key: Key) {
    this.failed.delete(key);
  }

  /** How often in a row a key was added by {@link addRateLimited}. */
  failures(key: Key): number {
    return this.failed.get(key) ?? 0;
  }

  /**
   * The next key, which is the caller's until {@link done}; `undefined` when the queue has been shut down. Taking a key
   * calls off a later time for it: whoever handles it decides anew when to look again.
   */
  get(): Promise<Key | undefined> {
    if (this.isShutDown) return Promise.resolve(undefined);
    return new Promise(resolve => {
      this.takers.push(resolve);
      this.serve();
    });
  }

  /** Gives a key back. */
  done(key: Key) {
    this.processing.delete(key);
    const priority = this.dirty.get(key);
    this.dirty.delete(key);
    if (priority !== undefined) this.add(key, priority);
  }

  /** Hands out nothing more, and forgets what waits. */
  shutDown() {
    this.isShutDown = true;
    for (const { cancel } of this.later.values()) cancel();
    this.later.clear();
    this.waiting.clear();
    this.lanes.clear();
    this.dirty.clear();
    this.failed.clear();
    for (const taker of this.takers.splice(0)) taker(undefined);
  }

  /** Keys that wait for a worker now. */
  get depth(): number {
    return this.waiting.size;
  }

  /** Keys with workers now. */
  get active(): number {
    return this.processing.size;
  }

  /** Keys that wait for a time. */
  get delayed(): number {
    return this.later.size;
  }

  /** How long the first in line has waited, in milliseconds. */
  get oldestAgeMs(): number {
    const oldest = this.oldest();
    return oldest ? this.clock.now() - oldest[1].since : 0;
  }

  private enter(key: Key, entry: Waiting) {
    const lane = this.lanes.get(entry.priority) ?? new Map<Key, Waiting>();
    this.lanes.set(entry.priority, lane.set(key, entry));
    this.waiting.set(key, entry);
  }

  private leave(key: Key, entry: Waiting) {
    this.waiting.delete(key);
    const lane = this.lanes.get(entry.priority);
    lane?.delete(key);
    if (lane?.size === 0) this.lanes.delete(entry.priority);
  }

  private serve() {
    while (this.takers.length && this.waiting.size) {
      const next = this.next();
      const taker = next && this.takers.shift();
      if (!next || !taker) return;
      const [key, entry] = next;
      this.leave(key, entry);
      this.later.get(key)?.cancel();
      this.later.delete(key);
      this.processing.add(key);
      this.observer?.taken(this.clock.now() - entry.since);
      taker(key);
    }
  }

  private next(): [Key, Waiting] | undefined {
    this.turn += 1;
    if (this.turn % FAIR_TURN === 0) return this.oldest();
    return firstOf(this.lanes.get(Math.max(...this.lanes.keys())));
  }

  /** The first of each lane has waited longest in it. */
  private oldest(): [Key, Waiting] | undefined {
    let oldest: [Key, Waiting] | undefined;
    for (const lane of this.lanes.values()) {
      const first = firstOf(lane);
      if (first && (!oldest || first[1].since < oldest[1].since)) oldest = first;
    }
    return oldest;
  }
}

function firstOf<K, V>(map: Map<K, V> | undefined): [K, V] | undefined {
  const first = map?.entries().next();
  return first && !first.done ? first.value : undefined;
}
