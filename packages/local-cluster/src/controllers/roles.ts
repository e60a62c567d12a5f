import type { LocalApi } from '../api';
import { RBAC_GROUP } from '../auth/rbac/bindings';
import type { PolicyRule } from '../auth/rbac/rules';
import { equal } from '../patch/json';
import { selects, type LabelSelector } from '../registry/selectors';
import type { Store, StoredObject } from '../store/store';

const STORAGE = `clusterroles.${RBAC_GROUP}`;
const CLUSTER_ROLES = { group: RBAC_GROUP, plural: 'clusterroles' };

interface ClusterRole extends StoredObject {
  rules?: PolicyRule[];
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

/** Fills the roles that collect the rules of others. */
export class CollectingRoles {
  readonly #store: Store;
  readonly #local: LocalApi;
  #stop: (() => void) | undefined;

  constructor(store: Store, local: LocalApi) {
    this.#store = store;
    this.#local = local;
  }

  start(): void {
    this.#collect();
    this.#stop = this.#store.subscribe(STORAGE, () => this.#collect());
  }

  stop(): void {
    this.#stop?.();
  }

  #collect(): void {
    const roles = this.#store.list(STORAGE).map(({ object }) => object as ClusterRole);
    for (const { metadata, aggregationRule, rules } of roles) {
      if (!aggregationRule) continue;
      const selectors = aggregationRule.clusterRoleSelectors ?? [];
      const collected = roles
        .filter(other => other.metadata.name !== metadata.name && selectors.some(selector => selects(selector, other.metadata.labels ?? {})))
        .flatMap(other => other.rules ?? []);
      const wanted = collected.filter((rule, index) => collected.findIndex(other => equal(other, rule)) === index);
      if (equal(rules ?? [], wanted)) continue;
      this.#local.update<ClusterRole>(CLUSTER_ROLES, { name: metadata.name }, draft => {
        draft.rules = wanted;
      });
    }
  }
}
