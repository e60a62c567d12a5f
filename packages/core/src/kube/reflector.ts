import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff';
import { ApiError, ConnectionError } from './errors';
import type { ObjectStore } from './store';
import type { InformerOptions, KubeClient, KubeObject, ResourceType, WatchEvent } from './types';

/** Times in milliseconds; the defaults suit a real API server, tests shorten them. */
export interface ReflectorTimes {
  /** A watch without a line for this long is given up: the connection is dead. Servers send bookmarks about once a minute. */
  inactivityMs: number;
  /** The server is asked to end a watch after a random time between this and twice this. */
  lifetimeMs: number;
  firstDelayMs: number;
  maxDelayMs: number;
  /** The same where the server has only forgotten where the watch was: a new list mends that. */
  maxExpiredDelayMs: number;
  /** After this long without trouble the next trouble counts as the first. */
  healthyMs: number;
}

export const DEFAULT_TIMES: ReflectorTimes = {
  inactivityMs: 150_000,
  lifetimeMs: 300_000,
  firstDelayMs: 800,
  maxDelayMs: 30_000,
  maxExpiredDelayMs: 2_000,
  healthyMs: 120_000,
};

/** What a reflector tells. `onConnection` is called with an error once per outage, and with undefined when it is over. */
export interface ReflectorEvents {
  onSynced: () => void;
  onConnection: (error: Error | undefined) => void;
  /** A list or watch began; for counters. */
  onAttempt?: (what: 'list' | 'watch') => void;
}

/** Where a reflector puts what it learns. */
export type ReflectedStore<T extends KubeObject> = Pick<ObjectStore<T>, 'mark' | 'replace' | 'put' | 'deleted' | 'size'>;

/** Events are handled in slices, so that timers and other connections get their turn. */
const SLICE_EVENTS = 200;
const SLICE_MS = 8;

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Keeps a store equal to what the server holds: list, then watch from there, for ever, through every kind of trouble. */
export class Reflector<T extends KubeObject> {
  private resourceVersion?: string;
  private hasListed = false;
  private troubles = 0;
  private isBroken = false;
  private lastTroubleAt = 0;

  constructor(
    private readonly client: KubeClient,
    private readonly type: ResourceType,
    private readonly options: InformerOptions,
    private readonly store: ReflectedStore<T>,
    private readonly events: ReflectorEvents,
    private readonly times: ReflectorTimes = DEFAULT_TIMES,
  ) {}

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.resourceVersion === undefined) await this.list(signal);
        await this.watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.recover(error instanceof Error ? error : new Error(String(error)), signal);
      }
    }
  }

  private async list(signal: AbortSignal) {
    this.events.onAttempt?.('list');
    const mark = this.store.mark();
    const items: T[] = [];
    let version: string;
    let next: string | undefined;
    do {
      const page = await this.client.list<T>(this.type, { ...this.options, limit: 500, continue: next, signal });
      for (const item of page.items) items.push(item);
      version = page.resourceVersion;
      next = page.continue;
    } while (next);
    this.take(items, version, mark);
  }

  private take(items: T[], version: string, mark: number) {
    this.store.replace(items, version, mark, !this.hasListed);
    this.resourceVersion = version || undefined;
    this.hasListed = true;
    this.events.onSynced();
    this.healed();
  }

  private async watch(signal: AbortSignal) {
    this.events.onAttempt?.('watch');
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), this.times.inactivityMs).unref();
    const stream = this.client.watch<T>(this.type, {
      ...this.options,
      resourceVersion: this.resourceVersion ?? '',
      timeoutSeconds: Math.ceil((this.times.lifetimeMs * (1 + Math.random())) / 1000),
      signal: AbortSignal.any([signal, silence.signal]),
      onOpen: () => this.healed(),
    });
    const startedAt = performance.now();
    try {
      const count = await this.follow(stream, timer);
      // A server that ends every watch at once must not be asked in a tight loop.
      if (count === 0 && performance.now() - startedAt < 1000) {
        throw new ConnectionError(`watch ${this.type.plural}: the server ended it at once`);
      }
    } catch (error) {
      // Silence is no trouble yet: the next watch shows whether the server is still there.
      if (!silence.signal.aborted || signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes over what a watch brings, and answers with how much that was. */
  private async follow(stream: AsyncIterable<WatchEvent<T>>, inactivity: NodeJS.Timeout): Promise<number> {
    let count = 0;
    let sliceAt = performance.now();
    for await (const event of stream) {
      inactivity.refresh();
      count += 1;
      if (event.type === 'BOOKMARK') {
        this.resourceVersion = event.resourceVersion;
      } else {
        if (event.type === 'DELETED') this.store.deleted(event.object);
        else this.store.put(event.object);
        this.resourceVersion = event.object.metadata.resourceVersion ?? this.resourceVersion;
      }
      if (count % SLICE_EVENTS === 0 || performance.now() - sliceAt > SLICE_MS) {
        await nextTurn();
        sliceAt = performance.now();
      }
    }
    return count;
  }

  private healed() {
    if (!this.isBroken) return;
    this.isBroken = false;
    this.events.onConnection(undefined);
  }

  private async recover(error: Error, signal: AbortSignal) {
    const now = performance.now();
    if (now - this.lastTroubleAt > this.times.healthyMs) this.troubles = 0;
    this.lastTroubleAt = now;
    this.troubles += 1;
    const isExpired = error instanceof ApiError && error.isExpired;
    // What the server no longer knows must be listed anew; so must what it refuses for a reason of its own.
    if (error instanceof ApiError && error.code !== 429) this.resourceVersion = undefined;
    if (isExpired && this.troubles === 1) return;
    if (!isExpired && !this.isBroken) {
      this.isBroken = true;
      this.events.onConnection(error);
    }
    if (error instanceof ApiError && error.isNotFound) await this.noteUnserved(signal);
    const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
    const { firstDelayMs: firstMs, maxDelayMs, maxExpiredDelayMs } = this.times;
    const maxMs = isExpired ? Math.min(maxDelayMs, maxExpiredDelayMs) : maxDelayMs;
    const waitMs = asked ?? backoffMs(this.troubles, { firstMs, maxMs, jitter: 1 });
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }

  /** The kind is not served any more: then there are no objects. A 404 alone could come from something in between. */
  private async noteUnserved(signal: AbortSignal) {
    if (!this.hasListed || this.store.size === 0) return;
    const served = await this.client.discover(this.type.group, this.type.version).catch(() => undefined);
    if (signal.aborted || !served || served.some(({ plural }) => plural === this.type.plural)) return;
    this.store.replace([], '', this.store.mark(), false);
  }
}
