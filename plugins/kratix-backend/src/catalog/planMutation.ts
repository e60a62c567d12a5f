import { createHash } from 'node:crypto';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';

/** What the catalog was told of a group of entities that come and go together: a digest for each entity ref. */
export type KnownGroup = Map<string, string>;

/** The entities of a group as they are now; undefined where that cannot be said. */
export type GroupNow = Entity[] | undefined;

export interface MutationPlan {
  /** New and changed ones. */
  added: Entity[];
  /** Refs of those that are gone. */
  removed: string[];
  /** What the catalog knows of these groups afterwards; an empty group is gone. */
  groups: Map<string, KnownGroup>;
}

function digestOf(entity: Entity): string {
  return createHash('sha1').update(JSON.stringify(entity)).digest('base64');
}

/**
 * The difference between what the catalog was told and what is now. A group of which nothing can be said stays as it
 * is, and an entity that moves from one group to another is not removed.
 */
export function planMutation(known: Map<string, KnownGroup>, now: Map<string, GroupNow>): MutationPlan {
  const plan: MutationPlan = { added: [], removed: [], groups: new Map() };
  for (const [key, entities] of now) {
    if (!entities) continue;
    const before = known.get(key);
    const after: KnownGroup = new Map();
    for (const entity of entities) {
      const ref = stringifyEntityRef(entity);
      const digest = digestOf(entity);
      after.set(ref, digest);
      if (before?.get(ref) !== digest) plan.added.push(entity);
    }
    for (const ref of before?.keys() ?? []) if (!after.has(ref)) plan.removed.push(ref);
    plan.groups.set(key, after);
  }
  const kept = new Set([...plan.groups.values()].flatMap(group => [...group.keys()]));
  plan.removed = plan.removed.filter(ref => !kept.has(ref));
  return plan;
}
