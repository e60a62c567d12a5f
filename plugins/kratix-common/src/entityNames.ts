/** An entity of the catalog, by name. */
export interface EntityName {
  kind: string;
  namespace: string;
  name: string;
}

const PART = /^[a-z0-9]+(-[a-z0-9]+)*$/;
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

/** The parts of a name, and the cluster where it is not the one that is meant without saying. */
interface NameParts {
  parts: string[];
  cluster?: string;
}

/**
 * A name that the catalog takes, and that nothing else gives: dots part the parts, and an underscore, which no name in
 * Kubernetes holds, the cluster. What does not fit gets a fingerprint of everything after an underscore instead.
 */
function joined(kind: string, { parts, cluster }: NameParts): string {
  const name = cluster === undefined ? parts.join('.') : `${parts.join('.')}_${cluster}`;
  const all = cluster === undefined ? parts : [...parts, cluster];
  if (name.length <= LONGEST && all.every(part => PART.test(part))) return name;
  const readable = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST - 12).replace(/^-+|-+$/g, '');
  return `${readable || 'x'}_${fingerprint(JSON.stringify([kind, parts, cluster]))}`;
}

interface ClusterNaming {
  cluster: string;
  /** First cluster of the configuration; left out of names. */
  defaultCluster?: string;
}

function named(kind: string, parts: string[], { cluster, defaultCluster }: ClusterNaming): string {
  return joined(kind, { parts, cluster: cluster === defaultCluster ? undefined : cluster });
}

export interface RequestNaming extends ClusterNaming {
  promise: string;
  namespace: string;
  name: string;
  /** What requests are in the catalog; Component where nothing is said. */
  entityKind?: 'Component' | 'Resource';
}

/** The entity of a request: in the catalog's namespace of the same name as the cluster's. */
export function requestEntityName({ promise, namespace, name, entityKind = 'Component', ...cluster }: RequestNaming): EntityName {
  return { kind: entityKind, namespace, name: named('request', [name, promise], cluster) };
}

export interface PromiseNaming extends ClusterNaming {
  promise: string;
}

/** The entity of what a Promise offers. */
export function promiseEntityName({ promise, ...cluster }: PromiseNaming): EntityName {
  return { kind: 'Component', namespace: 'default', name: named('promise', [`${promise}-promise`], cluster) };
}

/** The entity of the API that a Promise brings. */
export function apiEntityName({ promise, ...cluster }: PromiseNaming): EntityName {
  return { kind: 'API', namespace: 'default', name: named('api', [promise], cluster) };
}

/** The template that makes requests of a Promise. */
export function templateEntityName({ promise, ...cluster }: PromiseNaming): EntityName {
  return { kind: 'Template', namespace: 'default', name: named('template', [promise], cluster) };
}

/** The entity of a Destination. */
export function destinationEntityName({ destination, ...cluster }: ClusterNaming & { destination: string }): EntityName {
  return { kind: 'Resource', namespace: 'default', name: named('destination', [`${destination}-destination`], cluster) };
}

/** `kind:namespace/name`, as entity refs are written. */
export function refOfEntity({ kind, namespace, name }: EntityName): string {
  return `${kind.toLowerCase()}:${namespace}/${name}`;
}
