import { pause, systemClock, type Clock } from '../runtime/clock';
import { pathProblem, pathSetProblem } from '../wire/safe-path';
import { BatchLimits, FairQueue, Waiting } from './fair-queue';
import type { PushBudget } from './push-budget';
import { isOfStore, StateStore, StoreChange, StoreError, StoreMetrics, StoreVersion } from './store';

/** What one change of a batch came to. */
export type Outcome = StoreVersion | StoreError;

/** A place that changes are written to, many at once. */
export interface BatchTarget {
  /**
   * Writes all changes, in order, in one step that others see as one; gives back one outcome for each. A change that
   * cannot stand with the rest of the store gets an error of its own; throws when nothing at all was written.
   */
  write(changes: readonly StoreChange[]): Promise<Outcome[]>;
  /** What {@link write} would do, without doing it; each change is looked at as if it were alone. */
  compare(changes: readonly StoreChange[]): Promise<Outcome[]>;
  /** The files directly in a directory, by name. */
  read(directory: string): Promise<ReadonlyMap<string, string>>;
  /** Finds out whether one may read and write. */
  check(): Promise<void>;
  /** Looks at what is there now. */
  refetch(): Promise<void>;
  close(): Promise<void>;
}

export interface BatchOptions {
  limits?: BatchLimits;
  /** Says when the next batch may be pushed; more gathers until then. The target notes its pushes there. */
  budget?: PushBudget;
  metrics?: StoreMetrics;
  /** Told when a batch failed for a reason that is the whole store's. */
  onFailure?: (error: StoreError) => void;
  clock?: Clock;
}

const DEFAULT_LIMITS: BatchLimits = { changes: 500, bytes: 64 * 1024 * 1024 };

interface Queued extends Waiting {
  resolve(version: StoreVersion): void;
  reject(error: Error): void;
}

type OnFailure = BatchOptions['onFailure'];

function tell(onFailure: OnFailure, error: unknown): void {
  if (error instanceof StoreError && isOfStore(error)) onFailure?.(error);
}

const isRefusal = (error: unknown) => error instanceof StoreError && error.reason === 'Rejected';

function settle(batch: readonly Queued[], outcomes: readonly Outcome[]): void {
  batch.forEach(({ resolve, reject }, index) => {
    const outcome = outcomes[index] ?? new StoreError('LocalFault', 'the change was not written');
    if (outcome instanceof StoreError) reject(outcome);
    else resolve(outcome);
  });
}

/** Tells each change of a batch what it would do. */
async function compareAll(target: BatchTarget, batch: readonly Queued[], onFailure: OnFailure): Promise<void> {
  try {
    settle(batch, await target.compare(batch.map(({ change }) => change)));
  } catch (error) {
    tell(onFailure, error);
    batch.forEach(({ reject }) => reject(error as Error));
  }
}

/** Settles each change of a batch, asking again with fewer when the server refuses them together, so that one bad change fails alone. */
async function writeApart(target: BatchTarget, batch: readonly Queued[], onFailure: OnFailure): Promise<void> {
  let accepted = 0;
  let refusedAlone = 0;
  const pending: Array<readonly Queued[]> = batch.length ? [batch] : [];
  for (let part = pending.shift(); part; part = pending.shift()) {
    try {
      settle(part, await target.write(part.map(({ change }) => change)));
      accepted += 1;
    } catch (error) {
      const mayBeOneOfThem = isRefusal(error) && part.length > 1 && (accepted > 0 || refusedAlone < 2);
      if (mayBeOneOfThem) {
        const half = Math.ceil(part.length / 2);
        pending.unshift(part.slice(0, half), part.slice(half));
      } else {
        if (isRefusal(error)) refusedAlone += 1;
        tell(onFailure, error);
        part.forEach(({ reject }) => reject(error as Error));
        // Whatever it was, it met the whole store and not these changes; the rest would only meet it again.
        if (!isRefusal(error)) pending.splice(0).flat().forEach(({ reject }) => reject(error as Error));
      }
    }
  }
}

const inDirectory = (path: string, directory: string) => path.startsWith(`${directory}/`);

