import { ResponseError } from '@backstage/errors';
import type { FetchApi } from '@backstage/frontend-plugin-api';
import type {
  ClusterSummary,
  DestinationSummary,
  DryRunState,
  FileContent,
  MetricsSummary,
  NamespaceSummary,
  Overview,
  Preview,
  PromiseDetail,
  PromiseSummary,
  RequestDetail,
  RequestPage,
  RequestQuery,
  ResourceIdentity,
  RunContent,
  StoreSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { FileQuery, KratixApi, LogQuery, RequestPlace, SpecEdit } from './KratixApi';

const BASE = 'plugin://kratix/v1';

type QueryValue = string | number | boolean | readonly string[] | undefined;

interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/** Talks to the Kratix backend over HTTP. */
export class KratixClient implements KratixApi {
  constructor(private readonly fetchApi: FetchApi) {}

  overview(signal?: AbortSignal): Promise<Overview> {
    return this.json(`${BASE}/overview`, { signal });
  }

  clusters(signal?: AbortSignal): Promise<ClusterSummary[]> {
    return this.items(`${BASE}/clusters`, signal);
  }

  promises(cluster?: string, signal?: AbortSignal): Promise<PromiseSummary[]> {
    return this.items(`${BASE}/promises${query({ cluster })}`, signal);
  }

  promise(cluster: string, name: string, signal?: AbortSignal): Promise<PromiseDetail> {
    return this.json(`${BASE}/promises/${path(cluster, name)}`, { signal });
  }

  metrics(signal?: AbortSignal): Promise<MetricsSummary> {
    return this.json(`${BASE}/metrics-summary`, { signal });
  }

  namespaces(of: { cluster?: string; promise?: string }, signal?: AbortSignal): Promise<NamespaceSummary[]> {
    return this.items(`${BASE}/namespaces${query(of)}`, signal);
  }

  destinations(signal?: AbortSignal): Promise<DestinationSummary[]> {
    return this.items(`${BASE}/destinations`, signal);
  }

  stores(signal?: AbortSignal): Promise<StoreSummary[]> {
    return this.items(`${BASE}/stores`, signal);
  }

  requests(filter: RequestQuery = {}, signal?: AbortSignal): Promise<RequestPage> {
    return this.json(`${BASE}/requests${query({ ...filter })}`, { signal });
  }

  request(identity: ResourceIdentity, signal?: AbortSignal): Promise<RequestDetail> {
    return this.json(pathOf(identity), { signal });
  }

  file(identity: ResourceIdentity, file: FileQuery, signal?: AbortSignal): Promise<FileContent> {
    return this.json(`${pathOf(identity)}/files${query({ ...file })}`, { signal });
  }

  run(identity: ResourceIdentity, run: string, signal?: AbortSignal): Promise<RunContent> {
    return this.json(`${pathOf(identity)}/runs/${encodeURIComponent(run)}`, { signal });
  }

  async *log(identity: ResourceIdentity, log: LogQuery, signal: AbortSignal): AsyncIterable<string> {
    const response = await this.call(`${pathOf(identity)}/logs${query({ ...log })}`, { signal });
    const reader = response.body?.getReader();
    if (!reader) {
      yield await response.text();
      return;
    }
    const decoder = new TextDecoder();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        yield decoder.decode(read.value, { stream: true });
      }
      yield decoder.decode();
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  create(place: RequestPlace, request: { name: string; spec: Record<string, unknown> }): Promise<RequestDetail> {
    return this.json(placeOf(place), { method: 'POST', body: request });
  }

  previewCreate(
    place: RequestPlace,
    request: { name: string; spec: Record<string, unknown> },
    signal?: AbortSignal,
  ): Promise<Preview> {
    return this.json(`${placeOf(place)}${query({ dryRun: true })}`, { method: 'POST', body: request, signal });
  }

  update(identity: ResourceIdentity, edit: SpecEdit): Promise<RequestDetail> {
    return this.json(pathOf(identity), { method: 'PUT', body: edit });
  }

  preview(identity: ResourceIdentity, edit: SpecEdit, signal?: AbortSignal): Promise<Preview> {
    return this.json(`${pathOf(identity)}/actions/preview`, { method: 'POST', body: edit, signal });
  }

  dryRun(identity: ResourceIdentity, spec: Record<string, unknown>): Promise<{ name: string }> {
    return this.json(`${pathOf(identity)}/actions/dry-run`, { method: 'POST', body: { spec } });
  }

  dryRunState(identity: ResourceIdentity, dryRun: string, signal?: AbortSignal): Promise<DryRunState> {
    return this.json(`${pathOf(identity)}/dry-runs/${path(dryRun)}`, { signal });
  }

  rerun(identity: ResourceIdentity, options: { from?: string } = {}): Promise<void> {
    return this.act(identity, 'rerun', options);
  }

  retry(identity: ResourceIdentity, options: { step?: string } = {}): Promise<void> {
    return this.act(identity, 'retry', options);
  }

  resume(identity: ResourceIdentity): Promise<void> {
    return this.act(identity, 'resume');
  }

  pause(identity: ResourceIdentity): Promise<void> {
    return this.act(identity, 'pause');
  }

  unpause(identity: ResourceIdentity): Promise<void> {
    return this.act(identity, 'unpause');
  }

  pin(identity: ResourceIdentity, version: string): Promise<void> {
    return this.act(identity, 'pin', { version });
  }

  upgrade(identity: ResourceIdentity): Promise<void> {
    return this.act(identity, 'upgrade');
  }

  async remove(identity: ResourceIdentity, uid?: string): Promise<void> {
    await this.call(`${pathOf(identity)}${query({ uid })}`, { method: 'DELETE' });
  }

  private async act(identity: ResourceIdentity, action: string, body: Record<string, unknown> = {}): Promise<void> {
    await this.call(`${pathOf(identity)}/actions/${action}`, { method: 'POST', body });
  }

  private async json<T>(url: string, options: CallOptions = {}): Promise<T> {
    return (await this.call(url, options)).json();
  }

  private async items<T>(url: string, signal?: AbortSignal): Promise<T[]> {
    return (await this.json<{ items: T[] }>(url, { signal })).items;
  }

  private async call(url: string, { method, body, signal }: CallOptions = {}): Promise<Response> {
    const json = body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await this.fetchApi.fetch(url, { ...(method && { method }), ...json, ...(signal && { signal }) });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }
}

function path(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

function placeOf({ cluster, group, version, plural, namespace }: RequestPlace): string {
  return `${BASE}/requests/${path(cluster, group, version, plural, namespace)}`;
}

function pathOf(identity: ResourceIdentity): string {
  return `${placeOf(identity)}/${path(identity.name)}`;
}

/** Lists are joined with commas; what is empty, false or not set is left out. */
function query(values: Record<string, QueryValue>): string {
  const set = Object.entries(values)
    .map(([name, value]): [string, string] => [name, value ? String(value) : ''])
    .filter(([, value]) => value !== '');
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
}
