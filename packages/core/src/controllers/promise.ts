import { claimProblem, hasApi, isEstablished, parsePipelines, Promise as PromiseKind, promiseApi, promiseHash, servedBy, Work, type Pipeline, type PromiseApi, type PromiseObject, type WorkflowRunObject } from '../api';
import { nameProblems, workflowProblems } from '../api/workflow-problems';
import { ApiError, coreTypes, keyOf, type InformerEvent } from '../kube';
import type { DynamicObject, Key, KubeObject, ResourceType } from '../kube/types';
import { Controller, type Manager, type Result } from '../runtime';
import { finalizers, labels } from '../wire/names';
import { deleteConditions, type Target, type Workflow } from '../workflow';
import { dependenciesWork } from '../workflow/dependencies';
import { promiseStatus } from '../workflow/promise-status';
import type { EngineContext } from './context';
import { ofPromise, self } from './predicates';
import { Revisions } from './promise-revision';
import { RequestControllers } from './request-controllers';
import { WorkflowRunner } from './workflow-runner';

type Status = Record<string, unknown>;
type Lists = Record<'promiseConfigure' | 'promiseDelete' | 'resourceConfigure' | 'resourceDelete', Pipeline[]>;

/** What a Promise says, read and checked. */
interface ReadPromise {
  promise: PromiseObject;
  api?: PromiseApi;
  pipelines: Lists;
  problems: string[];
}

