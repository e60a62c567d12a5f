import { findCondition, isTrue, parsePipelines, requestHash, setConditions, Work, type Condition, type PromiseObject, type WorkObject } from '../api';
import { keyOf, type Informer } from '../kube';
import type { DynamicObject, Key, ResourceType } from '../kube/types';
import type { Result } from '../runtime';
import { diffsWork, dryRunInput, dryRunProblem, dryRunStatus } from '../dry-run';
import { isDryRun } from '../wire/selectors';
import { annotations, finalizers, labels } from '../wire/names';
import { briefUntil, configureStatus, deleteStatus, healthStatus, inOrder, isMarkedPaused, isWell, pausedStatus, pauseOf, requestEvents, retryOfDeletion, unpausedStatus, type HealthStatus, type Target, type Workflow } from '../workflow';
import { admittedStatus, isAvailable, waitingStatus } from '../promise/gate';
import { intervalOf } from '../promise/interval';
import type { Footing } from '../promise/promise-for';
import { removeAccounts } from './account-removal';
import type { EngineContext } from './context';
import { RequestBindings } from './request-binding';
import { WorkflowRunner } from './workflow-runner';

type Status = Record<string, unknown>;

/** Reconciles the requests of one Promise's API. Source: kratix-behaviour.md §3, §10.2. */
export class RequestReconciler {
  /** A pipeline of the request may start now. */
  onTurn: (key: Key) => void = () => {};
  private readonly runner: WorkflowRunner;
  private readonly bindings: RequestBindings;

  constructor(
    private readonly engine: EngineContext,
    private readonly promiseName: string,
    private readonly resource: ResourceType,
    private readonly requests: Informer<DynamicObject>,
  ) {
    this.runner = new WorkflowRunner(engine, request => this.onTurn(keyOf(request)));
    this.bindings = new RequestBindings(engine);
  }

  async reconcile(key: Key): Promise<Result | void> {
    const request = this.requests.get(key);
    const promise = this.engine.informers.promises.get(this.promiseName);
    this.engine.turns.leave(`${this.promiseName}/${key}`);
    if (!request || !promise) return undefined;
    const pause = pauseOf(request, promise);
    if (pause) return this.pause(request, pause);
    if (request.metadata.deletionTimestamp) return this.remove(request, this.bindings.footingForDeletion(request, promise).promise);
    if (promise.metadata.deletionTimestamp) return undefined;
    if (!isAvailable(promise)) return this.wait(request, promise);

    const adopted = await this.engine.api.patchMetadata(this.resource, request, {
      labels: { [labels.promiseName]: this.promiseName },
      addFinalizers: Object.values(finalizers.request),
    });
    await this.bindings.ensure(adopted, promise);
    const dryRun = isDryRun(adopted) ? dryRunProblem(this.engine.config.dryRun, this.promiseName, promise) : undefined;
    if (dryRun) return this.refuse(adopted, dryRun.reason, dryRun.message);
    const footing = this.bindings.footing(adopted, promise);
    if (typeof footing === 'string') return this.refuse(adopted, 'FailedPromiseRevisionLookup', footing);
    if (!footing) return undefined;
    await this.bindings.relay(adopted, this.resource, footing);
    return this.configure(await this.resume(this.fresh(adopted), footing), footing);
  }

  /** Source: B-RR-2. */
  private async pause(request: DynamicObject, why: string): Promise<void> {
    if (!isMarkedPaused(request)) this.engine.events.warning(request, 'PausedReconciliation', why);
    await this.writeStatus(request, pausedStatus(request, this.engine.now()));
  }

  /** What was paused runs from the start, once; what never ran begins anyway. Source: B-RR-3. */
  private async resume(request: DynamicObject, { promise }: Footing): Promise<DynamicObject> {
    if (!isMarkedPaused(request)) return request;
    if (this.runner.runsOf(this.workflow(request, promise, 'configure', [])).length > 0) {
      await this.engine.api.patchMetadata(this.resource, request, { labels: { [labels.runFromStart]: 'true', [labels.workflowSuspended]: null } });
    }
    await this.writeStatus(this.fresh(request), unpausedStatus(this.fresh(request), this.engine.now()));
    return this.fresh(request);
  }

  /** There is no version of the Promise that the request could run with, or it may not run dry. Source: B-RR-4, Q-43. */
  private async refuse(request: DynamicObject, reason: string, problem: string): Promise<void> {
    const before = request.status?.conditions as Condition[] | undefined;
    if (findCondition(before, 'Reconciled')?.message !== problem) this.engine.events.warning(request, reason, problem);
    const conditions = setConditions(before, [{ type: 'Reconciled', status: 'False', reason, message: problem }], this.engine.now());
    await this.writeStatus(request, { ...request.status, conditions });
  }

