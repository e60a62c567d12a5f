/** Thrown out of a wait when what was waited for does not matter any more. */
export class Aborted extends Error {
  constructor() {
    super('aborted');
    this.name = 'Aborted';
  }
}

interface Waiter {
  timer?: NodeJS.Timeout;
  resolve: () => void;
}

/** Something may have changed: wakes those who wait, and is not missed by those who are about to. */
export class Bell {
  private count = 0;
  private readonly waiting = new Set<Waiter>();
  private isClosed = false;

  /** To be handed to {@link next}, so that a ring since then is not missed. */
  get rings(): number {
    return this.count;
  }

  ring(): void {
    this.count += 1;
    [...this.waiting].forEach(waiter => this.wake(waiter));
  }

  private wake(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    this.waiting.delete(waiter);
    waiter.resolve();
  }

  /** Ends all waits, present and future, with {@link Aborted}. */
  close(): void {
    this.isClosed = true;
    this.ring();
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Waits for a ring after `since`, at most for `timeoutMs`. */
  async next(since: number, timeoutMs?: number): Promise<void> {
    if (this.count === since && !this.isClosed) {
      await new Promise<void>(resolve => {
        const waiter: Waiter = { resolve };
        if (timeoutMs !== undefined) {
          waiter.timer = setTimeout(() => this.wake(waiter), timeoutMs);
        }
        this.waiting.add(waiter);
      });
    }
    if (this.isClosed) {
      throw new Aborted();
    }
  }

  /** Waits for the time to pass, whatever rings. */
  async sleep(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      await this.next(this.count, end - Date.now());
    }
  }
}
