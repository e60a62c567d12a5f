import type { ForeignChange, StateStore } from '../statestore';

/** Names the API object of a store. */
export interface StoreRef {
  kind: string;
  name: string;
}

interface OpenStore {
  /** Says which spec and which Secret it was opened with. */
  fingerprint: string;
  store: StateStore;
  /** Nobody writes to a store before it was checked. */
  isReady: boolean;
}

/** The open stores of an engine, by kind and name. A store is opened once for each spec and Secret. */
export class Stores {
  private readonly opened = new Map<string, OpenStore>();
  private readonly problems = new Map<string, string>();
  private readonly listeners: ((kind: string, name: string) => void)[] = [];
  private readonly foreignListeners: ((ref: StoreRef, change: ForeignChange) => void)[] = [];

  /** Tells when a store can be used, and when it no longer can: an API object need not change for that. */
  onChange(listener: (kind: string, name: string) => void): void {
    this.listeners.push(listener);
  }

  /** Tells what others did to stores. */
  onForeignChange(listener: (ref: StoreRef, change: ForeignChange) => void): void {
    this.foreignListeners.push(listener);
  }

  /** Notes what somebody else did to a store. */
  changedByOthers(ref: StoreRef, change: ForeignChange): void {
    for (const listener of this.foreignListeners) listener(ref, change);
  }

  /** The store that is referred to, once it is ready. */
  of(ref: StoreRef | undefined): StateStore | undefined {
    const open = ref && this.opened.get(`${ref.kind}/${ref.name}`);
    return open?.isReady ? open.store : undefined;
  }

  /** Why {@link of} gives nothing; undefined while this process has not yet found out. */
  problemOf({ kind, name }: StoreRef): string | undefined {
    return this.problems.get(`${kind}/${name}`);
  }

  /** Opens the store anew when its fingerprint is another; `open` may throw. It is of use after {@link ready}. */
  async ensure(kind: string, name: string, fingerprint: string, open: () => StateStore): Promise<StateStore> {
    const before = this.opened.get(`${kind}/${name}`);
    if (before?.fingerprint === fingerprint) return before.store;
    const store = open();
    this.opened.set(`${kind}/${name}`, { fingerprint, store, isReady: false });
    if (before) await before.store.close();
    return store;
  }

  /** Notes that the store was checked. */
  ready(kind: string, name: string): void {
    const open = this.opened.get(`${kind}/${name}`);
    if (!open || open.isReady) return;
    open.isReady = true;
    this.problems.delete(`${kind}/${name}`);
    this.tell(kind, name);
  }

  /** Takes the store out of use until it is {@link ready} again, and says why; what it holds stays. */
  suspend(kind: string, name: string, why: string): void {
    const key = `${kind}/${name}`;
    const open = this.opened.get(key);
    const isNews = open?.isReady || this.problems.get(key) !== why;
    if (open) open.isReady = false;
    this.problems.set(key, why);
    if (isNews) this.tell(kind, name);
  }

  /** Takes the store out of use for good, and says why. */
  async drop(kind: string, name: string, why: string): Promise<void> {
    const key = `${kind}/${name}`;
    const before = this.opened.get(key);
    this.suspend(kind, name, why);
    this.opened.delete(key);
    if (before) await before.store.close();
  }

  /** Notes that there is no such store any more. */
  async forget(kind: string, name: string): Promise<void> {
    await this.drop(kind, name, `${kind}/${name}: not found`);
    this.problems.delete(`${kind}/${name}`);
  }

  private tell(kind: string, name: string) {
    for (const listener of this.listeners) listener(kind, name);
  }

  async close(): Promise<void> {
    const all = [...this.opened.values()];
    this.opened.clear();
    await Promise.all(all.map(({ store }) => store.close()));
  }
}
