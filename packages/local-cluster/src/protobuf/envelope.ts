import { builtinResources } from '../builtin/kinds';
import { badRequest, unsupportedMediaType } from '../registry/errors';
import { apiVersionOf, type Resource } from '../resources/resource';
import type { Json } from '../schema/types';
import { decodeTable, fieldsOfMessage, textOf } from './decode';

const MAGIC = Buffer.from('k8s\0');

/** Kinds that come as bodies without being kept. */
const REQUEST_TABLES: Record<string, string> = {
  'v1/DeleteOptions': 'meta.DeleteOptions',
  'meta.k8s.io/v1/DeleteOptions': 'meta.DeleteOptions',
  'policy/v1/Eviction': 'policy.Eviction',
  'authentication.k8s.io/v1/TokenRequest': 'authentication.TokenRequest',
};

let kinds: Map<string, Resource> | undefined;

function tableOf(apiVersion: string, kind: string): string | undefined {
  kinds ??= new Map(builtinResources().map(resource => [`${apiVersionOf(resource.group, resource.storedVersion)}/${resource.kind}`, resource]));
  return REQUEST_TABLES[`${apiVersion}/${kind}`] ?? kinds.get(`${apiVersion}/${kind}`)?.table;
}

/** Reads a built-in object in Kubernetes' protobuf envelope: four letters, then apiVersion, kind and the object's bytes. */
export function readProtobuf(body: Buffer): Json {
  if (!body.subarray(0, 4).equals(MAGIC)) throw badRequest('the body of the request is no Kubernetes protobuf: it does not begin with "k8s\\0"');
  const envelope = fieldsOfMessage(body.subarray(4));
  const identity = fieldsOfMessage(bytesOf(envelope, 1));
  const apiVersion = textOf(bytesOf(identity, 1));
  const kind = textOf(bytesOf(identity, 2));
  const table = tableOf(apiVersion, kind);
  if (!table) throw unsupportedMediaType(['application/json', 'application/yaml']);
  return { apiVersion, kind, ...decodeTable(bytesOf(envelope, 2), table) };
}

function bytesOf(message: ReturnType<typeof fieldsOfMessage>, number: number): Buffer {
  const value = message.get(number)?.[0];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}
