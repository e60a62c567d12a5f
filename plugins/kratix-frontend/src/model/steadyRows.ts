/**
 * The rows of a newer answer to the same question, without jumping: those that were shown keep their places, new ones
 * come where the answer has them.
 */
export function steadyRows<T extends object | string>(shown: readonly T[], newer: readonly T[], keyOf: (row: T) => string): T[] {
  const fresh = new Map(newer.map(row => [keyOf(row), row]));
  const kept = shown.flatMap(row => fresh.get(keyOf(row)) ?? []);
  const known = new Set(kept.map(keyOf));
  const rows = [...kept];
  newer.forEach((row, index) => {
    if (!known.has(keyOf(row))) rows.splice(Math.min(index, rows.length), 0, row);
  });
  return rows;
}
