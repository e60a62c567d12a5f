import type { LocalApi } from '../api';
import type { Change, Store } from '../store/store';

const EVENTS = { group: '', plural: 'events' };
const LIFE = 3600_000;
/** How often it is worth to look, in milliseconds. */
const PAUSE = 60_000;

/** Drops old events, when new ones come; nothing runs while nothing happens. */
export class EventExpiry {
  readonly #store: Store;
  readonly #local: LocalApi;
  readonly #now: () => Date;
  #lastLook = 0;
  #stop: (() => void) | undefined;

  constructor(store: Store, local: LocalApi, now: () => Date) {
    this.#store = store;
    this.#local = local;
    this.#now = now;
  }

  start(): void {
    this.#stop = this.#store.subscribe('events', change => this.#onChange(change));
  }

  stop(): void {
    this.#stop?.();
  }

  #onChange({ type }: Change): void {
    const now = this.#now().getTime();
    if (type !== 'ADDED' || now - this.#lastLook < PAUSE) return;
    this.#lastLook = now;
    for (const { object } of [...this.#store.list('events')]) {
      const { name, namespace, creationTimestamp } = object.metadata;
      const last = Date.parse(typeof object.lastTimestamp === 'string' ? object.lastTimestamp : creationTimestamp);
      if (now - last > LIFE) this.#local.delete(EVENTS, { name, ...(namespace ? { namespace } : {}) });
    }
  }
}
