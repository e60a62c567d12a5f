import type { SignalApi } from '@backstage/plugin-signals-react';
import { SIGNAL_CHANNEL, type ChangeSignal } from '@kratix-ts/backstage-plugin-kratix-common';
import { problemOf, type Problem } from '../apis/problem';
import { sameParts } from './sameParts';

/** At most one call in this time, however many signals arrive. */
const GATHER_MS = 400;
/** Without signals, and after a failure, the page asks again after this time. */
const FALLBACK_MS = 10_000;
/** With signals it asks again after this time, in case a message was lost. */
const SAFETY_MS = 60_000;
const LONGEST_RETRY_MS = 60_000;

export interface QuerySnapshot<T> {
  /** The newest answer; it stays when a later call fails, except when it may no longer be seen. */
  value?: T;
  problem?: Problem;
  /** When `value` was fetched, in milliseconds. */
  fetchedAt?: number;
  /** True until the first answer, good or bad. */
  isFirstLoad: boolean;
}

export interface LiveQueryOptions<T> {
  fetch(signal: AbortSignal): Promise<T>;
  signals?: SignalApi;
  /** Whether a change can show in the answer. */
  concerns?(change: ChangeSignal): boolean;
  /** Milliseconds within which signals lead to one call; default 400. */
  gatherMs?: number;
  /** Milliseconds after which it asks again without signals, and after a failure; default 10,000. */
  fallbackMs?: number;
  /** Milliseconds after which it asks again although signals would tell, while something is awaited. */
  awaitedMs?(): number | undefined;
}

/**
 * An answer about many objects, kept up to date while somebody looks: fetched at once when a signal concerns it, and
 * during a storm of signals at most every 400 ms, one call at a time. Parts that did not change keep their identity.
 */
export class LiveQuery<T> {
  private snapshot: QuerySnapshot<T> = { isFirstLoad: true };
  private readonly listeners = new Set<() => void>();
  private stop?: () => void;
  private timer?: ReturnType<typeof setTimeout>;
  private abort?: AbortController;
  private began = 0;
  private isDirty = false;
  private failures = 0;

  constructor(private readonly options: LiveQueryOptions<T>) {}

  readonly getSnapshot = (): QuerySnapshot<T> => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.end();
    };
  };

  /** Asks now; while a call is under way, once more after it. */
  readonly refresh = (): void => {
    if (this.abort) this.isDirty = true;
    else void this.fetch();
  };

  private start(): void {
    const { signals, concerns } = this.options;
    const subscription = signals?.subscribe<ChangeSignal>(
      SIGNAL_CHANNEL,
      message => (concerns?.(message) ?? true) && this.gather(),
    );
    const onReturn = () => document.visibilityState === 'visible' && this.refresh();
    document.addEventListener('visibilitychange', onReturn);
    window.addEventListener('online', onReturn);
    this.stop = () => {
      subscription?.unsubscribe();
      document.removeEventListener('visibilitychange', onReturn);
      window.removeEventListener('online', onReturn);
    };
    this.refresh();
  }

  private end(): void {
    this.stop?.();
    this.stop = undefined;
    this.abort?.abort();
    this.abort = undefined;
    clearTimeout(this.timer);
  }

  private gather(): void {
    const rest = this.began + (this.options.gatherMs ?? GATHER_MS) - Date.now();
    if (rest > 0 && !this.abort) this.wait(rest);
    else this.refresh();
  }

  private async fetch(): Promise<void> {
    clearTimeout(this.timer);
    const abort = new AbortController();
    this.abort = abort;
    this.began = Date.now();
    this.isDirty = false;
    const next = await this.ask(abort.signal);
    if (abort.signal.aborted) return;
    this.abort = undefined;
    this.publish(next);
    if (!this.stop) return;
    if (this.isDirty) this.gather();
    else this.wait(this.pause());
  }

  private async ask(signal: AbortSignal): Promise<QuerySnapshot<T>> {
    const { value, fetchedAt } = this.snapshot;
    try {
      const answer = await this.options.fetch(signal);
      this.failures = 0;
      return { value: sameParts(value, answer), fetchedAt: Date.now(), isFirstLoad: false };
    } catch (error) {
      this.failures += 1;
      const problem = problemOf(error);
      const keeps = problem.kind === 'failed' || problem.kind === 'signedOut';
      return { ...(keeps && { value, fetchedAt }), problem, isFirstLoad: false };
    }
  }

  private wait(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onTimer, milliseconds);
  }

  /** Nobody sees a hidden page; it asks again when it is shown. */
  private readonly onTimer = () => {
    if (document.visibilityState === 'visible') this.refresh();
  };

  private pause(): number {
    const { signals, fallbackMs = FALLBACK_MS, awaitedMs } = this.options;
    if (this.failures > 0) return Math.min(fallbackMs * 2 ** (this.failures - 1), LONGEST_RETRY_MS);
    return awaitedMs?.() ?? (signals ? SAFETY_MS : fallbackMs);
  }

  private publish(snapshot: QuerySnapshot<T>): void {
    this.snapshot = snapshot;
    this.listeners.forEach(listener => listener());
  }
}
