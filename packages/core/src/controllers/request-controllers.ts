import { isEstablished, servedBy, type PromiseObject, type PromiseRevisionObject } from '../api';
import { keyOf, type Informer } from '../kube';
import type { DynamicObject, Key, KubeObject, ResourceType } from '../kube/types';
import { Controller, HIGH_PRIORITY, LOW_PRIORITY, type Manager } from '../runtime';
import { annotations, labels } from '../wire/names';
import { urgencyOf, type Urgency } from '../workflow';
import type { EngineContext } from './context';
import { RequestReconciler } from './request';

interface Served {
  resource: ResourceType;
  requests: Informer<DynamicObject>;
  controller: Controller;
  /** Availability, pause, restart and revisions of the Promise that the requests were last looked at with. */
  seen: string;
}

const WORKERS = 16;
const PRIORITIES: Record<Urgency, number> = { asked: HIGH_PRIORITY, usual: 0, idle: LOW_PRIORITY };
/** How long the first list of a Promise's requests may take, in milliseconds. */
const LIST_PATIENCE = 30_000;
const isSame = (a: ResourceType, b: ResourceType) => a.version === b.version && a.plural === b.plural && a.group === b.group;

/** One controller for each Promise's API, started when the API is served and ended with it. */
export class RequestControllers {
  /** A request went: its Promise, named here, may wait for that. */
  onGone: (promise: string) => void = () => {};
  private readonly served = new Map<string, Served>();

  constructor(
    private readonly engine: EngineContext,
    private readonly manager: Manager,
  ) {}

  /** Starts the controller, or lets it look at every request again when the Promise has changed. */
  async ensure(promise: PromiseObject, resource: ResourceType): Promise<void> {
    const { name } = promise.metadata;
    const revisions = this.engine.informers.revisions.byIndex('promise', name);
    const seen = [promise.status?.status, promise.metadata.labels?.[labels.paused], promise.metadata.annotations?.[annotations.requestsSince], ...revisions.map(revision => revisionMark(revision)).sort()].join(' ');
    const before = this.served.get(name);
    if (before && isSame(before.resource, resource)) {
      if (before.seen === seen) return;
      before.seen = seen;
      for (const request of before.requests.list()) before.controller.enqueue(keyOf(request), { priority: LOW_PRIORITY });
      return;
    }
    await this.end(name);
    this.start(name, resource, seen);
  }

  private start(name: string, resource: ResourceType, seen: string) {
    const { engine } = this;
    const requests = engine.cache.informer<DynamicObject>(resource);
    const reconciler = new RequestReconciler(engine, name, resource, requests);
    const priorityOf = (key: Key) => {
      const request = requests.get(key);
      return request ? PRIORITIES[urgencyOf(request, engine.informers.runs.byIndex('target', request.metadata.uid ?? ''))] : 0;
    };
    const controller = new Controller({
      name: resource.kind.toLowerCase(),
      fieldsOf: key => ({ promise: name, resourceRequest: `${name}/${key}` }),
      workers: WORKERS,
      reconcile: key => reconciler.reconcile(key),
      priorityOf,
      log: engine.log,
    });
    reconciler.onTurn = key => controller.enqueue(key, { priority: Math.max(0, priorityOf(key)) });
    this.served.set(name, { resource, requests, controller, seen });
    controller.watches(requests, event => {
      if (event.type === 'deleted') this.onGone(name);
      return [keyOf(event.object)];
    });
    const { jobs, pods, works, runs } = engine.informers;
    for (const informer of [jobs, pods, works, runs] as Informer<KubeObject>[]) {
      controller.watches(informer, event => requestKey(event.object, name));
    }
    controller.watches(engine.informers.bindings, ({ object: { metadata, spec } }) => (metadata.labels?.[labels.promiseName] === name ? [`${metadata.namespace}/${spec.resourceRef.name}`] : []));
    controller.watches(engine.informers.healthRecords, event =>
      [event.object, ...(event.type === 'modified' ? [event.previous] : [])].flatMap(({ data }) => (data?.promiseRef.name === name && data.resourceRef ? [`${data.resourceRef.namespace}/${data.resourceRef.name}`] : [])),
    );
    controller.watches(engine.informers.promises, event => {
      const isPaused = ({ metadata }: KubeObject) => metadata.labels?.[labels.paused] === 'true';
      const isNews = event.type === 'modified' && event.object.metadata.name === name && isPaused(event.object) !== isPaused(event.previous);
      return isNews ? requests.list().map(keyOf) : [];
    });
    this.manager.add(controller);
  }

  /** Whether there are requests of the Promise, as far as is known. */
  has(name: string): boolean {
    return (this.served.get(name)?.requests.list().length ?? 0) > 0;
  }

  /** Looks after the Promise's requests no longer, and forgets them. */
  async end(name: string): Promise<void> {
    const before = this.served.get(name);
    if (!before) return;
    this.served.delete(name);
    await this.manager.remove(before.controller);
    before.requests.release();
  }

  /** Deletes every request; true while some are left. The controller ends with the last. */
  async removeAll(promise: PromiseObject, crd: KubeObject): Promise<boolean> {
    const { name } = promise.metadata;
    const resource = servedBy(crd);
    // what was never served has no requests, and could not be listed
    if (!isEstablished(crd)) return false;
    const before = this.served.get(name);
    if (!before || !isSame(before.resource, resource)) {
      await this.end(name);
      this.start(name, resource, '');
    }
    const requests = this.served.get(name)?.requests;
    await requests?.whenSynced(AbortSignal.timeout(LIST_PATIENCE));
    const left = requests?.list() ?? [];
    for (const request of left) await this.engine.deleteOnce(resource, request);
    if (left.length > 0) return true;
    await this.end(name);
    return false;
  }
}

/** Changes when the requests that run with the revision may have something to do. */
function revisionMark({ metadata, spec }: PromiseRevisionObject): string {
  return [metadata.name, metadata.generation, spec.version, metadata.labels?.[labels.latestRevision]].join('/');
}

/** The request that a Job, pod, Work or run belongs to. */
function requestKey(object: KubeObject, promise: string): Key[] {
  const marks = object.metadata.labels ?? {};
  const name = marks[labels.resourceName];
  if (marks[labels.promiseName] !== promise || !name) return [];
  return [`${marks[labels.resourceNamespace] ?? object.metadata.namespace}/${name}`];
}
