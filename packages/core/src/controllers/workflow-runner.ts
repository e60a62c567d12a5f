import { WorkflowRun, Work, type RunStatus, type RunTrigger, type WorkflowRunObject } from '../api';
import { ApiError } from '../kube';
import type { DynamicObject, KubeObject } from '../kube/types';
import { annotations, labels, runName } from '../wire/names';
import { failed, firstStatus, inTrouble, isActiveRun, isAskedFor, isOutdated, localName, mirroredPipelines, nextStep, ownerOf, pipelineNamespace, supersede, targetLabels, triggerAfterEdit, type Demand, type Observed, type Step, type Workflow } from '../workflow';
import type { EngineContext } from './context';
import { PipelineExecutor } from './pipeline-executor';
import { pruneAfterRun } from './run-pruning';

/** How far a workflow is. */
export interface Progress {
  run: WorkflowRunObject;
  /** When to look again though nothing happens. */
  until?: Date;
}

/** Writes the target's status; called with what a pipeline left before its record says that it ended. */
export type MirrorStatus = (run: WorkflowRunObject, userStatus?: Record<string, unknown>) => Promise<void>;

/** The place of one target among those whose pipelines may run now. */
interface Turn {
  isTaken: boolean;
  /** Asks for it, for a run that began for this reason; the target is reconciled again when it comes. */
  take(trigger: RunTrigger): boolean;
  /** Its Job is there. */
  end(): void;
}

/** More steps than this in one go mean that two writers disagree; the queue's back-off takes over. */
const MAX_STEPS = 50;

/** Carries out what the workflow planner decides. Every step can be repeated: a process may end between any two writes. */
export class WorkflowRunner {
  private readonly executor: PipelineExecutor;

  /** `wake` has the target reconciled soon. */
  constructor(
    private readonly engine: EngineContext,
    private readonly wake: (target: DynamicObject) => void,
  ) {
    this.executor = new PipelineExecutor(engine);
  }

  /** Advances as far as is possible now. `current` reads the workflow anew, as its target's status changes on the way. */
  async advance(current: () => Workflow, mirror: MirrorStatus): Promise<Progress> {
    const turn = this.turnOf(current());
    for (let count = 0; count < MAX_STEPS; count += 1) {
      const workflow = current();
      const step = nextStep({ ...this.demand(workflow), mustQueue: !turn.isTaken }, this.observed(workflow), this.engine.limits, this.engine.now());
      if (step.do === 'queue' && turn.take(step.run.spec.trigger)) continue;
      const progress = await this.carryOut(workflow, step, mirror, current, turn);
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
    const { labels: marks = {}, annotations: notes = {} } = target.object.metadata;
    return {
      promiseName: target.promise.metadata.name,
      uid,
      ...(target.type === 'resource' && { resourceName: localName(target) }),
      runPrefix: runName({ name: localName(target), uid }, target.type, action, 0).slice(0, -1),
      pipelines: workflow.pipelines,
      hash: workflow.hash,
      generation: target.object.metadata.generation ?? 1,
      isUpgrade: workflow.isUpgrade,
      isManual: marks[labels.manualReconciliation] === 'true',
      isRestart: marks[labels.runFromStart] === 'true' || isOutdated(this.runsOf(workflow), workflow.since),
      ...(notes[annotations.retryFrom] !== undefined && { retryFrom: notes[annotations.retryFrom] }),
      isSuspended: marks[labels.workflowSuspended] === 'true',
      ...(workflow.interval && { interval: workflow.interval }),
      repeatsFailed: this.engine.config.reconcileAfterFailure,
    };
  }

  private observed(workflow: Workflow): Observed {
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
      works: this.engine.worksOf(target).filter(work => work.metadata.namespace === pipelineNamespace(target)),
      mirrored: mirroredPipelines(target.object.status),
    };
  }

  private async carryOut(workflow: Workflow, step: Step, mirror: MirrorStatus, current: () => Workflow, turn: Turn): Promise<Progress | undefined> {
    switch (step.do) {
      case 'begin':
        await this.begin(workflow, step, turn);
        return undefined;
      case 'adopt':
        await this.adopt(workflow, step);
        return undefined;
      case 'retarget':
        await this.retarget(workflow, step.run);
        return undefined;
      case 'consume':
        await this.consume(workflow, step);
        return undefined;
      case 'record':
        if (!step.resumes || (await this.mayResume(workflow, current))) await this.finishPipeline(current, step, mirror);
        return undefined;
      case 'execute':
        await this.execute(workflow, step);
        turn.end();
        return { run: step.run, until: new Date(this.engine.now().getTime() + this.engine.limits.startTimeout) };
      case 'queue':
        return { run: this.inLine(step) };
      case 'stop-job':
        await this.engine.endJob(step.job);
        return undefined;
      case 'await':
        return { run: step.run, ...(step.until && { until: step.until }) };
      default:
        await pruneAfterRun(this.engine, workflow, step.run, this.runsOf(workflow));
        return { run: step.run, ...(step.until && { until: step.until }) };
    }
  }

