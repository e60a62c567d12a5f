import type { Phase, PhaseSummary } from '@kratix-ts/backstage-plugin-kratix-common';

export type NoteKind = 'failed' | 'decision' | 'recovered';

/** How a request is, as far as its owner is to be told. */
export interface NoteInput {
  summary: PhaseSummary;
  generation?: number;
  deleting: boolean;
}

/**
 * What is to be told about a request.
 * `known` is the trouble that its owner was told of last, or that was there when the portal first saw it.
 */
export interface NotePlan {
  /** The trouble that is known from now on; undefined where there is none. */
  known: string | undefined;
  note?: NoteKind;
}

const ALERTS: Partial<Record<Phase, Exclude<NoteKind, 'recovered'>>> = {
  Failed: 'failed',
  NotPlaced: 'failed',
  Degraded: 'failed',
  PausedByStep: 'decision',
};

/** Names a trouble: the same one twice in a row is told once, another step or another spec is another trouble. */
function troubleOf({ summary, generation }: NoteInput): string | undefined {
  if (!ALERTS[summary.phase]) return undefined;
  return [summary.phase, generation ?? '', summary.step ?? '', summary.container ?? ''].join('/');
}

/**
 * Decides what the owner of a request is told: that it fails, that it needs a decision, and that it is well again. What
 * moves in between says nothing, and nothing is said of what the portal found when it began (`isFromBefore`).
 */
export function planNote(known: string | undefined, now: NoteInput, isFromBefore: boolean): NotePlan {
  const { phase } = now.summary;
  const trouble = troubleOf(now);
  if (trouble === known || phase === 'Unknown') return { known };
  if (trouble) return { known: trouble, ...(!(isFromBefore && known === undefined) && { note: ALERTS[phase] }) };
  if (phase === 'Ready') return { known: undefined, note: 'recovered' };
  return { known: now.deleting ? undefined : known };
}
