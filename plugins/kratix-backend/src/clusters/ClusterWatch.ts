import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  apiOfCrd,
  conditionOf,
  kratixLabels,
  parentOf,
  signalRef,
  type DestinationSource,
  type FileSource,
  type JobSource,
  type ObjectCondition,
  type ParentRef,
  type PlacementSource,
  type PodSource,
  type PromiseSource,
  type PromiseSources,
  type RequestObject,
  type RequestSources,
  type RunSource,
  type StateObject,
  type WorkSource,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { Destination, MANAGED_BY, Promise as PromiseKind, Work, WorkflowRun, WorkPlacement } from '@kratix-ts/core/api';
import {
  coreTypes,
  createCache,
  Reflector,
  resourceName,
  type Cache,
  type Informer,
  type InformerEvent,
  type KubeClient,
  type KubeObject,
  type ResourceType,
} from '@kratix-ts/core/kube';
import { ChangeFeed, type Changes } from './ChangeFeed';
import { Connectivity } from './Connectivity';
import { DryRuns } from './DryRuns';
import { EventStore, type EventObject, type EventTarget } from './EventStore';
import { FormerFiles } from './FormerFiles';
import { JoinedFiles } from './JoinedFiles';
import { PlatformObjects } from './PlatformObjects';

type Live<T> = KubeObject & T;
type CrdObject = Live<{ spec?: unknown; status?: { conditions?: ObjectCondition[] } }>;

/** An API that the cluster serves for a Promise. */
export interface ServedApi extends ResourceType {
  promise: string;
}

/** A request that changed; without `after` it has gone. */
export interface RequestChange {
  api: ServedApi;
  before: RequestObject;
  after?: RequestObject;
}

/** The entity of a request; undefined where the catalog does not have it. */
export type EntityRefOf = (api: ServedApi, request: RequestObject) => string | undefined;

/** Events as the core group shows them, whichever API they were written through. */
const EVENT: ResourceType = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };
/** How the names of all pipelines' Jobs begin, and so those of their pods. Source: B-WF-10. */
const JOB_PREFIX = 'kratix-';
const ownWork = { labelSelector: `app.kubernetes.io/managed-by=${MANAGED_BY}` };
const runCrd = { fieldSelector: `metadata.name=${WorkflowRun.type.plural}.${WorkflowRun.type.group}` };

function isEstablished(crd: CrdObject): boolean {
  return conditionOf(crd.status?.conditions, 'Established')?.status === 'True';
}

/** Index value of a request: its Promise, namespace and name, as the labels of what belongs to it say. */
function ownerOf({ metadata: { labels = {}, namespace } }: StateObject): string[] {
  const name = labels[kratixLabels.resource];
  const promise = labels[kratixLabels.promise];
  return name && promise ? [`${promise}/${labels[kratixLabels.resourceNamespace] ?? namespace ?? ''}/${name}`] : [];
}

/** Index value of what belongs to a Promise's own workflow. */
function promiseOf({ metadata: { labels = {} } }: StateObject): string[] {
  return labels[kratixLabels.workflowType] === 'promise' ? [labels[kratixLabels.promise] ?? ''] : [];
}

function workOf({ metadata: { labels = {}, namespace } }: StateObject): string[] {
  const work = labels[kratixLabels.work];
  return work ? [`${namespace ?? ''}/${work}`] : [];
}

/** Index value of a parent, by its Promise where that is known, else by its kind. */
function parentKey({ promise, group, kind, namespace, name }: ParentRef): string {
  return `${promise ?? `${group}/${kind}`}:${namespace}/${name}`;
}

/**
 * A live copy of everything that one cluster says about Promises and their requests: one watch for each kind, for all
 * users. Reads never call the Kubernetes API. A cluster that cannot be reached keeps its last state.
 */
