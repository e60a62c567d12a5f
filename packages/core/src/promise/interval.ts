import { parseGoDuration, type PromiseObject, type PromiseRevisionObject } from '../api';
import { annotations } from '../wire/names';

/** The shortest interval between two periodic runs that is accepted, in milliseconds. Source: B-GEN-4. */
export const MIN_INTERVAL = 60_000;

/** An interval that can be used, in milliseconds; undefined when the text is not one, or less than a minute. */
export function validInterval(text: string | undefined): number | undefined {
  const interval = text === undefined ? undefined : parseGoDuration(text);
  return interval !== undefined && interval >= MIN_INTERVAL ? interval : undefined;
}

/**
 * How often the workflows of a Promise, or of the requests that run with this revision, run again, in milliseconds: the
 * revision's annotation, else what its spec says, else the engine's own. Source: B-PR-28, B-RR-14.
 */
export function intervalOf(promise: PromiseObject, revision: PromiseRevisionObject | undefined, byDefault: number): number {
  const spec = revision ? revision.spec.promiseSpec : promise.spec;
  const annotated = validInterval(revision?.metadata.annotations?.[annotations.reconciliationInterval]);
  return annotated ?? validInterval(spec?.workflows?.config?.reconciliationInterval) ?? byDefault;
}

/**
 * When a workflow runs again that settled at `since`, an RFC 3339 time. It counts from what is on record, so that a restart
 * of the engine neither delays it nor runs it early. Source: B-PR-27, Q-54.
 */
export function dueAt(since: string | undefined, interval: number): Date | undefined {
  const began = Date.parse(since ?? '');
  return Number.isNaN(began) ? undefined : new Date(began + interval);
}