  private turnOf({ target }: Workflow): Turn {
    const { turns, now } = this.engine;
    const { promise, object } = target;
    const weight = Number(promise.metadata.annotations?.[annotations.weight]);
    const ticket = {
      id: this.engine.targetKey(target),
      promise: promise.metadata.name,
      namespace: object.metadata.namespace ?? '',
      since: object.metadata.creationTimestamp ?? now().toISOString(),
      weight: weight >= 1 ? weight : 1,
    };
    turns.leave(ticket.id);
    const turn: Turn = {
      isTaken: false,
      take: trigger => (turn.isTaken ||= turns.ask({ ...ticket, isAsked: isAskedFor(trigger) }, () => this.wake(object))),
      end: () => turns.started(ticket.id),
    };
    return turn;
  }

  /** A run that waits for its turn, as its target's status shows it. */
  private inLine({ run, index }: Step & { do: 'queue' }): WorkflowRunObject {
    const limit = this.engine.config.pipelinesAtOnce;
    const message = `waits for its turn: as many pipelines run as may at once (${limit})`;
    return run.status ? inTrouble(run, run.status, index, message) : run;
  }

  private async begin(workflow: Workflow, { trigger, sequence, carried }: Step & { do: 'begin' }, turn: Turn) {
    const run = newRun(workflow, trigger, sequence);
    run.status = firstStatus(this.demand(workflow), run, this.engine.now(), { carried, hasTurn: turn.take(trigger) });
    this.tell(await this.engine.api.create(WorkflowRun.type, run));
  }

  private async consume({ target }: Workflow, step: Step & { do: 'consume' }) {
    const without = (names: string[] = []) => Object.fromEntries(names.map(name => [name, null]));
    await this.engine.api.patchMetadata(target.resource, target.object, { labels: without(step.labels), annotations: without(step.annotations) });
    if (step.warning) this.engine.events.warning(target.object, 'RetryRefused', step.warning);
  }

  /** Puts on record what another engine has done for this target. */
  private async adopt(workflow: Workflow, { sequence, hash, status }: Step & { do: 'adopt' }) {
    const isFirst = (workflow.target.object.metadata.generation ?? 1) === 1;
    this.tell(await this.engine.api.create(WorkflowRun.type, { ...newRun({ ...workflow, hash }, isFirst ? 'created' : 'updated', sequence), status }));
    const done = status.pipelines.filter(each => each.phase === 'Succeeded').length;
    this.engine.events.normal(workflow.target.object, 'WorkflowTakenOver', `Took the ${workflow.action} workflow over from another engine; ${done} of ${status.pipelines.length} pipelines were complete`);
  }

  /** The record is of the same run, for other specs; its Job's name stays, so that one made without our knowledge is found. */
  private async retarget({ target, hash, ...workflow }: Workflow, run: WorkflowRunObject) {
    const { generation = 1, annotations: notes } = target.object.metadata;
    const { actor: _former, ...spec } = run.spec;
    const actor = notes?.[annotations.requestedBy];
    const retargeted = { ...run, spec: { ...spec, trigger: triggerAfterEdit(spec, generation), target: { ...spec.target, generation }, ...(actor && { actor }), hash } };
    const status = firstStatus(this.demand({ ...workflow, target, hash }), retargeted, this.engine.now(), { hasTurn: run.status?.phase === 'Running' });
    this.tell(await this.engine.api.mergePatch(WorkflowRun.type, run, { ...retargeted, status }));
  }

  /**
   * Whether the target is without its mark indeed. The mark is set before the record says that the run is suspended; an
   * engine that has just started may yet have listed the target before both, and the record after them.
   */
  private async mayResume({ target }: Workflow, current: () => Workflow): Promise<boolean> {
    await this.engine.api.refresh(target.resource, target.object.metadata);
    return !this.demand(current()).isSuspended;
  }

