import type { LoggerService } from '@backstage/backend-plugin-api';
import { ApiError, resourceName, type Informer, type KubeObject } from '@kratix-ts/core/kube';
import { plainTrouble } from './plainTrouble';

/** A connection that breaks and is back within this time is not worth a word. */
const GRACE_MS = 2000;

type Link = { state: 'waiting' | 'synced' | 'refused'; stop: () => void; lost?: { at: number; error: Error } };

/** The server heard the question and has nothing to say to it; unlike an overload or a token that has expired. */
function isRefusal(error: Error): boolean {
  return error instanceof ApiError && error.code < 500 && error.code !== 401 && error.code !== 429;
}

/**
 * Whether a cluster is heard of. A server that answers, if only with a refusal (a kind that is not served, a right that
 * is missing), is reachable; what it refuses counts as empty.
 */
export class Connectivity {
  private readonly links = new Map<object, Link>();
  private timer?: NodeJS.Timeout;
  private isStopped = false;
  private isLost = false;

  /** `changed` is called when everything is there for the first time, and when the cluster is lost or back. */
  constructor(
    private readonly cluster: string,
    private readonly logger: LoggerService,
    private readonly changed: () => void,
  ) {}

  follow(informer: Informer<KubeObject>): void {
    const link: Link = { state: informer.hasSynced ? 'synced' : 'waiting', stop: () => {} };
    this.links.set(informer, link);
    const stopConnection = informer.onConnection(error => this.connection(link, resourceName(informer.type), error));
    const abort = new AbortController();
    link.stop = () => {
      stopConnection();
      abort.abort();
    };
    informer.whenSynced(abort.signal).then(
      () => this.settle(link, 'synced'),
      () => {},
    );
  }

  forget(informer: object): void {
    this.links.get(informer)?.stop();
    this.links.delete(informer);
    this.update();
  }

  get isSettled(): boolean {
    return [...this.links.values()].every(link => link.state !== 'waiting');
  }

  /** True where the server would not tell: what it has of this kind is not known. */
  isRefused(informer: object): boolean {
    return this.links.get(informer)?.state === 'refused';
  }

  /** Why the cluster cannot be reached, in plain words. */
  get trouble(): string | undefined {
    const errors = this.errors();
    return errors.length > 0 ? plainTrouble(...errors) : undefined;
  }

  get lostSince(): string | undefined {
    if (!this.isLost) return undefined;
    const times = [...this.links.values()].flatMap(link => link.lost?.at ?? []);
    return times.length > 0 ? new Date(Math.min(...times)).toISOString() : undefined;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.links.forEach(link => link.stop());
  }

  private errors(): Error[] {
    return [...this.links.values()].flatMap(link => link.lost?.error ?? []);
  }

  private settle(link: Link, state: Link['state']): void {
    link.state = state;
    if (!this.isStopped) this.changed();
  }

  private connection(link: Link, kind: string, error: Error | undefined): void {
    if (error === undefined) {
      link.lost = undefined;
    } else if (isRefusal(error)) {
      this.logger.warn(`Cluster "${this.cluster}" refuses ${kind}: ${error.message}`);
      if (link.state === 'waiting') this.settle(link, 'refused');
    } else {
      link.lost = { at: link.lost?.at ?? Date.now(), error };
    }
    this.update();
  }

  private update(): void {
    const isLost = [...this.links.values()].some(link => link.lost !== undefined);
    if (isLost === this.isLost) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else if (!isLost) {
      this.logger.info(`Cluster "${this.cluster}" is reachable again`);
      this.set(false);
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.logger.warn(`Cluster "${this.cluster}" cannot be reached: ${this.errors().at(-1)?.message ?? 'no answer'}`);
        this.set(true);
      }, GRACE_MS);
    }
  }

  private set(isLost: boolean): void {
    this.isLost = isLost;
    if (!this.isStopped) this.changed();
  }
}
