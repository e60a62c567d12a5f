import type { ResourceIdentity } from './types';

/** Says which cluster of the configuration an entity's object lives in. */
export const ANNOTATION_CLUSTER = 'kratix-ts.dev/cluster';
/** `group/version` of the object. */
export const ANNOTATION_API_VERSION = 'kratix-ts.dev/api-version';
export const ANNOTATION_KIND = 'kratix-ts.dev/kind';
/** The resource's name in paths of the Kubernetes API. */
export const ANNOTATION_PLURAL = 'kratix-ts.dev/plural';
export const ANNOTATION_NAMESPACE = 'kratix-ts.dev/namespace';
export const ANNOTATION_NAME = 'kratix-ts.dev/name';
/** Name of the Promise that an entity comes from; on the Promise's own entity too. */
export const ANNOTATION_PROMISE = 'kratix-ts.dev/promise';
/** On a Kubernetes object: the entity ref of who asked for it as it is, which runs and commits name. */
export const ANNOTATION_REQUESTED_BY = 'kratix-ts.dev/requested-by';
/** On the entity of a Destination: its name. */
export const ANNOTATION_DESTINATION = 'kratix-ts.dev/destination';
/** On the entity of a Promise: since when its cluster has not been heard of. */
export const ANNOTATION_STALE_SINCE = 'kratix-ts.dev/stale-since';
/** On a Kubernetes object: the entity ref of who owns it, its system, and its lifecycle. */
export const ANNOTATION_OWNER = 'kratix-ts.dev/owner';
export const ANNOTATION_SYSTEM = 'kratix-ts.dev/system';
export const ANNOTATION_LIFECYCLE = 'kratix-ts.dev/lifecycle';
/** On a Kubernetes object: the entity ref of who asked for it first, where somebody else changed it since. */
export const ANNOTATION_CREATED_BY = 'kratix-ts.dev/created-by';

/** `spec.type` of the entity of a request. */
export const ENTITY_TYPE_REQUEST = 'kratix-resource';
/** `spec.type` of the entity of a Promise, and of the template that makes requests of it. */
export const ENTITY_TYPE_PROMISE = 'kratix-promise';
/** `spec.type` of the entity of a Destination. */
export const ENTITY_TYPE_DESTINATION = 'kratix-destination';

/** Any entity of the catalog, as far as its annotations go. */
export interface Annotated {
  metadata: { annotations?: Record<string, string> };
}

/** The request that an entity stands for; undefined where an annotation is missing or malformed. */
export function identityOf(entity: Annotated): ResourceIdentity | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const [group, version, ...rest] = (annotations[ANNOTATION_API_VERSION] ?? '').split('/');
  const identity = {
    cluster: annotations[ANNOTATION_CLUSTER],
    group,
    version,
    kind: annotations[ANNOTATION_KIND],
    plural: annotations[ANNOTATION_PLURAL],
    namespace: annotations[ANNOTATION_NAMESPACE],
    name: annotations[ANNOTATION_NAME],
  };
  return rest.length === 0 && Object.values(identity).every(Boolean) ? identity : undefined;
}

/** The annotations by which {@link identityOf} finds a request again. */
export function annotationsOf(identity: ResourceIdentity): Record<string, string> {
  return {
    [ANNOTATION_CLUSTER]: identity.cluster,
    [ANNOTATION_API_VERSION]: `${identity.group}/${identity.version}`,
    [ANNOTATION_KIND]: identity.kind,
    [ANNOTATION_PLURAL]: identity.plural,
    [ANNOTATION_NAMESPACE]: identity.namespace,
    [ANNOTATION_NAME]: identity.name,
  };
}

/** Whose request an object is: the entity ref of who asked for it first. An edit by somebody else does not take it away. */
export function requesterOf({ annotations }: Annotated['metadata']): string | undefined {
  return annotations?.[ANNOTATION_CREATED_BY] ?? annotations?.[ANNOTATION_REQUESTED_BY];
}

/** The annotations that name the author of a change, beside those that are there. Nothing where the author is no entity. */
export function authorAnnotations(author: string | undefined, before: Annotated['metadata'] = {}): Record<string, string> {
  if (!author) return {};
  const first = requesterOf(before);
  return { [ANNOTATION_REQUESTED_BY]: author, ...(first && first !== author && { [ANNOTATION_CREATED_BY]: first }) };
}

/** The short name of an object in its cluster, which {@link signalKey} hides in signals: `<plural>.<group>/<namespace>/<name>`. */
export function signalRef(object: Pick<ResourceIdentity, 'plural' | 'group' | 'namespace' | 'name'>): string {
  return `${object.plural}.${object.group}/${object.namespace}/${object.name}`;
}

const FNV_PRIME = 0x01000193;

function mixed(text: string, seed: number): string {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return (Math.imul(hash ^ (hash >>> 15), FNV_PRIME) >>> 0).toString(16).padStart(8, '0');
}

/**
 * How a {@link ChangeSignal} names an object. Signals reach everybody, so they say no names: a page that knows a ref of
 * {@link signalRef} recognises it, and nobody reads a namespace or a name out of it. Two refs may share a key; then a page asks
 * once too often.
 */
export function signalKey(ref: string): string {
  return mixed(ref, 0x811c9dc5) + mixed([...ref].reverse().join(''), 0x2b6d04f1);
}

/** How the permission framework names a request: its cluster, then its {@link signalRef}. */
export function permissionRef(object: Pick<ResourceIdentity, 'cluster' | 'plural' | 'group' | 'namespace' | 'name'>): string {
  return `${object.cluster}/${signalRef(object)}`;
}

type RefParts = Parameters<typeof permissionRef>[0];

/** How the permission framework names a request that is to be made, and by whom (an entity ref). */
export function newRequestRef(object: RefParts, requestedBy: string | undefined): string {
  return `new:${encodeURIComponent(requestedBy ?? '')}:${permissionRef(object)}`;
}

/** Reads what {@link newRequestRef} made; undefined where it is the ref of a request that is there. */
export function parseNewRequestRef(ref: string): { ref: string; requestedBy?: string } | undefined {
  const found = /^new:([^:]*):(.*)$/s.exec(ref);
  if (!found) return undefined;
  return { ref: found[2], requestedBy: decodeURIComponent(found[1]) || undefined };
}

/** The channel of change signals. */
export const SIGNAL_CHANNEL = 'kratix';
