import type { Attributes } from '@opentelemetry/api';
import type { Informer, Key, KubeObject } from '../kube/types';
import type { SpanNote } from '../runtime';

interface Looked {
  promises: Pick<Informer<KubeObject>, 'get'>;
  works: Pick<Informer<KubeObject & { spec?: { promiseName?: string; resourceName?: string } }>, 'get'>;
  placements: Pick<Informer<KubeObject & { spec?: { promiseName?: string; resourceName?: string; targetDestinationName?: string } }>, 'get'>;
}

/** The span of one reconcile, by the controller that does it; undefined for those that are not traced. Source: B-OBS-5. */
export function spanOf(controller: string, key: Key, fields: Record<string, unknown>, { promises, works, placements }: Looked): SpanNote | undefined {
  const [namespace, name] = key.includes('/') ? key.split('/') : ['', key];
  const note = (tracer: string, subject: (string | undefined)[], what: string, attributes: Attributes, object: KubeObject | undefined): SpanNote => ({
    tracer,
    name: [...subject.filter(Boolean), `${what}Reconcile`].join('/'),
    attributes: { ...attributes, 'kratix.action': object?.metadata.deletionTimestamp ? 'delete' : 'update' },
  });
  if (controller === 'promise') {
    const promise = promises.get(key);
    const generation = promise?.metadata.generation;
    return note('promise-controller', [key], 'Promise', { 'kratix.promise.name': key, ...(generation && { 'kratix.promise.generation': generation }) }, promise);
  }
  if (controller === 'promiserevision') return note('promise-revision-controller', [key], 'PromiseRevision', { 'kratix.promise_revision.name': key }, undefined);
  if (controller === 'work') {
    const work = works.get(key);
    const { promiseName, resourceName } = work?.spec ?? {};
    return note('work-controller', [resourceName, promiseName], 'Work', { 'kratix.work.name': name, 'kratix.work.namespace': namespace, 'kratix.promise.name': promiseName }, work);
  }
  if (controller === 'workplacement') {
    const placement = placements.get(key);
    const { promiseName, resourceName, targetDestinationName } = placement?.spec ?? {};
    const attributes = { 'kratix.workplacement.name': name, 'kratix.workplacement.namespace': namespace, 'kratix.workplacement.destination': targetDestinationName, 'kratix.promise.name': promiseName };
    return note('workplacement-controller', [resourceName, promiseName], 'WorkPlacement', attributes, placement);
  }
  if (typeof fields.resourceRequest !== 'string') return undefined;
  const promise = String(fields.promise);
  const attributes = { 'kratix.promise.name': promise, 'kratix.resource_request.name': name, 'kratix.resource_request.namespace': namespace };
  return note('dynamic-resource-request-controller', [promise], 'DynamicResourceRequest', attributes, undefined);
}
