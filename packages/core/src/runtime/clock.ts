/** Time, as everything in the engine sees it; tests turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls back once after `ms` milliseconds. Returns how to call it off. */
  setTimeout(callback: () => void, ms: number): () => void;
}

/** What Node's timers can wait for; more would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. Waits of any length are kept. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    let left = Math.max(0, ms);
    let timer: NodeJS.Timeout | undefined;
    const arm = () => {
      const step = Math.min(left, MAX_TIMEOUT_MS);
      left -= step;
      timer = setTimeout(() => (left > 0 ? arm() : callback()), step);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Waits; ends early, without an error, when the signal aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise(resolve => {
    let cancel: () => void = () => {};
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    cancel = clock.setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
