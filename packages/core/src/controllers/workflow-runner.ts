import { findCondition, setConditions, WorkflowRun, Work, type Condition, type RunTrigger, type WorkflowRunObject, type WorkObject } from '../api';
import { ApiError, coreTypes } from '../kube';
import type { KubeObject } from '../kube/types';
import { annotations, labels, runName } from '../wire/names';
import {
  accountObjects, firstStatus, InputTooLargeError, isActiveRun, localName, nextStep, obsoleteJobs, obsoleteRuns, ownerOf, pipelineJob, pipelineNamespace, rightsOf, supersede,
  targetLabels,
  type Demand, type Step, type Workflow,
} from '../workflow';
import type { EngineContext } from './context';

/** How far a workflow is. */
export interface Progress {
  run: WorkflowRunObject;
  /** When to look again though nothing happens. */
  until?: Date;
}

/** Writes the target's status; called with what a pipeline left before its record says that it ended. */
export type MirrorStatus = (run: WorkflowRunObject, userStatus?: Record<string, unknown>) => Promise<void>;

/** More steps than this in one go mean that two writers disagree; the queue's back-off takes over. */
const MAX_STEPS = 50;

/** Refusals that pass: our own credentials, a conflict, too many calls. */
const PASSING = new Set([401, 408, 409, 429]);

/** Carries out what the workflow planner decides. Every step can be repeated: a process may end between any two writes. */
export class WorkflowRunner {
  constructor(private readonly engine: EngineContext) {}

  /** Advances as far as is possible now. `current` reads the workflow anew, as its target's status changes on the way. */
  async advance(current: () => Workflow, mirror: MirrorStatus): Promise<Progress> {
    for (let count = 0; count < MAX_STEPS; count += 1) {
      const workflow = current();
      const step = nextStep(this.demand(workflow), this.observed(workflow), this.engine.limits, this.engine.now());
      const progress = await this.carryOut(workflow, step, mirror, current);
      if (progress) {
        await mirror(progress.run);
        return progress;
      }
    }
    throw new Error(`${workflowTitle(current())}: its record does not settle; another writer changes it`);
  }

  /** Runs of this workflow, in no order. */
  runsOf(workflow: Workflow): WorkflowRunObject[] {
    const { type, object } = workflow.target;
    return this.engine.informers.runs
      .byIndex('target', object.metadata.uid ?? '')
      .filter(run => run.spec.type === type && run.spec.action === workflow.action);
  }

  /** A delete workflow runs once for a deletion, whatever changes meanwhile; one that failed runs again when something did. */
  hashOfDeletion(workflow: Workflow): string {
    const latest = this.runsOf(workflow).sort((a, b) => a.spec.sequence - b.spec.sequence).at(-1);
    return latest && latest.status?.phase !== 'Failed' ? latest.spec.hash : workflow.hash;
  }

  private demand(workflow: Workflow): Demand {
    const { target, action } = workflow;
    const { uid = '' } = target.object.metadata;
    const marks = target.object.metadata.labels ?? {};
    return {
      promiseName: target.promise.metadata.name,
      ...(target.type === 'resource' && { resourceName: localName(target) }),
      runPrefix: runName({ name: localName(target), uid }, target.type, action, 0).slice(0, -1),
      pipelines: workflow.pipelines,
      hash: workflow.hash,
      generation: target.object.metadata.generation ?? 1,
      isUpgrade: workflow.isUpgrade,
      isManual: marks[labels.manualReconciliation] === 'true',
      isSuspended: marks[labels.workflowSuspended] === 'true',
    };
  }

  private observed(workflow: Workflow) {
    const { target, action } = workflow;
    const { jobs, pods, works } = this.engine.informers;
    const key = this.engine.targetKey(target);
    const isOfWorkflow = ({ metadata }: KubeObject) => metadata.labels?.[labels.workflowType] === target.type && metadata.labels?.[labels.workflowAction] === action;
    const runs = this.runsOf(workflow);
    const named = runs.flatMap(run => (run.status?.pipelines ?? []).map(({ job }) => job && jobs.get(`${run.metadata.namespace}/${job}`)));
    return {
      runs,
      jobs: [...new Set([...jobs.byIndex('target', key).filter(isOfWorkflow), ...named.filter(job => typeof job === 'object')])],
      pods: pods.byIndex('target', key).filter(isOfWorkflow),
      work: (run: WorkflowRunObject, name: string) => works.get(`${run.metadata.namespace}/${name}`),
      leavingWorks: this.engine.worksOf(target).filter(work => work.metadata.deletionTimestamp),
    };
  }

