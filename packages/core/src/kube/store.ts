import { keyOf } from './gvk';
import { isHeld } from './held';
import { scopeMatcher } from './selector';
import { deepFreeze, stripped } from './strip';
import type { InformerEvent, InformerOptions, Key, KubeObject } from './types';
import { compareVersions } from './version';

export interface StoreOptions extends InformerOptions {
  /** Freezes every object, so that changing shared data throws. */
  freeze?: boolean;
}

interface Index<T> {
  values: (object: T) => string[];
  entries: Map<string, Map<Key, T>>;
}

/** How many deleted objects are remembered, so that a late answer or event cannot bring one back. */
const MAX_TOMBSTONES = 4096;

/**
 * The copy of a collection. It has two writers: the watch, and the answers to our own writes, in whatever order they
 * arrive. The promise: an older state never replaces a newer one, and what was deleted does not come back.
 */
export class ObjectStore<T extends KubeObject> {
  private readonly objects = new Map<Key, T>();
  private readonly indexes = new Map<string, Index<T>>();
  /** uid of a deleted object -> when, counted in {@link clock}. */
  private readonly tombstones = new Map<string, number>();
  private readonly inScope: (object: KubeObject) => boolean | undefined;
  private clock = 0;
  /** The newest version that a list or the watch has shown; answers to writes do not count. */
  private serverVersion?: string;

  constructor(private readonly options: StoreOptions, private readonly emit: (event: InformerEvent<T>) => void) {
    this.inScope = scopeMatcher(options);
  }

  get(key: Key): T | undefined {
    return this.objects.get(key);
  }

  list(): T[] {
    return [...this.objects.values()];
  }

  get size() {
    return this.objects.size;
  }

  addIndex(name: string, values: (object: T) => string[]) {
    if (this.indexes.has(name)) return;
    const index: Index<T> = { values, entries: new Map() };
    this.indexes.set(name, index);
    for (const [key, object] of this.objects) enter(index, key, object);
  }

  byIndex(name: string, value: string): T[] {
    const index = this.indexes.get(name);
    if (!index) {
      throw new Error(`no index "${name}"; add it with addIndex. There are: ${[...this.indexes.keys()].join(', ')}`);
    }
    return [...(index.entries.get(value)?.values() ?? [])];
  }

  /** To be read before a list is asked for, and given to {@link replace} with the answer. */
  mark(): number {
    this.clock += 1;
    return this.clock;
  }

  /** Takes over a complete list. `mark` is the answer of {@link mark} from before the list was asked for. */
  replace(items: T[], listVersion: string, mark: number, initial: boolean) {
    const isReset = (compareVersions(listVersion, this.serverVersion) ?? 0) < 0;
    // Only an answer to a write that is newer than the list may stand against it, and none once versions begin anew.
    const stands = (known: T) => !isReset && isNewer(known, listVersion);
    this.serverVersion = listVersion;
    const listed = new Set<Key>();
    for (const item of items) {
      const key = keyOf(item);
      listed.add(key);
      const buriedAt = this.tombstones.get(item.metadata.uid ?? '');
      if (buriedAt !== undefined && buriedAt > mark) continue;
      const known = this.objects.get(key);
      if (known && stands(known)) continue;
      this.set(key, item, initial);
    }
    for (const [key, known] of [...this.objects]) {
      if (!listed.has(key) && !stands(known)) this.remove(key, known);
    }
  }

  /** Takes over an event of the watch, or (with `isOwnWrite`) the answer to a write. */
  put(object: T, isOwnWrite = false) {
    const key = keyOf(object);
    const known = this.objects.get(key);
    if (!isOwnWrite) this.serverVersion = object.metadata.resourceVersion;
    if (this.tombstones.has(object.metadata.uid ?? '')) return;
    const order = known && compareVersions(object.metadata.resourceVersion, known.metadata.resourceVersion);
    if (order !== undefined && order <= 0) return;
    if (isOwnWrite) {
      const scope = this.inScope(object);
      if (scope === undefined && !known) return;
      if (scope === false) {
        if (known) this.remove(key, known);
        return;
      }
      // The write that takes the last finalizer away is answered with the object's last state.
      if (object.metadata.deletionTimestamp && !isHeld(object)) {
        this.bury(key, object.metadata.uid);
        return;
      }
    }
    this.set(key, object, false);
  }

  /** Takes over a deletion seen by the watch; `last` is the object's last state. */
  deleted(last: T) {
    const key = keyOf(last);
    const known = this.objects.get(key);
    // An object that left the selector is reported as deleted, but lives on: its uid is not buried.
    if (last.metadata.deletionTimestamp || this.inScope(last) === true) this.remember(last.metadata.uid);
    if (!known) return;
    const isOther = known.metadata.uid !== last.metadata.uid;
    const order = compareVersions(last.metadata.resourceVersion, known.metadata.resourceVersion);
    if (order !== undefined && order < 0 && isOther) return;
    this.remove(key, { ...known, ...last });
  }

  /** Notes a deletion of our own. With a uid, an object that was made anew under the same name stays. */
  bury(key: Key, uid?: string) {
    const known = this.objects.get(key);
    this.remember(uid ?? known?.metadata.uid);
    if (known && (uid === undefined || known.metadata.uid === uid)) this.remove(key, known);
  }

  private remember(uid: string | undefined) {
    if (!uid) return;
    this.clock += 1;
    this.tombstones.delete(uid);
    this.tombstones.set(uid, this.clock);
    if (this.tombstones.size > MAX_TOMBSTONES) {
      for (const oldest of this.tombstones.keys()) {
        this.tombstones.delete(oldest);
        break;
      }
    }
  }

  private set(key: Key, raw: T, initial: boolean) {
    const previous = this.objects.get(key);
    if (previous && compareVersions(previous.metadata.resourceVersion, raw.metadata.resourceVersion) === 0) return;
    if (raw.metadata.uid) this.tombstones.delete(raw.metadata.uid);
    const kept = this.options.shrink ? this.options.shrink(stripped(raw)) : stripped(raw);
    const object = this.options.freeze ? deepFreeze(kept) : kept;
    for (const index of this.indexes.values()) {
      if (previous) leave(index, key, previous);
      enter(index, key, object);
    }
    this.objects.set(key, object);
    if (!previous) {
      this.emit(initial ? { type: 'added', object, initial } : { type: 'added', object });
    } else if (previous.metadata.uid !== object.metadata.uid) {
      this.emit({ type: 'deleted', object: previous });
      this.emit({ type: 'added', object });
    } else {
      this.emit({ type: 'modified', object, previous });
    }
  }

  private remove(key: Key, last: T) {
    const known = this.objects.get(key);
    if (!known) return;
    for (const index of this.indexes.values()) leave(index, key, known);
    this.objects.delete(key);
    const object = last === known ? known : stripped(last);
    this.emit({ type: 'deleted', object: this.options.freeze ? deepFreeze(object) : object });
  }
}

function isNewer(object: KubeObject, version: string): boolean {
  const order = compareVersions(object.metadata.resourceVersion, version);
  return order !== undefined && order > 0;
}

function enter<T extends KubeObject>(index: Index<T>, key: Key, object: T) {
  for (const value of index.values(object)) {
    const entry = index.entries.get(value) ?? new Map<Key, T>();
    entry.set(key, object);
    index.entries.set(value, entry);
  }
}

function leave<T extends KubeObject>(index: Index<T>, key: Key, object: T) {
  for (const value of index.values(object)) {
    const entry = index.entries.get(value);
    entry?.delete(key);
    if (entry?.size === 0) index.entries.delete(value);
  }
}