export class ClusterWatch {
  private readonly cache: Cache;
  private readonly connectivity: Connectivity;
  private readonly feed: ChangeFeed;
  private readonly promiseObjects: Informer<Live<PromiseSource>>;
  private readonly works: Informer<Live<WorkSource>>;
  private readonly placements: Informer<Live<PlacementSource>>;
  private readonly destinationObjects: Informer<Live<DestinationSource>>;
  private readonly crds: Informer<CrdObject>;
  private readonly jobs: Informer<Live<JobSource>>;
  private readonly pods: Informer<Live<PodSource>>;
  /** Stores, revisions, bindings and health records. */
  readonly platform: PlatformObjects;
  /** Events about requests, what belongs to them, and the platform's objects. */
  readonly events: EventStore;
  readonly dryRuns: DryRuns;
  private readonly namespaceObjects: Informer<KubeObject>;
  private readonly files: JoinedFiles;
  private readonly former = new FormerFiles();
  private readonly stopEvents = new AbortController();
  private runs?: Informer<Live<RunSource>>;
  private readonly requestHandlers = new Set<(change: RequestChange) => void>();
  private readonly served = new Map<string, { api: ServedApi; requests: Informer<Live<RequestObject>> }>();

  constructor(readonly name: string, readonly client: KubeClient, logger: LoggerService, private readonly entityRefOf: EntityRefOf) {
    const log = {
      warn: (context: object, message: string) => logger.warn(`Cluster "${name}": ${message} ${JSON.stringify(context)}`),
      error: (context: object, message: string) => logger.error(`Cluster "${name}": ${message} ${JSON.stringify(context)}`),
    };
    this.cache = createCache(client, { log });
    this.connectivity = new Connectivity(name, logger, () => this.feed.everything());
    this.feed = new ChangeFeed(() => this.connectivity.isSettled);
    this.promiseObjects = this.watch(PromiseKind.type);
    this.works = this.watch(Work.type);
    this.placements = this.watch(WorkPlacement.type);
    this.destinationObjects = this.watch(Destination.type);
    this.crds = this.watch(coreTypes.CustomResourceDefinition, { labelSelector: kratixLabels.promise });
    this.jobs = this.watch(coreTypes.Job, ownWork);
    this.pods = this.watch(coreTypes.Pod, ownWork);
    this.works.addIndex('request', ownerOf);
    this.jobs.addIndex('request', ownerOf);
    this.pods.addIndex('request', ownerOf);
    this.jobs.addIndex('promise', promiseOf);
    this.pods.addIndex('promise', promiseOf);
    this.placements.addIndex('work', workOf);
    this.placements.addIndex('destination', ({ spec }) => [spec?.targetDestinationName ?? '']);
    this.platform = new PlatformObjects(type => this.watch(type));
    this.dryRuns = new DryRuns(type => this.watch(type), client, logger);
    this.namespaceObjects = this.watch(coreTypes.Namespace);
    this.files = new JoinedFiles((namespace, work) => this.works.get(`${namespace}/${work}`));
    this.events = new EventStore({ isOurs: target => this.isOurs(target), onEvent: target => this.eventSeen(target) });
    // Whether Events can be had says nothing about whether the cluster is reachable.
    const silent = { onSynced: () => {}, onConnection: () => {} };
    void new Reflector<EventObject>(client, EVENT, {}, this.events, silent).run(this.stopEvents.signal);
    this.listen();
  }

  /** True once every list is in. Before, absence proves nothing. */
  get isComplete(): boolean {
    return this.connectivity.isSettled;
  }

  /** Since when the cluster has not been heard of; undefined while it is. */
  get staleSince(): string | undefined {
    return this.connectivity.lostSince;
  }

  /** Why the cluster cannot be reached, in plain words. */
  get trouble(): string | undefined {
    return this.connectivity.trouble;
  }

  /** Calls back with what changed, gathered for at most 75 ms; once with `all` when the first lists are in. Returns how to stop. */
  onChange(handler: (changes: Changes) => void): () => void {
    return this.feed.subscribe(handler);
  }