  private async carryOut(workflow: Workflow, step: Step, mirror: MirrorStatus, current: () => Workflow): Promise<Progress | undefined> {
    const { api } = this.engine;
    switch (step.do) {
      case 'begin':
        await this.begin(workflow, step.trigger, step.sequence);
        return undefined;
      case 'retarget':
        await this.retarget(workflow, step.run);
        return undefined;
      case 'consume-label':
        await api.patchMetadata(workflow.target.resource, workflow.target.object, { labels: Object.fromEntries(step.labels.map(label => [label, null])) });
        return undefined;
      case 'record':
        await this.finishPipeline(current, step, mirror);
        return undefined;
      case 'execute':
        await this.execute(workflow, step);
        return { run: step.run, until: new Date(this.engine.now().getTime() + this.engine.limits.startTimeout) };
      case 'stop-job':
        await this.engine.deleteOnce(coreTypes.Job, step.job);
        return undefined;
      case 'await':
        return { run: step.run, ...(step.until && { until: step.until }) };
      default:
        await this.prune(workflow, step.run);
        return { run: step.run };
    }
  }

  private async begin(workflow: Workflow, trigger: RunTrigger, sequence: number) {
    const { target, action } = workflow;
    const { name, namespace, uid = '', generation = 1 } = target.object.metadata;
    const home = pipelineNamespace(target);
    const ownerReferences = ownerOf(target, home);
    const actor = target.object.metadata.annotations?.[annotations.requestedBy];
    const run: WorkflowRunObject = {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: {
        name: runName({ name: localName(target), uid }, target.type, action, sequence),
        namespace: home,
        labels: { ...targetLabels(target), [labels.workflowType]: target.type, [labels.workflowAction]: action },
        ...(ownerReferences && { ownerReferences }),
      },
      spec: {
        target: { apiVersion: target.object.apiVersion, kind: target.object.kind, plural: target.resource.plural, name, ...(namespace && { namespace }), uid, generation },
        promiseName: target.promise.metadata.name,
        type: target.type,
        action,
        trigger,
        ...(actor && { actor }),
        hash: workflow.hash,
        sequence,
      },
    };
    run.status = firstStatus(this.demand(workflow), run, this.engine.now());
    const created = await this.engine.api.create(WorkflowRun.type, run);
    this.tell(created);
  }

  /** The record is of the same run, for other specs; its Job's name stays, so that one made without our knowledge is found. */
  private async retarget({ target, hash, ...workflow }: Workflow, run: WorkflowRunObject) {
    const { generation = 1, annotations: notes } = target.object.metadata;
    const { actor: _former, ...spec } = run.spec;
    const actor = notes?.[annotations.requestedBy];
    const retargeted = { ...run, spec: { ...spec, target: { ...spec.target, generation }, ...(actor && { actor }), hash } };
    const status = firstStatus(this.demand({ ...workflow, target, hash }), retargeted, this.engine.now());
    this.tell(await this.engine.api.mergePatch(WorkflowRun.type, run, { ...retargeted, status }));
  }

  /** Merges what the pipeline left into the target first, then records: a crash in between merges the same once more. */
  private async finishPipeline(current: () => Workflow, step: Step & { do: 'record' }, mirror: MirrorStatus) {
    const { run, status, finished } = step;
    if (finished) {
      await mirror({ ...run, status }, finished.status);
      if (!finished.work && status.phase !== 'Suspended') await this.removeWork(current(), finished.name);
    }
    // the status that was written just now is part of the object's version
    const workflow = current();
    if (status.phase === 'Suspended') await this.engine.api.patchMetadata(workflow.target.resource, workflow.target.object, { labels: { [labels.workflowSuspended]: 'true' } });
    await this.record(run, status);
    const failed = status.phase === 'Failed' && status.message;
    if (failed) this.engine.events.warning(workflow.target.object, 'ConfigureWorkflowFailed', `A ${workflow.target.type}/${workflow.action} Pipeline has failed: ${status.message}`);
  }

  private async record(run: WorkflowRunObject, status: WorkflowRunObject['status']) {
    this.tell(await this.engine.api.mergePatch(WorkflowRun.type, run, { ...run, status }));
  }

  private tell(run: WorkflowRunObject) {
    for (const listener of this.engine.registry.listeners) {
      try {
        listener.onRun?.(run);
      } catch (error) {
        this.engine.log.error({ err: error, run: run.metadata.name }, 'a workflow listener failed');
      }
    }
  }

