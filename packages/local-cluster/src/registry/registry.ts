import type { Admission, AdmissionRequest, User } from '../auth/user';
import { applyConfiguration, recordUpdate, type Writer } from '../fields/managed';
import { equal } from '../patch/json';
import type { Catalog } from '../resources/catalog';
import { apiVersionOf, type Resource, type ResourceVersion } from '../resources/resource';
import { isObject, type Json } from '../schema/types';
import type { Entry, Store, StoredMeta, StoredObject } from '../store/store';
import { checkIdentity, normalise, readBody } from './body';
import { fromStored, jsonOf, toStored } from './convert';
import { checkCustom, missingFields } from './content';
import { planDeletion, type DeleteOptions } from './deletion';
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound, type FieldError } from './errors';
import { checkMetadata, checkMetadataUpdate, freshMetadata, keptMetadata, specChanged } from './metadata';
import { checkPreconditions } from './preconditions';
import type { Strategies, Strategy } from './strategy';
import { Overtaken, type Write } from './write';

export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** Collects what the answer warns of. */
  warnings: string[];
  duplicates?: string[];
}

/** One write, aimed at a kind, a version and a place. */
export interface Target {
  resource: Resource;
  version: ResourceVersion;
  namespace?: string;
  name: string;
  subresource?: string;
  user: User;
}

export interface Written {
  object: Json;
  created: boolean;
  /** Set unless it was a dry run; its JSON can be sent as it stands. */
  entry?: Entry;
}

export interface RegistryOptions {
  store: Store;
  catalog: Catalog;
  strategies: Strategies;
  admission: Admission;
  now(): Date;
}

/**
 * The rules that every write goes through, whatever its kind. A write stops where webhooks may be asked (see
 * {@link Write}). Reads go to the store.
 */
export class Registry {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly #strategies: Strategies;
  readonly #admission: Admission;
  readonly #now: () => Date;

  constructor({ store, catalog, strategies, admission, now }: RegistryOptions) {
    this.store = store;
    this.catalog = catalog;
    this.#strategies = strategies;
    this.#admission = admission;
    this.#now = now;
  }

  entry({ resource, namespace, name }: Pick<Target, 'resource' | 'namespace' | 'name'>): Entry | undefined {
    return this.store.get(resource.storage, keyOf(resource, namespace, name));
  }

