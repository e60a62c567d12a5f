import { systemClock, type Clock } from '../runtime';

/** The answer of a promise, or an Error after so many milliseconds: what `what` names did not end in time. */
export async function within<T>(ms: number, what: string, work: () => T | Promise<T>, clock: Clock = systemClock): Promise<T> {
  if (!Number.isFinite(ms)) return work();
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.setTimeout(() => reject(new Error(`${what} did not end within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    cancel();
  }
}
