import { StatusError } from '../api';
import type { Json } from '../schema/types';
import { Journal, type JournalRecord } from './journal';

export interface StoredMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; blockOwnerDeletion?: boolean; controller?: boolean }[];
  managedFields?: Json[];
}

export interface StoredObject extends Json {
  apiVersion: string;
  kind: string;
  metadata: StoredMeta;
}

/** One object at one revision. Never changed: a write makes a new entry. */
export interface Entry {
  /** `namespace/name`, or `name` for what is cluster-scoped. */
  readonly key: string;
  readonly object: StoredObject;
  readonly json: string;
  readonly revision: number;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly resource: string;
  readonly entry: Entry;
  readonly previous?: Entry;
}

export interface StoreOptions {
  /** How many changes are kept for watches that come back; older ones are answered with 410. */
  history?: number;
  /** Every write is on the disk before it is answered; without it, when the system writes it. */
  sync?: boolean;
}

const TYPES = { A: 'ADDED', M: 'MODIFIED', D: 'DELETED' } as const;
const HISTORY_BYTES = 8e6;

/** All objects of all kinds: in memory, every write in the journal, one revision counter, and the last changes. */
export class Store {
  readonly #journal: Journal;
  readonly #resources = new Map<string, Map<string, Entry>>();
  readonly #sorted = new Map<string, Entry[]>();
  readonly #subscribers = new Set<{ resource?: string; handler: (change: Change) => void }>();
  readonly #limit: number;
  #history: Change[] = [];
  #historyBytes = 0;
  #oldest = 0;
  #revision = 0;
  #delivered = 0;
  #undelivered: Change[] = [];