  /** Calls back at once for every request that changes or goes. */
  onRequest(handler: (change: RequestChange) => void): void {
    this.requestHandlers.add(handler);
  }

  /** Calls back for every pod of a pipeline, now and when it changes or has gone. Returns how to stop. */
  onPod(handler: (pod: PodSource, isGone: boolean) => void): () => void {
    return this.pods.onChange(({ type, object }) => handler(object, type === 'deleted'));
  }

  promises(): PromiseSource[] {
    return this.promiseObjects.list();
  }

  promise(name: string): PromiseSource | undefined {
    return this.promiseObjects.get(name);
  }

  /** Namespaces that are not going away; those with requests where the server would not list them. */
  namespaces(): string[] {
    const listed = this.namespaceObjects.list().filter(({ metadata }) => !metadata.deletionTimestamp);
    const used = () => [...this.served.values()].flatMap(({ requests }) => requests.list().map(({ metadata }) => metadata.namespace ?? ''));
    return listed.length > 0 ? listed.map(({ metadata }) => metadata.name) : [...new Set(used())].filter(Boolean);
  }

  destinations(): DestinationSource[] {
    return this.destinationObjects.list();
  }

  destination(name: string): DestinationSource | undefined {
    return this.destinationObjects.get(name);
  }

  /** Kinds that the server would not list, among Promises, their requests and Destinations: their absence proves nothing. */
  unlisted(): string[] {
    const requests = [...this.served.values()].map(served => served.requests);
    const informers = [this.promiseObjects, this.crds, this.destinationObjects, ...requests];
    return informers.filter(informer => this.connectivity.isRefused(informer)).map(({ type }) => resourceName(type));
  }

  apis(): ServedApi[] {
    return [...this.served.values()].map(({ api }) => api);
  }

  /** The API of this kind, where it belongs to a Promise. */
  api(kind: { group: string; plural: string }): ServedApi | undefined {
    return this.served.get(`${kind.plural}.${kind.group}`)?.api;
  }

  requests(api: ServedApi): RequestObject[] {
    return this.served.get(`${api.plural}.${api.group}`)?.requests.list() ?? [];
  }

  request(api: ServedApi, namespace: string, name: string): RequestObject | undefined {
    return this.served.get(`${api.plural}.${api.group}`)?.requests.get(api.namespaced ? `${namespace}/${name}` : name);
  }

  /** Puts the answer to a write into the copy at once. */
  observe(api: ServedApi, object: Live<RequestObject>): void {
    this.served.get(`${api.plural}.${api.group}`)?.requests.observe(object);
  }

  /** Everything that says something about a request. */
  sources(api: ServedApi, request: RequestObject): RequestSources {
    const { name, namespace = '', uid = '' } = request.metadata;
    const owner = `${api.promise}/${namespace}/${name}`;
    const works = this.works.byIndex('request', owner).map(work => this.files.work(work));
    const placements = works.flatMap(work => this.placementsOf(work)).map(placement => this.files.placement(placement));
    const targets = new Set(placements.map(placement => placement.spec?.targetDestinationName ?? ''));
    return {
      cluster: this.name,
      type: api,
      request,
      promiseName: api.promise,
      entityRef: this.entityRefOf(api, request),
      promise: this.promise(api.promise),
      works,
      placements,
      destinations: [...targets].flatMap(target => this.destinationObjects.get(target) ?? []),
      runs: this.runs?.byIndex('target', uid) ?? [],
      jobs: this.jobs.byIndex('request', owner),
      pods: this.pods.byIndex('request', owner),
      staleSince: this.staleSince,
    };
  }

  /** The files of a placement with their content. */
  filesOf({ metadata }: PlacementSource): FileSource[] {
    const placement = this.placements.get(`${metadata.namespace ?? ''}/${metadata.name}`);
    return placement ? this.files.content(placement) : [];
  }

