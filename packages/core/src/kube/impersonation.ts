/** How a portal names its callers to a cluster. */
export interface ImpersonationRule {
  /** The caller's entity ref, its name, or what an annotation of its entity says. */
  user: 'entityRef' | 'name' | 'annotation';
  /** Key of that annotation. */
  annotation?: string;
  /** How the caller's groups are named; `none` names no group. */
  groups: 'entityRef' | 'name' | 'none';
  /** Stands before every name, so that callers are told from others, as with `--oidc-username-prefix`. */
  prefix: string;
}

const USERS = ['entityRef', 'name', 'annotation'] as const;
const GROUPS = ['entityRef', 'name', 'none'] as const;

function oneOf<T extends string>(value: unknown, field: string, allowed: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  const found = allowed.find(each => each === value);
  if (!found) throw new Error(`${field} must be one of: ${allowed.join(', ')}`);
  return found;
}

/** Reads `impersonate` of a cluster. Throws an Error that names the field. */
export function impersonationFromConfig(entry: unknown, field: string): ImpersonationRule | undefined {
  if (entry === undefined) return undefined;
  if (typeof entry !== 'object' || entry === null) throw new Error(`${field} must be an object with user and groups`);
  const { user, annotation, groups, prefix = '', ...others }: Record<string, unknown> = { ...entry };
  const [unknown] = Object.keys(others);
  if (unknown) throw new Error(`${field}.${unknown} is not known; there are: user, annotation, groups, prefix`);
  if (typeof prefix !== 'string') throw new Error(`${field}.prefix must be a text`);
  const named = oneOf(user, `${field}.user`, USERS, 'name');
  const isNamed = typeof annotation === 'string' && annotation !== '';
  if (named === 'annotation' && !isNamed) throw new Error(`${field}.annotation must name the annotation of users that holds their name in the cluster`);
  return { user: named, ...(isNamed && { annotation }), groups: oneOf(groups, `${field}.groups`, GROUPS, 'none'), prefix };
}
