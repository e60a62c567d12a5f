import type { LocalApi } from '../api';
import { isBuiltinGroup, type Catalog } from '../resources/catalog';
import { asDefinition, CLEANUP_FINALIZER, DEFINITIONS, resourceOf, type CustomResourceDefinition, type DefinitionCondition } from '../resources/definition';
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
      return;
    }
    this.#serve(definition);
    if (definition.metadata.deletionTimestamp) this.#cleanUp(definition);
    else this.#establish(definition);
  }

  #owns({ spec }: CustomResourceDefinition): boolean {
    return this.#catalog.get(spec.group, spec.names.plural)?.isCustom ?? false;
  }

  #serve(definition: CustomResourceDefinition): void {
    if (this.#conflict(definition)) return;
    this.#catalog.set(resourceOf(definition));
  }

  /** Why the names of a definition cannot be served, if so. */
  #conflict({ spec, metadata }: CustomResourceDefinition): string | undefined {
    if (isBuiltinGroup(spec.group)) return `the group ${spec.group} is served by this cluster itself`;
    const other = this.#store
      .list(STORAGE)
      .map(({ object }) => asDefinition(object))
      .find(known => known.metadata.name !== metadata.name && known.spec.group === spec.group && known.spec.names.kind === spec.names.kind && known.metadata.creationTimestamp <= metadata.creationTimestamp && known.metadata.uid !== metadata.uid && isAccepted(known));
    return other && `${JSON.stringify(spec.names.kind)} is already in use`;
  }

  #establish(definition: CustomResourceDefinition): void {
    const conflict = this.#conflict(definition);
    const stored = definition.spec.versions.find(version => version.storage)?.name ?? '';
    this.#local.update<CustomResourceDefinition>(DEFINITIONS, { name: definition.metadata.name }, draft => {
      const conditions = draft.status?.conditions ?? [];
      setCondition(conditions, 'NamesAccepted', conflict ? 'False' : 'True', conflict ? 'MultipleNamesNotAllowed' : 'NoConflicts', conflict ?? 'no conflicts found', this.#now());
      setCondition(conditions, 'Established', conflict ? 'False' : 'True', conflict ? 'NotAccepted' : 'InitialNamesAccepted', conflict ? 'not all names are accepted' : 'the initial names have been accepted', this.#now());
      const storedVersions = new Set([...(draft.status?.storedVersions ?? []), stored]);
      draft.status = { conditions, acceptedNames: conflict ? { plural: '', kind: '' } : draft.spec.names, storedVersions: [...storedVersions] };
    }, 'status');
    this.#local.update<CustomResourceDefinition>(DEFINITIONS, { name: definition.metadata.name }, draft => {
      const finalizers = draft.metadata.finalizers ?? [];
      if (!finalizers.includes(CLEANUP_FINALIZER)) draft.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
    });
  }

  /** Deletes the objects of a kind whose definition is being deleted; the definition goes when the last of them is gone. */
  #cleanUp({ metadata, spec }: CustomResourceDefinition): void {
    if (!metadata.finalizers?.includes(CLEANUP_FINALIZER)) return;
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

function isAccepted({ status }: CustomResourceDefinition): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === 'NamesAccepted' && state === 'True') ?? false;
}

function setCondition(conditions: DefinitionCondition[], type: string, status: string, reason: string, message: string, now: Date): void {
  const known = conditions.find(condition => condition.type === type);
  if (known?.status === status) return;
  const condition = { lastTransitionTime: timestamp(now), message, reason, status, type };
  if (known) Object.assign(known, condition);
  else conditions.push(condition);
}
