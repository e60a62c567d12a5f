import type { EventSource } from './platformObjects';
import type { EventSummary } from './requestDetail';

/** What is shown of an Event, whichever of the two APIs it was written through. */
export function eventSummary(event: EventSource): EventSummary {
  const { involvedObject = {}, series, metadata } = event;
  const firstAt = event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp;
  return {
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: series?.count ?? event.count ?? 1,
    firstAt,
    lastAt: series?.lastObservedTime ?? event.lastTimestamp ?? firstAt,
    about: { kind: involvedObject.kind ?? '', name: involvedObject.name ?? '' },
  };
}

const since = (a: string | undefined, b: string | undefined) => Date.parse(a ?? '') - Date.parse(b ?? '');

/** Newest first; those of one time stay in their order. */
export function byEventTime(a: EventSummary, b: EventSummary): number {
  return since(b.lastAt, a.lastAt) || since(b.firstAt, a.firstAt) || 0;
}
