import { apiErrorOf, ConnectionError } from './errors';
import { ClusterSource, loadCredentials } from './credentials';
import { apiVersionOf, pathOf } from './gvk';
import { isHeld } from './held';
import { linesOf } from './lines';
import { Call, Transport, TransportOptions } from './transport';
import type {
  DeleteOptions,
  KubeClient,
  KubeObject,
  ListOptions,
  LogOptions,
  ObjectRef,
  PatchKind,
  PatchOptions,
  ResourceType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './types';

export interface ConnectOptions extends ClusterSource, TransportOptions {
  /** Who writes, as recorded in managedFields, where a call does not say. Default `kratix-ts`. */
  fieldManager?: string;
}

const PAGE = 500;

const CONTENT_TYPES: Record<PatchKind, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
  strategic: 'application/strategic-merge-patch+json',
};

interface RawList<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[] | null;
}

interface RawEvent {
  type: string;
  object: unknown;
}

class HttpClient implements KubeClient {
  constructor(private readonly transport: Transport, private readonly fieldManager: string) {}

  get server() {
    return this.transport.server;
  }

  get<T extends KubeObject>(type: ResourceType, ref: ObjectRef): Promise<T> {
    return this.transport.json<T>({ method: 'GET', path: pathOf(type, ref) });
  }

  async list<T extends KubeObject>(type: ResourceType, options: ListOptions = {}) {
    const items: T[] = [];
    let next = options.continue;
    for (;;) {
      const page = await this.page<T>(type, options, next);
      next = page.metadata?.continue || undefined;
      for (const item of page.items ?? []) items.push(named(type, item));
      if (!next || options.limit) {
        return { items, resourceVersion: page.metadata?.resourceVersion ?? '', ...(next ? { continue: next } : {}) };
      }
    }
  }

  private page<T>(type: ResourceType, options: ListOptions, next?: string) {
    return this.transport.json<RawList<T>>({
      method: 'GET',
      path: pathOf(type, { namespace: options.namespace }),
      query: { ...selectors(options), limit: String(options.limit ?? PAGE), continue: next },
      signal: options.signal,
    });
  }