  /** Account and rights first, then the Job; what is there already is left alone. */
  private async execute(workflow: Workflow, step: Step & { do: 'execute' }) {
    const { api, config } = this.engine;
    try {
      for (const { type, object } of accountObjects(workflow, step.pipeline)) await this.ensure(type, object);
      await this.removeFormerRights(workflow, step.pipeline);
      const home = step.run.metadata.namespace;
      const existingWork = this.worksOf(workflow, step.pipeline.metadata.name).find(work => work.metadata.namespace === home)?.metadata.name;
      const { helperImage, helperPullPolicy, defaultBackoffLimit } = config;
      const { job, input } = pipelineJob(workflow, step.pipeline, step.run, step.job, { helperImage, helperPullPolicy, defaultBackoffLimit, existingWork });
      if (input) await api.apply(coreTypes.ConfigMap, input);
      await api.createIfAbsent(coreTypes.Job, job);
    } catch (error) {
      const isRefused = error instanceof InputTooLargeError || (error instanceof ApiError && error.code >= 400 && error.code < 500 && !PASSING.has(error.code));
      if (!isRefused) throw error;
      await this.refuse(workflow, step, (error as Error).message);
      return;
    }
    this.engine.events.normal(workflow.target.object, 'PipelineStarted', `${workflow.action === 'delete' ? 'Delete' : 'Configure'} Pipeline started: ${step.pipeline.metadata.name}`);
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

  /** The API server will not have the Job: the run fails with its words. */
  private async refuse(workflow: Workflow, { run, index }: Step & { do: 'execute' }, words: string) {
    const now = this.engine.now().toISOString().replace(/\.\d+Z$/, 'Z');
    const status = run.status;
    if (!status) return;
    const pipelines = status.pipelines.map((pipeline, at) => {
      if (at < index) return pipeline;
      return at === index ? { ...pipeline, phase: 'Failed' as const, message: words, finishedAt: now } : { ...pipeline, phase: 'Skipped' as const };
    });
    await this.record(run, { ...status, phase: 'Failed', message: `${status.pipelines[index]?.name}: ${words}`, finishedAt: now, pipelines });
    this.engine.events.warning(workflow.target.object, 'ConfigureWorkflowFailed', words);
  }

  /** Works that pipelines of this workflow wrote, of one pipeline where it is named. */
  worksOf(workflow: Workflow, pipeline?: string): WorkObject[] {
    return this.engine.worksOf(workflow.target).filter(work => !pipeline || work.metadata.labels?.[labels.pipelineName] === pipeline);
  }

  private async removeWork(workflow: Workflow, pipeline: string) {
    if (workflow.action === 'delete') return;
    for (const work of this.worksOf(workflow, pipeline)) await this.engine.deleteOnce(Work.type, work);
  }

  /** Ends what is under way when there is nothing to run any more; true while a Job or pod of it is still there. */
  async abandon(workflow: Workflow): Promise<boolean> {
    const active = this.runsOf(workflow).filter(isActiveRun);
    if (active.length === 0) return false;
    if (await this.engine.endJobs(workflow.target, 'running')) return true;
    for (const run of active) if (run.status) await this.record(run, supersede(run.status, this.engine.now()));
    return false;
  }

  /** After a run: Works of pipelines that are gone, and more Jobs and records than are kept. */
  private async prune(workflow: Workflow, run: WorkflowRunObject) {
    const { api, informers, config } = this.engine;
    if (run.status?.phase === 'Succeeded' && workflow.action === 'configure') {
      const names = new Set(workflow.pipelines.map(pipeline => pipeline.metadata.name));
      for (const work of this.worksOf(workflow)) {
        const isElsewhere = work.metadata.namespace !== run.metadata.namespace;
        if (isElsewhere || !names.has(work.metadata.labels?.[labels.pipelineName] ?? '')) await this.engine.deleteOnce(Work.type, work);
      }
    }
    const key = this.engine.targetKey(workflow.target);
    const jobs = informers.jobs.byIndex('target', key).filter(job => job.metadata.labels?.[labels.workflowType] === workflow.target.type);
    for (const job of obsoleteJobs(jobs, config.jobsToKeep)) {
      if (!job.metadata.deletionTimestamp) await api.delete(coreTypes.Job, job.metadata, { propagationPolicy: 'Background' });
    }
    const inUse = new Set(informers.jobs.byIndex('target', key).map(job => job.metadata.name));
    for (const input of informers.configMaps.byIndex('target', key)) if (!inUse.has(input.metadata.name)) await this.engine.deleteOnce(coreTypes.ConfigMap, input);
    for (const old of obsoleteRuns(this.runsOf(workflow), config.runsToKeep)) await api.delete(WorkflowRun.type, old.metadata);
  }
}

function workflowTitle({ target, action }: Workflow): string {
  return `${target.object.kind} "${target.object.metadata.name}" (${action})`;
}

/** Conditions of a delete workflow. Source: B-WF-63, B-WF-64. */
export function deleteConditions(status: Record<string, unknown>, run: WorkflowRunObject, now: Date): Condition[] {
  const before = (status.conditions ?? []) as Condition[];
  const make = (reason: string, message: string) => setConditions(before, [{ type: 'DeleteWorkflowCompleted', status: 'False', reason, message }], now);
  if (run.status?.phase === 'Failed') return make('DeleteWorkflowFailed', `The Delete Pipeline has failed: ${run.status.message ?? ''}`);
  if (run.status?.phase === 'Suspended') return make('DeleteWorkflowSuspended', 'The delete workflow is suspended');
  return findCondition(before, 'DeleteWorkflowCompleted') ? make('PipelinesInProgress', 'The delete workflow is still in progress') : before;
}
