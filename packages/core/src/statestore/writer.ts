import { pathProblem, pathSetProblem } from '../wire/safe-path';
import { StateStore, StoreChange, StoreError, StoreVersion } from './store';

/** What one change of a batch came to. */
export type Outcome = StoreVersion | StoreError;

/** A place that changes are written to, many at once. */
export interface BatchTarget {
  /**
   * Writes all changes, in order, in one step that others see as one; gives back one outcome for each. A change that
   * cannot stand with the rest of the store gets an error of its own; throws when nothing at all was written.
   */
  write(changes: readonly StoreChange[]): Promise<Outcome[]>;
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface BatchLimits {
  changes: number;
  bytes: number;
}

const DEFAULT_LIMITS: BatchLimits = { changes: 500, bytes: 64 * 1024 * 1024 };

interface Queued {
  change: StoreChange;
  resolve(version: StoreVersion): void;
  reject(error: Error): void;
}

const isRefusal = (error: unknown) => error instanceof StoreError && error.reason === 'Rejected';

/** Settles each change of a batch, asking again with fewer when the server refuses them together, so that one bad change fails alone. */
async function writeApart(target: BatchTarget, batch: readonly Queued[]): Promise<void> {
  let accepted = 0;
  let refusedAlone = 0;
  const pending: Array<readonly Queued[]> = batch.length ? [batch] : [];
  for (let part = pending.shift(); part; part = pending.shift()) {
    try {
      const outcomes = await target.write(part.map(({ change }) => change));
      part.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index] ?? new StoreError('LocalFault', 'the change was not written');
        if (outcome instanceof StoreError) reject(outcome);
        else resolve(outcome);
      });
      accepted += 1;
    } catch (error) {
      const mayBeOneOfThem = isRefusal(error) && part.length > 1 && (accepted > 0 || refusedAlone < 2);
      if (mayBeOneOfThem) {
        const half = Math.ceil(part.length / 2);
        pending.unshift(part.slice(0, half), part.slice(half));
      } else {
        if (isRefusal(error)) refusedAlone += 1;
        part.forEach(({ reject }) => reject(error as Error));
        // Whatever it was, it met the whole store and not these changes; the rest would only meet it again.
        if (!isRefusal(error)) pending.splice(0).flat().forEach(({ reject }) => reject(error as Error));
      }
    }
  }
}

const inDirectory = (path: string, directory: string) => path.startsWith(`${directory}/`);

/** Why a change cannot be written to any store, or undefined. A bad change is refused as a whole, before anything is queued. */
export function changeProblem({ owns, put, remove }: StoreChange): string | undefined {
  if (owns !== null && pathProblem(owns)) return `directory ${JSON.stringify(owns)} ${pathProblem(owns)}`;
  const outside = owns === null ? undefined : [...put.keys()].find(path => !inDirectory(path, owns));
  if (outside !== undefined) return `file ${JSON.stringify(outside)} lies outside of ${JSON.stringify(owns)}, the placement's directory`;
  const badRemoval = remove.find(path => pathProblem(path) !== undefined);
  if (badRemoval !== undefined) return `file ${JSON.stringify(badRemoval)} ${pathProblem(badRemoval)}`;
  return pathSetProblem(put.keys());
}

const sizeOf = (change: StoreChange) => [...change.put.values()].reduce((sum, content) => sum + content.length, 0);

/**
 * The queue in front of one store. A change that comes alone goes at once; while one batch is on its way the next one
 * gathers. At most one call to the target is under way.
 */
export class BatchWriter implements StateStore {
  private queue: Queued[] = [];
  private running: Promise<void> | undefined;
  private isClosed = false;
  private lastCall: Promise<unknown> = Promise.resolve();

  constructor(private readonly target: BatchTarget, private readonly limits: BatchLimits = DEFAULT_LIMITS) {}

  submit(change: StoreChange): Promise<StoreVersion> {
    if (this.isClosed) return Promise.reject(new StoreError('Closed', 'the store was closed'));
    const problem = changeProblem(change);
    if (problem) return Promise.reject(new StoreError('InvalidPath', `${change.id}: ${problem}`));
    return new Promise((resolve, reject) => {
      this.queue.push({ change, resolve, reject });
      this.running ??= this.run();
    });
  }

  async check(): Promise<void> {
    if (this.isClosed) throw new StoreError('Closed', 'the store was closed');
    await this.exclusive(() => this.target.check());
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const { reject } of this.queue.splice(0)) reject(new StoreError('Closed', 'the store was closed'));
    await this.target.close();
    await this.running;
  }

  /** One call to the target at a time, first come, first served. */
  private exclusive<T>(call: () => Promise<T>): Promise<T> {
    const result = this.lastCall.then(call);
    this.lastCall = result.catch(() => undefined);
    return result;
  }

  private async run(): Promise<void> {
    // Changes that are submitted in one go belong into one batch.
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    while (this.queue.length > 0) await this.exclusive(() => writeApart(this.target, this.take()));
    this.running = undefined;
  }

  private take(): Queued[] {
    let bytes = 0;
    const end = this.queue.findIndex(({ change }, index) => {
      bytes += sizeOf(change);
      return index >= this.limits.changes || (index > 0 && bytes > this.limits.bytes);
    });
    return this.queue.splice(0, end < 0 ? this.queue.length : end);
  }
}