/** Reconciles Promises. Source: kratix-behaviour.md §2, §10.1. */
class PromiseReconciler {
  private readonly runner: WorkflowRunner;
  private readonly revisions: Revisions;
  /** Two Promises that want one definition come one after the other. */
  private claims: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly engine: EngineContext,
    private readonly requests: RequestControllers,
  ) {
    this.runner = new WorkflowRunner(engine);
    this.revisions = new Revisions(engine);
  }

  async reconcile(key: Key): Promise<Result | void> {
    const promise = this.engine.informers.promises.get(key);
    if (!promise) {
      await this.requests.end(key);
      return undefined;
    }
    const read = readPromise(promise);
    if (promise.metadata.deletionTimestamp) return this.remove(read);
    const held = await this.engine.api.patchMetadata(PromiseKind.type, promise, finalizerChange(read));
    return this.configure({ ...read, promise: held });
  }

  private async configure(read: ReadPromise): Promise<Result | void> {
    const { promise, api } = read;
    const problems = read.problems.length ? read.problems : await this.claim(promise, api);
    if (problems.length) {
      await this.writeStatus(read, { isServed: false, problems });
      return this.serve(promise);
    }
    const isServed = !api || isEstablished(this.engine.informers.crds.get(api.crd.metadata.name));
    await this.applyDependencies(promise);
    const refused = await this.revisions.apply(promise);
    if (refused) {
      await this.writeStatus(read, { isServed, problems: [refused] });
      return this.serve(promise);
    }
    const until = await this.runWorkflow(read, isServed);
    await this.serve(promise);
    return until && { requeueAfterMs: Math.max(0, until.getTime() - this.engine.now().getTime()) };
  }

  /** Requests are looked after as long as their API is served, whatever is wrong with the Promise: they may want to go. */
  private async serve(promise: PromiseObject): Promise<void> {
    for (const crd of this.ownCrds(promise)) {
      if (isEstablished(crd)) await this.requests.ensure(this.fresh(promise), servedBy(crd));
    }
  }

  private ownCrds(promise: PromiseObject) {
    return this.engine.informers.crds.list().filter(crd => crd.metadata.labels?.[labels.promiseName] === promise.metadata.name);
  }

  private async runWorkflow(read: ReadPromise, isServed: boolean): Promise<Date | undefined> {
    const pipelines = read.pipelines.promiseConfigure;
    if (pipelines.length === 0) {
      if (await this.runner.abandon(this.workflow(read.promise, 'configure', []))) return undefined;
      for (const work of this.engine.worksOf(this.target(read.promise))) await this.engine.deleteOnce(Work.type, work);
      await this.writeStatus(read, { isServed, problems: [] });
      return undefined;
    }
    const current = () => this.workflow(this.fresh(read.promise), 'configure', pipelines);
    const { until } = await this.runner.advance(current, (run, userStatus) => this.writeStatus(read, { isServed, problems: [], run, userStatus }));
    return until;
  }

  private async writeStatus(read: ReadPromise, { isServed, problems, run, userStatus }: { isServed: boolean; problems: string[]; run?: WorkflowRunObject; userStatus?: Status }) {
    const promise = this.fresh(read.promise);
    const works = this.engine.worksOf(this.target(promise));
    const status = promiseStatus({ promise, api: read.api, problems, isServed, run, works, pipelines: problems.length ? 0 : read.pipelines.promiseConfigure.length, userStatus, now: this.engine.now() });
    await this.engine.api.mergePatch(PromiseKind.type, promise, { ...promise, status }, { subresource: 'status' });
    if (status.status !== promise.status?.status) {
      if (status.status === 'Available') this.engine.events.normal(promise, 'Available', 'Promise is available');
      else if (problems.length) this.engine.events.warning(promise, 'Unavailable', problems.join('; '));
    }
  }

  /** Makes the API the Promise's own; answers with what stands against it. */
  private claim(promise: PromiseObject, api: PromiseApi | undefined): Promise<string[]> {
    const claimed = this.claims.then(async () => {
      const { crds } = this.engine.informers;
      const unknown = api && !crds.get(api.crd.metadata.name) ? await this.foreignCrd(api) : [];
      const problem = claimProblem(promise, api, [...crds.list(), ...unknown]) ?? (api && (await this.applyCrd(api)));
      return problem ? [problem] : [];
    });
    this.claims = claimed.catch(() => undefined);
    return claimed;
  }

  /** A definition that no Promise's label shows: the cache does not hold it. */
  private async foreignCrd({ crd }: PromiseApi): Promise<KubeObject[]> {
    try {
      return [await this.engine.api.client.get(coreTypes.CustomResourceDefinition, crd.metadata)];
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return [];
      throw error;
    }
  }

  /** The server's words when it refuses the CRD. */
  private async applyCrd(api: PromiseApi): Promise<string | undefined> {
    try {
      await this.engine.api.apply(coreTypes.CustomResourceDefinition, api.crd);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && [400, 422].includes(error.code)) return `spec.api: invalid CRD: ${error.message}`;
      throw error;
    }
  }

  private async applyDependencies(promise: PromiseObject): Promise<void> {
    const existing = this.staticWorks(promise);
    const work = dependenciesWork(promise, existing[0]?.metadata.name);
    if (work) await this.engine.api.apply(Work.type, work);
    else for (const old of existing) await this.engine.deleteOnce(Work.type, old);
  }

  private staticWorks(promise: PromiseObject) {
    return this.engine.informers.works.byIndex('promise', promise.metadata.name).filter(work => work.metadata.labels?.[labels.workType] === 'static-dependency');
  }

  /** Step by step; each waits for the one before. Source: B-DEL-1. */
  private async remove(read: ReadPromise): Promise<Result | void> {
    const { promise } = read;
    const held = promise.metadata.finalizers ?? [];
    const own = Object.values(finalizers.promise) as string[];
    if (!held.some(each => own.includes(each))) return undefined;
    const target = this.target(promise);
    if (await this.engine.endJobs(target, 'running')) return undefined;
    const pipelines = read.pipelines.promiseDelete.slice(0, 1);
    if (pipelines.length > 0 && held.includes(finalizers.promise.deleteWorkflows)) {
      const { run, until } = await this.runDelete(promise, pipelines);
      if (run.status?.phase !== 'Succeeded') return until && { requeueAfterMs: Math.max(0, until.getTime() - this.engine.now().getTime()) };
      await this.engine.api.removeFinalizers(PromiseKind.type, this.fresh(promise), finalizers.promise.deleteWorkflows);
    }
    if (await this.engine.endJobs(target, 'all')) return undefined;
    if (held.includes(finalizers.promise.resources)) {
      for (const crd of this.ownCrds(promise)) if (await this.requests.removeAll(promise, crd)) return undefined;
      // on record, so that nobody watches an API that is about to go
      await this.engine.api.removeFinalizers(PromiseKind.type, this.fresh(promise), finalizers.promise.resources);
    }
    if (await this.revisions.removeAll(promise)) return undefined;
    if (await this.removeLabelled(promise)) return undefined;
    if (await this.engine.removeWorks(this.engine.informers.works.byIndex('promise', promise.metadata.name))) return undefined;
    if (await this.removeCrds(promise)) return undefined;
    await this.engine.api.removeFinalizers(PromiseKind.type, this.fresh(promise), ...own);
    return undefined;
  }

  private async runDelete(promise: PromiseObject, pipelines: Pipeline[]) {
    const current = () => this.workflow(this.fresh(promise), 'delete', pipelines);
    return this.runner.advance(current, async run => {
      const latest = this.fresh(promise);
      const conditions = deleteConditions((latest.status ?? {}) as Status, run, this.engine.now());
      if (conditions.length === 0 || !latest.status) return;
      await this.engine.api.mergePatch(PromiseKind.type, latest, { ...latest, status: { ...latest.status, conditions } }, { subresource: 'status' });
    });
  }

  /** Accounts, rights and selectors of the Promise's pipelines. */
  private async removeLabelled(promise: PromiseObject): Promise<boolean> {
    const { clusterRoleBindings, clusterRoles, roleBindings, roles, serviceAccounts, configMaps } = this.engine.informers;
    let left = 0;
    for (const informer of [clusterRoleBindings, clusterRoles, roleBindings, roles, serviceAccounts, configMaps]) {
      for (const object of informer.list().filter(each => each.metadata.labels?.[labels.promiseName] === promise.metadata.name)) {
        left += 1;
        await this.engine.deleteOnce(informer.type, object);
      }
    }
    return left > 0;
  }

  private async removeCrds(promise: PromiseObject): Promise<boolean> {
    const own = this.ownCrds(promise);
    for (const crd of own) await this.engine.deleteOnce(coreTypes.CustomResourceDefinition, crd);
    return own.length > 0;
  }

  private workflow(promise: PromiseObject, action: Workflow['action'], pipelines: Pipeline[]): Workflow {
    const workflow = { target: this.target(promise), action, pipelines, hash: promiseHash(promise.spec) };
    return action === 'delete' ? { ...workflow, hash: this.runner.hashOfDeletion(workflow) } : workflow;
  }

  private target(promise: PromiseObject): Target {
    const resource: ResourceType = PromiseKind.type;
    return { type: 'promise', object: promise as DynamicObject, resource, promise };
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
  requests.onGone = promise => controller.enqueue(promise);
  // a definition that went may be what another Promise waits for
  const waiting = (crd: KubeObject) => informers.promises.list().filter(each => (each.spec?.api?.metadata as { name?: string } | undefined)?.name === crd.metadata.name);
  controller.watches(informers.promises, self).watches(informers.crds, event => [...ofPromise(event), ...waiting(event.object).map(keyOf)]);
  controller.watches(informers.revisions, event => [event.object.spec.promiseRef.name]);
  for (const informer of [informers.jobs, informers.pods, informers.works, informers.runs]) controller.watches<KubeObject>(informer, ofPromiseItself);
  const { serviceAccounts, configMaps, roles, roleBindings, clusterRoles, clusterRoleBindings } = informers;
  for (const informer of [serviceAccounts, configMaps, roles, roleBindings, clusterRoles, clusterRoleBindings]) {
    controller.watches(informer, event => (event.type === 'deleted' ? ofPromise(event) : []));
  }
  return controller;
}

