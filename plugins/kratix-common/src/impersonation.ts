/** How a cluster's callers are named to it; see `kratix.clusters[].impersonate`. */
export interface NamingRule {
  user: 'entityRef' | 'name' | 'annotation';
  annotation?: string;
  groups: 'entityRef' | 'name' | 'none';
  prefix: string;
}

/** Who acts: entity refs, and the annotations of the user's entity where the rule asks for one. */
export interface ActingUser {
  ref: string;
  /** What the user owns things through: itself and its groups. */
  ownership: string[];
  annotations?: Record<string, string>;
}

/** Names of Kubernetes' own users and groups begin so. */
const RESERVED = 'system:';

/** A name without its kind; the catalog's namespace stays where it is not the default one, so that no two are alike. */
function shortName(ref: string): string {
  return ref.replace(/^[^:]*:/, '').replace(/^default\//, '');
}

/**
 * The Kubernetes user and groups that stand for a user of the portal. Throws an Error for a user that has no name in the
 * cluster, and for names that are Kubernetes' own: nobody becomes `system:masters` by an annotation.
 */
export function kubernetesUser(rule: NamingRule, { ref, ownership, annotations = {} }: ActingUser): { user: string; groups: string[] } {
  const names = { entityRef: ref, name: shortName(ref), annotation: annotations[rule.annotation ?? ''] };
  const named = names[rule.user];
  if (!named) throw new Error(`"${ref}" has no name in this cluster: its entity bears no annotation ${rule.annotation}`);
  const groups = rule.groups === 'none' ? [] : ownership.filter(each => each.startsWith('group:')).map(group => (rule.groups === 'name' ? shortName(group) : group));
  const all = { user: `${rule.prefix}${named}`, groups: groups.map(group => `${rule.prefix}${group}`) };
  const reserved = [all.user, ...all.groups].find(name => name.startsWith(RESERVED));
  if (reserved) throw new Error(`"${ref}" would act as "${reserved}", and names that begin with ${RESERVED} are Kubernetes' own; mend kratix.clusters[].impersonate`);
  return all;
}

/** Where to ask about a user; each is asked only if the rule needs it. */
export interface UserSources {
  ownership: () => Promise<string[]>;
  annotations: () => Promise<Record<string, string> | undefined>;
}

/** {@link kubernetesUser} of a user of whom only the entity ref is known. */
export async function kubernetesUserOf(rule: NamingRule, ref: string, sources: UserSources): Promise<{ user: string; groups: string[] }> {
  const ownership = rule.groups === 'none' ? [] : await sources.ownership();
  const annotations = rule.user === 'annotation' ? await sources.annotations() : undefined;
  return kubernetesUser(rule, { ref, ownership, annotations });
}