/** Why a change cannot be written to any store, or undefined. A bad change is refused as a whole, before anything is queued. */
export function changeProblem({ owns, put, remove, record }: StoreChange): string | undefined {
  if (record && pathProblem(record.path)) return `file ${JSON.stringify(record.path)} ${pathProblem(record.path)}`;
  if (owns !== null && pathProblem(owns)) return `directory ${JSON.stringify(owns)} ${pathProblem(owns)}`;
  const outside = owns === null ? undefined : [...put.keys()].find(path => !inDirectory(path, owns));
  if (outside !== undefined) return `file ${JSON.stringify(outside)} lies outside of ${JSON.stringify(owns)}, the placement's directory`;
  const badRemoval = remove.find(path => pathProblem(path) !== undefined);
  if (badRemoval !== undefined) return `file ${JSON.stringify(badRemoval)} ${pathProblem(badRemoval)}`;
  return pathSetProblem(put.keys());
}

const closed = () => new StoreError('Closed', 'the store was closed');

/**
 * The queue in front of one store. A change that comes alone goes at once; while one batch is on its way, or the budget
 * of pushes is spent, the next one gathers. At most one call to the target is under way.
 */
export class BatchWriter implements StateStore {
  private readonly writes = new FairQueue<Queued>();
  private readonly trials = new FairQueue<Queued>();
  private readonly clock: Clock;
  private running: Promise<void> | undefined;
  private isClosed = false;
  private underWay = 0;
  private lastCall: Promise<unknown> = Promise.resolve();
  /** Ends the wait for the budget: something came that need not wait. */
  private wake = new AbortController();

  constructor(private readonly target: BatchTarget, private readonly options: BatchOptions = {}) {
    this.clock = options.clock ?? systemClock;
  }

  submit(change: StoreChange): Promise<StoreVersion> {
    return this.enqueue(this.writes, change);
  }

  compare(change: StoreChange): Promise<StoreVersion> {
    const outcome = this.enqueue(this.trials, change);
    this.wake.abort();
    return outcome;
  }

  async read(directory: string): Promise<ReadonlyMap<string, string>> {
    return this.exclusive(() => this.target.read(directory));
  }

  async check(): Promise<void> {
    await this.exclusive(() => this.target.check());
  }

  async refetch(): Promise<void> {
    await this.exclusive(() => this.target.refetch());
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const { reject } of [...this.writes.drain(), ...this.trials.drain()]) reject(closed());
    this.wake.abort();
    this.report();
    await this.target.close();
    await this.running;
  }

  private enqueue(queue: FairQueue<Queued>, change: StoreChange): Promise<StoreVersion> {
    if (this.isClosed) return Promise.reject(closed());
    const problem = changeProblem(change);
    if (problem) return Promise.reject(new StoreError('InvalidPath', `${change.id}: ${problem}`));
    return new Promise((resolve, reject) => {
      queue.push({ change, resolve, reject });
      this.report();
      this.running ??= this.run();
    });
  }

  /** One call to the target at a time, first come, first served. */
  private async exclusive<T>(call: () => Promise<T>): Promise<T> {
    if (this.isClosed) throw closed();
    const result = this.lastCall.then(() => (this.isClosed ? Promise.reject(closed()) : call()));
    this.lastCall = result.catch(() => undefined);
    return result;
  }

  private async run(): Promise<void> {
    // Changes that are submitted in one go belong into one batch.
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    while (this.writes.length + this.trials.length > 0) {
      if (this.trials.length > 0) await this.batch(this.trials, (target, batch) => compareAll(target, batch, this.options.onFailure));
      else if (!(await this.mustWait())) await this.batch(this.writes, (target, batch) => writeApart(target, batch, this.options.onFailure));
    }
    this.running = undefined;
  }

  private async batch(queue: FairQueue<Queued>, settleAll: (target: BatchTarget, batch: readonly Queued[]) => Promise<void>): Promise<void> {
    await this.lastCall;
    // taken as late as can be: what came while somebody else had the target belongs into this batch
    const batch = queue.take(this.options.limits ?? DEFAULT_LIMITS);
    this.underWay = batch.length;
    await this.exclusive(() => settleAll(this.target, batch)).catch(error => batch.forEach(({ reject }) => reject(error as Error)));
    this.underWay = 0;
    if (queue === this.writes) this.options.metrics?.batch(batch.length);
    this.report();
  }

  /** Waits until the budget allows a push or something else is to be done; gives back whether it waited. */
  private async mustWait(): Promise<boolean> {
    const waitMs = this.options.budget?.waitMs ?? 0;
    if (waitMs === 0) return false;
    this.wake = new AbortController();
    await pause(this.clock, waitMs, this.wake.signal);
    return true;
  }

  private report(): void {
    this.options.metrics?.queued(this.writes.length + this.trials.length + this.underWay);
  }
}
