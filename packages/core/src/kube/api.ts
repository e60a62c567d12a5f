import { holds, isSame, mergePatchOf, namesAll } from './diff';
import { ApiError } from './errors';
import { keyOf } from './gvk';
import { appliedBy } from './strip';
import type {
  Cache,
  DeleteOptions,
  KubeClient,
  KubeObject,
  ObjectMeta,
  ObjectRef,
  OwnerReference,
  ResourceType,
  WriteOptions,
} from './types';

export interface ClusterApiOptions {
  /** Who writes, as recorded in managedFields. Default `kratix-ts`. */
  fieldManager?: string;
}

/** A change of metadata; what is not named stays. */
export interface MetadataChange {
  /** `null` takes a label away. */
  labels?: Record<string, string | null>;
  /** `null` takes an annotation away. */
  annotations?: Record<string, string | null>;
  addFinalizers?: readonly string[];
  removeFinalizers?: readonly string[];
  /** Replaces the list. */
  ownerReferences?: OwnerReference[];
}

/** The parts of metadata that a writer may change. */
const WRITABLE = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

/**
 * Writes to one cluster, with the cache in step: each answer is put into every informer that holds the kind before the
 * method returns, so the next read sees it. A write that would change nothing is not sent.
 */
export class ClusterApi {
  readonly fieldManager: string;

  constructor(readonly client: KubeClient, readonly cache: Cache, options: ClusterApiOptions = {}) {
    this.fieldManager = options.fieldManager ?? 'kratix-ts';
  }

  /** The object as the running informers of its kind know it; none of them running, or none holding it: `undefined`. */
  cached<T extends KubeObject>(type: ResourceType, ref: ObjectRef): T | undefined {
    const key = keyOf(ref);
    for (const informer of this.cache.running(type)) {
      const object = informer.get(key);
      if (object && `${type.group}/${type.version}` === `${informer.type.group}/${informer.type.version}`) {
        return object as T;
      }
    }
    return undefined;
  }

  /** Throws {@link ApiError} with `isAlreadyExists` when there is one of that name. */
  async create<T extends KubeObject>(type: ResourceType, object: T, options: WriteOptions = {}): Promise<T> {
    const made = await this.client.create(type, object, this.as(options));
    return this.observed(type, made, options);
  }

