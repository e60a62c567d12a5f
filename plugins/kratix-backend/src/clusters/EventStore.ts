import { eventSummary, type EventSource, type EventSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import type { KubeObject, ReflectedStore } from '@kratix-ts/core/kube';

export type EventObject = KubeObject & EventSource;
export type EventTarget = NonNullable<EventSource['involvedObject']>;

export interface EventStoreOptions {
  /** Whether events about such an object are of interest. */
  isOurs: (target: EventTarget) => boolean;
  /** Called for an event that came after the first list. */
  onEvent: (target: EventTarget) => void;
  /** Events kept about one object, the newest ones. */
  perObject?: number;
  /** Objects of which events are kept, those that were heard of last. */
  objects?: number;
}

export function eventKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/**
 * What Events say about the objects that concern us: a bounded number of short records. A cluster has far more Events
 * than anything else, most of them about others.
 */
export class EventStore implements ReflectedStore<EventObject> {
  private readonly objects = new Map<string, Map<string, EventSummary>>();
  private hasListed = false;

  constructor(private readonly options: EventStoreOptions) {}

  /** What was heard of last stands first: times of events know no more than the second. */
  about(kind: string, namespace: string, name: string): EventSummary[] {
    return [...(this.objects.get(eventKey(kind, namespace, name))?.values() ?? [])].reverse();
  }

  get size(): number {
    let count = 0;
    for (const events of this.objects.values()) count += events.size;
    return count;
  }

  mark(): number {
    return 0;
  }

  replace(items: EventObject[]): void {
    this.objects.clear();
    [...items].sort(byVersion).forEach(item => this.keep(item));
    this.hasListed = true;
  }

  put(event: EventObject): void {
    if (this.keep(event) && this.hasListed) this.options.onEvent(event.involvedObject ?? {});
  }

  /** The cluster forgets events after a while, and so do we. */
  deleted(event: EventObject): void {
    const { kind = '', namespace = '', name = '' } = event.involvedObject ?? {};
    const key = eventKey(kind, namespace, name);
    const events = this.objects.get(key);
    events?.delete(event.metadata.name);
    if (events?.size === 0) this.objects.delete(key);
  }

  private keep(event: EventObject): boolean {
    const target = event.involvedObject ?? {};
    if (!this.options.isOurs(target)) return false;
    const { perObject = 20, objects = 20_000 } = this.options;
    const key = eventKey(target.kind ?? '', target.namespace ?? '', target.name ?? '');
    const events = this.objects.get(key) ?? new Map<string, EventSummary>();
    // Taken out and put in again, so that what was heard of last stands last.
    events.delete(event.metadata.name);
    events.set(event.metadata.name, eventSummary(event));
    dropOldest(events, perObject);
    this.objects.delete(key);
    this.objects.set(key, events);
    dropOldest(this.objects, objects);
    return true;
  }
}

/** A list comes by name; versions say in which order its items were written. */
function byVersion(a: EventObject, b: EventObject): number {
  return Number(a.metadata.resourceVersion ?? 0) - Number(b.metadata.resourceVersion ?? 0);
}

function dropOldest(entries: Map<string, unknown>, most: number): void {
  for (const oldest of entries.keys()) {
    if (entries.size <= most) return;
    entries.delete(oldest);
  }
}
