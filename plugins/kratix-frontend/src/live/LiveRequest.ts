import type { SignalApi } from '@backstage/plugin-signals-react';
import {
  SIGNAL_CHANNEL,
  signalRef,
  type ChangeSignal,
  type RequestDetail,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { KratixApi } from '../apis/KratixApi';
import { problemOf, type Problem } from '../apis/problem';

/** Without signals the page asks again after this time. */
const FALLBACK_MS = 5_000;
/** With signals it asks again after this time, in case a message was lost. */
const SAFETY_MS = 60_000;
const LONGEST_RETRY_MS = 60_000;

export interface LiveSnapshot {
  /** The newest answer; it stays when a later call fails, except when the request is gone or may not be seen. */
  state?: RequestDetail;
  problem?: Problem;
  /** When `state` was fetched, in milliseconds. */
  fetchedAt?: number;
  /** True until the first answer, good or bad. */
  isFirstLoad: boolean;
}

/**
 * One request, kept up to date while somebody looks: fetched again when a change signal names it, at most one call at a
 * time, and never two copies of it for the cards of one page. All listeners see the same snapshot object.
 */
export class LiveRequest {
  private snapshot: LiveSnapshot = { isFirstLoad: true };
  private readonly listeners = new Set<() => void>();
  private stop?: () => void;
  private timer?: ReturnType<typeof setTimeout>;
  private isFetching = false;
  private isDirty = false;
  private failures = 0;

  constructor(
    private readonly identity: ResourceIdentity,
    private readonly api: KratixApi,
    private readonly signals: SignalApi | undefined,
  ) {}

  readonly getSnapshot = (): LiveSnapshot => this.snapshot;

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
    if (this.isFetching) this.isDirty = true;
    else void this.fetch();
  };

  private start(): void {
    const subscription = this.signals?.subscribe<{ [K in keyof ChangeSignal]: ChangeSignal[K] }>(
      SIGNAL_CHANNEL,
      message => this.isAboutMe(message) && this.refresh(),
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
    clearTimeout(this.timer);
  }

  private isAboutMe({ cluster, refs }: ChangeSignal): boolean {
    if (cluster !== this.identity.cluster || !Array.isArray(refs)) return false;
    const promise = this.snapshot.state?.promise;
    const mine = [signalRef(this.identity), `promises.platform.kratix.io//${promise}`];
    return refs.some(ref => mine.includes(ref));
  }

  private async fetch(): Promise<void> {
    this.isFetching = true;
    clearTimeout(this.timer);
    try {
      const state = await this.api.request(this.identity);
      this.failures = 0;
      this.publish({ state, fetchedAt: Date.now(), isFirstLoad: false });
    } catch (error) {
      this.failures += 1;
      const problem = problemOf(error);
      const keeps = problem.kind === 'failed' || problem.kind === 'signedOut';
      const { state, fetchedAt } = this.snapshot;
      this.publish({ ...(keeps && { state, fetchedAt }), problem, isFirstLoad: false });
    }
    this.isFetching = false;
    if (!this.stop) return;
    if (this.isDirty) {
      this.isDirty = false;
      void this.fetch();
    } else {
      this.timer = setTimeout(this.onTimer, this.wait());
    }
  }

  private readonly onTimer = () => {
    if (document.visibilityState === 'visible') this.refresh();
    else this.timer = setTimeout(this.onTimer, this.wait());
  };

  private wait(): number {
    if (this.failures > 0) return Math.min(FALLBACK_MS * 2 ** (this.failures - 1), LONGEST_RETRY_MS);
    return this.signals ? SAFETY_MS : FALLBACK_MS;
  }

  private publish(snapshot: LiveSnapshot): void {
    this.snapshot = snapshot;
    this.listeners.forEach(listener => listener());
  }
}