  /** The request waits until its Promise can serve it. Source: B-RR-7. */
  private async wait(request: DynamicObject, promise: PromiseObject): Promise<void> {
    await this.writeStatus(request, waitingStatus(request.status ?? {}, promise, this.engine.now()));
  }

  private async configure(request: DynamicObject, footing: Footing): Promise<Result | void> {
    const { promise } = footing;
    if (!isDryRun(request)) await this.removeDryRun(request, promise);
    const { pipelines } = parsePipelines(promise.spec?.workflows?.resource?.configure, 'spec.workflows.resource.configure');
    if (pipelines.length === 0) {
      const isEnding = await this.runner.abandon(this.workflow(request, promise, 'configure', []));
      return isEnding ? undefined : this.settleWithoutPipelines(request, footing);
    }
    const isUpgradeOf = ({ status }: DynamicObject) => status?.promiseVersion !== undefined && status.promiseVersion !== footing.version;
    const interval = this.intervalOf(footing);
    const since = promise.metadata.annotations?.[annotations.requestsSince];
    const current = () => ({ ...this.workflow(this.fresh(request), promise, 'configure', pipelines), isUpgrade: isUpgradeOf(this.fresh(request)), interval, since });
    let brief: Date | undefined;
    const { until } = await this.runner.advance(current, async (run, userStatus) => {
      const latest = this.fresh(request);
      const works = this.engine.worksOf(this.target(latest, promise));
      const before = admittedStatus(latest.status ?? {}, this.engine.now());
      // the outcome of a run stands for every generation that asks for the same
      const isCurrent = run.spec.hash === current().hash;
      const generation = isCurrent ? latest.metadata.generation ?? 1 : run.spec.target.generation;
      const configured = configureStatus({ before, generation, run, works, subject: 'resource', userStatus, now: this.engine.now() });
      const status = isDryRun(latest) ? dryRunStatus(before, configured, this.engine.now()) : configured;
      const version = isCurrent && run.status?.phase === 'Succeeded' ? { promiseVersion: footing.version, resourceBindingVersion: footing.bindingVersion } : {};
      brief = userStatus || !isOnItsWay(status) ? undefined : briefUntil(run.status?.finishedAt, this.engine.now());
      if (brief) return;
      await this.writeStatus(latest, { ...status, ...version });
      if (isDryRun(latest) && run.status?.phase === 'Succeeded') await this.tellDiffs(latest, works);
      for (const event of requestEvents(latest.status ?? {}, status, this.runsWith(footing))) this.engine.events.record(latest, event);
      if (isCurrent && run.status) await this.bindings.report(latest, footing, isDelivered(status) || run.status.phase !== 'Succeeded' ? run.status : { phase: 'Running' });
    });
    const again = brief ?? until;
    return again && { requeueAfterMs: Math.max(0, again.getTime() - this.engine.now().getTime()) };
  }

  /** A request that somebody runs dry himself, and no DryRun, is told what its pipelines wrote about it. Source: B-DR-8. */
  private async tellDiffs(request: DynamicObject, works: WorkObject[]): Promise<void> {
    const summary = request.metadata.labels?.[labels.dryRunOwner] ? undefined : diffsWork(request, this.promiseName, works);
    if (summary) await this.engine.api.apply(Work.type, summary);
  }

  /** What was run dry once and is no more leaves nothing behind. Source: B-DR-8. */
  private async removeDryRun(request: DynamicObject, promise: PromiseObject): Promise<void> {
    for (const work of this.engine.allWorksOf(this.target(request, promise))) if (isDryRun(work)) await this.engine.deleteOnce(Work.type, work);
  }

  private async settleWithoutPipelines(request: DynamicObject, footing: Footing): Promise<void> {
    const { promise, version, bindingVersion } = footing;
    const status = admittedStatus(request.status ?? {}, this.engine.now());
    for (const work of this.engine.worksOf(this.target(request, promise))) await this.engine.deleteOnce(Work.type, work);
    const done = [{ type: 'Reconciled', status: 'True' as const, reason: 'Reconciled', message: 'Reconciled' }];
    const conditions = setConditions(status.conditions as Condition[] | undefined, done, this.engine.now());
    const counters = { workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0, observedGeneration: request.metadata.generation ?? 1 };
    await this.writeStatus(request, { ...status, ...counters, promiseVersion: version, resourceBindingVersion: bindingVersion, conditions });
    await this.bindings.report(request, footing, { phase: 'Succeeded' });
  }

