import { ApiError } from '../kube/errors';
import { coreTypes } from '../kube/gvk';
import type { KubeClient, KubeObject } from '../kube/types';
import { Clock, pause, systemClock } from './clock';
import type { Logger } from './logger';
import type { Election } from './manager';
import { microTime } from './micro-time';

interface LeaseObject extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** In milliseconds. */
export interface LeaseTimes {
  /** How long a silent leader is waited for. */
  leaseDuration: number;
  /** A leader that could not renew for this long gives up. */
  renewDeadline: number;
  /** Between two tries. */
  retryPeriod: number;
}

const DEFAULT_TIMES: LeaseTimes = { leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000 };

export interface LeaderElectionOptions {
  client: KubeClient;
  /** The Lease that stands for the lead. */
  name: string;
  namespace: string;
  /** Names this process among those that compete. */
  identity: string;
  log: Logger;
  clock?: Clock;
  /** Asked before each step; Kubernetes' own defaults unless given. */
  times?: () => LeaseTimes;
}

/**
 * One leader among several processes, by a Lease. Other machines' clocks are not trusted: a lease counts as expired when
 * it has not changed for its duration as seen from here. Two leaders are still possible for a moment; what must not
 * happen twice is guarded where it happens.
 */
export class LeaderElection implements Election {
  private readonly clock: Clock;
  private readonly abort = new AbortController();
  private lost: (error: Error) => void = () => {};
  private seen?: { version: string; at: number };
  private lease?: LeaseObject;
  private isLeader = false;
  private renewing?: Promise<void>;

  constructor(private readonly options: LeaderElectionOptions) {
    this.clock = options.clock ?? systemClock;
  }

  private get times(): LeaseTimes {
    return this.options.times?.() ?? DEFAULT_TIMES;
  }

  get isLeading(): boolean {
    return this.isLeader;
  }

  onLost(callback: (error: Error) => void) {
    this.lost = callback;
  }

  async acquire(signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.abort.signal]);
    while (!ended.aborted) {
      if (await this.tries()) {
        this.isLeader = true;
        this.options.log.info({ lease: this.title }, 'this process leads');
        this.renewing = this.renew(this.clock.now());
        return;
      }
      await pause(this.clock, this.times.retryPeriod, ended);
    }
    throw new Error(`lease ${this.title}: stopped before the lead was won`);
  }

  async release(): Promise<void> {
    this.abort.abort();
    await this.renewing;
    if (!this.isLeader) return;
    this.isLeader = false;
    try {
      await this.write({ ...this.lease?.spec, holderIdentity: '', leaseDurationSeconds: 1 });
    } catch (error) {
      // Another process has it already, or it is gone: then there is nothing to give away.
      if (!(error instanceof ApiError) || (error.code !== 409 && !error.isNotFound)) throw error;
    }
  }

  private get title() {
    return `${this.options.namespace}/${this.options.name}`;
  }

  private async renew(wonAt: number) {
    let renewedAt = wonAt;
    let problem: string | undefined;
    while (!problem) {
      await pause(this.clock, this.times.retryPeriod, this.abort.signal);
      if (this.abort.signal.aborted) return;
      if (await this.tries()) renewedAt = this.clock.now();
      else if (this.lease?.spec?.holderIdentity !== this.options.identity) problem = 'another process took it';
      else if (this.clock.now() - renewedAt >= this.times.renewDeadline) problem = 'it could not be renewed in time';
    }
    this.lose(problem);
  }

  private lose(why: string) {
    this.isLeader = false;
    this.lost(new Error(`lease ${this.title}: ${why}`));
  }

  /** One try to take or keep the lease. Never throws. */
  private async tries(): Promise<boolean> {
    try {
      await this.read();
      return await this.take();
    } catch (error) {
      const isRace = error instanceof ApiError && error.code === 409;
      if (!isRace) this.options.log.warn({ err: error, lease: this.title }, 'the lease could not be read or written');
      return false;
    }
  }

  private async read() {
    const { client, name, namespace } = this.options;
    try {
      this.lease = await client.get<LeaseObject>(coreTypes.Lease, { name, namespace });
      const version = this.lease.metadata.resourceVersion ?? '';
      if (this.seen?.version !== version) this.seen = { version, at: this.clock.now() };
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isNotFound) throw error;
      this.lease = undefined;
    }
  }

  private async take(): Promise<boolean> {
    const { identity } = this.options;
    const spec = this.lease?.spec ?? {};
    const holder = spec.holderIdentity;
    const isMine = holder === identity;
    const durationMs = (spec.leaseDurationSeconds ?? this.times.leaseDuration / 1000) * 1000;
    const isHeld = Boolean(holder) && !isMine && this.clock.now() - (this.seen?.at ?? 0) < durationMs;
    if (isHeld) return false;
    const now = microTime(this.clock.now());
    await this.write({
      holderIdentity: identity,
      leaseDurationSeconds: this.times.leaseDuration / 1000,
      acquireTime: isMine ? spec.acquireTime : now,
      renewTime: now,
      leaseTransitions: isMine || !this.lease ? spec.leaseTransitions ?? 0 : (spec.leaseTransitions ?? 0) + 1,
    });
    return true;
  }

  /** Writes the whole Lease; the version that was read is the precondition. */
  private async write(spec: LeaseObject['spec']) {
    const { client, name, namespace } = this.options;
    const type = coreTypes.Lease;
    this.lease = this.lease
      ? await client.replace<LeaseObject>(type, { ...this.lease, spec })
      : await client.create<LeaseObject>(type, {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace },
          spec,
        });
    this.seen = { version: this.lease.metadata.resourceVersion ?? '', at: this.clock.now() };
  }
}
