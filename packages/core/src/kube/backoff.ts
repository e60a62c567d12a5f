export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  /** Share of the delay that is random, 0 to 1; keeps many clients from coming back at once. */
  jitter?: number;
  random?: () => number;
}

/** The delay before try `attempt` (1 is the first repeat), in milliseconds: doubling up to a bound, part of it random. */
export function backoffMs(attempt: number, { firstMs, maxMs, jitter = 0, random = Math.random }: BackoffOptions) {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 40));
  return full * (1 - jitter) + full * jitter * random();
}
