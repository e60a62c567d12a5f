import type { Logger } from './logger';

/** Something that runs as long as the process leads: a controller, a writer of a state store. */
export interface Runnable {
  readonly name: string;
  /** Settles when it could start: its caches are complete. */
  whenSynced?(signal?: AbortSignal): Promise<void>;
  start(): void | Promise<void>;
  /** Ends in peace within `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/** Decides who of several processes works. */
export interface Election {
  /** Settles when this process leads. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Calls back once when the lead is lost; not after {@link release}. */
  onLost(callback: (error: Error) => void): void;
  /** Lets another process take over at once. */
  release(): Promise<void>;
}

export interface ManagerOptions {
  log: Logger;
  /** Without one, this process works from the start. */
  election?: Election;
  /** For all runnables together, in milliseconds. Default 25,000. */
  stopTimeoutMs?: number;
  /** The lead was lost, or a runnable could not start: the process should end. Everything has been stopped. */
  onFatal?: (error: Error) => void;
  /** Told of each runnable, and when it is taken away; for metrics. */
  onAdd?: (runnable: Runnable) => void;
  onRemove?: (runnable: Runnable) => void;
}

/** How long giving the lead away may take, in milliseconds: an API server that hangs must not hold up the end. */
const RELEASE_MS = 3_000;

/**
 * Starts runnables in the order in which they were added, each after its caches have synced, and stops them in the
 * opposite order. Caches fill before the lead is won, so that taking over needs no list.
 */
export class Manager {
  private readonly runnables: Runnable[] = [];
  private readonly started = new Set<Runnable>();
  private readonly abort = new AbortController();
  private isRunning = false;
  private hasFilled = false;
  private stopping?: Promise<void>;

  constructor(private readonly options: ManagerOptions) {}

  /** Adds a runnable; when the manager runs already, it is started as soon as its caches are complete. */
  add(runnable: Runnable): this {
    this.runnables.push(runnable);
    this.options.onAdd?.(runnable);
    if (this.isRunning) {
      this.startOne(runnable).catch(error => {
        if (!this.abort.signal.aborted) {
          this.options.log.error({ err: error, runnable: runnable.name }, 'it could not be started');
        }
      });
    }
    return this;
  }

  /** Stops a runnable and forgets it. */
  async remove(runnable: Runnable): Promise<void> {
    const index = this.runnables.indexOf(runnable);
    if (index < 0) return;
    this.runnables.splice(index, 1);
    this.started.delete(runnable);
    this.options.onRemove?.(runnable);
    // also one that still waits for its first list: it watches already
    await runnable.stop();
  }

  /** Settles when everything runs. Rejects when a runnable cannot start, after stopping the others. */
  async start(): Promise<void> {
    const { election, log } = this.options;
    const { signal } = this.abort;
    try {
      await Promise.all(this.runnables.map(runnable => runnable.whenSynced?.(signal)));
      this.hasFilled = true;
      if (election) {
        election.onLost(error => this.fatal(error));
        log.info({}, 'waiting for the lead');
        await election.acquire(signal);
      }
      if (signal.aborted) return;
      this.isRunning = true;
      for (const runnable of [...this.runnables]) await this.startOne(runnable);
      log.info({ runnables: this.runnables.map(({ name }) => name) }, 'running');
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Whether the caches are full, so that this process could work as soon as it leads. Not any more while it stops. */
  get isReady(): boolean {
    return this.hasFilled && !this.abort.signal.aborted;
  }

  /** Whether this process works. */
  get isStarted(): boolean {
    return this.isRunning && !this.abort.signal.aborted;
  }

  /** Stops everything, last started first, then gives the lead away. Repeated calls wait for the first. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async startOne(runnable: Runnable) {
    await runnable.whenSynced?.(this.abort.signal);
    if (this.abort.signal.aborted || !this.runnables.includes(runnable) || this.started.has(runnable)) return;
    this.started.add(runnable);
    await runnable.start();
  }

  private async stopAll() {
    this.abort.abort(new Error('the manager is stopping'));
    const deadline = performance.now() + (this.options.stopTimeoutMs ?? 25_000);
    for (const runnable of [...this.started].reverse()) {
      const graceMs = Math.max(0, deadline - performance.now());
      await runnable.stop(graceMs).catch(error => {
        this.options.log.error({ err: error, runnable: runnable.name }, 'it did not stop in peace');
      });
    }
    this.started.clear();
    await this.release();
  }

  private async release() {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${RELEASE_MS} ms`)), RELEASE_MS);
    });
    try {
      await Promise.race([this.options.election?.release(), tooLate]);
    } catch (error) {
      this.options.log.warn({ err: error }, 'the lead could not be given away; it expires by itself');
    } finally {
      clearTimeout(timer);
    }
  }

  private fatal(error: Error) {
    this.options.log.error({ err: error }, 'the lead is lost; stopping');
    this.stop().finally(() => this.options.onFatal?.(error));
  }
}
