import type { LocalApi } from '../api';
import { isBuiltinGroup, type Catalog } from '../resources/catalog';
import { asDefinition, CLEANUP_FINALIZER, DEFINITIONS, resourceOf, type CustomResourceDefinition, type DefinitionCondition } from '../resources/definition';
import { acceptNames, takenBy, type NamesVerdict } from '../resources/naming';
import { timestamp } from '../registry/metadata';
import type { Change, Store } from '../store/store';

const STORAGE = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Serves the kinds of custom resource definitions: from the moment when a definition is stored, until its last object is
 * gone. The definition's conditions tell how far it is.
 */
export class Definitions {
  readonly #catalog: Catalog;
  readonly #store: Store;
  readonly #local: LocalApi;
  readonly #now: () => Date;
  #stop: (() => void) | undefined;

  constructor(catalog: Catalog, store: Store, local: LocalApi, now: () => Date) {
    this.#catalog = catalog;
    this.#store = store;
    this.#local = local;
    this.#now = now;
  }

  /** Serves what is stored already, then follows the changes. */
  start(): void {
    for (const { object } of this.#store.list(STORAGE)) this.#serve(asDefinition(object));
    this.#stop = this.#store.subscribe(undefined, change => this.#onChange(change));
  }

  stop(): void {
    this.#stop?.();
  }

  #onChange({ type, resource, entry }: Change): void {
    if (resource !== STORAGE) {
      if (type === 'DELETED') this.#afterDeletion(resource);
      return;
    }
    const definition = asDefinition(entry.object);
    if (type === 'DELETED') {
      if (this.#owns(definition)) this.#catalog.remove(definition.spec.group, definition.spec.names.plural);
      this.#reconsider(definition.spec.group);
      return;
    }
    this.#serve(definition);
    if (definition.metadata.deletionTimestamp) this.#cleanUp(definition);
    else this.#establish(definition);
  }

  #owns({ spec }: CustomResourceDefinition): boolean {
    return this.#catalog.get(spec.group, spec.names.plural)?.isCustom ?? false;
  }

  /** Serves an established definition under the names that are its own. */
  #serve(definition: CustomResourceDefinition): void {
    const { spec, status } = definition;
    const { accepted, conflict } = this.#verdict(definition);
    const isEstablished = hasCondition(status?.conditions, 'Established');
    if (conflict && !isEstablished) return;
    this.#catalog.set({ ...resourceOf({ ...definition, spec: { ...spec, names: accepted } }), isTerminating: hasCondition(status?.conditions, 'Terminating') });
  }

  #verdict({ spec, status, metadata }: CustomResourceDefinition): NamesVerdict {
    if (isBuiltinGroup(spec.group)) {
      return { accepted: { plural: '', kind: '' }, conflict: { reason: 'GroupConflict', message: `the group ${spec.group} is served by this cluster itself` } };
    }
    const others = this.#store
      .list(STORAGE)
      .map(({ object }) => asDefinition(object))
      .filter(other => other.spec.group === spec.group && other.metadata.name !== metadata.name);
    return acceptNames(spec.names, status?.acceptedNames, takenBy(others.flatMap(other => other.status?.acceptedNames ?? [])));
  }

  #establish(definition: CustomResourceDefinition): void {
    const { accepted, conflict } = this.#verdict(definition);
    const stored = definition.spec.versions.find(version => version.storage)?.name ?? '';
    const { name } = definition.metadata;
    this.#local.update<CustomResourceDefinition>(DEFINITIONS, { name }, draft => {
      const conditions = draft.status?.conditions ?? [];
      const set = (condition: Omit<DefinitionCondition, 'lastTransitionTime'>) => setCondition(conditions, condition, this.#now());
      if (conflict) set({ type: 'NamesAccepted', status: 'False', ...conflict });
      else set({ type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' });
      if (!conflict) set({ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' });
      else if (!hasCondition(conditions, 'Established')) set({ type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' });
      const storedVersions = new Set([...(draft.status?.storedVersions ?? []), stored]);
      draft.status = { conditions, acceptedNames: accepted, storedVersions: [...storedVersions] };
    }, 'status');
    this.#local.update<CustomResourceDefinition>(DEFINITIONS, { name }, draft => {
      const finalizers = draft.metadata.finalizers ?? [];
      if (!finalizers.includes(CLEANUP_FINALIZER)) draft.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
    });
  }

  /** Names have become free: those that waited for them may have them. */
  #reconsider(group: string): void {
    const waiting = this.#store.list(STORAGE).map(({ object }) => asDefinition(object));
    for (const definition of waiting) {
      const { spec, status, metadata } = definition;
      if (spec.group !== group || metadata.deletionTimestamp || hasCondition(status?.conditions, 'NamesAccepted')) continue;
      this.#establish(definition);
    }
  }

  /** Deletes the objects of a kind whose definition is being deleted; the definition goes when the last of them is gone. */
  #cleanUp({ metadata, spec }: CustomResourceDefinition): void {
    if (!metadata.finalizers?.includes(CLEANUP_FINALIZER)) return;
    this.#local.update<CustomResourceDefinition>(DEFINITIONS, { name: metadata.name }, draft => {
      const conditions = draft.status?.conditions ?? [];
      setCondition(conditions, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }, this.#now());
      draft.status = { ...draft.status, conditions };
    }, 'status');
    const type = { group: spec.group, plural: spec.names.plural };
    const resource = this.#catalog.get(type.group, type.plural);
    const objects = resource ? this.#store.list(resource.storage).map(({ object }) => object.metadata) : [];
    for (const { name, namespace, deletionTimestamp } of objects) {
      if (!deletionTimestamp) this.#local.delete(type, { name, ...(namespace ? { namespace } : {}) }, { propagationPolicy: 'Background' });
    }
    if (resource && this.#store.list(resource.storage).length > 0) return;
    this.#local.update<CustomResourceDefinition>(DEFINITIONS, { name: metadata.name }, draft => {
      draft.metadata.finalizers = draft.metadata.finalizers?.filter(finalizer => finalizer !== CLEANUP_FINALIZER);
    });
  }

  #afterDeletion(resource: string): void {
    const stored = this.#store.get(STORAGE, resource);
    const definition = stored && asDefinition(stored.object);
    if (definition?.metadata.deletionTimestamp && this.#store.list(resource).length === 0) this.#cleanUp(definition);
  }
}

function hasCondition(conditions: DefinitionCondition[] | undefined, type: string): boolean {
  return conditions?.some(condition => condition.type === type && condition.status === 'True') ?? false;
}

function setCondition(conditions: DefinitionCondition[], { type, status, reason, message }: DefinitionCondition, now: Date): void {
  const known = conditions.find(condition => condition.type === type);
  if (known?.status === status && known.reason === reason && known.message === message) return;
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : timestamp(now);
  const condition = { lastTransitionTime, message, reason, status, type };
  if (known) Object.assign(known, condition);
  else conditions.push(condition);
}
