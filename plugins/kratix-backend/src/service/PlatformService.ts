import { NotFoundError } from '@backstage/errors';
import {
  destinationSummary,
  needsAttention,
  promiseDetail,
  promiseSummary,
  sayAgain,
  storeSummary,
  templateEntityName,
  type ClusterSummary,
  type DestinationSummary,
  type MetricsSummary,
  type Overview,
  type PromiseDetail,
  type PromiseSummary,
  type StoreSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml } from '@kratix-ts/core/kube';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import { metricsSummary } from './metricsSummary';
import type { IndexedRequest, RequestIndex } from './RequestIndex';
import { unavailable } from './RequestLocator';
import { countPhases } from './requestPage';
import type { RequestFacts } from './rules';

type IsVisible = (facts: RequestFacts) => boolean;

/** What a caller may see of the platform, decided before. */
export interface OverviewView {
  isVisible: IsVisible;
  promises: boolean;
  platform: boolean;
}

const ATTENTION = 20;
const DAY_MS = 24 * 60 * 60 * 1000;
const byName = (a: { cluster: string; name: string }, b: { cluster: string; name: string }) =>
  a.cluster.localeCompare(b.cluster) || a.name.localeCompare(b.name);

/** Reads Promises and what they run on, from the watches alone; who may see what is decided before. */
export class PlatformService {
  constructor(private readonly clusters: Clusters, private readonly index: RequestIndex) {}

  clusterSummaries(): ClusterSummary[] {
    return this.clusters.names.map(name => {
      const watch = this.clusters.get(name);
      return {
        name,
        reachable: watch !== undefined && watch.staleSince === undefined,
        complete: watch?.isComplete ?? false,
        staleSince: watch?.staleSince,
        message: this.clusters.trouble(name),
      };
    });
  }

  destinations(cluster?: string): DestinationSummary[] {
    return this.watches(cluster)
      .flatMap(watch => watch.destinations().map(each => destinationSummary(watch.name, each, watch.placementsAt(each.metadata.name))))
      .sort(byName);
  }

  stores(cluster?: string): StoreSummary[] {
    return this.watches(cluster)
      .flatMap(watch => {
        const destinations = watch.destinations();
        return watch.platform.stores().map(store => storeSummary(watch.name, store, destinations, name => watch.placementsAt(name)));
      })
      .sort(byName);
  }

  promises(isVisible: IsVisible, cluster?: string): PromiseSummary[] {
    const counts = new Map<string, number>();
    for (const { facts } of this.index.sorted('promise')) {
      const key = `${facts.cluster}/${facts.promise}`;
      if (isVisible(facts)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return this.watches(cluster)
      .flatMap(watch => watch.promises().map(promise => promiseSummary(watch.name, promise, counts.get(`${watch.name}/${promise.metadata.name}`) ?? 0)))
      .sort(byName);
  }

  /** Throws NotFoundError, or ServiceUnavailableError while the cluster has not said yet what there is. */
  promise(cluster: string, name: string, isVisible: IsVisible): PromiseDetail {
    const watch = this.clusters.get(cluster);
    const promise = watch?.promise(name);
    if (!watch || !promise) throw this.absent(cluster, name);
    const isOwn = ({ facts }: IndexedRequest) => facts.cluster === cluster && facts.promise === name && isVisible(facts);
    const requests = this.index.sorted('promise').filter(isOwn);
    const requestsOfVersion = new Map<string, number>();
    for (const { version } of requests) if (version) requestsOfVersion.set(version, (requestsOfVersion.get(version) ?? 0) + 1);
    const sources = {
      cluster,
      promise,
      revisions: watch.platform.revisions(name),
      ...watch.promiseRuns(promise),
      counts: countPhases(requests),
      requests: requests.length,
      requestsOfVersion,
      template: templateEntityName({ cluster, defaultCluster: this.clusters.names[0], promise: name }),
    };
    return promiseDetail(sources, toYaml);
  }

  overview({ isVisible, promises, platform }: OverviewView): Overview {
    const now = new Date();
    const visible = this.index.sorted('attention').filter(({ facts }) => isVisible(facts));
    const attention = visible.filter(({ phase }) => needsAttention(phase)).slice(0, ATTENTION);
    const offers = promises ? this.promises(() => false) : [];
    const [destinations, stores] = platform ? [this.destinations(), this.stores()] : [[], []];
    return {
      clusters: platform ? this.clusterSummaries() : [],
      counts: countPhases(visible),
      requests: visible.length,
      promises: { total: offers.length, available: offers.filter(({ available }) => available).length },
      destinations: readyOf(destinations),
      stores: readyOf(stores),
      attention: attention.map(({ summary }) => ({ ...summary, summary: sayAgain(summary.summary, now) })),
    };
  }

  /** Requests and their runs of the last day in numbers. */
  metrics(isVisible: IsVisible): MetricsSummary {
    const visible = this.index.sorted('promise').filter(({ facts }) => isVisible(facts));
    const runs = this.clusters.all().map(watch => ({ cluster: watch.name, runs: watch.allRuns() }));
    return metricsSummary(visible, runs, new Date(Date.now() - DAY_MS));
  }

  private watches(cluster: string | undefined): ClusterWatch[] {
    return this.clusters.all().filter(({ name }) => !cluster || name === cluster);
  }

  private absent(cluster: string, name: string): Error {
    const watch = this.clusters.get(cluster);
    if (!watch && !this.clusters.names.includes(cluster)) return new NotFoundError(`There is no cluster "${cluster}" in kratix.clusters; there are: ${this.clusters.names.join(', ') || 'none'}`);
    return watch?.isComplete ? new NotFoundError(`Promise "${name}" does not exist in cluster "${cluster}"`) : unavailable(this.clusters, cluster);
  }
}

function readyOf(items: { ready: boolean }[]): { total: number; ready: number } {
  return { total: items.length, ready: items.filter(({ ready }) => ready).length };
}
