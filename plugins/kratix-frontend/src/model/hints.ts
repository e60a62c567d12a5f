import type { PhaseSummary, SentenceId } from '@kratix-ts/backstage-plugin-kratix-common';

/** Keys of the texts that say what to do next. */
export type HintId =
  | 'image' | 'secret' | 'start' | 'memory' | 'retry' | 'output' | 'store' | 'place' | 'misplaced' | 'drift' | 'health'
  | 'offer' | 'paused' | 'pausedByStep' | 'schema' | 'unreachable';

const HINTS: Partial<Record<SentenceId, HintId>> = {
  waiting: 'offer',
  waitingMissing: 'offer',
  cannotPull: 'image',
  cannotConfigure: 'secret',
  cannotStart: 'start',
  restarting: 'retry',
  pausedByStep: 'pausedByStep',
  pausedByStepSilent: 'pausedByStep',
  deliveringTrouble: 'store',
  degraded: 'health',
  degradedSilent: 'health',
  drifted: 'drift',
  notPlaced: 'place',
  notPlacedWanted: 'place',
  notPlacedSilent: 'place',
  misplaced: 'misplaced',
  failedExit: 'retry',
  failedReason: 'retry',
  failedStep: 'retry',
  failedMemory: 'memory',
  failedOutput: 'output',
  failedRun: 'schema',
  failedDelivery: 'store',
  failedDeliverySomewhere: 'store',
  failedDeleting: 'retry',
  failedDeletingExit: 'retry',
  paused: 'paused',
  pausedOffer: 'paused',
  pausedDeleting: 'paused',
  unknown: 'unreachable',
};

/** What the reader can do about the state; undefined where there is nothing to do but wait. */
export function hintOf({ message }: PhaseSummary): HintId | undefined {
  const known: Record<string, HintId | undefined> = HINTS;
  return message && known[message.id];
}
