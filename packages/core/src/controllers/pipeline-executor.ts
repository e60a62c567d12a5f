import { ApiError, coreTypes } from '../kube';
import type { KubeObject } from '../kube/types';
import { labels, pipelineId } from '../wire/names';
import type { Pipeline } from '../api';
import { accountObjects, InputTooLargeError, pipelineJob, pipelineNamespace, rightsOf, workflowLabels, type Step, type Workflow } from '../workflow';
import { accountKey, type EngineContext } from './context';

/** Refusals that pass: our own credentials, a conflict, too many calls. */
const PASSING = new Set([401, 408, 409, 429]);

/** Makes what one attempt of a pipeline needs: its account, its rights, its Job. */
export class PipelineExecutor {
  constructor(private readonly engine: EngineContext) {}

  /**
   * Account and rights first, then the Job; what is there already is left alone. Answers with the server's words when it
   * will not have the Job, however often it is asked; undefined when all is there.
   */
  async start(workflow: Workflow, step: Step & { do: 'execute' }): Promise<string | undefined> {
    const { api, config } = this.engine;
    try {
      const home = step.run.metadata.namespace;
      await this.ensureAccount(workflow, step.pipeline, home);
      const isOfPipeline = ({ metadata }: KubeObject) => metadata.labels?.[labels.pipelineName] === step.pipeline.metadata.name && metadata.namespace === home;
      const existingWork = this.engine.worksOf(workflow.target).find(isOfPipeline)?.metadata.name;
      const { job, input } = pipelineJob(workflow, step.pipeline, step.run, step.job, { ...config, existingWork });
      if (input) await api.apply(coreTypes.ConfigMap, input);
      await api.createIfAbsent(coreTypes.Job, job);
    } catch (error) {
      const isRefused = error instanceof InputTooLargeError || (error instanceof ApiError && error.code >= 400 && error.code < 500 && !PASSING.has(error.code));
      if (!isRefused) throw error;
      return (error as Error).message;
    }
    return undefined;
  }

  /** What another engine began, for whichever request, ends with the rights that it began with. */
  private async ensureAccount(workflow: Workflow, pipeline: Pipeline, home: string | undefined) {
    const marks = { ...workflowLabels(workflow), [labels.pipelineName]: pipeline.metadata.name };
    const isInUse = this.engine.informers.jobs.byIndex('foreign', accountKey({ apiVersion: '', kind: '', metadata: { name: '', namespace: home, labels: marks } })).length > 0;
    if (isInUse) return;
    for (const { type, object } of accountObjects(workflow, pipeline)) await this.ensure(type, object);
    await this.removeFormerRights(workflow, pipeline);
    await this.removeWideRights(workflow, pipeline);
  }

  /**
   * The rights across namespaces that Kratix gives every pipeline of a Promise workflow, and of a request that runs
   * elsewhere, under the pipeline's id: ours need none of them. Source: B-WF-32, B-WF-33, Q-48.
   */
  private async removeWideRights({ target, action }: Workflow, pipeline: Pipeline) {
    const { clusterRoles, clusterRoleBindings } = this.engine.informers;
    const id = pipelineId(target.promise.metadata.name, target.type, action, pipeline.metadata.name);
    for (const informer of [clusterRoleBindings, clusterRoles]) {
      for (const name of [id, `${id}-${target.object.metadata.namespace}`]) {
        const object = informer.get(name);
        if (object?.metadata.labels?.[labels.promiseName] === target.promise.metadata.name) await this.engine.deleteOnce(informer.type, object);
      }
    }
  }

  /** A service account of somebody else's keeps what it is. Source: B-WF-30. */
  private async ensure(type: typeof coreTypes.Role, object: KubeObject & Record<string, unknown>) {
    if (type === coreTypes.ServiceAccount) await this.engine.api.createIfAbsent(type, object);
    else await this.engine.api.apply(type, object);
  }

  /** What the Pipeline declared once and declares no more is taken away before it runs. Source: B-WF-37. */
  private async removeFormerRights(workflow: Workflow, pipeline: Workflow['pipelines'][number]) {
    const { roles, roleBindings, clusterRoles, clusterRoleBindings } = this.engine.informers;
    const { promise, type } = workflow.target;
    const wanted = new Set(accountObjects(workflow, pipeline).map(({ object }) => `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`));
    const marks = {
      [labels.promiseName]: promise.metadata.name,
      [labels.workflowType]: type,
      [labels.workflowAction]: workflow.action,
      [labels.pipelineName]: pipeline.metadata.name,
      [labels.pipelineNamespace]: pipelineNamespace(workflow.target),
    };
    const rights = rightsOf({ apiVersion: '', kind: '', metadata: { name: '', labels: marks } }) ?? '';
    for (const informer of [roleBindings, clusterRoleBindings, roles, clusterRoles]) {
      for (const object of informer.byIndex('rights', rights)) {
        const { namespace = '', name } = object.metadata;
        if (!wanted.has(`${informer.type.kind} ${namespace}/${name}`)) await this.engine.deleteOnce(informer.type, object);
      }
    }
  }
}
