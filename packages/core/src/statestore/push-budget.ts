/** How many pushes a server is asked for at most. */
export interface PushLimit {
  perMinute: number;
  /** How many may follow each other at once when nothing was pushed for a while. Default 1. */
  burst?: number;
}

const MINUTE_MS = 60_000;

/** Says when the next push may go. Pushes that cannot wait, after a lost race, are counted and paid for later. */
export class PushBudget {
  private left: number;
  private since: number;

  /** `now` in milliseconds. Without a limit every push may go at once. */
  constructor(private readonly limit: PushLimit | undefined, private readonly now: () => number) {
    this.left = limit?.burst ?? 1;
    this.since = now();
  }

  /** Milliseconds until a push may go; 0 when it may go now. */
  get waitMs(): number {
    if (!this.limit) return 0;
    this.earn(this.limit);
    return this.left >= 1 ? 0 : Math.ceil(((1 - this.left) * MINUTE_MS) / this.limit.perMinute);
  }

  /** Notes a push. */
  spend(): void {
    if (!this.limit) return;
    this.earn(this.limit);
    this.left -= 1;
  }

  private earn({ perMinute, burst = 1 }: PushLimit): void {
    const now = this.now();
    this.left = Math.min(burst, this.left + ((now - this.since) * perMinute) / MINUTE_MS);
    this.since = now;
  }
}
