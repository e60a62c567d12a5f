/** What lasts for less than this after a pipeline's end is not worth a write for each request, in milliseconds. */
const BRIEF = 2_000;

/**
 * Until when a state stays unwritten that follows the end of a pipeline, an RFC 3339 time, and usually passes at once: its
 * files are on their way to the store. Undefined when it has lasted long enough to be told.
 */
export function briefUntil(endedAt: string | undefined, now: Date): Date | undefined {
  const due = Date.parse(endedAt ?? '') + BRIEF;
  return due > now.getTime() ? new Date(due) : undefined;
}
