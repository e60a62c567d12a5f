import type { RequestDetail, SentenceId } from '@kratix-ts/backstage-plugin-kratix-common';

/** Keys of the texts that say what to do next. */
export type HintId =
  | 'image' | 'secret' | 'start' | 'memory' | 'retry' | 'mend' | 'output' | 'store' | 'place' | 'misplaced' | 'drift' | 'health'
  | 'askEditor' | 'offer' | 'paused' | 'pausedByStep' | 'schema' | 'unreachable';

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
  driftedUnnamed: 'drift',
  notPlaced: 'place',
  notPlacedWanted: 'place',
  notPlacedSilent: 'place',
  misplaced: 'misplaced',
  failedExit: 'mend',
  failedReason: 'mend',
  failedStep: 'mend',
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

/** Those that only help who may change the request. */
const FOR_EDITORS: readonly HintId[] = ['retry', 'mend', 'memory', 'output', 'place', 'misplaced', 'drift', 'pausedByStep', 'schema'];

/** What the reader can do about the state; undefined where there is nothing to do but wait. */
export function hintOf({ summary, abilities }: Pick<RequestDetail, 'summary' | 'abilities'>): HintId | undefined {
  const known: Record<string, HintId | undefined> = HINTS;
  const hint = summary.message && known[summary.message.id];
  return hint && !abilities.update && FOR_EDITORS.includes(hint) ? 'askEditor' : hint;
}
