import { findCondition, ResourceBinding, type PromiseObject, type ResourceBindingObject, type RunStatus } from '../api';
import type { DynamicObject, ResourceType } from '../kube/types';
import { requestedStatus, statusAfter, versionInFlight, wantedBinding } from '../promise/bindings';
import { promiseFor, promiseForDeletion, type Footing } from '../promise/promise-for';
import { latestRevision } from '../promise/versions';
import { labels } from '../wire/names';
import type { EngineContext } from './context';

/** Keeps the ResourceBinding of each request, and answers what the request runs with. Source: kratix-behaviour.md §3.3, §8.3. */
export class RequestBindings {
  constructor(private readonly engine: EngineContext) {}

  /** See {@link promiseFor}. */
  footing(request: DynamicObject, promise: PromiseObject): Footing | string | undefined {
    return promiseFor(this.input(request, promise));
  }

  /** See {@link promiseForDeletion}. */
  footingForDeletion(request: DynamicObject, promise: PromiseObject): Footing {
    return promiseForDeletion(this.input(request, promise));
  }

  /** Makes the binding, or gives it the request's labels; a version that it has stays. Source: B-RB-1 to B-RB-3. */
  async ensure(request: DynamicObject, promise: PromiseObject): Promise<void> {
    const { api, events, config } = this.engine;
    const { bindings, revisions } = this.input(request, promise);
    // of several none is right: the request says so
    if (bindings.length > 1 || revisions.length === 0) return;
    const [existing] = bindings;
    const latestVersion = latestRevision(revisions)?.spec.version;
    const wanted = wantedBinding({ request, promise: promise.metadata.name, existing, strategy: config.resourceBindingVersionStrategy, latestVersion });
    if (existing) {
      await api.mergePatch(ResourceBinding.type, existing, wanted);
      return;
    }
    await api.createIfAbsent(ResourceBinding.type, wanted);
    events.normal(request, 'BindingCreated', `ResourceBinding ${wanted.metadata.name} follows version ${wanted.spec.version}`);
  }

  /** A label on the binding asks for a run; the request's own label carries it out. Source: B-RB-5. */
  async relay(request: DynamicObject, resource: ResourceType, footing: Footing): Promise<void> {
    const { api, now } = this.engine;
    const [binding] = this.bindingsOf(request, footing.promise);
    if (binding?.metadata.labels?.[labels.manualReconciliation] !== 'true') return;
    let held = binding;
    if (versionInFlight(binding.status?.conditions) !== footing.version) {
      await api.patchMetadata(resource, request, { labels: { [labels.manualReconciliation]: 'true' } });
      held = await api.mergePatch(ResourceBinding.type, binding, { ...binding, status: requestedStatus(binding.status, footing.version, now()) }, { subresource: 'status' });
    }
    await api.patchMetadata(ResourceBinding.type, held, { labels: { [labels.manualReconciliation]: null } });
  }

  /** What became of the run that applies the version. Source: B-RB-6, B-RB-8. */
  async report(request: DynamicObject, footing: Footing, run: Pick<RunStatus, 'phase' | 'message'>): Promise<void> {
    const { api, events, now } = this.engine;
    const [binding] = this.bindingsOf(request, footing.promise);
    if (!binding) return;
    const status = statusAfter(binding.status, footing.version, run, now());
    await api.mergePatch(ResourceBinding.type, binding, { ...binding, status }, { subresource: 'status' });
    const told = findCondition(status?.conditions, 'UpgradeSucceeded');
    const isNews = told && told.reason !== findCondition(binding.status?.conditions, 'UpgradeSucceeded')?.reason;
    if (isNews && told.status === 'True') events.normal(request, 'ResourceBindingVersionUpdated', told.message);
  }

  /** Goes with its request. Source: B-DEL-5. */
  async remove(request: DynamicObject, promise: PromiseObject): Promise<void> {
    for (const binding of this.bindingsOf(request, promise)) await this.engine.deleteOnce(ResourceBinding.type, binding);
  }

  private input(request: DynamicObject, promise: PromiseObject) {
    return { request, promise, revisions: this.engine.informers.revisions.byIndex('promise', promise.metadata.name), bindings: this.bindingsOf(request, promise) };
  }

  private bindingsOf(request: DynamicObject, promise: PromiseObject): ResourceBindingObject[] {
    return this.engine.bindingsOf(promise.metadata.name, request).filter(({ metadata }) => !metadata.deletionTimestamp);
  }
}
