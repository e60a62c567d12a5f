import { InputError } from '@backstage/errors';
import { parseGoDuration } from '@kratix-ts/core/api';

/** Milliseconds of a duration such as 30m. Throws InputError that names the field. */
export function milliseconds(timeout: string): number {
  const parsed = parseGoDuration(timeout);
  if (parsed === undefined || parsed <= 0) throw new InputError(`timeout: "${timeout}" is no duration; write for example 90s, 30m or 1h30m`);
  return parsed;
}

/** A signal that aborts when the task is cancelled or the time is over. */
export function within(timeout: string, cancelled: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(milliseconds(timeout)), ...(cancelled ? [cancelled] : [])]);
}

/** Why waiting ended: cancelled, out of time, or what was thrown. */
export function reasonOf(error: unknown, cancelled: AbortSignal | undefined, words: { cancelled: string; late: string }): unknown {
  if (cancelled?.aborted) return new Error(words.cancelled);
  return error instanceof DOMException && error.name === 'TimeoutError' ? new Error(words.late) : error;
}
