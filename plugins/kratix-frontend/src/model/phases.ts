import type { Phase } from '@kratix-ts/backstage-plugin-kratix-common';

/** Every phase, those that need somebody first; the order of counts and of the sort by attention. */
const ORDER: Record<Phase, number> = {
  Failed: 0,
  NotPlaced: 1,
  Degraded: 2,
  Drifted: 3,
  PausedByStep: 4,
  Retrying: 5,
  Waiting: 6,
  Unknown: 7,
  Deleting: 8,
  Delivering: 9,
  Running: 10,
  Queued: 11,
  Paused: 12,
  Ready: 13,
};

export const PHASES = (Object.keys(ORDER) as Phase[]).sort((a, b) => ORDER[a] - ORDER[b]);
