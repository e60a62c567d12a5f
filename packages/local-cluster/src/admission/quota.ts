import type { Admission } from '../auth/user';
import { forbidden } from '../registry/errors';
import { isObject, type Json } from '../schema/types';
import { storageName, type Resource } from '../resources/resource';
import type { Store, StoredObject } from '../store/store';

const QUOTAS = 'resourcequotas';

/** Kinds that a quota may count by their bare name; every kind may be counted as `count/PLURAL.GROUP`. */
const BARE = ['pods', 'services', 'secrets', 'configmaps', 'replicationcontrollers', 'resourcequotas', 'persistentvolumeclaims'];

const isOver = ({ status }: StoredObject) => isObject(status) && (status.phase === 'Succeeded' || status.phase === 'Failed');

/** What a name in a quota counts: the store's name of a kind, and which of its objects. Undefined for sums and the like. */
export function countedBy(name: string): { storage: string; counts: (object: StoredObject) => boolean } | undefined {
  if (name === 'pods') return { storage: 'pods', counts: pod => !isOver(pod) };
  if (BARE.includes(name)) return { storage: name, counts: () => true };
  return name.startsWith('count/') ? { storage: name.slice('count/'.length), counts: () => true } : undefined;
}

export function hardOf({ spec }: StoredObject): Record<string, string> {
  const hard = isObject(spec) && isObject(spec.hard) ? spec.hard : {};
  return Object.fromEntries(Object.entries(hard).map(([name, most]) => [name, String(most)]));
}

/** How many objects of a namespace each name of a quota counts. */
export function usedOf(quota: StoredObject, store: Pick<Store, 'list'>): Record<string, string> {
  const { namespace } = quota.metadata;
  return Object.fromEntries(
    Object.keys(hardOf(quota)).flatMap(name => {
      const counted = countedBy(name);
      if (!counted) return [];
      const used = store.list(counted.storage).filter(({ object }) => object.metadata.namespace === namespace && counted.counts(object)).length;
      return [[name, String(used)] as const];
    }),
  );
}

/** Refuses a new object that a quota of its namespace has no room for. */
export function quotaAdmission(store: Pick<Store, 'list'>): Admission {
  return ({ operation, resource, subresource, namespace, name, object }) => {
    if (operation !== 'CREATE' || subresource || !namespace) return;
    for (const { object: quota } of store.list(QUOTAS)) {
      if (quota.metadata.namespace === namespace) checkQuota(quota, store, { resource, name: nameOf(name, object) });
    }
  };
}

function nameOf(name: string, object: Json | undefined): string {
  return name || (isObject(object?.metadata) ? String(object.metadata.name ?? '') : '');
}

function checkQuota(quota: StoredObject, store: Pick<Store, 'list'>, { resource, name }: { resource: Resource; name: string }): void {
  const hard = hardOf(quota);
  const used = usedOf(quota, store);
  const storage = storageName(resource.group, resource.plural);
  const exceeded = Object.keys(used).filter(counted => countedBy(counted)?.storage === storage && Number(used[counted]) + 1 > Number(hard[counted])).sort();
  if (exceeded.length === 0) return;
  const list = (value: (counted: string) => string) => exceeded.map(counted => `${counted}=${value(counted)}`).join(',');
  const why = `exceeded quota: ${quota.metadata.name}, requested: ${list(() => '1')}, used: ${list(counted => used[counted])}, limited: ${list(counted => hard[counted])}`;
  throw forbidden({ group: resource.group, resource: resource.plural }, name, why);
}
