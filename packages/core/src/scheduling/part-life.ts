import type { WorkObject, WorkPlacementObject } from '../api';

/** A Work whose pieces were written comes within this time, or never: its pipeline has ended long before. Milliseconds. */
const PATIENCE_MS = 2 * 60 * 60_000;

/** What is to be done with a Work that holds a piece of another one's files. */
export type PartFate = 'keep' | 'delete' | { lookAgainMs: number };

const time = (text: string | undefined) => Date.parse(text ?? '') || 0;

/**
 * A piece stays while the whole names it, while a placement still needs it, and while the whole that names it may yet
 * come: pieces are written first. `whole` is undefined where there is none.
 */
export function fateOfPart(part: WorkObject, whole: WorkObject | undefined, placements: readonly WorkPlacementObject[], now: Date): PartFate {
  const { name, creationTimestamp } = part.metadata;
  const isNamed = (parts: readonly { name: string }[] | undefined) => parts?.some(each => each.name === name) ?? false;
  if (isNamed(whole?.spec?.parts) || placements.some(({ spec }) => isNamed(spec?.parts))) return 'keep';
  if (whole && time(part.spec?.lastExecutionTimestamp) < time(whole.spec?.lastExecutionTimestamp)) return 'delete';
  const left = Math.max(time(creationTimestamp), time(part.spec?.lastExecutionTimestamp)) + PATIENCE_MS - now.getTime();
  return left > 0 ? { lookAgainMs: left } : 'delete';
}