  constructor(folder: string, options: StoreOptions = {}) {
    this.#limit = options.history ?? 4096;
    this.#journal = new Journal(folder, options.sync);
    const start = this.#journal.open(record => this.#replay(record));
    this.#revision = Math.max(this.#revision, start);
    this.#oldest = Math.max(this.#oldest, start);
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  /** Subscribers were told of everything up to this revision. */
  get delivered(): number {
    return this.#undelivered.length === 0 ? this.#revision : this.#delivered;
  }

  /** Changes after this revision are known; a watch from before it must start anew. */
  get oldestRevision(): number {
    return this.#oldest;
  }

  get(resource: string, key: string): Entry | undefined {
    return this.#resources.get(resource)?.get(key);
  }

  /** Sorted by key. */
  list(resource: string): readonly Entry[] {
    let sorted = this.#sorted.get(resource);
    if (!sorted) {
      sorted = [...(this.#resources.get(resource)?.values() ?? [])].sort(byKey);
      this.#sorted.set(resource, sorted);
    }
    return sorted;
  }

  /** What stood there at an earlier revision; undefined when that is too long ago. */
  listAt(resource: string, revision: number): readonly Entry[] | undefined {
    if (revision >= this.#revision) return this.list(resource);
    if (revision < this.#oldest) return undefined;
    const state = new Map(this.#resources.get(resource));
    for (let i = this.#history.length - 1; i >= 0 && this.#history[i].revision > revision; i--) {
      if (this.#history[i].resource === resource) undo(state, this.#history[i]);
    }
    return [...state.values()].sort(byKey);
  }

  /** The changes of one kind after a revision; undefined when they are no longer known. */
  since(resource: string, revision: number): Change[] | undefined {
    if (revision < this.#oldest) return undefined;
    return this.#history.filter(change => change.revision > revision && change.resource === resource);
  }

  resources(): string[] {
    return [...this.#resources.keys()];
  }

  /** Stores the object under the next revision, which is written into it. */
  put(resource: string, key: string, object: StoredObject): Entry {
    const previous = this.get(resource, key);
    return this.#commit(previous ? 'M' : 'A', resource, key, object, previous);
  }

  /** Removes the object; watches see `last` as what was there in the end. */
  remove(resource: string, key: string, last: StoredObject): Entry {
    const previous = this.get(resource, key);
    return this.#commit('D', resource, key, last, previous);
  }

  /** Calls back for each later change, in order, never from inside a write. Without a resource: for every kind. */
  subscribe(resource: string | undefined, handler: (change: Change) => void): () => void {
    const subscriber = { resource, handler };
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Delivers what was written so far. What handlers write comes in the next round, so that others get their turn. */
  #deliver(): void {
    const changes = this.#undelivered;
    this.#undelivered = [];
    for (const change of changes) {
      for (const { resource, handler } of [...this.#subscribers]) {
        if (resource === undefined || resource === change.resource) handler(change);
      }
      this.#delivered = change.revision;
    }
  }

  close(): void {
    this.#subscribers.clear();
    this.#journal.close();
  }

  #commit(kind: 'A' | 'M' | 'D', resource: string, key: string, object: StoredObject, previous: Entry | undefined): Entry {
    const revision = this.#revision + 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const json = JSON.stringify(stored);
    try {
      this.#journal.append({ kind, revision, resource, key, json });
    } catch (error) {
      throw new StatusError(500, 'InternalError', `The local cluster cannot write to its folder: ${(error as Error).message}; free some space and try again`);
    }
    this.#revision = revision;
    const entry: Entry = { key, object: stored, json, revision };
    const change = this.#apply(kind, revision, resource, entry, previous);
    if (this.#undelivered.push(change) === 1) setImmediate(() => this.#deliver());
    if (this.#journal.isOvergrown) this.compact();
    return entry;
  }

  #apply(kind: 'A' | 'M' | 'D', revision: number, resource: string, entry: Entry, previous: Entry | undefined): Change {
    const entries = this.#entriesOf(resource);
    if (kind === 'D') entries.delete(entry.key);
    else entries.set(entry.key, entry);
    const sorted = this.#sorted.get(resource);
    if (sorted && kind === 'M') sorted[position(sorted, entry.key)] = entry;
    else this.#sorted.delete(resource);
    const change: Change = { type: TYPES[kind], revision, resource, entry, ...(previous ? { previous } : {}) };
    this.#history.push(change);
    this.#historyBytes += entry.json.length;
    if (this.#history.length > this.#limit * 1.25 || this.#historyBytes > HISTORY_BYTES * 1.25) this.#trim();
    return change;
  }

  /** Forgets old changes down to the limits, a quarter at a time so that it costs little. */
  #trim(): void {
    let drop = 0;
    while (this.#history.length - drop > this.#limit || this.#historyBytes > HISTORY_BYTES) {
      this.#historyBytes -= this.#history[drop].entry.json.length;
      this.#oldest = this.#history[drop].revision;
      drop++;
    }
    this.#history = this.#history.slice(drop);
  }

  #replay(record: JournalRecord): void {
    const object = JSON.parse(record.json) as StoredObject;
    const { resource, key, revision, json } = record;
    const entry: Entry = { key, object, json, revision: Number(object.metadata.resourceVersion) };
    if (record.kind === 'S') {
      this.#entriesOf(resource).set(key, entry);
      this.#oldest = Math.max(this.#oldest, revision);
    } else this.#apply(record.kind, revision, resource, entry, this.get(resource, key));
    this.#revision = Math.max(this.#revision, revision);
  }

  /** Shortens the journal to the state before the remembered changes, and those changes. */
  compact(): void {
    this.#journal.rewrite(this.#oldest, this.#records());
  }

  *#records(): Iterable<JournalRecord> {
    for (const resource of this.#resources.keys()) {
      for (const entry of this.listAt(resource, this.#oldest) ?? []) {
        yield { kind: 'S', revision: this.#oldest, resource, key: entry.key, json: entry.json };
      }
    }
    for (const { type, revision, resource, entry } of this.#history) {
      yield { kind: type.slice(0, 1) as 'A' | 'M' | 'D', revision, resource, key: entry.key, json: entry.json };
    }
  }

  #entriesOf(resource: string): Map<string, Entry> {
    let entries = this.#resources.get(resource);
    if (!entries) this.#resources.set(resource, (entries = new Map()));
    return entries;
  }
}

function undo(state: Map<string, Entry>, change: Change): void {
  if (change.previous) state.set(change.entry.key, change.previous);
  else state.delete(change.entry.key);
}

function byKey(a: Entry, b: Entry): number {
  return a.key < b.key ? -1 : 1;
}

function position(sorted: Entry[], key: string): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
