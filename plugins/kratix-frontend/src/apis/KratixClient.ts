import { ResponseError } from '@backstage/errors';
import type { FetchApi } from '@backstage/frontend-plugin-api';
import type {
  PromiseSummary,
  RequestState,
  RequestSummary,
  ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { KratixApi, LogQuery } from './KratixApi';

const BASE = 'plugin://kratix/v1';

/** Talks to the Kratix backend over HTTP. */
export class KratixClient implements KratixApi {
  constructor(private readonly fetchApi: FetchApi) {}

  promises(): Promise<PromiseSummary[]> {
    return this.getList(`${BASE}/promises`);
  }

  requests(filter: { cluster?: string; promise?: string; namespace?: string } = {}): Promise<RequestSummary[]> {
    return this.getList(`${BASE}/requests${query(filter)}`);
  }

  async request(identity: ResourceIdentity): Promise<RequestState> {
    return (await this.call(pathOf(identity))).json();
  }

  async update(
    identity: ResourceIdentity,
    edit: { spec: Record<string, unknown>; generation: number },
  ): Promise<RequestState> {
    const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(edit) };
    return (await this.call(pathOf(identity), init)).json();
  }

  async remove(identity: ResourceIdentity, uid?: string): Promise<void> {
    await this.call(`${pathOf(identity)}${query({ uid })}`, { method: 'DELETE' });
  }

  async rerun(identity: ResourceIdentity): Promise<void> {
    await this.call(`${pathOf(identity)}/actions/rerun`, { method: 'POST' });
  }

  async *log(identity: ResourceIdentity, { follow, ...rest }: LogQuery, signal: AbortSignal): AsyncIterable<string> {
    const url = `${pathOf(identity)}/logs${query({ ...rest, follow: follow ? 'true' : undefined })}`;
    const response = await this.call(url, { signal });
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

  private async call(url: string, init?: RequestInit): Promise<Response> {
    const response = await this.fetchApi.fetch(url, init);
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }

  /** Lists come as an array, or as `{ items }`. */
  private async getList<T>(url: string): Promise<T[]> {
    const answer: T[] | { items: T[] } = await (await this.call(url)).json();
    return Array.isArray(answer) ? answer : answer.items;
  }
}

function pathOf({ cluster, group, version, plural, namespace, name }: ResourceIdentity): string {
  const parts = [cluster, group, version, plural, namespace, name];
  return `${BASE}/requests/${parts.map(encodeURIComponent).join('/')}`;
}

function query(values: Record<string, string | undefined>): string {
  const set = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
}