  /** The files of a Work with their content. */
  filesOfWork(work: WorkSource): FileSource[] {
    return this.files.contentOfWork(work);
  }

  /** The files that a placement held before their last change, where it was seen and is remembered. */
  formerFilesOf(placement: PlacementSource): FileSource[] | undefined {
    return this.former.of(placement);
  }

  /** Placements that name a Destination, whether or not it exists. */
  placementsAt(destination: string): PlacementSource[] {
    return this.placements.byIndex('destination', destination);
  }

  /** Runs, Jobs and pods of a Promise's own workflow. */
  promiseRuns({ metadata }: PromiseSource): Pick<PromiseSources, 'runs' | 'jobs' | 'pods'> {
    return {
      runs: this.runs?.byIndex('target', metadata.uid ?? '') ?? [],
      jobs: this.jobs.byIndex('promise', metadata.name),
      pods: this.pods.byIndex('promise', metadata.name),
    };
  }

  /** The runs of all workflows, where the cluster's engine keeps them. */
  allRuns(): RunSource[] {
    return this.runs?.list() ?? [];
  }

  /** Requests that a request's pipelines made. */
  children(api: ServedApi, { metadata }: RequestObject): { api: ServedApi; request: RequestObject }[] {
    const { namespace = '', name } = metadata;
    const parents = [parentKey({ promise: api.promise, namespace, name }), parentKey({ group: api.group, kind: api.kind, namespace, name })];
    return [...this.served.values()].flatMap(child =>
      parents.flatMap(parent => child.requests.byIndex('parent', parent)).map(request => ({ api: child.api, request })),
    );
  }

  async stop(): Promise<void> {
    this.stopEvents.abort();
    this.dryRuns.stop();
    this.feed.stop();
    this.connectivity.stop();
    await this.cache.stop();
    await this.client.close();
  }

  private watch<T extends StateObject>(type: ResourceType, selector = {}): Informer<Live<T>> {
    const informer = this.cache.informer<Live<T>>(type, selector);
    this.connectivity.follow(informer);
    return informer;
  }

  private listen(): void {
    const touch = ({ object }: InformerEvent<KubeObject>) => {
      ownerOf(object).forEach(owner => this.touched(owner));
      promiseOf(object).forEach(name => this.feed.promise(name));
    };
    this.works.onChange(touch);
    this.jobs.onChange(touch);
    this.pods.onChange(touch);
    this.placements.onChange(event => {
      if (event.type === 'modified') this.former.changed(event.previous, event.object);
      if (event.type === 'deleted') this.former.deleted(event.object);
      this.placementTouched(event.object);
    });
    this.destinationObjects.onChange(event => this.destinationTouched(event));
    this.promiseObjects.onChange(({ object }) => this.feed.promise(object.metadata.name));
    this.platform.listen({
      request: (promise, namespace, name) => this.touched(`${promise}/${namespace}/${name}`),
      promise: name => this.feed.promise(name),
      object: (type, namespace, name) => this.feed.object(signalRef({ ...type, namespace, name })),
    });
    this.dryRuns.listen((promise, namespace, name) => this.touched(`${promise}/${namespace}/${name}`));
    this.crds.onChange(event => this.crdTouched(event.object, event.type === 'deleted'));
    this.watch<CrdObject>(coreTypes.CustomResourceDefinition, runCrd).onChange(event =>
      this.runCrdTouched(event.type !== 'deleted' && isEstablished(event.object)),
    );
  }

  private placementsOf({ metadata }: WorkSource): PlacementSource[] {
    return this.placements.byIndex('work', `${metadata.namespace ?? ''}/${metadata.name}`);
  }

  private isOurs({ apiVersion = '', kind = '', name = '' }: EventTarget): boolean {
    const [group, version] = apiVersion.split('/');
    if (group === PromiseKind.type.group) return true;
    if (kind === 'Pod' || kind === 'Job') return name.startsWith(JOB_PREFIX);
    // Until all kinds are known, those of others may be kept; newer ones push them out.
    return Boolean(version) && (!this.isComplete || this.apis().some(api => api.group === group && api.kind === kind));
  }

