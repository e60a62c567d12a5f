import { renderSentence } from './phase-sentences';
import type { Phase, PhaseSummary } from './types';

/** Phases in the order in which somebody should look at them: what failed, what waits for somebody, what moves, what is well. */
const BY_ATTENTION: Phase[] = [
  'Failed', 'NotPlaced', 'Degraded', 'Drifted', 'PausedByStep', 'Retrying', 'Waiting', 'Unknown', 'Paused', 'Deleting',
  'Queued', 'Running', 'Delivering', 'Ready',
];
const rank = new Map(BY_ATTENTION.map((phase, index) => [phase, index]));
const CALM = BY_ATTENTION.indexOf('Unknown');

/** Place of a phase in a list that begins with what needs somebody: lower comes first. */
export function attentionRank(phase: Phase): number {
  return rank.get(phase) ?? BY_ATTENTION.length;
}

/** Whether a request in this phase has failed or waits for somebody or something. */
export function needsAttention(phase: Phase): boolean {
  return attentionRank(phase) < CALM;
}

/** The same summary with its sentence written anew, since spans of time in it go on. */
export function sayAgain(summary: PhaseSummary, now: Date): PhaseSummary {
  if (!summary.message) return summary;
  const lastKnown = summary.lastKnown && sayAgain(summary.lastKnown, now);
  const message = lastKnown
    ? { ...summary.message, values: { ...summary.message.values, last: lastKnown.sentence } }
    : summary.message;
  return { ...summary, message, sentence: renderSentence(message, { now }), ...(lastKnown && { lastKnown }) };
}
