import { systemClock, type Clock } from '../runtime';

interface Paced {
  lastAt: number;
  cancel: (() => void) | undefined;
}

/**
 * Does something for a key as soon as it is asked to, and no more often than once in a while: who asks meanwhile is
 * served by the next time, together with all others.
 */
export class Pace {
  private readonly keys = new Map<string, Paced>();

  /** `intervalMs` is read anew each time. What `work` throws is its own business. */
  constructor(private readonly work: (key: string) => void, private readonly intervalMs: () => number, private readonly clock: Clock = systemClock) {}

  ask(key: string): void {
    const paced = this.keys.get(key) ?? { lastAt: -Infinity, cancel: undefined };
    this.keys.set(key, paced);
    if (paced.cancel) return;
    const waitMs = paced.lastAt + this.intervalMs() - this.clock.now();
    if (waitMs <= 0) this.run(key, paced);
    else paced.cancel = this.clock.setTimeout(() => this.run(key, paced), waitMs);
  }

  /** Forgets who waits. */
  end(): void {
    for (const { cancel } of this.keys.values()) cancel?.();
    this.keys.clear();
  }

  private run(key: string, paced: Paced): void {
    paced.cancel = undefined;
    paced.lastAt = this.clock.now();
    this.work(key);
  }
}
