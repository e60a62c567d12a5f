import { Key, KubeObject, ObjectRef, ResourceType } from './types';

/** `group/version`, or the version alone for the core group. */
export function apiVersionOf(type: { group: string; version: string }): string {
  return type.group ? `${type.group}/${type.version}` : type.version;
}

/** Splits an `apiVersion`; the core group is the empty string. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `namespace/name`, or `name` for what is cluster-scoped. */
export function keyOf(object: KubeObject | ObjectRef): Key {
  const ref = 'metadata' in object ? object.metadata : object;
  return ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
}

/** The reference that {@link keyOf} made the key of. */
export function refOf(key: Key): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Names a kind apart from its version: `plural.group`, as CRDs are named; the plural alone for the core group. */
export function resourceName(type: ResourceType): string {
  return type.group ? `${type.plural}.${type.group}` : type.plural;
}

/** Describes a kind by `apiVersion` and names. */
export function typeOf(apiVersion: string, kind: string, plural: string, namespaced = true): ResourceType {
  return { ...parseApiVersion(apiVersion), kind, plural, namespaced };
}

/**
 * The path of a collection (no name), an object, or a subresource.
 * Throws when a namespaced object is named without its namespace.
 */
export function pathOf(type: ResourceType, ref: Partial<ObjectRef> = {}, subresource?: string): string {
  const root = type.group ? `/apis/${type.group}/${type.version}` : `/api/${type.version}`;
  if (type.namespaced && ref.name && !ref.namespace) {
    throw new TypeError(`${type.kind} "${ref.name}": metadata.namespace is missing; ${type.kind} is namespaced`);
  }
  const namespace = type.namespaced && ref.namespace ? `/namespaces/${encodeURIComponent(ref.namespace)}` : '';
  const name = ref.name ? `/${encodeURIComponent(ref.name)}` : '';
  return `${root}${namespace}/${type.plural}${name}${subresource ? `/${subresource}` : ''}`;
}

/** The kinds of Kubernetes itself that the engine and the plugins read or write. */
export const coreTypes = {
  Pod: typeOf('v1', 'Pod', 'pods'),
  Secret: typeOf('v1', 'Secret', 'secrets'),
  ConfigMap: typeOf('v1', 'ConfigMap', 'configmaps'),
  Namespace: typeOf('v1', 'Namespace', 'namespaces', false),
  ServiceAccount: typeOf('v1', 'ServiceAccount', 'serviceaccounts'),
  Event: typeOf('events.k8s.io/v1', 'Event', 'events'),
  Job: typeOf('batch/v1', 'Job', 'jobs'),
  Role: typeOf('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  RoleBinding: typeOf('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  ClusterRole: typeOf('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  ClusterRoleBinding: typeOf('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false),
  CustomResourceDefinition: typeOf(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    false,
  ),
  Lease: typeOf('coordination.k8s.io/v1', 'Lease', 'leases'),
} satisfies Record<string, ResourceType>;
