import { arch, cpus, totalmem } from 'node:os';
import type { LocalApi } from '../api';
import { inUnitsOf, parseQuantity } from './quantity';
import { CONFIG_MAPS, SECRETS, type ConfigMap, type Container, type FieldRef, type Pod, type ResourceFieldRef, type Secret } from './types';

/** Something that a pod names is not there (yet). The message is Kubernetes' own. */
export class MissingSource extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MissingSource';
  }
}

/** The keys of a Secret or ConfigMap with their bytes. */
export type KeyedData = Map<string, Buffer>;

/** Where the values of a pod come from. */
export interface Sources {
  secret(name: string): KeyedData | undefined;
  configMap(name: string): KeyedData | undefined;
  token(request: { audience?: string; expirationSeconds?: number }): string;
}

export function sourcesOf(api: Pick<LocalApi, 'get'>, pod: Pod, issueToken: LocalApi['issueToken']): Sources {
  const { namespace, name, uid } = pod.metadata;
  const decode = (data: Record<string, string> = {}, encoding: BufferEncoding) =>
    Object.entries(data).map(([key, value]): [string, Buffer] => [key, Buffer.from(value, encoding)]);
  return {
    secret(secretName) {
      const secret = api.get<Secret>(SECRETS, { namespace, name: secretName });
      return secret && new Map(decode(secret.data, 'base64'));
    },
    configMap(mapName) {
      const map = api.get<ConfigMap>(CONFIG_MAPS, { namespace, name: mapName });
      return map && new Map([...decode(map.data, 'utf8'), ...decode(map.binaryData, 'base64')]);
    },
    token: ({ audience, expirationSeconds }) =>
      issueToken({
        namespace,
        serviceAccount: pod.spec.serviceAccountName || 'default',
        ...(audience ? { audiences: [audience] } : {}),
        ...(expirationSeconds ? { expirationSeconds } : {}),
        pod: { name, uid },
      }),
  };
}

/** The keys and values of a map as a downward API file lists them. */
function formatMap(map: Record<string, string> = {}): string {
  return Object.keys(map).sort().map(key => `${key}=${JSON.stringify(map[key])}`).join('\n');
}

/** The value of a field of the pod. Throws an Error for fields that the downward API does not know. */
export function fieldValue(pod: Pod, { fieldPath }: FieldRef): string {
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (subscript) {
    const map = subscript[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2]] ?? '';
  }
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace;
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName || 'default';
    case 'status.hostIP':
    case 'status.hostIPs':
      return pod.status?.hostIP ?? '';
    case 'status.podIP':
    case 'status.podIPs':
      return pod.status?.podIP ?? '';
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** What this machine has, in Kubernetes' quantities. */
export function capacity(): Record<string, string> {
  return { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: '110', 'ephemeral-storage': '10Gi' };
}

/** This machine's processor as container images name it. */
export function architecture(): string {
  return arch() === 'x64' ? 'amd64' : arch();
}

/** A container's request or limit, in units of the divisor; a limit that is not set is what the machine has. */
export function resourceValue(containers: Container[], own: Container | undefined, { containerName, resource, divisor }: ResourceFieldRef): string {
  const container = containerName ? containers.find(c => c.name === containerName) : own;
  const match = /^(limits|requests)\.(.+)$/.exec(resource);
  if (!container || !match) {
    throw new Error(`unsupported resourceFieldRef: ${containerName ?? ''} ${resource}`);
  }
  const [, kind, name] = match;
  const limit = container.resources?.limits?.[name];
  const request = container.resources?.requests?.[name] ?? limit;
  const quantity = kind === 'limits' ? limit ?? capacity()[name] : request ?? '0';
  return inUnitsOf(parseQuantity(quantity ?? '0'), divisor);
}
