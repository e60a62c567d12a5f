import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `check` answers with something other than `undefined`, `false` or `null`, and hands that out.
 * Fails after `timeoutMs`, saying what was waited for and what `check` threw last.
 */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = 5000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const reason = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`waited ${timeoutMs} ms for: ${what}${reason}`, { cause: last });
    }
    await sleep(5);
  }
}
