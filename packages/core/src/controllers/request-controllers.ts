import type { PromiseObject } from '../api';
import { keyOf, type Informer } from '../kube';
import type { DynamicObject, Key, KubeObject, ResourceType } from '../kube/types';
import { Controller, LOW_PRIORITY, type Manager } from '../runtime';
import { labels } from '../wire/names';
import type { EngineContext } from './context';
import { RequestReconciler } from './request';

interface Served {
  resource: ResourceType;
  requests: Informer<DynamicObject>;
  controller: Controller;
  /** Generation and availability of the Promise that the requests were last looked at with. */
  seen: string;
}

const WORKERS = 16;

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
    const seen = [promise.metadata.generation, promise.status?.status].join('/');
    const before = this.served.get(name);
    if (before && before.resource.version === resource.version && before.resource.plural === resource.plural && before.resource.group === resource.group) {
      if (before.seen === seen) return;
      before.seen = seen;
      for (const request of before.requests.list()) before.controller.enqueue(keyOf(request), { priority: LOW_PRIORITY });
      return;
    }
    if (before) await this.stop(name);
    await this.start(name, resource, seen);
  }

  private async start(name: string, resource: ResourceType, seen: string) {
    const { engine } = this;
    const requests = engine.cache.informer<DynamicObject>(resource);
    const reconciler = new RequestReconciler(engine, name, resource, requests);
    const controller = new Controller({
      name: `${resource.kind.toLowerCase()}-requests`,
      workers: WORKERS,
      reconcile: key => reconciler.reconcile(key),
      log: engine.log,
    });
    this.served.set(name, { resource, requests, controller, seen });
    controller.watches(requests, event => {
      if (event.type === 'deleted') this.onGone(name);
      return [keyOf(event.object)];
    });
    const { jobs, pods, works, runs } = engine.informers;
    for (const informer of [jobs, pods, works, runs] as Informer<KubeObject>[]) {
      controller.watches(informer, event => requestKey(event.object, name));
    }
    this.manager.add(controller);
  }

  private async stop(name: string) {
    const before = this.served.get(name);
    if (!before) return;
    this.served.delete(name);
    await this.manager.remove(before.controller);
    before.requests.release();
  }

  /** Deletes every request; true while some are left. The controller ends with the last. */
  async removeAll(promise: PromiseObject, resource: ResourceType): Promise<boolean> {
    const { name } = promise.metadata;
    const served = this.served.get(name);
    if (!served) {
      const crd = this.engine.informers.crds.get(`${resource.plural}.${resource.group}`);
      if (!crd) return false;
      await this.start(name, resource, '');
      await this.served.get(name)?.requests.whenSynced();
      return this.removeAll(promise, resource);
    }
    const left = served.requests.list();
    for (const request of left) await this.engine.deleteOnce(resource, request);
    if (left.length > 0) return true;
    await this.stop(name);
    return false;
  }
}

/** The request that a Job, pod, Work or run belongs to. */
function requestKey(object: KubeObject, promise: string): Key[] {
  const marks = object.metadata.labels ?? {};
  const name = marks[labels.resourceName];
  if (marks[labels.promiseName] !== promise || !name) return [];
  return [`${marks[labels.resourceNamespace] ?? object.metadata.namespace}/${name}`];
}
