import type { IncomingMessage } from 'node:http';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete';

/** A call as the proxy saw it. */
export interface ProxiedCall {
  method: string;
  path: string;
  query: URLSearchParams;
  isWatch: boolean;
  /** Names in lower case and values in turn, as they were sent. */
  headers: [name: string, value: string][];
  verb: Verb;
  /** The plural of the kind; empty for what is no object, such as discovery. */
  resource: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** Counts the writes of objects that came through the proxy, from 1; events and leases are not counted. */
  write?: number;
}

const PATH = /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;
const WRITES: Record<string, Verb> = { POST: 'create', PUT: 'replace', PATCH: 'patch', DELETE: 'delete' };
const BESIDE = ['events', 'leases'];

/** Reads a request to an API server; `write` is left to who counts. */
export function readCall(request: IncomingMessage, server: string): ProxiedCall {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', server);
  const [, namespace, resource = '', name, subresource] = PATH.exec(path) ?? [];
  const isWatch = ['1', 'true'].includes(query.get('watch') ?? '');
  const method = request.method ?? 'GET';
  const reads = name ? 'get' : 'list';
  const headers = request.rawHeaders.flatMap((header, i): ProxiedCall['headers'] => (i % 2 ? [] : [[header.toLowerCase(), request.rawHeaders[i + 1]]]));
  return { method, path, query, isWatch, headers, verb: isWatch ? 'watch' : WRITES[method] ?? reads, resource, namespace, name, subresource };
}

/** Whether the call changes an object that matters: not an event, not a lease, not a look at what would happen. */
export function isWrite({ method, resource, query }: ProxiedCall): boolean {
  return method in WRITES && resource !== '' && !BESIDE.includes(resource) && !query.has('dryRun');
}
