import {
  attentionRank,
  isDryRun,
  permissionRef,
  requestSummary,
  signalRef,
  type Phase,
  type RequestObject,
  type RequestQuery,
  type RequestSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { Changes } from '../clusters/ChangeFeed';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch, ServedApi } from '../clusters/ClusterWatch';
import { factsOf } from './RequestLocator';
import type { RequestFacts } from './rules';

export type RequestSort = NonNullable<RequestQuery['sort']>;

/** A request with all that filters and orders look at, worked out beforehand. */
export interface IndexedRequest {
  facts: RequestFacts;
  /** Its sentence is as old as the request's last change; say it again before it is shown. */
  summary: RequestSummary;
  phase: Phase;
  /** Version of the Promise that made it what it is. */
  version?: string;
  /** What a search by text looks at, in lower case. */
  text: string;
  /** Name of the request among all of all clusters. */
  id: string;
  rank: number;
  /** Milliseconds since 1970, 0 where not known. */
  createdAt: number;
  since: number;
}

const time = (value: string | undefined) => (value ? Date.parse(value) || 0 : 0);
const byText = (a: string, b: string) => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Ascending orders; where two are equal, the name among all decides, so that pages do not overlap. */
const ORDERS: Record<RequestSort, (a: IndexedRequest, b: IndexedRequest) => number> = {
  attention: (a, b) => a.rank - b.rank || b.since - a.since || b.createdAt - a.createdAt,
  name: (a, b) => byText(a.facts.name, b.facts.name),
  namespace: (a, b) => byText(a.facts.namespace, b.facts.namespace) || byText(a.facts.name, b.facts.name),
  promise: (a, b) => byText(a.facts.promise, b.facts.promise) || byText(a.facts.name, b.facts.name),
  phase: (a, b) => byText(a.phase, b.phase) || byText(a.facts.name, b.facts.name),
  createdAt: (a, b) => a.createdAt - b.createdAt,
  since: (a, b) => a.since - b.since,
};

/** The requests of one cluster, brought up to date by what the watch says has changed. */
class ClusterIndex {
  private readonly entries = new Map<string, IndexedRequest>();
  private readonly stale = { all: true, requests: new Set<string>(), promises: new Set<string>() };
  readonly stop: () => void;

  constructor(readonly watch: ClusterWatch, private readonly changed: () => void) {
    this.stop = watch.onChange(changes => this.mark(changes));
  }

  values(): Iterable<IndexedRequest> {
    return this.entries.values();
  }

  /** Works out anew what has changed since the last call, and nothing else. */
  refresh(now: Date): void {
    const { stale, watch } = this;
    if (stale.all) {
      this.entries.clear();
      for (const api of watch.apis()) this.takeAll(api, now);
    } else {
      for (const api of watch.apis()) if (stale.promises.has(api.promise)) this.takeAll(api, now);
      for (const ref of stale.requests) this.take(ref, now);
    }
    // Until every list is in nobody says what changes.
    stale.all = !watch.isComplete;
    stale.requests.clear();
    stale.promises.clear();
    if (stale.all) this.changed();
  }

  private mark({ all, requests, promises }: Changes): void {
    if (!all && requests.length === 0 && promises.length === 0) return;
    this.stale.all ||= all;
    requests.forEach(ref => this.stale.requests.add(ref));
    promises.forEach(name => this.stale.promises.add(name));
    this.changed();
  }

  private takeAll(api: ServedApi, now: Date): void {
    for (const request of this.watch.requests(api)) if (!isDryRun(request)) this.put(api, request, now);
  }

  private take(ref: string, now: Date): void {
    const [kind, namespace, name] = ref.split('/');
    const api = this.watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
    const request = api && this.watch.request(api, namespace, name);
    if (api && request && !isDryRun(request)) this.put(api, request, now);
    else this.entries.delete(ref);
  }

  private put(api: ServedApi, request: RequestObject, now: Date): void {
    const summary = requestSummary(this.watch.sources(api, request), now);
    const { namespace, name, kind, promise, requestedBy = '' } = summary;
    this.entries.set(signalRef(summary), {
      facts: factsOf({ watch: this.watch, api, request }),
      summary,
      phase: summary.summary.phase,
      version: typeof request.status?.promiseVersion === 'string' ? request.status.promiseVersion : undefined,
      text: [name, namespace, kind, promise, requestedBy].join('\n').toLowerCase(),
      id: permissionRef(summary),
      rank: attentionRank(summary.summary.phase),
      createdAt: time(summary.createdAt),
      since: time(summary.summary.since ?? summary.createdAt),
    });
  }
}

/**
 * Summaries of all requests of all clusters, each worked out once per change, in every order that a list can have.
 * Reads cost what the page costs, not what the clusters hold.
 */
export class RequestIndex {
  private readonly clusters = new Map<ClusterWatch, ClusterIndex>();
  private readonly orders = new Map<RequestSort, IndexedRequest[]>();
  private isStale = true;

  constructor(clusters: Clusters) {
    clusters.onCluster(watch => {
      this.clusters.set(watch, new ClusterIndex(watch, () => this.touch()));
      this.touch();
    });
  }

  /** Every request in ascending order. */
  sorted(sort: RequestSort): readonly IndexedRequest[] {
    this.refresh();
    const known = this.orders.get(sort);
    if (known) return known;
    const compare = ORDERS[sort];
    const all = [...this.clusters.values()].flatMap(index => [...index.values()]);
    all.sort((a, b) => compare(a, b) || byText(a.id, b.id));
    this.orders.set(sort, all);
    return all;
  }

  private touch(): void {
    this.isStale = true;
  }

  private refresh(): void {
    if (!this.isStale) return;
    this.isStale = false;
    this.orders.clear();
    const now = new Date();
    this.clusters.forEach(index => index.refresh(now));
  }
}