  /** Creates what has a name of its own, such as a Job of a run; one that exists is answered as it is. */
  async createIfAbsent<T extends KubeObject>(type: ResourceType, object: T, options: WriteOptions = {}): Promise<T> {
    const known = this.cached<T>(type, object.metadata);
    if (known) return known;
    try {
      return await this.create(type, object, options);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isAlreadyExists) throw error;
      return this.observed(type, await this.client.get<T>(type, object.metadata), options);
    }
  }

  /**
   * Server-side apply, taking fields over from others (unless `force` is false): the object then has what `object` says, and what an earlier apply
   * set and this one does not name is gone. Not sent when the cache shows that both are so already.
   */
  async apply<T extends KubeObject>(
    type: ResourceType,
    object: T,
    options: WriteOptions & { force?: boolean } = {},
  ): Promise<T> {
    const known = options.subresource ? undefined : this.cached<T>(type, object.metadata);
    if (known && this.isApplied(known, object, options.fieldManager)) return known;
    const answer = await this.client.patch<T>(type, object.metadata, object, {
      ...this.as(options),
      kind: 'apply',
      force: options.force ?? true,
    });
    return this.observed(type, answer, options);
  }

  /**
   * Sends the difference between two states of an object as a merge patch, on the condition that nobody wrote in between
   * (the precondition is `current`'s resourceVersion; a conflict is an {@link ApiError} with `isConflict`). Compares the
   * fields beside metadata, and of metadata labels, annotations, finalizers and owners; with a subresource, its field
   * alone. Nothing differs: no call, and the answer is `current`.
   */
  async mergePatch<T extends KubeObject>(
    type: ResourceType,
    current: T,
    desired: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const difference = mergePatchOf(comparable(current, options.subresource), comparable(desired, options.subresource));
    if (!difference) return current;
    const { metadata, ...rest } = difference;
    const patch = {
      ...rest,
      metadata: { ...(metadata as Partial<ObjectMeta>), resourceVersion: current.metadata.resourceVersion },
    };
    try {
      const answer = await this.client.patch<T>(type, current.metadata, patch, { ...this.as(options), kind: 'merge' });
      return this.observed(type, answer, options);
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) this.buried(type, current.metadata, options);
      throw error;
    }
  }

  /** Changes labels, annotations, finalizers and owners in one patch; see {@link mergePatch}. */
  patchMetadata<T extends KubeObject>(
    type: ResourceType,
    current: T,
    change: MetadataChange,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.mergePatch(type, current, { ...current, metadata: changed(current.metadata, change) }, options);
  }

  addFinalizers<T extends KubeObject>(type: ResourceType, current: T, ...finalizers: string[]): Promise<T> {
    return this.patchMetadata(type, current, { addFinalizers: finalizers });
  }

  /** An object that is gone already is no error: there is nothing left to hold. */
  async removeFinalizers<T extends KubeObject>(type: ResourceType, current: T, ...finalizers: string[]): Promise<void> {
    try {
      await this.patchMetadata(type, current, { removeFinalizers: finalizers });
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isNotFound) throw error;
    }
  }

  /** Asks for deletion; an object that is gone already is no error. With a uid in `preconditions`, only that very one. */
  async delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const uid = options.preconditions?.uid ?? this.cached(type, ref)?.metadata.uid;
    try {
      const held = await this.client.delete<KubeObject>(type, ref, this.as(options));
      if (held) this.observed(type, held, options);
      else this.buried(type, ref, options, uid);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isNotFound) throw error;
      this.buried(type, ref, options, uid);
    }
  }

  /** Has the caches know the object as the API server has it now: for the rare decision that no late watch may make. */
  async refresh(type: ResourceType, ref: ObjectRef): Promise<void> {
    try {
      this.observed(type, await this.client.get<KubeObject>(type, ref), {});
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isNotFound) throw error;
      this.buried(type, ref, {});
    }
  }

  private isApplied(known: KubeObject, object: KubeObject, fieldManager = this.fieldManager): boolean {
    const owned = appliedBy(known, fieldManager);
    return owned !== undefined && holds(known, object) && namesAll(owned, object);
  }

  private as<O extends WriteOptions>(options: O): O {
    return { ...options, fieldManager: options.fieldManager ?? this.fieldManager };
  }

  private observed<T extends KubeObject>(type: ResourceType, answer: T, options: WriteOptions): T {
    if (!options.dryRun) {
      for (const informer of this.sameVersion(type)) informer.observe(answer);
    }
    return answer;
  }

  private buried(type: ResourceType, ref: ObjectRef, options: WriteOptions, uid?: string) {
    if (options.dryRun || options.subresource) return;
    for (const informer of this.cache.running(type)) informer.observeDeleted(keyOf(ref), uid);
  }

  /** An answer in one version of a kind must not get among objects of another. */
  private sameVersion(type: ResourceType) {
    return this.cache.running(type).filter(informer => informer.type.version === type.version);
  }
}

function comparable(object: KubeObject, subresource?: string): Record<string, unknown> {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  if (subresource) return { [subresource]: Object.entries(rest).find(([field]) => field === subresource)?.[1] };
  return { ...rest, metadata: Object.fromEntries(WRITABLE.map(field => [field, metadata[field]])) };
}

function changed(metadata: ObjectMeta, change: MetadataChange): ObjectMeta {
  const finalizers = [
    ...(metadata.finalizers ?? []).filter(name => !change.removeFinalizers?.includes(name)),
    ...(change.addFinalizers ?? []).filter(name => !metadata.finalizers?.includes(name)),
  ];
  return {
    ...metadata,
    labels: overlaid(metadata.labels, change.labels),
    annotations: overlaid(metadata.annotations, change.annotations),
    finalizers: isSame(finalizers, metadata.finalizers ?? []) ? metadata.finalizers : nonEmpty(finalizers),
    ownerReferences: change.ownerReferences ?? metadata.ownerReferences,
  };
}

function overlaid(map: Record<string, string> | undefined, change: Record<string, string | null> = {}) {
  const merged = Object.entries({ ...map, ...change }).filter((entry): entry is [string, string] => entry[1] !== null);
  return merged.length ? Object.fromEntries(merged) : undefined;
}

function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length ? list : undefined;
}
