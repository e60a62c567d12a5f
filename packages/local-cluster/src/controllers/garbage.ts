import type { LocalApi, LocalRef, TypeRef } from '../api';
import { FOREGROUND, ORPHAN } from '../registry/deletion';
import type { Catalog } from '../resources/catalog';
import type { Change, Entry, Store, StoredMeta, StoredObject } from '../store/store';

interface Place {
  type: TypeRef;
  ref: LocalRef;
}

/**
 * Deletes what belongs to deleted owners, and carries out the `orphan` and `foregroundDeletion` finalizers. It acts on
 * changes alone: nothing runs while nothing happens.
 */
export class Garbage {
  readonly #catalog: Catalog;
  readonly #store: Store;
  readonly #local: LocalApi;
  /** Objects by their uid. */
  readonly #places = new Map<string, Place>();
  /** Who belongs to an owner, by the owner's uid. */
  readonly #dependents = new Map<string, Set<string>>();
  #stop: (() => void) | undefined;

  constructor(catalog: Catalog, store: Store, local: LocalApi) {
    this.#catalog = catalog;
    this.#store = store;
    this.#local = local;
  }

  start(): void {
    for (const resource of this.#store.resources()) for (const entry of this.#store.list(resource)) this.#learn(resource, entry);
    for (const resource of this.#store.resources()) for (const { object } of [...this.#store.list(resource)]) this.#judge(object);
    this.#stop = this.#store.subscribe(undefined, change => this.#onChange(change));
  }

  stop(): void {
    this.#stop?.();
  }

  #onChange({ type, resource, entry, previous }: Change): void {
    const { metadata } = entry.object;
    if (previous) this.#forget(previous.object.metadata);
    if (type !== 'DELETED') {
      this.#learn(resource, entry);
      this.#judge(entry.object);
      return;
    }
    this.#places.delete(metadata.uid);
    for (const dependent of this.#dependentsOf(metadata.uid)) this.#judge(dependent);
    for (const owner of metadata.ownerReferences ?? []) this.#judgeUid(owner.uid);
  }

  #learn(storage: string, { object }: Entry): void {
    const { metadata } = object;
    const resource = this.#catalog.all().find(known => known.storage === storage && (known.group !== 'events.k8s.io' || known.kind !== 'Event'));
    if (!resource) return;
    const { name, namespace, uid, ownerReferences = [] } = metadata;
    this.#places.set(uid, { type: { group: resource.group, plural: resource.plural }, ref: { name, ...(namespace ? { namespace } : {}) } });
    for (const owner of ownerReferences) {
      const known = this.#dependents.get(owner.uid);
      if (known) known.add(uid);
      else this.#dependents.set(owner.uid, new Set([uid]));
    }
  }

  #forget({ uid, ownerReferences = [] }: StoredMeta): void {
    for (const owner of ownerReferences) {
      const known = this.#dependents.get(owner.uid);
      known?.delete(uid);
      if (known?.size === 0) this.#dependents.delete(owner.uid);
    }
  }

  #find(uid: string): StoredObject | undefined {
    const place = this.#places.get(uid);
    if (!place || !this.#catalog.get(place.type.group, place.type.plural)) return undefined;
    const object = this.#local.get<StoredObject>(place.type, place.ref);
    return object?.metadata.uid === uid ? object : undefined;
  }

  #dependentsOf(uid: string): StoredObject[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap(dependent => this.#find(dependent) ?? []);
  }

  #judgeUid(uid: string): void {
    const object = this.#find(uid);
    if (object) this.#judge(object);
  }

  #judge(object: StoredObject): void {
    const { metadata } = object;
    if (metadata.deletionTimestamp) {
      if (metadata.finalizers?.includes(ORPHAN)) this.#orphan(object);
      else if (metadata.finalizers?.includes(FOREGROUND)) this.#deleteInForeground(object);
      return;
    }
    if (metadata.ownerReferences?.length) this.#judgeOwners(object);
  }

  /** An object goes when none of its owners is there; one whose owner waits for it goes as soon as no other owner needs it. */
  #judgeOwners({ metadata }: StoredObject): void {
    const owners = (metadata.ownerReferences ?? []).map(reference => ({ reference, owner: this.#ownerOf(reference.uid, metadata) }));
    const needs = ({ owner }: { owner: StoredObject | undefined }) => owner !== undefined && !waits(owner);
    const place = this.#places.get(metadata.uid);
    if (!place || owners.some(needs)) return;
    const waiting = owners.some(({ owner }) => owner && waits(owner));
    const hasOwnDependents = (this.#dependents.get(metadata.uid)?.size ?? 0) > 0;
    this.#local.delete(place.type, place.ref, { propagationPolicy: waiting && hasOwnDependents ? 'Foreground' : 'Background', preconditions: { uid: metadata.uid } });
  }

  /** An owner in another namespace is no owner. */
  #ownerOf(uid: string, { namespace }: StoredMeta): StoredObject | undefined {
    const owner = this.#find(uid);
    return owner && (owner.metadata.namespace ?? namespace) === namespace ? owner : undefined;
  }

  #orphan({ metadata }: StoredObject): void {
    for (const dependent of this.#dependentsOf(metadata.uid)) {
      const place = this.#places.get(dependent.metadata.uid);
      if (!place) continue;
      this.#local.update<StoredObject>(place.type, place.ref, draft => {
        const others = draft.metadata.ownerReferences?.filter(owner => owner.uid !== metadata.uid) ?? [];
        if (others.length > 0) draft.metadata.ownerReferences = others;
        else delete draft.metadata.ownerReferences;
      });
    }
    this.#removeFinalizer(metadata.uid, ORPHAN);
  }

  #deleteInForeground({ metadata }: StoredObject): void {
    const dependents = this.#dependentsOf(metadata.uid);
    for (const dependent of dependents) if (!dependent.metadata.deletionTimestamp) this.#judgeOwners(dependent);
    const blocks = ({ metadata: { ownerReferences = [] } }: StoredObject) => ownerReferences.some(owner => owner.uid === metadata.uid && owner.blockOwnerDeletion === true);
    if (!this.#dependentsOf(metadata.uid).some(blocks)) this.#removeFinalizer(metadata.uid, FOREGROUND);
  }

  #removeFinalizer(uid: string, finalizer: string): void {
    const place = this.#places.get(uid);
    if (!place) return;
    this.#local.update<StoredObject>(place.type, place.ref, draft => {
      draft.metadata.finalizers = draft.metadata.finalizers?.filter(known => known !== finalizer);
    });
  }
}

function waits({ metadata }: StoredObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(FOREGROUND) ?? false);
}
