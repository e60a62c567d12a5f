/** How long anything may take on a slow and busy machine. Milliseconds. */
export const patience = 60_000;

/** Asks again until there is an answer; fails after the deadline with what it waited for. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  wait = patience,
): Promise<T> {
  const deadline = Date.now() + wait;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${wait / 1000} s in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
