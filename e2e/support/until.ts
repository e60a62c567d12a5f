/** Asks again until there is an answer; fails after the deadline with what it waited for and what it last saw. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  patience = 30_000,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${patience / 1000} s in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
