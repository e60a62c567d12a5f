import type { Clock } from '../runtime/clock';

interface Timer {
  dueAt: number;
  callback: () => void;
}

/** A clock that stands still until it is turned. */
export class FakeClock implements Clock {
  private timers: Timer[] = [];

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, ms: number): () => void {
    const timer = { dueAt: this.time + Math.max(0, ms), callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter(other => other !== timer);
    };
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.length;
  }

  /** Turns the clock on; timers fire in order, each at its own time, and what they set off is let run in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await turns();
    for (let next = this.earliest(end); next; next = this.earliest(end)) {
      const timer = next;
      this.timers = this.timers.filter(other => other !== timer);
      this.time = Math.max(this.time, timer.dueAt);
      timer.callback();
      await turns();
    }
    this.time = end;
    await turns();
  }

  private earliest(end: number): Timer | undefined {
    return this.timers
      .filter(({ dueAt }) => dueAt <= end)
      .reduce<Timer | undefined>((first, timer) => (first && first.dueAt <= timer.dueAt ? first : timer), undefined);
  }
}

/** Lets promises that can settle do so. */
async function turns() {
  for (let i = 0; i < 4; i += 1) await new Promise<void>(resolve => setImmediate(resolve));
}
