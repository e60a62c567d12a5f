import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { parseNewRequestRef, requesterOf, type RequestObject, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch, ServedApi } from '../clusters/ClusterWatch';
import type { RequestFacts } from './rules';

/** Names a request; the kind follows from the plural. */
export type RequestId = Omit<ResourceIdentity, 'kind'>;

/** A kind of request in a cluster, and where a request of it is or will be. */
export interface LocatedApi {
  watch: ClusterWatch;
  api: ServedApi;
}

export interface Located extends LocatedApi {
  request: RequestObject;
}

/** A namespace in which a request could be. */
export interface Place extends LocatedApi {
  facts: Pick<RequestFacts, 'cluster' | 'promise' | 'namespace'>;
}

/** Finds what a route names. Only kinds that belong to a Promise can be found. */
export class RequestLocator {
  constructor(private readonly clusters: Clusters) {}

  /** Throws NotFoundError, or ServiceUnavailableError while the cluster has not said yet what there is. */
  locate(id: RequestId): Located {
    const { watch, api } = this.locateApi(id);
    const request = watch.request(api, id.namespace, id.name);
    if (request) return { watch, api, request };
    if (!watch.isComplete) throw unavailable(this.clusters, id.cluster);
    throw new NotFoundError(`${api.kind} "${id.namespace}/${id.name}" does not exist in cluster "${id.cluster}"`);
  }

  /** The kind that a request is of, whether or not the request is there. Throws as {@link locate} does. */
  locateApi(id: Pick<RequestId, 'cluster' | 'group' | 'version' | 'plural'>): LocatedApi {
    const watch = this.clusters.get(id.cluster);
    if (!watch) {
      if (this.clusters.names.includes(id.cluster)) throw unavailable(this.clusters, id.cluster);
      throw new NotFoundError(`There is no cluster "${id.cluster}" in kratix.clusters; there are: ${this.clusters.names.join(', ') || 'none'}`);
    }
    const api = watch.api(id);
    if (api?.version === id.version) return { watch, api };
    if (!watch.isComplete) throw unavailable(this.clusters, id.cluster);
    throw new NotFoundError(`No Promise in cluster "${id.cluster}" offers ${id.plural}.${id.group} in version ${id.version}`);
  }

  /**
   * What permission rules need to know; undefined where there is no such request. Of one that is to be made they know
   * what its ref says, as far as its kind is one that a Promise offers.
   */
  factsOf(ref: string): RequestFacts | undefined {
    const planned = parseNewRequestRef(ref);
    if (planned) return this.plannedFacts(planned.ref, planned.requestedBy);
    for (const watch of this.clusters.all()) {
      if (!ref.startsWith(`${watch.name}/`)) continue;
      const [kind, namespace, name] = ref.slice(watch.name.length + 1).split('/');
      const api = watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
      const request = api && watch.request(api, namespace, name);
      if (api && request) return factsOf({ watch, api, request });
    }
    return undefined;
  }

  /** Where a request of a Promise, or of any, could be: every namespace that is not Kubernetes' own. */
  places({ cluster, promise }: { cluster?: string; promise?: string }): Place[] {
    const watches = this.clusters.all().filter(watch => !cluster || watch.name === cluster);
    return watches.flatMap(watch => {
      const apis = watch.apis().filter(api => !promise || api.promise === promise);
      const namespaces = watch.namespaces().filter(name => !name.startsWith('kube-'));
      return apis.flatMap(api => namespaces.map(namespace => ({ watch, api, facts: { cluster: watch.name, promise: api.promise, namespace } })));
    });
  }

  private plannedFacts(ref: string, requestedBy: string | undefined): RequestFacts | undefined {
    for (const watch of this.clusters.all()) {
      if (!ref.startsWith(`${watch.name}/`)) continue;
      const [kind, namespace, name = ''] = ref.slice(watch.name.length + 1).split('/');
      const api = watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
      if (api) return { cluster: watch.name, namespace, name, promise: api.promise, requestedBy };
    }
    return undefined;
  }
}

/** The refusal while nobody knows yet what a cluster holds. */
export function unavailable(clusters: Clusters, cluster: string): Error {
  const trouble = clusters.trouble(cluster);
  return new ServiceUnavailableError(`Cluster "${cluster}" has not answered yet${trouble ? `. ${trouble}` : ''}`);
}

/** What permission rules need to know of a request. */
export function factsOf({ watch, api, request: { metadata } }: Located): RequestFacts {
  return {
    cluster: watch.name,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    promise: api.promise,
    requestedBy: requesterOf(metadata),
  };
}