  /** Merges what the pipeline left into the target first, then records: a crash in between merges the same once more. */
  private async finishPipeline(current: () => Workflow, step: Step & { do: 'record' }, mirror: MirrorStatus) {
    const { run, status, finished } = step;
    if (finished) {
      const refusal = await refusalOf(() => mirror({ ...run, status }, finished.status));
      if (refusal !== undefined) {
        const index = status.pipelines.findIndex(({ name }) => name === finished.name);
        await this.fail(current(), run, failed(status, index, `its status.yaml was refused: ${refusal}`, undefined, this.engine.now()));
        return;
      }
      if (!finished.work && status.phase !== 'Suspended') await this.removeWork(current(), finished.name);
    }
    // the status that was written just now is part of the object's version
    const workflow = current();
    // the label of what was taken over says whether somebody let it go on since
    const isNew = status.phase === 'Suspended' && !status.pipelines.some(each => each.phase === 'Suspended' && each.takenOver);
    if (isNew) await this.engine.api.patchMetadata(workflow.target.resource, workflow.target.object, { labels: { [labels.workflowSuspended]: 'true' } });
    if (status.phase === 'Failed') await this.fail(workflow, run, status);
    else await this.record(run, status);
  }

  private async fail({ target, action }: Workflow, run: WorkflowRunObject, status: RunStatus) {
    await this.record(run, status);
    const [reason, what] = action === 'delete' ? ['Failed Pipeline', 'The Delete Pipeline'] : ['ConfigureWorkflowFailed', `A ${target.type}/${action} Pipeline`];
    this.engine.events.warning(target.object, reason, `${what} has failed: ${status.message}`);
  }

  private async record(run: WorkflowRunObject, status: WorkflowRunObject['status']) {
    this.tell(await this.engine.api.mergePatch(WorkflowRun.type, run, { ...run, status }));
  }

  private tell(run: WorkflowRunObject) {
    this.engine.registry.tellRun(run);
  }

  private async execute(workflow: Workflow, step: Step & { do: 'execute' }) {
    const { target, action } = workflow;
    const refusal = await this.executor.start(workflow, step);
    if (refusal === undefined) {
      this.engine.events.normal(target.object, 'PipelineStarted', `${action === 'delete' ? 'Delete' : 'Configure'} Pipeline started: ${step.pipeline.metadata.name}`);
    } else if (step.run.status) {
      await this.fail(workflow, step.run, failed(step.run.status, step.index, refusal, undefined, this.engine.now()));
    }
  }

  private async removeWork({ target, action }: Workflow, pipeline: string) {
    if (action === 'delete') return;
    const works = this.engine.worksOf(target).filter(work => work.metadata.labels?.[labels.pipelineName] === pipeline);
    for (const work of works) await this.engine.deleteOnce(Work.type, work);
  }

  /** Ends what is under way when there is nothing to run any more; true while a Job or pod of it is still there. */
  async abandon(workflow: Workflow): Promise<boolean> {
    const active = this.runsOf(workflow).filter(isActiveRun);
    if (active.length === 0) return false;
    if (await this.engine.endJobs(workflow.target, 'running')) return true;
    for (const run of active) if (run.status) await this.record(run, supersede(run.status, this.engine.now()));
    return false;
  }

}

/** A new record of a run, without a status. */
function newRun({ target, action, hash, since }: Workflow, trigger: RunTrigger, sequence: number): WorkflowRunObject {
  const { name, namespace, uid = '', generation = 1, annotations: notes } = target.object.metadata;
  const home = pipelineNamespace(target);
  const ownerReferences = ownerOf(target, home);
  const actor = notes?.[annotations.requestedBy];
  return {
    apiVersion: WorkflowRun.apiVersion,
    kind: 'WorkflowRun',
    metadata: {
      name: runName({ name: localName(target), uid }, target.type, action, sequence),
      namespace: home,
      labels: { ...targetLabels(target), [labels.workflowType]: target.type, [labels.workflowAction]: action },
      ...(since && { annotations: { [annotations.requestsSince]: since } }),
      ...(ownerReferences && { ownerReferences }),
    },
    spec: {
      target: { apiVersion: target.object.apiVersion, kind: target.object.kind, plural: target.resource.plural, name, ...(namespace && { namespace }), uid, generation },
      promiseName: target.promise.metadata.name,
      type: target.type,
      action,
      trigger,
      ...(actor && { actor }),
      hash,
      sequence,
    },
  };
}

/** The server's words when it will not have what a pipeline left, however often it is asked. */
async function refusalOf(write: () => Promise<void>): Promise<string | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && [400, 413, 422].includes(error.code)) return error.message;
    throw error;
  }
}

function workflowTitle({ target, action }: Workflow): string {
  return `${target.object.kind} "${target.object.metadata.name}" (${action})`;
}
