import type { DestinationSummary, PromiseSummary, StoreSummary } from '@kratix-ts/backstage-plugin-kratix-common';

/** Sorted so that what needs somebody comes first, and by name where it is the same. */
export function troubleFirst<T extends { cluster: string; name: string }>(items: readonly T[], troubleOf: (item: T) => number): T[] {
  const named = (a: T, b: T) => a.name.localeCompare(b.name, 'en') || a.cluster.localeCompare(b.cluster, 'en');
  return [...items].sort((a, b) => troubleOf(b) - troubleOf(a) || named(a, b));
}

export const troubleOfPromise = ({ available }: PromiseSummary): number => (available ? 0 : 1);

export function troubleOfDestination({ ready, placements }: DestinationSummary): number {
  return (ready ? 0 : 8) + (placements.failed > 0 ? 4 : 0) + (placements.misplaced > 0 ? 2 : 0) + (placements.pending > 0 ? 1 : 0);
}

export function troubleOfStore({ ready, failed, queued }: StoreSummary): number {
  return (ready ? 0 : 4) + (failed > 0 ? 2 : 0) + (queued > 0 ? 1 : 0);
}
