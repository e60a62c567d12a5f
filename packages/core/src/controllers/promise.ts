import { isEstablished, Promise as PromiseKind, servedBy, Work, type PromiseObject, type WorkflowRunObject } from '../api';
import { keyOf, type InformerEvent } from '../kube';
import type { Key, KubeObject } from '../kube/types';
import { promiseEvents } from '../promise/events';
import { intervalOf } from '../promise/interval';
import { asksForRequests, metadataChange, readPromise, type ReadPromise } from '../promise/read-promise';
import { requiredBy, requirementMark, requirementsOf } from '../promise/requirements';
import { isMarkedPaused, pausedStatus, promiseStatus, unpausedStatus } from '../promise/status';
import { latestRevision } from '../promise/versions';
import { Controller, type Manager, type Result } from '../runtime';
import { labels } from '../wire/names';
import { dependenciesWork } from '../workflow/dependencies';
import type { EngineContext } from './context';
import { ofPromise, self } from './predicates';
import { PromiseApis } from './promise-apis';
import { PromiseRemoval } from './promise-removal';
import { Revisions } from './promise-revision';
import { promiseTarget, promiseWorkflow } from './promise-workflow';
import { RequestControllers } from './request-controllers';
import { WorkflowRunner } from './workflow-runner';

interface Outcome {
  isServed: boolean;
  problems: string[];
  run?: WorkflowRunObject;
  userStatus?: Record<string, unknown>;
}

/** Reconciles Promises. Source: kratix-behaviour.md §2. */
class PromiseReconciler {
  /** A pipeline of the Promise may start now. */
  onTurn: (name: string) => void = () => {};
  private readonly runner: WorkflowRunner;
  private readonly revisions: Revisions;
  private readonly apis: PromiseApis;
  private readonly removal: PromiseRemoval;

  constructor(
    private readonly engine: EngineContext,
    private readonly requests: RequestControllers,
  ) {
    this.runner = new WorkflowRunner(engine, ({ metadata }) => this.onTurn(metadata.name));
    this.revisions = new Revisions(engine);
    this.apis = new PromiseApis(engine);
    this.removal = new PromiseRemoval(engine, { runner: this.runner, requests, revisions: this.revisions, apis: this.apis });
  }

  async reconcile(key: Key): Promise<Result | void> {
    const promise = this.engine.informers.promises.get(key);
    this.engine.turns.leave(`${key}//`);
    if (!promise) {
      await this.requests.end(key);
      return undefined;
    }
    const read = readPromise(promise);
    if (promise.metadata.labels?.[labels.paused] === 'true') return this.pause(read);
    if (promise.metadata.deletionTimestamp) return this.removal.remove(read);
    const held = await this.engine.api.patchMetadata(PromiseKind.type, promise, metadataChange(read, this.engine.now()));
    if (asksForRequests(promise)) this.engine.events.normal(promise, 'ReconcilingResources', 'Every request of the Promise runs again');
    if (isMarkedPaused(held)) await this.resume(held, read);
    return this.configure({ ...read, promise: this.fresh(held) });
  }

  /** Its requests are still looked after: they say that they are paused, too. Source: B-PR-3. */
  private async pause({ promise, api }: ReadPromise): Promise<void> {
    const status = pausedStatus(promise, api, this.engine.now());
    await this.engine.api.mergePatch(PromiseKind.type, promise, { ...promise, status }, { subresource: 'status' });
    const requirements = { states: promise.status?.requiredPromises ?? [], isFulfilled: true, unmet: [] };
    for (const event of promiseEvents(promise.status, status, requirements)) this.engine.events.record(promise, event);
    await this.serve(promise);
  }

  /** What was paused runs from its start. Source: B-PR-4. */
  private async resume(promise: PromiseObject, { configure }: ReadPromise): Promise<void> {
    const hasRun = this.runner.runsOf(promiseWorkflow(this.runner, promise, 'configure', [])).length > 0;
    const marked = configure.length && hasRun ? await this.engine.api.patchMetadata(PromiseKind.type, promise, { labels: { [labels.runFromStart]: 'true', [labels.workflowSuspended]: null } }) : promise;
    await this.engine.api.mergePatch(PromiseKind.type, marked, { ...marked, status: unpausedStatus(marked, this.engine.now()) }, { subresource: 'status' });
  }

  private async configure(read: ReadPromise): Promise<Result | void> {
    const { promise, api } = read;
    const { problems, breaking } = read.problems.length ? { problems: read.problems, breaking: [] } : await this.apis.claim(promise, api);
    if (problems.length) return this.refuse(read, problems);
    if (breaking.length && this.requests.has(promise.metadata.name)) {
      this.engine.events.warning(promise, 'BreakingChange', `requests that are there may not be edited any more before they fit: ${breaking.join('; ')}`);
    }
    await this.applyDependencies(promise);
    const refused = await this.revisions.apply(promise);
    if (refused) return this.refuse(read, [refused]);
    const isServed = !api || isEstablished(this.engine.informers.crds.get(api.crd.metadata.name));
    const until = await this.runWorkflow(read, isServed);
    await this.serve(promise);
    return until && { requeueAfterMs: Math.max(0, until.getTime() - this.engine.now().getTime()) };
  }

  private async refuse(read: ReadPromise, problems: string[]): Promise<void> {
    await this.writeStatus(read, { isServed: false, problems });
    await this.serve(read.promise);
  }

