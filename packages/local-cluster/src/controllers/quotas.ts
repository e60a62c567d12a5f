import { countedBy, hardOf, usedOf } from '../admission/quota';
import type { LocalApi } from '../api';
import type { Change, Store, StoredObject } from '../store/store';

const QUOTAS = { group: '', plural: 'resourcequotas' };

/** Writes into each quota's status how much of it is used. */
export class Quotas {
  readonly #store: Store;
  readonly #local: LocalApi;
  #stop: (() => void) | undefined;

  constructor(store: Store, local: LocalApi) {
    this.#store = store;
    this.#local = local;
  }

  start(): void {
    for (const { object } of [...this.#store.list('resourcequotas')]) this.#count(object);
    this.#stop = this.#store.subscribe(undefined, change => this.#onChange(change));
  }

  stop(): void {
    this.#stop?.();
  }

  #onChange({ type, resource, entry }: Change): void {
    const { namespace } = entry.object.metadata;
    if (namespace === undefined) return;
    for (const { object } of [...this.#store.list('resourcequotas')]) {
      if (object.metadata.namespace !== namespace) continue;
      const isItself = resource === 'resourcequotas' && object.metadata.name === entry.object.metadata.name && type !== 'DELETED';
      if (isItself || Object.keys(hardOf(object)).some(name => countedBy(name)?.storage === resource)) this.#count(object);
    }
  }

  #count(quota: StoredObject): void {
    const { name, namespace = '' } = quota.metadata;
    this.#local.update<StoredObject>(QUOTAS, { namespace, name }, draft => {
      draft.status = { hard: hardOf(draft), used: usedOf(draft, this.#store) };
    }, 'status');
  }
}
