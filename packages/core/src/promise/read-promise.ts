import { nameProblems, workflowProblems } from '../api/workflow-problems';
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
  const own = promise.spec?.workflows?.promise;
  const { api, problems } = promiseApi(promise);
  return {
    promise,
    api,
    configure: parsePipelines(own?.configure, 'spec.workflows.promise.configure').pipelines,
    remove: parsePipelines(own?.delete, 'spec.workflows.promise.delete').pipelines,
    problems: [...nameProblems(promise), ...problems, ...workflowProblems(promise)],
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
