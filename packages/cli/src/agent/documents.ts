import { type DynamicObject, parseAllYaml, parseApiVersion } from '@kratix-ts/core/kube';

/** One object of the API server, as an inventory names it: `apiVersion|kind|namespace|name`. */
export type ObjectId = string;

export interface ObjectName {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** Names an object as its document does; a namespace that the document leaves out stays empty. */
export function idOf(object: DynamicObject): ObjectId {
  return [object.apiVersion, object.kind, object.metadata.namespace ?? '', object.metadata.name].join('|');
}

export function nameOf(id: ObjectId): ObjectName {
  const [apiVersion, kind, namespace, name] = id.split('|');
  return { apiVersion, kind, name, ...(namespace ? { namespace } : {}) };
}

/**
 * The same text for the same object of the server, however documents name it: in another version of its group, or with
 * the default namespace left out.
 */
export function identityOf(id: ObjectId): string {
  const { apiVersion, kind, namespace, name } = nameOf(id);
  return [parseApiVersion(apiVersion).group, kind, namespace ?? 'default', name].join('|');
}

/** True for files that may hold Kubernetes objects. */
export function isManifest(path: string): boolean {
  return /\.(ya?ml|json)$/.test(path) && !path.split('/').some(part => part.startsWith('.'));
}

/**
 * The Kubernetes objects of one file; what is none is left out, lists are taken apart.
 * Throws SyntaxError naming the file when it is not YAML.
 */
export function objectsIn(path: string, text: string): DynamicObject[] {
  return parseAllYaml(text, path).flatMap(document => asObjects(document));
}

function asObjects(document: unknown): DynamicObject[] {
  if (!isRecord(document) || typeof document.apiVersion !== 'string' || typeof document.kind !== 'string') return [];
  if (document.kind.endsWith('List') && Array.isArray(document.items)) return document.items.flatMap(asObjects);
  const { metadata } = document;
  if (!isRecord(metadata) || typeof metadata.name !== 'string' || metadata.name === '') return [];
  return [
    {
      ...document,
      apiVersion: document.apiVersion,
      kind: document.kind,
      metadata: { ...metadata, name: metadata.name },
    },
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What others need first: namespaces, then definitions of kinds, then accounts and rights, then the rest. */
export function applyRank(id: ObjectId): number {
  const order = ['Namespace', 'CustomResourceDefinition', 'ServiceAccount', 'ClusterRole', 'Role', 'Secret', 'ConfigMap'];
  const rank = order.indexOf(nameOf(id).kind);
  return rank < 0 ? order.length : rank;
}