  private eventSeen({ apiVersion = '', kind, namespace = '', name = '' }: EventTarget): void {
    const [group] = apiVersion.split('/');
    const api = this.apis().find(candidate => candidate.group === group && candidate.kind === kind);
    if (api) this.feed.request(signalRef({ ...api, namespace, name }));
    const informer = { Pod: this.pods, Job: this.jobs, Work: this.works }[kind ?? ''];
    const about = informer?.get(`${namespace}/${name}`);
    if (about) ownerOf(about).forEach(owner => this.touched(owner));
  }

  private touched(owner: string): void {
    const [promise, namespace, name] = owner.split('/');
    const api = this.apis().find(candidate => candidate.promise === promise);
    if (api) this.feed.request(signalRef({ ...api, namespace, name }));
  }

  private placementTouched(placement: PlacementSource): void {
    this.feed.object(signalRef({ ...Destination.type, namespace: '', name: placement.spec?.targetDestinationName ?? '' }));
    for (const key of workOf(placement)) {
      const work = this.works.get(key);
      if (work) ownerOf(work).forEach(owner => this.touched(owner));
    }
  }

  private destinationTouched(event: InformerEvent<Live<DestinationSource>>): void {
    this.feed.destination(event.object.metadata.name);
    const store = (object: DestinationSource) => JSON.stringify(object.spec?.stateStoreRef);
    if (event.type === 'modified' && store(event.object) === store(event.previous)) return;
    this.placements.byIndex('destination', event.object.metadata.name).forEach(placement => this.placementTouched(placement));
  }

  private crdTouched(crd: CrdObject, isGone: boolean): void {
    const key = crd.metadata.name;
    const api = apiOfCrd(crd);
    const promise = crd.metadata.labels?.[kratixLabels.promise];
    const current = this.served.get(key);
    const isSame = current && api && current.api.version === api.version && current.api.promise === promise;
    if (!isGone && isSame) return;
    if (current) {
      this.served.delete(key);
      this.connectivity.forget(current.requests);
      current.requests.release();
      this.feed.everything();
    }
    if (isGone || !api || !promise || !isEstablished(crd)) return;
    const { group, version, kind, plural, namespaced } = api;
    const served: ServedApi = { group, version, kind, plural, namespaced, promise };
    const requests = this.watch<RequestObject>(served);
    requests.addIndex('parent', request => {
      const parent = parentOf(request);
      return parent ? [parentKey(parent)] : [];
    });
    this.served.set(key, { api: served, requests });
    requests.onChange(event => {
      this.feed.request(this.refOf(served, event.object));
      if (event.type === 'modified') this.requestHandlers.forEach(handler => handler({ api: served, before: event.previous, after: event.object }));
      if (event.type === 'deleted') this.requestHandlers.forEach(handler => handler({ api: served, before: event.object }));
    });
    this.feed.promise(promise);
  }

  private runCrdTouched(isServed: boolean): void {
    if (isServed === Boolean(this.runs)) return;
    if (this.runs) {
      this.connectivity.forget(this.runs);
      this.runs.release();
      this.runs = undefined;
      return;
    }
    this.runs = this.watch<RunSource>(WorkflowRun.type);
    this.runs.addIndex('target', ({ spec }) => [spec?.target?.uid ?? '']);
    this.runs.onChange(({ object: { spec } }) => {
      if (spec?.type === 'promise') this.feed.promise(spec.promiseName);
      else if (spec) this.touched(`${spec.promiseName}/${spec.target.namespace ?? ''}/${spec.target.name}`);
    });
  }

  private refOf(api: ServedApi, { metadata }: RequestObject): string {
    return signalRef({ ...api, namespace: metadata.namespace ?? '', name: metadata.name });
  }
}
