import type { StoreChange } from './store';

export interface BatchLimits {
  changes: number;
  bytes: number;
}

/** What waits in a queue. */
export interface Waiting {
  change: StoreChange;
}

const sizeOf = (change: StoreChange) => [...change.put.values()].reduce((sum, content) => sum + content.length, 0);

/** Changes that own no directory may be about the same files, whoever they are for: they keep their order among all. */
const laneOf = ({ owns, promise }: StoreChange) => (owns === null ? '' : `of ${promise ?? ''}`);

/**
 * Changes that wait for a batch, in one lane for each Promise. Batches take from the lanes in turn, so that a Promise with
 * thousands of changes does not hold up one with a single change; within a lane nothing overtakes.
 */
export class FairQueue<T extends Waiting> {
  private readonly lanes = new Map<string, T[]>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    const name = laneOf(item.change);
    const lane = this.lanes.get(name);
    if (lane) lane.push(item);
    else this.lanes.set(name, [item]);
    this.count += 1;
  }

  /** The next batch, at least one change if there is any. The lane that was served last is the last in line next time. */
  take(limits: BatchLimits): T[] {
    const batch: T[] = [];
    const taken = new Map<string, number>();
    let bytes = 0;
    for (let isGoing = true; isGoing; ) {
      isGoing = false;
      for (const [name, lane] of this.lanes) {
        const next = lane[taken.get(name) ?? 0];
        if (!next) continue;
        bytes += sizeOf(next.change);
        const isFull = batch.length >= limits.changes || (batch.length > 0 && bytes > limits.bytes);
        if (isFull) return this.leave(taken, batch);
        batch.push(next);
        taken.set(name, (taken.get(name) ?? 0) + 1);
        isGoing = true;
      }
    }
    return this.leave(taken, batch);
  }

  /** Empties the queue. */
  drain(): T[] {
    return this.take({ changes: Infinity, bytes: Infinity });
  }

  private leave(taken: ReadonlyMap<string, number>, batch: T[]): T[] {
    for (const [name, count] of taken) {
      const lane = this.lanes.get(name) ?? [];
      this.lanes.delete(name);
      if (lane.length > count) this.lanes.set(name, lane.slice(count));
    }
    this.count -= batch.length;
    return batch;
  }
}