function readPromise(promise: PromiseObject): ReadPromise {
  const { promise: own, resource } = promise.spec?.workflows ?? {};
  const lists = {
    promiseConfigure: parsePipelines(own?.configure, 'spec.workflows.promise.configure'),
    promiseDelete: parsePipelines(own?.delete, 'spec.workflows.promise.delete'),
    resourceConfigure: parsePipelines(resource?.configure, 'spec.workflows.resource.configure'),
    resourceDelete: parsePipelines(resource?.delete, 'spec.workflows.resource.delete'),
  };
  const { api, problems } = promiseApi(promise);
  const pipelines = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.pipelines])) as Lists;
  return { promise, api, pipelines, problems: [...nameProblems(promise), ...problems, ...workflowProblems(promise)] };
}

/** Source: B-PR-5. */
function finalizerChange({ promise, pipelines }: ReadPromise): { addFinalizers: string[]; removeFinalizers: string[] } {
  const { resources, dynamic, crd, dependencies, workflows, deleteWorkflows, revisions } = finalizers.promise;
  const wantsDelete = pipelines.promiseDelete.length > 0;
  return {
    addFinalizers: [...(hasApi(promise) ? [resources, dynamic, crd] : []), dependencies, workflows, ...(wantsDelete ? [deleteWorkflows] : []), revisions],
    removeFinalizers: wantsDelete ? [] : [deleteWorkflows],
  };
}
