import type { IncomingMessage } from 'node:http';
import { loadAll } from 'js-yaml';
import { StatusError } from '../api';
import type { User } from '../auth/user';
import { readProtobuf } from '../protobuf/envelope';
import { badRequest, unsupportedMediaType } from '../registry/errors';
import { findDuplicates } from '../schema/duplicates';
import { isObject, type Json } from '../schema/types';

/** One call: who wants what. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  user: User;
  /** The body's bytes; empty where there is none. */
  body: Buffer;
  /** A signal that aborts when the caller goes away. */
  untilGone(): AbortSignal;
  warnings: string[];
  /** Throws unless the caller may also make what is not there: a PUT or an apply may come to that. */
  permitCreate(): void;
}

/** Which object or collection a path means. */
export interface ResourcePath {
  group: string;
  version: string;
  plural: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** Reads `/api/v1/namespaces/a/pods/b/log` and its like; undefined for what is no resource. */
export function parsePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').filter(Boolean).map(decode);
  if (parts[0] === 'api' && parts.length > 2) return resourceAt('', parts[1], parts.slice(2));
  if (parts[0] === 'apis' && parts.length > 3) return resourceAt(parts[1], parts[2], parts.slice(3));
  return undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`the path has a part that cannot be decoded: ${part}`);
  }
}

function resourceAt(group: string, version: string, rest: string[]): ResourcePath {
  const isNamespaceItself = rest[0] === 'namespaces' && (rest.length < 3 || (!group && rest.length === 3 && ['status', 'finalize'].includes(rest[2])));
  const namespace = rest[0] === 'namespaces' && !isNamespaceItself ? rest[1] : undefined;
  const [plural, name, ...subresource] = namespace === undefined ? rest : rest.slice(2);
  return {
    group,
    version,
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource.length === 0 ? {} : { subresource: subresource.join('/') }),
  };
}

const LARGEST_BODY = 3 * 1024 * 1024;

export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else reject(new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST_BODY}`));
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

export interface ParsedBody {
  value: unknown;
  /** Fields that the text names twice. */
  duplicates: string[];
}

export function mediaType(call: Pick<Call, 'headers'>): string {
  return (call.headers['content-type'] ?? 'application/json').split(';')[0].trim().toLowerCase();
}

/** The body of a create, replace or delete: JSON, YAML or protobuf. */
export function parseBody(call: Call): ParsedBody {
  const type = mediaType(call);
  if (type === 'application/vnd.kubernetes.protobuf') return { value: readProtobuf(call.body), duplicates: [] };
  if (type === 'application/yaml') return { value: parseYaml(call.body), duplicates: [] };
  if (type === 'application/cbor') {
    throw unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  }
  return parseJson(call.body);
}

/** An object in the body; undefined fields and lists are refused. */
export function parseObject(call: Call): { object: Json; duplicates: string[] } {
  const { value, duplicates } = parseBody(call);
  if (!isObject(value)) throw badRequest('the body of the request is no object');
  return { object: value, duplicates };
}

export function parseJson(body: Buffer): ParsedBody {
  const text = body.toString('utf8');
  try {
    return { value: JSON.parse(text), duplicates: findDuplicates(text) };
  } catch (error) {
    throw badRequest(`the body of the request cannot be read: couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

export function parseYaml(body: Buffer): unknown {
  const text = body.toString('utf8');
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // YAML in flow style also begins with a brace.
    }
  }
  try {
    const documents = loadAll(text);
    return JSON.parse(JSON.stringify(documents[0] ?? null));
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
}

/** A boolean parameter: present without a value means yes. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
}