  async *watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const path = pathOf(type, { namespace: options.namespace });
    const body = await this.transport.stream({
      method: 'GET',
      path,
      query: {
        ...selectors(options),
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion: options.resourceVersion,
        timeoutSeconds: options.timeoutSeconds === undefined ? undefined : String(options.timeoutSeconds),
      },
      signal: options.signal,
    });
    options.onOpen?.();
    for await (const line of linesOf(body)) yield parseEvent<T>(type, line, `watch ${this.server}${path}`);
  }

  create<T extends KubeObject>(type: ResourceType, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    if (type.namespaced && !namespace) {
      throw new TypeError(`${type.kind} "${name}": metadata.namespace is missing; ${type.kind} is namespaced`);
    }
    const path = options.subresource ? pathOf(type, object.metadata, options.subresource) : pathOf(type, { namespace });
    return this.transport.json<T>({ ...this.write(options), method: 'POST', path, body: object });
  }

  replace<T extends KubeObject>(type: ResourceType, object: T, options: WriteOptions = {}): Promise<T> {
    const path = pathOf(type, object.metadata, options.subresource);
    return this.transport.json<T>({ ...this.write(options), method: 'PUT', path, body: object });
  }

  patch<T extends KubeObject>(type: ResourceType, ref: ObjectRef, patch: unknown, options: PatchOptions): Promise<T> {
    const call = this.write(options);
    return this.transport.json<T>({
      ...call,
      query: { ...call.query, force: options.force && options.kind === 'apply' ? 'true' : undefined },
      method: 'PATCH',
      path: pathOf(type, ref, options.subresource),
      body: patch,
      contentType: CONTENT_TYPES[options.kind],
    });
  }

  async delete<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    options: DeleteOptions = {},
  ): Promise<T | void> {
    const { propagationPolicy, preconditions, gracePeriodSeconds } = options;
    const call = this.write(options);
    const answer = await this.transport.json<T>({
      ...call,
      query: { dryRun: call.query?.dryRun },
      method: 'DELETE',
      path: pathOf(type, ref),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions, gracePeriodSeconds },
    });
    return answer?.kind !== 'Status' && isHeld(answer) ? answer : undefined;
  }

  async *logs(pod: ObjectRef, options: LogOptions = {}): AsyncGenerator<string> {
    const body = await this.transport.stream({
      method: 'GET',
      path: pathOf({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }, pod, 'log'),
      query: {
        container: options.container,
        follow: options.follow ? 'true' : undefined,
        previous: options.previous ? 'true' : undefined,
        tailLines: options.tailLines === undefined ? undefined : String(options.tailLines),
        sinceSeconds: options.sinceSeconds === undefined ? undefined : String(options.sinceSeconds),
        timestamps: options.timestamps ? 'true' : undefined,
      },
      headers: { accept: '*/*' },
      signal: options.signal,
    });
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const text = decoder.decode(chunk, { stream: true });
      if (text) yield text;
    }
    const rest = decoder.decode();
    if (rest) yield rest;
  }

  async discover(group: string, version: string): Promise<ResourceType[]> {
    try {
      const { resources } = await this.transport.json<{
        resources: { name: string; kind: string; namespaced: boolean; group?: string; version?: string }[];
      }>({ method: 'GET', path: group ? `/apis/${group}/${version}` : `/api/${version}` });
      return resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => ({ group, version, kind, plural: name, namespaced }));
    } catch (error) {
      if (error instanceof Error && 'isNotFound' in error && error.isNotFound) return [];
      throw error;
    }
  }

  request<T>(
    method: string,
    path: string,
    options: { query?: Record<string, string>; body?: unknown; contentType?: string; signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.transport.json<T>({ ...options, method, path });
  }

  close() {
    return this.transport.close();
  }

  private write(options: WriteOptions): Pick<Call, 'query' | 'headers' | 'signal'> {
    return {
      query: {
        fieldManager: options.fieldManager ?? this.fieldManager,
        dryRun: options.dryRun ? 'All' : undefined,
        fieldValidation: options.fieldValidation,
      },
      headers: options.impersonate
        ? {
            'impersonate-user': options.impersonate.user,
            ...(options.impersonate.groups?.length ? { 'impersonate-group': options.impersonate.groups } : {}),
          }
        : {},
      signal: options.signal,
    };
  }
}

function selectors({ labelSelector, fieldSelector }: { labelSelector?: string; fieldSelector?: string }) {
  return { labelSelector: labelSelector || undefined, fieldSelector: fieldSelector || undefined };
}

/** The items of a list do not say of which kind they are. */
function named<T extends KubeObject>(type: ResourceType, item: T): T {
  return item.kind ? item : { ...item, apiVersion: apiVersionOf(type), kind: type.kind };
}

function parseEvent<T extends KubeObject>(type: ResourceType, line: string, what: string): WatchEvent<T> {
  let event: RawEvent;
  try {
    event = JSON.parse(line) as RawEvent;
  } catch {
    throw new ConnectionError(`${what}: a line is not JSON: ${line.slice(0, 100)}`);
  }
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: named(type, event.object as T) };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: (event.object as KubeObject).metadata.resourceVersion ?? '' };
    case 'ERROR':
      throw apiErrorOf(500, event.object, what);
    default:
      throw new ConnectionError(`${what}: an event of the unknown type "${event.type}"`);
  }
}

/**
 * Opens a client for one API server; no call is made yet.
 * Throws when the kubeconfig cannot be read or names no cluster.
 */
export async function connect(options: ConnectOptions = {}): Promise<KubeClient> {
  return new HttpClient(new Transport(loadCredentials(options), options), options.fieldManager ?? 'kratix-ts');
}