  /** Requests are looked after as long as their API is served, whatever is wrong with the Promise: they may want to go. */
  private async serve(promise: PromiseObject): Promise<void> {
    for (const crd of this.apis.of(promise)) {
      if (isEstablished(crd)) await this.requests.ensure(this.fresh(promise), servedBy(crd));
    }
  }

  private async runWorkflow(read: ReadPromise, isServed: boolean): Promise<Date | undefined> {
    const pipelines = read.configure;
    if (pipelines.length === 0) {
      if (await this.runner.abandon(promiseWorkflow(this.runner, read.promise, 'configure', []))) return undefined;
      for (const work of this.engine.worksOf(promiseTarget(read.promise))) await this.engine.deleteOnce(Work.type, work);
      await this.writeStatus(read, { isServed, problems: [] });
      return undefined;
    }
    const interval = this.intervalOf(read.promise);
    const current = () => ({ ...promiseWorkflow(this.runner, this.fresh(read.promise), 'configure', pipelines), interval });
    const { until } = await this.runner.advance(current, (run, userStatus) => this.writeStatus(read, { isServed, problems: [], run, userStatus }));
    return until;
  }

  private intervalOf(promise: PromiseObject): number {
    const revision = latestRevision(this.engine.informers.revisions.byIndex('promise', promise.metadata.name));
    return intervalOf(promise, revision, this.engine.config.reconciliationInterval);
  }

  private async writeStatus(read: ReadPromise, { isServed, problems, run, userStatus }: Outcome) {
    const { api, events, informers, now } = this.engine;
    const promise = this.fresh(read.promise);
    const { name } = promise.metadata;
    const requirements = requirementsOf(promise, { promise: each => informers.promises.get(each), revisions: each => informers.revisions.byIndex('promise', each) });
    const status = promiseStatus({
      promise,
      api: read.api,
      problems,
      isServed,
      run,
      works: this.engine.worksOf(promiseTarget(promise)),
      pipelines: problems.length ? 0 : read.configure.length,
      requirements,
      requiredBy: requiredBy(promise, informers.promises.byIndex('requires', name)),
      userStatus,
      now: now(),
    });
    await api.mergePatch(PromiseKind.type, promise, { ...promise, status }, { subresource: 'status' });
    for (const event of promiseEvents(promise.status, status, requirements, problems)) events.record(promise, event);
  }

  /** One Work holds the static dependencies. Source: B-PR-20 to B-PR-22. */
  private async applyDependencies(promise: PromiseObject): Promise<void> {
    const existing = this.engine.informers.works.byIndex('promise', promise.metadata.name).filter(work => work.metadata.labels?.[labels.workType] === 'static-dependency');
    const work = dependenciesWork(promise, existing[0]?.metadata.name);
    if (work) await this.engine.api.apply(Work.type, work);
    for (const old of work ? existing.slice(1) : existing) await this.engine.deleteOnce(Work.type, old);
  }

  private fresh(promise: PromiseObject): PromiseObject {
    return this.engine.informers.promises.get(promise.metadata.name) ?? promise;
  }
}

/** Looks after Promises, and starts the controllers of their requests. */
export function promiseController(engine: EngineContext, manager: Manager): Controller {
  const { informers, log } = engine;
  const requests = new RequestControllers(engine, manager);
  const reconciler = new PromiseReconciler(engine, requests);
  const controller = new Controller({ name: 'promise', log, reconcile: key => reconciler.reconcile(key) });
  const ofPromiseItself = (event: InformerEvent<KubeObject>) => (event.object.metadata.labels?.[labels.resourceName] ? [] : ofPromise(event));
  const requirers = (promise: string) => informers.promises.byIndex('requires', promise).map(keyOf);
  reconciler.onTurn = name => controller.enqueue(name);
  requests.onGone = promise => controller.enqueue(promise);
  // a definition that went may be what another Promise waits for
  const waiting = (crd: KubeObject) => informers.promises.list().filter(each => (each.spec?.api?.metadata as { name?: string } | undefined)?.name === crd.metadata.name);
  controller
    .watches(informers.promises, self)
    .watches(informers.promises, event => concernedBy(event).concat(isNewsToOthers(event) ? requirers(event.object.metadata.name) : []))
    .watches(informers.crds, event => [...ofPromise(event), ...waiting(event.object).map(keyOf)])
    .watches(informers.revisions, ({ object: { spec } }) => [spec.promiseRef.name, ...requirers(spec.promiseRef.name)]);
  for (const informer of [informers.jobs, informers.pods, informers.works, informers.runs]) controller.watches<KubeObject>(informer, ofPromiseItself);
  const { serviceAccounts, configMaps, roles, roleBindings, clusterRoles, clusterRoleBindings } = informers;
  for (const informer of [serviceAccounts, configMaps, roles, roleBindings, clusterRoles, clusterRoleBindings]) {
    controller.watches(informer, event => (event.type === 'deleted' ? ofPromise(event) : []));
  }
  return controller;
}

function isNewsToOthers(event: InformerEvent<PromiseObject>): boolean {
  return event.type !== 'modified' || requirementMark(event.object) !== requirementMark(event.previous);
}

/** The Promises that this one requires, or did: they say by whom they are required. Source: B-PR-12. */
function concernedBy(event: InformerEvent<PromiseObject>): Key[] {
  if (!isNewsToOthers(event)) return [];
  const states = event.type === 'modified' ? [event.object, event.previous] : [event.object];
  return [...new Set(states.flatMap(({ spec }) => spec?.requiredPromises ?? []).flatMap(({ name }) => (name ? [name] : [])))];
}
