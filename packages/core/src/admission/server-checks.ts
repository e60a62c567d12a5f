import { parsePipelines, promiseApi, type PromiseObject, type WorkflowRunObject } from '../api';
import { WORKFLOWS } from '../api/workflow-problems';
import { ApiError, coreTypes, type KubeClient } from '../kube';
import type { DynamicObject } from '../kube/types';
import { SYSTEM_NAMESPACE } from '../wire/names';
import { pipelineJob, type JobSettings, type Workflow } from '../workflow';

/** How long the API server may take for all answers, in milliseconds: a write must not wait for more. */
const PATIENCE_MS = 2_000;

export interface ServerChecks {
  client: KubeClient;
  /** What Jobs are made with at this moment. */
  settings: () => JobSettings;
  patienceMs?: number;
}

/**
 * Asks the API server what it would say to the definition and the Jobs of a Promise; nothing is stored. Its refusals are
 * problems. No answer, a late one, or one that says nothing about them is no problem: then conditions tell later.
 * Source: B-WH-2, B-WH-3.
 */
export async function serverProblems(promise: PromiseObject, isKnown: boolean, { client, settings, patienceMs = PATIENCE_MS }: ServerChecks): Promise<string[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const { api } = promiseApi(promise);
  const definition = api && client.patch(coreTypes.CustomResourceDefinition, api.crd.metadata, api.crd, { kind: 'apply', force: true, dryRun: true, signal });
  const asked = [
    ...(definition ? [refusalOf(definition, words => `${isKnown ? 'invalid CRD changes' : 'invalid CRD'}: ${words}`)] : []),
    ...exampleJobs(promise, settings()).map(({ title, job }) => refusalOf(client.create(coreTypes.Job, job, { dryRun: true, signal }), words => `\n${title} failed to generate Job definition: \n${words}`)),
  ];
  return (await Promise.all(asked)).filter(problem => problem !== undefined);
}

/** What the server said against the object itself. */
async function refusalOf(answer: Promise<unknown>, tell: (words: string) => string): Promise<string | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    // 400 and 422 judge the object; 404 is a namespace that is not there; a quota or a missing right may pass
    return error instanceof ApiError && [400, 404, 422].includes(error.code) ? tell(error.message) : undefined;
  }
}

/** One Job for each pipeline, as the first run would have it, for a request that nobody made. */
function exampleJobs(promise: PromiseObject, settings: JobSettings) {
  const { api } = promiseApi(promise);
  return WORKFLOWS.flatMap(({ type, action }) => {
    const { pipelines } = parsePipelines(promise.spec?.workflows?.[type]?.[action], '');
    if (type === 'resource' && !api) return [];
    const metadata = { name: 'webhook-dry-run', namespace: SYSTEM_NAMESPACE, uid: '00000000-0000-4000-8000-000000000000' };
    const request: DynamicObject = { apiVersion: `${api?.resource.group}/${api?.resource.version}`, kind: api?.resource.kind ?? '', metadata };
    const own: DynamicObject = { ...promise, metadata: { ...promise.metadata, uid: promise.metadata.uid ?? metadata.uid } };
    const resource = api?.resource ?? { group: '', version: '', kind: '', plural: '', namespaced: true };
    const target = { type, object: type === 'promise' ? own : request, resource, promise };
    const workflow: Workflow = { target, action, pipelines, hash: '' };
    return pipelines.map(pipeline => {
      const { job } = pipelineJob(workflow, pipeline, runFor(promise, workflow), metadata.name, settings);
      return { title: `${type}.${action} pipeline with name ${pipeline.metadata.name}`, job };
    });
  });
}

function runFor(promise: PromiseObject, { target: { type, object, resource }, action }: Workflow): WorkflowRunObject {
  return {
    apiVersion: 'workflows.kratix-ts.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'webhook-dry-run' },
    spec: {
      target: { apiVersion: object.apiVersion, kind: object.kind, plural: resource.plural, name: object.metadata.name, uid: object.metadata.uid ?? '', generation: 1 },
      promiseName: promise.metadata.name,
      type,
      action,
      trigger: 'created',
      hash: '',
      sequence: 1,
    },
  };
}