  /** Stores a new object. `keepStatus` is for writers inside this process. */
  *create(target: Target, body: Json, options: WriteOptions, keepStatus = false): Write<Written> {
    const { resource, version, namespace } = target;
    checkIdentity(body, resource, version);
    const strategy = this.#strategyOf(resource);
    normalise(body, resource, version, strategy, options);
    const given = body.metadata as StoredMeta;
    if (given.namespace && given.namespace !== (namespace ?? '')) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    if (given.resourceVersion && given.resourceVersion !== '0') throw badRequest('resourceVersion should not be set on objects to be created');
    const draft = { ...body, metadata: freshMetadata(given, resource, namespace, this.#now()) } as StoredObject;
    if (version.hasStatus && !keepStatus) delete draft.status;
    const { managedFields } = recordUpdate(undefined, draft, this.#writer(target, options)).metadata as StoredMeta;
    const recorded = structuredClone(draft);
    if (managedFields) recorded.metadata.managedFields = managedFields;
    return yield* this.#storeNew(recorded, { ...target, name: draft.metadata.name }, strategy, options, keepStatus);
  }

  /**
   * Replaces an object by what `change` makes of a copy of it, in the target's version. `fromApply` tells that the change
   * has brought the record of managers up to date already.
   */
  *update(target: Target, change: (current: Json) => Json, options: WriteOptions): Write<Written> {
    const before = this.entry(target);
    if (!before) throw notFound(typeOf(target.resource), target.name);
    const current = this.#shown(before, target);
    const copy = JSON.parse(jsonOf(before, target.resource, target.version.name)) as Json;
    return yield* this.#replace(target, before, change(copy), current, options, false);
  }

  /** Server-side apply; makes the object when it is missing. */
  *apply(target: Target, config: Json, options: WriteOptions, force: boolean): Write<Written> {
    const { resource, version } = target;
    checkIdentity(config, resource, version);
    const metadata = isObject(config.metadata) ? config.metadata : {};
    if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
    readBody(config, resource, version, options);
    const before = this.entry(target);
    if (!before) return yield* this.#applyNew(target, config, options, force);
    const current = this.#shown(before, target);
    const uid = (config.metadata as StoredMeta).uid;
    if (uid && uid !== before.object.metadata.uid) {
      throw conflict(typeOf(resource), target.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
    }
    const given = (config.metadata as StoredMeta).resourceVersion;
    const applied = applyConfiguration(current, config, this.#writer(target, options), force);
    (applied.metadata as Json).resourceVersion = given ?? before.object.metadata.resourceVersion;
    return yield* this.#replace(target, before, applied, current, options, true);
  }

  *#applyNew(target: Target, config: Json, options: WriteOptions, force: boolean): Write<Written> {
    const { resource, version, namespace, name } = target;
    const metadata = config.metadata as StoredMeta;
    if (metadata.uid) throw conflict(typeOf(resource), name, `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`);
    if (target.subresource) throw notFound(typeOf(resource), name);
    const applied = applyConfiguration(undefined, { ...config, metadata: { ...metadata, name } }, this.#writer(target, options), force);
    const strategy = this.#strategyOf(resource);
    normalise(applied, resource, version, strategy, options);
    const draft = { ...applied, metadata: freshMetadata(applied.metadata as StoredMeta, resource, namespace, this.#now()) } as StoredObject;
    if (version.hasStatus) delete draft.status;
    return yield* this.#storeNew(draft, target, strategy, options, false);
  }

  /** What happens to every new object once its body is read. */
  *#storeNew(given: StoredObject, target: Target, strategy: Strategy | undefined, options: WriteOptions, keepStatus: boolean): Write<Written> {
    const { resource, namespace, name, version } = target;
    const status = keepStatus ? given.status : undefined;
    if (resource.isTerminating) throw forbidden(typeOf(resource), name, 'create not allowed while custom resource definition is terminating');
    this.#checkNamespace(resource, namespace);
    const prepare = (draft: StoredObject) => {
      strategy?.prepareForCreate?.(draft);
      if (status !== undefined) draft.status = status;
      if (version.hasStatus && !resource.isCustom) draft.status ??= {};
      return draft;
    };
    let draft = prepare(given);
    this.#admission(this.#request('CREATE', target, options, draft));
    const mutated = yield { phase: 'mutating', request: this.#request('CREATE', target, options, draft) };
    if (mutated) {
      const { uid, creationTimestamp, generation, managedFields } = draft.metadata;
      const read = this.#readMutated(mutated, target, strategy);
      const metadata = { ...read.metadata, name, uid, creationTimestamp, ...(namespace ? { namespace } : {}), ...(generation ? { generation } : {}), ...(managedFields ? { managedFields } : {}) };
      if (version.hasStatus) delete read.status;
      draft = prepare({ ...read, metadata });
    }
    this.#check(draft, undefined, target, strategy);
    yield { phase: 'validating', request: this.#request('CREATE', target, options, draft) };
    this.#checkNamespace(resource, namespace);
    if (this.entry(target)) throw alreadyExists(typeOf(resource), name);
    return this.#store(target, draft, options, true);
  }

  *#replace(target: Target, entry: Entry, body: Json, current: Json, options: WriteOptions, fromApply: boolean): Write<Written> {
    const { resource, version } = target;
    const before = current as StoredObject;
    const strategy = this.#strategyOf(resource);
    checkIdentity(body, resource, version);
    normalise(body, resource, version, strategy, options);
    const given = body.metadata as StoredMeta;
    checkPreconditions(target, given, before.metadata);
    const asked = { ...body, metadata: keptMetadata(given, before.metadata) } as StoredObject;
    const mutated = yield { phase: 'mutating', request: this.#request('UPDATE', target, options, asked, before) };
    const judged = mutated ? this.#readMutated(mutated, target, strategy) : asked;
    const draft = this.#next({ ...judged, metadata: keptMetadata(judged.metadata, before.metadata) }, before, target);
    this.#admission(this.#request('UPDATE', target, options, draft, before));
    const recorded = (fromApply ? draft : recordUpdate(before, draft, this.#writer(target, options))) as StoredObject;
    const isSame = equal(recorded, before);
    if (!isSame) this.#check(recorded, before, target, strategy);
    yield { phase: 'validating', request: this.#request('UPDATE', target, options, recorded, before) };
    if (this.entry(target) !== entry) throw new Overtaken();
    if (isSame) return { object: current, created: false, entry };
    if (recorded.metadata.deletionTimestamp && !this.#mayStay(recorded)) return this.#removeLast(target, recorded, options);
    return this.#store(target, recorded, options, false);
  }

  /** What a replacement comes to: each subresource writes its own part, and what only the server counts is counted. */
  #next(draft: StoredObject, before: StoredObject, { resource, version, subresource }: Target): StoredObject {
    if (subresource === 'status') return statusOnly(draft, before);
    const next = version.hasStatus ? withStatusOf(draft, before) : draft;
    this.#strategyOf(resource)?.prepareForUpdate?.(next, before);
    if (resource.hasGeneration && specChanged(before, next, resource, version.hasStatus)) {
      next.metadata.generation = (before.metadata.generation ?? 0) + 1;
    }
    return next;
  }

  /** What webhooks have changed is read as though a client had sent it. */
  #readMutated(object: Json, { resource, version }: Target, strategy: Strategy | undefined): StoredObject {
    checkIdentity(object, resource, version);
    normalise(object, resource, version, strategy, { fieldValidation: 'Ignore', warnings: [] });
    return object as StoredObject;
  }

  #removeLast(target: Target, last: StoredObject, options: WriteOptions): Written {
    const { resource, namespace, name } = target;
    if (!options.dryRun) this.store.remove(resource.storage, keyOf(resource, namespace, name), toStored(last, resource) as StoredObject);
    return { object: last, created: false };
  }

  /** An object that is being deleted stays while a finalizer or a running pod's grace period holds it. */
  #mayStay({ metadata, spec, kind }: StoredObject): boolean {
    if ((metadata.finalizers ?? []).length > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0) return true;
    return kind === 'Namespace' && isObject(spec) && Array.isArray(spec.finalizers) && spec.finalizers.length > 0;
  }

  /** Deletes, or marks as being deleted where something has to happen first. The answer tells which. */
  *delete(target: Target, options: DeleteOptions): Write<{ object: Json; removed: boolean }> {
    const { resource, namespace, name } = target;
    const entry = this.entry(target);
    if (!entry) throw notFound(typeOf(resource), name);
    const before = this.#shown(entry, target) as StoredObject;
    const plan = planDeletion(before, resource, options, this.#now());
    const request = this.#request('DELETE', target, options, undefined, before);
    this.#admission(request);
    yield { phase: 'mutating', request };
    yield { phase: 'validating', request };
    if (this.entry(target) !== entry) throw new Overtaken();
    const last = toStored(plan.object, resource) as StoredObject;
    if (options.dryRun || (!plan.removed && equal(last, entry.object))) return { object: plan.object, removed: plan.removed };
    const key = keyOf(resource, namespace, name);
    const done = plan.removed ? this.store.remove(resource.storage, key, last) : this.store.put(resource.storage, key, last);
    return { object: fromStored(done.object, resource, target.version.name), removed: plan.removed };
  }

  #store(target: Target, draft: StoredObject, options: WriteOptions, created: boolean): Written {
    if (options.dryRun) return { object: draft, created };
    const { resource, namespace, version } = target;
    const entry = this.store.put(resource.storage, keyOf(resource, namespace, draft.metadata.name), toStored(draft, resource) as StoredObject);
    return { object: fromStored(entry.object, resource, version.name), created, entry };
  }

  #request(operation: AdmissionRequest['operation'], target: Target, options: { dryRun: boolean; fieldManager?: string }, object?: StoredObject, oldObject?: StoredObject): AdmissionRequest {
    const { resource, version, namespace, name, subresource, user } = target;
    const { dryRun, fieldManager } = options;
    return {
      operation,
      resource,
      version: version.name,
      name,
      user,
      dryRun,
      ...(fieldManager ? { fieldManager } : {}),
      ...(object ? { object } : {}),
      ...(oldObject ? { oldObject } : {}),
      ...(namespace ? { namespace } : {}),
      ...(subresource ? { subresource } : {}),
    };
  }

  #check(draft: StoredObject, before: StoredObject | undefined, { resource, version, subresource }: Target, strategy: Strategy | undefined): void {
    const errors: FieldError[] = before ? checkMetadataUpdate(draft.metadata, before.metadata) : checkMetadata(draft.metadata, resource);
    if (before) errors.push(...checkMetadata({ ...draft.metadata, name: 'a' }, resource));
    if (resource.isCustom) errors.push(...checkCustom(draft, before, version.schema));
    else if (!subresource) {
      errors.push(...missingFields(draft, version.schema));
      errors.push(...(strategy?.check?.(draft) ?? []));
      if (before) errors.push(...(strategy?.checkUpdate?.(draft, before) ?? []));
    }
    if (errors.length > 0) throw invalid(resource.kind, resource.group, draft.metadata.name ?? '', errors);
  }

  #checkNamespace(resource: Resource, namespace: string | undefined): void {
    if (!resource.namespaced) return;
    const found = this.store.get('namespaces', namespace ?? '');
    const namespaces = { group: '', resource: 'namespaces' };
    if (!found) throw notFound(namespaces, namespace ?? '');
    if (found.object.metadata.deletionTimestamp) {
      throw forbidden(typeOf(resource), '', `unable to create new content in namespace ${namespace} because it is being terminated`);
    }
  }

  #shown(entry: Entry, { resource, version }: Target): Json {
    return fromStored(entry.object, resource, version.name);
  }

  #strategyOf(resource: Resource): Strategy | undefined {
    return resource.isCustom ? undefined : this.#strategies[`${resource.group}/${resource.kind}`];
  }

  #writer({ resource, version, subresource }: Target, { fieldManager }: WriteOptions): Writer {
    return {
      manager: fieldManager,
      apiVersion: apiVersionOf(resource.group, version.name),
      schema: version.schema,
      hasStatus: version.hasStatus,
      now: this.#now(),
      ...(subresource ? { subresource } : {}),
    };
  }
}

export function typeOf({ group, plural }: Resource): { group: string; resource: string } {
  return { group, resource: plural };
}

export function keyOf(resource: Resource, namespace: string | undefined, name: string): string {
  return resource.namespaced ? `${namespace}/${name}` : name;
}

function statusOnly(draft: StoredObject, before: StoredObject): StoredObject {
  const { managedFields } = draft.metadata;
  const metadata = { ...before.metadata, ...(managedFields ? { managedFields } : {}) };
  const { status: _status, ...rest } = before;
  return { ...rest, metadata, ...(draft.status === undefined ? {} : { status: draft.status }) } as StoredObject;
}

function withStatusOf(draft: StoredObject, before: StoredObject): StoredObject {
  const { status: _status, ...rest } = draft;
  return { ...rest, ...(before.status === undefined ? {} : { status: before.status }) } as StoredObject;
}

