import { PromiseRevision, ResourceBinding, servedBy, type PromiseObject, type PromiseRevisionObject, type ResourceBindingObject } from '../api';
import { ApiError, keyOf } from '../kube';
import type { Key } from '../kube/types';
import { Controller } from '../runtime';
import { isCleanedUp, legacyRevision, planLatest, wantedRevision } from '../promise/revisions';
import { annotations, finalizers, labels } from '../wire/names';
import type { EngineContext } from './context';
import { self } from './predicates';

/** What no later try would change: the server will not have the object. */
const REFUSED = [400, 413, 422];

/** Makes the revisions of Promises. Source: kratix-behaviour.md §2.4. */
export class Revisions {
  constructor(private readonly engine: EngineContext) {}

  /** Puts the Promise as it is now on record; the server's words when it refuses. Source: B-PR-7, B-PR-8. */
  async apply(promise: PromiseObject): Promise<string | undefined> {
    const { api, events } = this.engine;
    const revisions = this.of(promise);
    const legacy = legacyRevision(promise, revisions);
    if (legacy) await this.removeLegacy(legacy);
    const wanted = wantedRevision(promise, undefined);
    const existing = revisions.find(({ metadata }) => metadata.name === wanted.metadata.name);
    if (existing?.metadata.deletionTimestamp) return undefined;
    try {
      if (existing) {
        await api.mergePatch(PromiseRevision.type, existing, wantedRevision(promise, existing));
        return undefined;
      }
      await api.createIfAbsent(PromiseRevision.type, wanted);
      events.normal(promise, 'RevisionCreated', `Revision ${wanted.metadata.name} created`);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && REFUSED.includes(error.code)) return `PromiseRevision "${wanted.metadata.name}": ${error.message}`;
      throw error;
    }
  }

  /** Deletes every revision; true while some are left. */
  async removeAll(promise: PromiseObject): Promise<boolean> {
    const left = this.of(promise);
    for (const revision of left) await this.engine.deleteOnce(PromiseRevision.type, revision);
    return left.length > 0;
  }

  private of(promise: PromiseObject): PromiseRevisionObject[] {
    return this.engine.informers.revisions.byIndex('promise', promise.metadata.name);
  }

  private async removeLegacy(revision: PromiseRevisionObject): Promise<void> {
    const change = { annotations: { [annotations.skipRequestCleanup]: 'true' }, labels: { [labels.latestRevision]: null } };
    await this.engine.deleteOnce(PromiseRevision.type, await this.engine.api.patchMetadata(PromiseRevision.type, revision, change));
  }
}

/** Looks after revisions: when one changes, and when a request that was bound to one goes. */
export function promiseRevisionController(engine: EngineContext): Controller {
  const { informers, log } = engine;
  const controller = new Controller({ name: 'promiserevision', log, reconcile: revisionReconciler(engine) });
  const leaving = ({ spec }: ResourceBindingObject) => informers.revisions.byIndex('promise', spec.promiseRef.name).filter(({ metadata }) => metadata.deletionTimestamp);
  return controller.watches(informers.revisions, self).watches(informers.bindings, event => leaving(event.object).map(keyOf));
}

/** Source: kratix-behaviour.md §8.2. */
function revisionReconciler(engine: EngineContext) {
  const { api, informers } = engine;

  /** The requests that are bound to this very version go first, each with its binding. Source: B-REV-3. */
  async function remove(revision: PromiseRevisionObject): Promise<void> {
    if (!revision.metadata.finalizers?.includes(finalizers.revision)) return;
    const { promiseRef, version } = revision.spec;
    const bound = isCleanedUp(revision) ? informers.bindings.byIndex('promise', promiseRef.name).filter(({ spec }) => spec.version === version) : [];
    for (const binding of bound) await removeBound(binding);
    if (bound.length === 0) await api.removeFinalizers(PromiseRevision.type, revision, finalizers.revision);
  }

  async function removeBound(binding: ResourceBindingObject): Promise<void> {
    const crd = informers.crds.list().find(({ metadata }) => metadata.labels?.[labels.promiseName] === binding.spec.promiseRef.name);
    const { name } = binding.spec.resourceRef;
    const ref = { name, namespace: binding.metadata.namespace };
    if (crd && (await isThere(() => api.client.get(servedBy(crd), ref)))) await api.delete(servedBy(crd), ref, { propagationPolicy: 'Background' });
    else await engine.deleteOnce(ResourceBinding.type, binding);
  }

  return async (key: Key): Promise<void> => {
    const revision = informers.revisions.get(key);
    if (!revision) return;
    if (revision.metadata.deletionTimestamp) {
      await remove(revision);
      return;
    }
    const held = await api.patchMetadata(PromiseRevision.type, revision, {
      labels: { [labels.promiseName]: revision.spec.promiseRef.name },
      ...(isCleanedUp(revision) && { addFinalizers: [finalizers.revision] }),
    });
    const plan = planLatest(held, informers.revisions.byIndex('promise', revision.spec.promiseRef.name));
    for (const other of plan.unlabelled) await api.patchMetadata(PromiseRevision.type, other, { labels: { [labels.latestRevision]: null } });
    if (plan.isLatest !== Boolean(held.status?.latest)) await api.mergePatch(PromiseRevision.type, held, { ...held, status: { ...held.status, latest: plan.isLatest } }, { subresource: 'status' });
  };
}

/** Whether an object exists that no cache holds. */
async function isThere(get: () => Promise<unknown>): Promise<boolean> {
  try {
    await get();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return false;
    throw error;
  }
}
