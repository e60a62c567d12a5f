/** How often one caller may do something. */
export interface Rate {
  perMinute: number;
}

/** Refused because the caller asked too often; `statusCode` is what the answer bears, `retryAfterSeconds` its header. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError';
  readonly statusCode = 429;

  constructor(readonly retryAfterSeconds: number, what: string, perMinute: number) {
    super(`You may do ${perMinute} ${what} a minute; try again in ${retryAfterSeconds} s`);
  }
}

const MINUTE_MS = 60_000;
/** Who has not asked for so long is forgotten. */
const FORGET_MS = 2 * MINUTE_MS;

/** Counts by caller: a full minute's worth may come at once, then as fast as the rate. Callers who rest are forgotten. */
export class RateLimit {
  private readonly callers = new Map<string, { left: number; at: number }>();
  private sweptAt = 0;

  constructor(private readonly what: string, private readonly rate: Rate, private readonly now: () => number = Date.now) {}

  /** Throws TooManyRequestsError when the caller has used up what a minute allows. */
  take(caller: string): void {
    const { perMinute } = this.rate;
    const at = this.now();
    this.sweep(at);
    const before = this.callers.get(caller) ?? { left: perMinute, at };
    const left = Math.min(perMinute, before.left + ((at - before.at) * perMinute) / MINUTE_MS);
    if (left < 1) throw new TooManyRequestsError(Math.ceil(((1 - left) * MINUTE_MS) / perMinute / 1000), this.what, perMinute);
    this.callers.set(caller, { left: left - 1, at });
  }

  private sweep(at: number): void {
    if (at - this.sweptAt < FORGET_MS) return;
    this.sweptAt = at;
    for (const [caller, { at: last }] of this.callers) if (at - last > FORGET_MS) this.callers.delete(caller);
  }
}