  /** What runs is ended first, so that nothing arrives late; then the delete pipeline, the files, and the request goes. */
  private async remove(request: DynamicObject, promise: PromiseObject): Promise<Result | void> {
    const target = this.target(request, promise);
    const held = request.metadata.finalizers ?? [];
    if (!Object.values(finalizers.request).some(each => held.includes(each))) return undefined;
    if (await this.engine.endJobs(target, 'running')) return undefined;

    const list = promise.spec?.workflows?.resource?.delete;
    const { pipelines, problems } = parsePipelines(list?.slice(0, 1), 'spec.workflows.resource.delete');
    if (problems.length > 0) return this.holdUp(request, `Promise "${this.promiseName}": ${problems.join('; ')}`);
    if (pipelines.length > 0 && held.includes(finalizers.request.deleteWorkflows)) {
      const current = () => this.workflow(this.fresh(request), promise, 'delete', pipelines);
      const { run, until } = await this.runner.advance(current, async (latest, userStatus) => {
        const object = this.fresh(request);
        const retryAt = retryOfDeletion(this.runner.runsOf(current()));
        const status = deleteStatus({ before: object.status ?? {}, generation: object.metadata.generation ?? 1, run: latest, userStatus, retryAt, now: this.engine.now() });
        await this.writeStatus(object, status);
      });
      if (run.status?.phase !== 'Succeeded') return until && { requeueAfterMs: Math.max(0, until.getTime() - this.engine.now().getTime()) };
    }
    if (await this.engine.endJobs(target, 'all')) return undefined;
    if (await this.engine.removeWorks(this.engine.allWorksOf(target))) return undefined;
    await this.engine.removeOrphans(target);
    await this.bindings.remove(request, promise);
    const { namespace = '' } = request.metadata;
    if (!this.requests.list().some(({ metadata }) => metadata.namespace === namespace && metadata.name !== request.metadata.name)) await removeAccounts(this.engine, promise, namespace);
    await this.engine.api.removeFinalizers(this.resource, this.fresh(request), ...Object.values(finalizers.request));
    return undefined;
  }

  /** A delete pipeline that cannot run holds the deletion up, and says why, until the Promise is mended. */
  private async holdUp(request: DynamicObject, message: string): Promise<void> {
    const change = { type: 'DeleteWorkflowCompleted', status: 'False' as const, reason: 'InvalidPromise', message };
    const conditions = setConditions(request.status?.conditions as Condition[] | undefined, [change], this.engine.now());
    await this.writeStatus(request, { ...request.status, conditions });
  }

  private workflow(request: DynamicObject, promise: PromiseObject, action: Workflow['action'], pipelines: Workflow['pipelines']): Workflow {
    const hash = requestHash(promise.spec, request.spec, { dryRun: isDryRun(request) });
    const workflow = { target: this.target(request, promise), action, pipelines, hash, ...(isDryRun(request) && { input: this.dryRunInput(request) }) };
    return action === 'delete' ? { ...workflow, hash: this.runner.hashOfDeletion(workflow) } : workflow;
  }

  private runsWith({ promise, version }: Footing) {
    const revision = this.revisionOf(promise.metadata.name, version)?.metadata.name ?? version;
    return { promise: promise.metadata.name, version, revision };
  }

  private revisionOf(promise: string, version: string) {
    return this.engine.informers.revisions.byIndex('promise', promise).find(({ spec }) => spec.version === version);
  }

  private intervalOf({ promise, version }: Footing): number {
    return intervalOf(promise, this.revisionOf(promise.metadata.name, version), this.engine.config.reconciliationInterval);
  }

  private dryRunInput(request: DynamicObject): DynamicObject {
    const { [annotations.dryRunResourceName]: name, [annotations.dryRunResourceNamespace]: namespace } = request.metadata.annotations ?? {};
    return dryRunInput(request, name ? this.requests.get(`${namespace || request.metadata.namespace}/${name}`) : undefined);
  }

  private target(request: DynamicObject, promise: PromiseObject): Target {
    return { type: 'resource', object: request, resource: this.resource, promise };
  }

  private fresh(request: DynamicObject): DynamicObject {
    return this.requests.get(`${request.metadata.namespace}/${request.metadata.name}`) ?? request;
  }

  /** The one place where a request's status is written; its health is part of it. */
  private async writeStatus(request: DynamicObject, status: Status): Promise<void> {
    const health = healthStatus(this.engine.healthOf(this.promiseName, request));
    const { healthStatus: before, ...rest } = status;
    await this.engine.api.mergePatch(this.resource, request, { ...request, status: inOrder({ ...rest, ...(health && { healthStatus: health }) }) }, { subresource: 'status' });
    if (!health || health.state === (before as HealthStatus | undefined)?.state) return;
    this.engine.events[isWell(health.state) ? 'normal' : 'warning'](request, 'HealthRecord', `Health state is ${health.state}`);
  }
}

/** A version is applied when its files are in the store. */
function isDelivered(status: Status): boolean {
  return isTrue(status.conditions as Condition[] | undefined, 'Reconciled');
}

/** The workflow is over, and nothing stands against its files. */
function isOnItsWay(status: Status): boolean {
  const works = findCondition(status.conditions as Condition[] | undefined, 'WorksSucceeded');
  return isTrue(status.conditions as Condition[] | undefined, 'ConfigureWorkflowCompleted') && works?.reason === 'WorksPending' && works.message.endsWith(']');
}
