import { randomBytes } from 'node:crypto';
import { coreTypes } from '../kube/gvk';
import type { KubeClient, KubeObject } from '../kube/types';
import { Clock, systemClock } from './clock';
import type { Logger } from './logger';
import { microTime } from './micro-time';

/** What happened, in a reason of one CamelCase word and a sentence. */
export interface EventNote {
  type?: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** What was being done, in one CamelCase word. Default `Reconcile`. */
  action?: string;
}

interface EventObject extends KubeObject {
  eventTime: string;
  series?: { count: number; lastObservedTime: string };
  [field: string]: unknown;
}

export interface EventRecorderOptions {
  client: KubeClient;
  /** Who reports, such as `kratix-ts/engine`. */
  controller: string;
  /** This process. */
  instance: string;
  log: Logger;
  clock?: Clock;
  /** Repeats of one event are gathered for this long before they are written, in milliseconds. Default 30,000. */
  gatherMs?: number;
  /** How many events may wait to be written; more are dropped and counted in the log. Default 1,000. */
  maxWaiting?: number;
}

interface Series {
  ref: { name: string; namespace: string };
  count: number;
  written: number;
  lastAt: number;
  cancel?: () => void;
}

/** An event that was not repeated for this long begins a new series. */
const SERIES_MS = 10 * 60_000;
const MAX_NOTE = 1024;

/**
 * Writes events (events.k8s.io/v1) beside the work: {@link record} returns at once and never throws. An event that
 * repeats is one object with a count; what cannot be written is dropped.
 */
export class EventRecorder {
  private readonly clock: Clock;
  private readonly series = new Map<string, Series>();
  private readonly writes: (() => Promise<void>)[] = [];
  private draining?: Promise<void>;
  private dropped = 0;

  constructor(private readonly options: EventRecorderOptions) {
    this.clock = options.clock ?? systemClock;
  }

  /** Notes that something went as it should. */
  normal(object: KubeObject, reason: string, message: string) {
    this.record(object, { type: 'Normal', reason, message });
  }

  /** Notes that something needs a reader's attention. */
  warning(object: KubeObject, reason: string, message: string) {
    this.record(object, { type: 'Warning', reason, message });
  }

  /** Notes that something happened to an object. */
  record(object: KubeObject, note: EventNote) {
    const id = JSON.stringify([
      object.metadata.uid,
      object.kind,
      object.metadata.name,
      note.type,
      note.reason,
      note.message,
    ]);
    const now = this.clock.now();
    const known = this.series.get(id);
    if (known && now - known.lastAt < SERIES_MS) {
      known.count += 1;
      known.lastAt = now;
      known.cancel ??= this.clock.setTimeout(() => this.writeCount(known), this.options.gatherMs ?? 30_000);
      return;
    }
    this.begin(id, object, note, now);
  }

  /** Writes what waits, and ends. */
  async stop(): Promise<void> {
    for (const series of this.series.values()) if (series.cancel) this.writeCount(series);
    this.series.clear();
    await this.draining;
  }

  private begin(id: string, object: KubeObject, note: EventNote, now: number) {
    const namespace = object.metadata.namespace ?? 'default';
    const name = `${object.metadata.name.slice(0, 200)}.${randomBytes(8).toString('hex')}`;
    const series: Series = { ref: { name, namespace }, count: 1, written: 1, lastAt: now };
    this.series.delete(id);
    this.series.set(id, series);
    this.forgetOldest();
    this.enqueue(async () => {
      await this.options.client.create(coreTypes.Event, this.eventOf(series.ref, object, note, now));
    });
  }

  private eventOf(
    ref: { name: string; namespace: string },
    object: KubeObject,
    note: EventNote,
    now: number,
  ): EventObject {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: ref,
      eventTime: microTime(now),
      reportingController: this.options.controller,
      reportingInstance: this.options.instance.slice(0, 128),
      type: note.type ?? 'Normal',
      reason: note.reason,
      action: note.action ?? 'Reconcile',
      note: note.message.length > MAX_NOTE ? `${note.message.slice(0, MAX_NOTE - 1)}…` : note.message,
      regarding: { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid, resourceVersion },
    };
  }

  private writeCount(series: Series) {
    series.cancel?.();
    series.cancel = undefined;
    if (series.count === series.written) return;
    this.enqueue(async () => {
      series.written = series.count;
      const patch = { series: { count: series.count, lastObservedTime: microTime(series.lastAt) } };
      await this.options.client.patch(coreTypes.Event, series.ref, patch, { kind: 'merge' });
    });
  }

  private forgetOldest() {
    if (this.series.size <= (this.options.maxWaiting ?? 1000)) return;
    const oldest = this.series.entries().next();
    if (oldest.done) return;
    const [id, series] = oldest.value;
    if (series.cancel) this.writeCount(series);
    this.series.delete(id);
  }

  private enqueue(write: () => Promise<void>) {
    if (this.writes.length >= (this.options.maxWaiting ?? 1000)) {
      this.dropped += 1;
      return;
    }
    this.writes.push(write);
    this.draining ??= this.drain();
  }

  private async drain() {
    for (let write = this.writes.shift(); write; write = this.writes.shift()) {
      await write().catch(error => this.options.log.debug({ err: error }, 'an event could not be written'));
    }
    if (this.dropped) this.options.log.warn({ dropped: this.dropped }, 'events were dropped: too many at once');
    this.dropped = 0;
    // In the same turn in which the last write was found missing, so that none can slip in between.
    this.draining = undefined;
  }
}
