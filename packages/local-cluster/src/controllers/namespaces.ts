import type { LocalApi } from '../api';
import type { Catalog } from '../resources/catalog';
import { isObject } from '../schema/types';
import type { Change, Store, StoredObject } from '../store/store';

const NAMESPACES = { group: '', plural: 'namespaces' };
const ACCOUNTS = { group: '', plural: 'serviceaccounts' };
const CONFIG_MAPS = { group: '', plural: 'configmaps' };
const ROOT_CA = 'kube-root-ca.crt';
const INITIAL = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Gives each namespace its default account and the authority's certificate, and empties it when it is deleted. */
export class Namespaces {
  readonly #catalog: Catalog;
  readonly #store: Store;
  readonly #local: LocalApi;
  #stop: (() => void) | undefined;

  constructor(catalog: Catalog, store: Store, local: LocalApi) {
    this.#catalog = catalog;
    this.#store = store;
    this.#local = local;
  }

  start(): void {
    for (const name of INITIAL) if (!this.#local.get(NAMESPACES, { name })) this.#local.create(NAMESPACES, { metadata: { name } });
    for (const { object } of [...this.#store.list('namespaces')]) this.#reconcile(object);
    this.#stop = this.#store.subscribe(undefined, change => this.#onChange(change));
  }

  stop(): void {
    this.#stop?.();
  }

  #onChange({ type, resource, entry }: Change): void {
    if (resource === 'namespaces') {
      if (type !== 'DELETED') this.#reconcile(this.#store.get('namespaces', entry.key)?.object);
    } else if (type === 'DELETED') this.#reconcile(this.#store.get('namespaces', entry.object.metadata.namespace ?? '')?.object);
  }

  #reconcile(namespace: StoredObject | undefined): void {
    if (!namespace) return;
    if (namespace.metadata.deletionTimestamp) this.#empty(namespace);
    else this.#furnish(namespace.metadata.name);
  }

  #furnish(namespace: string): void {
    if (!this.#local.get(ACCOUNTS, { namespace, name: 'default' })) this.#local.create(ACCOUNTS, { metadata: { namespace, name: 'default' } });
    const data = { 'ca.crt': this.#local.ca };
    if (!this.#local.get(CONFIG_MAPS, { namespace, name: ROOT_CA })) {
      this.#local.create(CONFIG_MAPS, { metadata: { namespace, name: ROOT_CA, annotations: { 'kubernetes.io/description': 'The certificate authority of the API server of this cluster.' } }, data });
    } else {
      this.#local.update<{ data: object }>(CONFIG_MAPS, { namespace, name: ROOT_CA }, draft => {
        draft.data = data;
      });
    }
  }

  /** Deletes everything inside; the namespace itself goes when the last object has gone. */
  #empty({ metadata: { name: namespace } }: StoredObject): void {
    let left = 0;
    for (const resource of this.#catalog.all()) {
      if (!resource.namespaced || resource.verbs.length === 1 || (resource.group === 'events.k8s.io' && resource.kind === 'Event')) continue;
      const type = { group: resource.group, plural: resource.plural };
      for (const { metadata } of this.#local.list<StoredObject>(type, namespace)) {
        if (!metadata.deletionTimestamp) this.#local.delete(type, { namespace, name: metadata.name }, { propagationPolicy: 'Background' });
      }
      left += this.#local.list(type, namespace).length;
    }
    if (left > 0) return;
    this.#local.update<StoredObject>(NAMESPACES, { name: namespace }, draft => {
      if (isObject(draft.spec)) draft.spec.finalizers = [];
    });
  }
}
