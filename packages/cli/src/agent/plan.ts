import type { DynamicObject } from '@kratix-ts/core/kube';
import { applyRank, identityOf, idOf, nameOf, type ObjectId } from './documents';

/** Which objects came from which file. A file that no longer exists stays listed until its objects are gone. */
export type Inventory = ReadonlyMap<string, readonly ObjectId[]>;

/** What one changed file holds now: its objects, or why they cannot be read. */
export type FileContent = { objects: readonly DynamicObject[] } | { problem: string };

export interface Application {
  path: string;
  id: ObjectId;
  object: DynamicObject;
}

export interface Plan {
  /** In this order. */
  apply: Application[];
  /** In this order; each stands with the files that it came from. */
  prune: { id: ObjectId; paths: string[] }[];
  /** To be recorded before the first call, so that nothing is forgotten when the process ends in between. */
  before: Inventory;
  /** What holds once every call has succeeded. */
  after: Inventory;
}

/** Kubernetes' own namespaces are never deleted, whatever a file says. */
const KEPT_NAMESPACES = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'kratix-platform-system']);

/**
 * What brings the cluster from `inventory` to the files: objects of changed files are applied, objects that no file
 * names any more are deleted. A file that cannot be read keeps the objects that it had.
 */
export function planSync(
  inventory: Inventory,
  changed: ReadonlyMap<string, FileContent>,
  gone: Iterable<string>,
): Plan {
  const before = new Map(inventory);
  const after = new Map(inventory);
  const apply: Application[] = [];
  for (const [path, content] of changed) {
    if ('problem' in content) continue;
    const ids = [...new Set(content.objects.map(idOf))];
    after.set(path, ids);
    before.set(path, union(inventory.get(path), ids));
    apply.push(...content.objects.map(object => ({ path, id: idOf(object), object })));
  }
  for (const path of gone) after.delete(path);
  const wanted = new Set([...after.values()].flat().map(identityOf));
  return {
    apply: apply.sort((a, b) => applyRank(a.id) - applyRank(b.id)),
    prune: unwanted(before, wanted).sort((a, b) => applyRank(b.id) - applyRank(a.id)),
    before: withoutEmpty(before),
    after: withoutEmpty(after),
  };
}

/** The inventory to record when some calls failed: failed objects stay with their files, so that the next pass sees them. */
export function inventoryAfter(plan: Plan, failedPrunes: ReadonlySet<ObjectId>): Inventory {
  const result = new Map(plan.after);
  for (const { id, paths } of plan.prune) {
    if (!failedPrunes.has(id)) continue;
    for (const path of paths) result.set(path, union(result.get(path), [id]));
  }
  return result;
}

function unwanted(inventory: Inventory, wanted: ReadonlySet<string>): Plan['prune'] {
  const paths = new Map<ObjectId, string[]>();
  for (const [path, ids] of inventory) {
    for (const id of ids) {
      if (!wanted.has(identityOf(id)) && !isKept(id)) paths.set(id, [...(paths.get(id) ?? []), path]);
    }
  }
  return [...paths].map(([id, from]) => ({ id, paths: from }));
}

function isKept(id: ObjectId): boolean {
  const { kind, name } = nameOf(id);
  return kind === 'Namespace' && KEPT_NAMESPACES.has(name);
}

function union(a: readonly ObjectId[] | undefined, b: readonly ObjectId[]): ObjectId[] {
  return [...new Set([...(a ?? []), ...b])];
}

function withoutEmpty(inventory: Inventory): Inventory {
  return new Map([...inventory].filter(([, ids]) => ids.length > 0));
}
