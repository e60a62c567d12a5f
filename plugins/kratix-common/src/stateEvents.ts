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

/** Newest first. */
export function byEventTime(a: EventSummary, b: EventSummary): number {
  return Date.parse(b.lastAt ?? '') - Date.parse(a.lastAt ?? '') || a.reason.localeCompare(b.reason);
}
