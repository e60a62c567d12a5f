import {
  kratixLabels,
  requestState,
  type JobSource,
  type PlacementSource,
  type PodSource,
  type PromiseSource,
  type RequestObject,
  type RequestState,
  type RunSource,
  type StateObject,
  type WorkSource,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { Promise as PromiseKind, Work, WorkflowRun, WorkPlacement } from '@kratix-ts/core/api';
import {
  coreTypes,
  createCache,
  type Cache,
  type Informer,
  type InformerOptions,
  type KubeClient,
  type KubeObject,
  type ResourceType,
} from '@kratix-ts/core/kube';
import type { FoundOffer } from './findOffer';

type Live<T> = KubeObject & T;

export interface WatchedRequest {
  cluster: string;
  offer: FoundOffer;
  namespace: string;
  name: string;
}

/** One request and what belongs to it, live, through watches as narrow as the API allows. */
export class RequestWatch {
  private readonly cache: Cache;
  private readonly informers: Informer<KubeObject>[] = [];
  private readonly requests: Informer<Live<RequestObject>>;
  private readonly promises: Informer<Live<PromiseSource>>;
  private readonly works: Informer<Live<WorkSource>>;
  private readonly jobs: Informer<Live<JobSource>>;
  private readonly pods: Informer<Live<PodSource>>;
  private readonly runs?: Informer<Live<RunSource>>;
  private readonly placements = new Map<string, Informer<Live<PlacementSource>>>();
  private readonly handlers = new Set<() => void>();

  private constructor(client: KubeClient, private readonly target: WatchedRequest, hasRuns: boolean) {
    const { offer, namespace, name } = target;
    const labelSelector = `${kratixLabels.promise}=${offer.promise},${kratixLabels.resource}=${name}`;
    this.cache = createCache(client);
    this.requests = this.watch(offer.type, { namespace, fieldSelector: `metadata.name=${name}` });
    this.promises = this.watch(PromiseKind.type, { fieldSelector: `metadata.name=${offer.promise}` });
    this.works = this.watch(Work.type, { labelSelector });
    this.jobs = this.watch(coreTypes.Job, { labelSelector });
    this.pods = this.watch(coreTypes.Pod, { labelSelector });
    if (hasRuns) this.runs = this.watch(WorkflowRun.type, { namespace, labelSelector });
    this.works.onChange(event => this.followPlacements(event.object, event.type === 'deleted'));
  }

  /** Resolves when the first complete state is there. */
  static async open(client: KubeClient, target: WatchedRequest, signal: AbortSignal): Promise<RequestWatch> {
    const { group, version, plural } = WorkflowRun.type;
    const served = await client.discover(group, version);
    const watch = new RequestWatch(client, target, served.some(type => type.plural === plural));
    try {
      await Promise.all(watch.informers.map(informer => informer.whenSynced(signal)));
      return watch;
    } catch (error) {
      await watch.close();
      throw error;
    }
  }

  /** The state now; undefined when there is no such request. */
  state(): RequestState | undefined {
    const { cluster, offer, namespace, name } = this.target;
    const request = this.requests.get(offer.type.namespaced ? `${namespace}/${name}` : name);
    if (!request) return undefined;
    const sources = {
      cluster,
      type: offer.type,
      request,
      promiseName: offer.promise,
      promise: this.promises.get(offer.promise),
      works: this.works.list().filter(work => this.isOurs(work)),
      placements: [...this.placements.values()].flatMap(informer => informer.list()),
      destinations: [],
      runs: this.runs?.list() ?? [],
      jobs: this.jobs.list().filter(job => this.isOurs(job)),
      pods: this.pods.list().filter(pod => this.isOurs(pod)),
    };
    return requestState(sources, new Date());
  }

  /** Calls back after every change. Returns how to stop. */
  onChange(handler: () => void): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  async close(): Promise<void> {
    this.handlers.clear();
    await this.cache.stop();
  }

  private watch<T extends StateObject>(type: ResourceType, options: InformerOptions): Informer<Live<T>> {
    const informer = this.cache.informer<Live<T>>(type, options);
    informer.onChange(() => this.handlers.forEach(handler => handler()));
    this.informers.push(informer);
    return informer;
  }

  /** Labels name the request's namespace only where its pipelines run in another one. */
  private isOurs({ metadata: { labels = {}, namespace } }: StateObject): boolean {
    return (labels[kratixLabels.resourceNamespace] ?? namespace) === this.target.namespace;
  }

  private followPlacements({ metadata: { name, namespace } }: StateObject, isGone: boolean): void {
    const known = this.placements.get(name);
    if (isGone) {
      known?.release();
      this.placements.delete(name);
    } else if (!known) {
      this.placements.set(name, this.watch(WorkPlacement.type, { namespace, labelSelector: `${kratixLabels.work}=${name}` }));
    }
  }
}
