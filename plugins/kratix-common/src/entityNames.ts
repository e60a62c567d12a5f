/** An entity of the catalog, by name. */
export interface EntityName {
  kind: string;
  namespace: string;
  name: string;
}

const VALID = /^[a-z0-9]+([-_.][a-z0-9]+)*$/;
const LONGEST = 63;

/** 52 bits of a text, as 11 characters. Not for secrets: it tells names apart that had to be cut. */
function fingerprint(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (0xfffff & low) + (high >>> 0)).toString(36).padStart(11, '0');
}

/**
 * Joins parts to a name that the catalog takes, and that no other parts give: dots part them, so a part that holds dots
 * itself, or a name that is too long, gets a fingerprint of all parts instead.
 */
function joined(parts: string[]): string {
  const [, ...qualifiers] = parts;
  const name = parts.join('.');
  if (name.length <= LONGEST && VALID.test(name) && qualifiers.every(part => !part.includes('.'))) return name;
  const readable = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST - 12).replace(/^-+|-+$/g, '');
  return `${readable || 'x'}-${fingerprint(JSON.stringify(parts))}`;
}

/** The cluster that is meant where nobody names one is left out of names. */
function qualified(parts: string[], cluster: string, defaultCluster: string | undefined): string {
  return joined(cluster === defaultCluster ? parts : [...parts, cluster]);
}

export interface RequestNaming {
  cluster: string;
  /** First cluster of the configuration. */
  defaultCluster?: string;
  promise: string;
  namespace: string;
  name: string;
}

/** The entity of a request: in the catalog's namespace of the same name as the cluster's. */
export function requestEntityName({ cluster, defaultCluster, promise, namespace, name }: RequestNaming): EntityName {
  return { kind: 'Component', namespace, name: qualified([name, promise], cluster, defaultCluster) };
}

/** The entity of what a Promise offers. */
export function promiseEntityName({ cluster, defaultCluster, promise }: Omit<RequestNaming, 'namespace' | 'name'>): EntityName {
  return { kind: 'Component', namespace: 'default', name: qualified([`${promise}-promise`], cluster, defaultCluster) };
}

/** The template that makes requests of a Promise. */
export function templateEntityName({ cluster, defaultCluster, promise }: Omit<RequestNaming, 'namespace' | 'name'>): EntityName {
  return { kind: 'Template', namespace: 'default', name: qualified([promise], cluster, defaultCluster) };
}

/** `kind:namespace/name`, as entity refs are written. */
export function refOfEntity({ kind, namespace, name }: EntityName): string {
  return `${kind.toLowerCase()}:${namespace}/${name}`;
}
