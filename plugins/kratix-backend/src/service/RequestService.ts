import { ConflictError, InputError, NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import {
  apiOfPromise,
  kratixLabels,
  promiseSummary,
  requestState,
  requestSummary,
  type PromiseSummary,
  type RequestObject,
  type RequestState,
  type RequestSummary,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError, mergePatchOf, pathOf, type KubeObject } from '@kratix-ts/core/kube';
import { FIELD_MANAGER, type Clusters } from '../clusters/Clusters';
import type { ClusterWatch, ServedApi } from '../clusters/ClusterWatch';
import { portalError } from './errors';
import { readFile, type FileQuery } from './readFile';
import type { RequestFacts } from './rules';
import { streamLog, type LogQuery } from './streamLog';

/** Names a request; the kind follows from the plural. */
export type RequestId = Omit<ResourceIdentity, 'kind'>;

export interface RequestFilter {
  cluster?: string;
  promise?: string;
  namespace?: string;
}

/** A new spec, and the generation of the request that it was made from. */
export interface SpecEdit {
  spec: Record<string, unknown>;
  generation: number;
}

interface Located {
  watch: ClusterWatch;
  api: ServedApi;
  request: RequestObject;
}

const RERUN = { metadata: { labels: { [kratixLabels.manualReconciliation]: 'true' } } };

/** Reads and writes Promises' requests. Reads come from the watches alone; who may do what is decided before. */
export class RequestService {
  constructor(private readonly clusters: Clusters) {}

  promises(): PromiseSummary[] {
    return this.clusters.all().flatMap(watch =>
      watch.promises().map(promise => {
        const api = apiOfPromise(promise);
        const served = api && watch.api(api);
        return promiseSummary(watch.name, promise, served ? watch.requests(served).length : 0);
      }),
    );
  }

  /** Facts of all requests, for deciding which of them the caller may see. */
  *facts(filter: RequestFilter): Iterable<{ facts: RequestFacts; summary: () => RequestSummary }> {
    for (const watch of this.clusters.all()) {
      if (filter.cluster && filter.cluster !== watch.name) continue;
      for (const api of watch.apis()) {
        if (filter.promise && filter.promise !== api.promise) continue;
        for (const request of watch.requests(api)) {
          if (filter.namespace && filter.namespace !== request.metadata.namespace) continue;
          const summary = () => requestSummary(watch.sources(api, request), new Date());
          yield { facts: factsOf({ watch, api, request }), summary };
        }
      }
    }
  }

  /** What permission rules need to know; undefined where there is no such request. */
  factsOf(ref: string): RequestFacts | undefined {
    for (const watch of this.clusters.all()) {
      if (!ref.startsWith(`${watch.name}/`)) continue;
      const [kind, namespace, name] = ref.slice(watch.name.length + 1).split('/');
      const api = watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
      const request = api && watch.request(api, namespace, name);
      if (api && request) return factsOf({ watch, api, request });
    }
    return undefined;
  }

  state(id: RequestId): RequestState {
    const { watch, api, request } = this.locate(id);
    return requestState(watch.sources(api, request), new Date());
  }

  file(id: RequestId, query: FileQuery): string {
    const { watch, api, request } = this.locate(id);
    return readFile(watch.sources(api, request), query);
  }

  /** A container's log in chunks; with `follow` it waits for the container to start, and ends with it. */
  logs(id: RequestId, query: LogQuery, signal: AbortSignal): AsyncIterable<string> {
    const { watch } = this.locate(id);
    const state = () => this.state(id);
    return streamLog({ client: watch.client, state, onChange: handler => watch.onChange(handler) }, query, signal);
  }

  /** Replaces the spec. Throws ConflictError when somebody else changed it since `generation`. */
  async update(id: RequestId, edit: SpecEdit): Promise<RequestState> {
    const { watch, api } = this.locate(id);
    // A status that moves in between is no conflict: read again, and look at the generation.
    for (let attempt = 0; ; attempt += 1) {
      const current = await this.fresh(id, attempt > 0);
      this.refuseOlder(id, current, edit);
      const spec = mergePatchOf(current.spec ?? {}, edit.spec);
      if (!spec) return this.state(id);
      const { resourceVersion } = current.metadata;
      try {
        watch.observe(api, await strictPatch(watch, api, id, { metadata: { resourceVersion }, spec }));
        return this.state(id);
      } catch (error) {
        if (!(error instanceof ApiError && error.isConflict) || attempt >= 4) throw portalError(error);
      }
    }
  }

  async remove(id: RequestId, uid?: string): Promise<void> {
    const { watch, api, request } = this.locate(id);
    const preconditions = { uid: uid ?? request.metadata.uid };
    await watch.client.delete(api, id, { preconditions }).catch(error => {
      throw portalError(error);
    });
  }

  /** Runs the request's workflow again, as it is. */
  async rerun(id: RequestId): Promise<void> {
    const { watch, api } = this.locate(id);
    try {
      watch.observe(api, await watch.client.patch<KubeObject & RequestObject>(api, id, RERUN, { kind: 'merge' }));
    } catch (error) {
      throw portalError(error);
    }
  }

  private async fresh(id: RequestId, ask: boolean): Promise<RequestObject> {
    const { watch, api, request } = this.locate(id);
    if (!ask) return request;
    return watch.client.get<KubeObject & RequestObject>(api, id).catch(error => {
      throw portalError(error);
    });
  }

  private refuseOlder({ namespace, name }: RequestId, { metadata }: RequestObject, { generation }: SpecEdit): void {
    if (metadata.generation === generation) return;
    throw new ConflictError(
      `"${namespace}/${name}" was changed in between: you edited generation ${generation}, it is ${metadata.generation} now. Look at the newer one and edit that.`,
    );
  }

  private locate(id: RequestId): Located {
    const watch = this.clusters.get(id.cluster);
    if (!watch) {
      if (this.clusters.names.includes(id.cluster)) throw this.unavailable(id.cluster);
      throw new NotFoundError(`There is no cluster "${id.cluster}" in kratix.clusters; there are: ${this.clusters.names.join(', ') || 'none'}`);
    }
    const api = watch.api(id);
    if (!api || api.version !== id.version) {
      if (!watch.isComplete) throw this.unavailable(id.cluster);
      throw new NotFoundError(`No Promise in cluster "${id.cluster}" offers ${id.plural}.${id.group} in version ${id.version}`);
    }
    const request = watch.request(api, id.namespace, id.name);
    if (request) return { watch, api, request };
    if (!watch.isComplete) throw this.unavailable(id.cluster);
    throw new NotFoundError(`${api.kind} "${id.namespace}/${id.name}" does not exist in cluster "${id.cluster}"`);
  }

  private unavailable(cluster: string): Error {
    const trouble = this.clusters.trouble(cluster);
    return new ServiceUnavailableError(`Cluster "${cluster}" has not answered yet${trouble ? `: ${trouble}` : ''}`);
  }
}

/** A merge patch that the server refuses when it names a field that is not there: a misspelt one must not vanish. */
function strictPatch({ client }: ClusterWatch, api: ServedApi, id: RequestId, body: object): Promise<KubeObject & RequestObject> {
  const query = { fieldValidation: 'Strict', fieldManager: FIELD_MANAGER };
  return client.request('PATCH', pathOf(api, id), { query, body, contentType: 'application/merge-patch+json' });
}

function factsOf({ watch, api, request: { metadata } }: Located): RequestFacts {
  return {
    cluster: watch.name,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    promise: api.promise,
    requestedBy: metadata.annotations?.['kratix-ts.dev/requested-by'],
  };
}

/** Reads the body of an edit. Throws InputError that names the field. */
export function parseSpecEdit(body: unknown): SpecEdit {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const { spec, generation } = fields;
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) throw new InputError('spec must be an object: the whole new spec');
  if (typeof generation !== 'number') throw new InputError('generation must be the number that the edited request had');
  return { spec: { ...spec }, generation };
}
