/** Thrown out of a wait when what was waited for does not matter any more. */
export class Aborted extends Error {
  constructor() {
    super('aborted');
    this.name = 'Aborted';
  }
}

/** Something may have changed: wakes those who wait, and is not missed by those who are about to. */
export class Bell {
  private count = 0;
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  /** To be handed to {@link next}, so that a ring since then is not missed. */
  get rings(): number {
    return this.count;
  }

  ring(): void {
    this.count += 1;
    [...this.waiting].forEach(wake => wake());
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
        const timer = timeoutMs === undefined ? undefined : setTimeout(() => wake(), timeoutMs);
        const wake = () => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
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
