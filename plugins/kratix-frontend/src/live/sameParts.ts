/**
 * The newer of two answers, with every part that is as it was taken from the older one: what compares by identity, such
 * as a memoised row, then sees a change only where there is one.
 */
export function sameParts<T>(older: unknown, newer: T): T {
  if (Object.is(older, newer) || !isContainer(older) || !isContainer(newer)) return newer;
  if (Array.isArray(older) !== Array.isArray(newer)) return newer;
  const before = Object.entries(older);
  const after = Object.entries(newer);
  const merged = after.map(([key, value]) => [key, sameParts((older as Record<string, unknown>)[key], value)] as const);
  const isSame = before.length === after.length && merged.every(([key, value]) => Object.is((older as Record<string, unknown>)[key], value));
  if (isSame) return older as T;
  return (Array.isArray(newer) ? merged.map(([, value]) => value) : Object.fromEntries(merged)) as T;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
