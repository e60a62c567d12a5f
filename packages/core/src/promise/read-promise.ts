import { hasApi, parsePipelines, promiseApi, type Pipeline, type PromiseApi, type PromiseObject } from '../api';
import type { MetadataChange } from '../kube/api';
import { annotations, finalizers, labels } from '../wire/names';

/** What a Promise says, read and checked. */
export interface ReadPromise {
  promise: PromiseObject;
  api?: PromiseApi;
  /** The pipelines of its own workflows. */
  configure: Pipeline[];
  remove: Pipeline[];
  /** What is wrong, one sentence each. */
  problems: string[];
}

/** Source: B-PR-15, B-API-20. */
export function readPromise(promise: PromiseObject): ReadPromise {
  const { promise: own, resource } = promise.spec?.workflows ?? {};
  const configure = parsePipelines(own?.configure, 'spec.workflows.promise.configure');
  const remove = parsePipelines(own?.delete, 'spec.workflows.promise.delete');
  const ofRequests = [parsePipelines(resource?.configure, 'spec.workflows.resource.configure'), parsePipelines(resource?.delete, 'spec.workflows.resource.delete')];
  const { api, problems } = promiseApi(promise);
  const { name } = promise.metadata;
  const named = name.length > 63 ? [`metadata.name: "${name}" is longer than 63 characters, which a label cannot hold; choose a shorter name`] : [];
  return {
    promise,
    api,
    configure: configure.pipelines,
    remove: remove.pipelines,
    problems: [...named, ...problems, ...[configure, remove, ...ofRequests].flatMap(list => list.problems)],
  };
}

/** Somebody asked by label for another run of every request. */
export function asksForRequests(promise: PromiseObject): boolean {
  return promise.metadata.labels?.[labels.reconcileResources] === 'true';
}

/**
 * The metadata that the engine gives a Promise: finalizers, and in the place of the label that asks for another run of
 * every request the time since when they are to have run; so no request is written to, and none runs twice.
 * Source: B-PR-5, B-PR-34.
 */
export function metadataChange({ promise, remove }: ReadPromise, now: Date): MetadataChange {
  const { resources, dynamic, crd, dependencies, workflows, deleteWorkflows, revisions } = finalizers.promise;
  const wantsDelete = remove.length > 0;
  return {
    addFinalizers: [...(hasApi(promise) ? [resources, dynamic, crd] : []), dependencies, workflows, ...(wantsDelete ? [deleteWorkflows] : []), revisions],
    removeFinalizers: wantsDelete ? [] : [deleteWorkflows],
    ...(asksForRequests(promise) && {
      labels: { [labels.reconcileResources]: null },
      annotations: { [annotations.requestsSince]: now.toISOString().replace(/\.\d+Z$/, 'Z') },
    }),
  };
}
