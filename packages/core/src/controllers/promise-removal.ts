import { Promise as PromiseKind, type Pipeline, type PromiseObject } from '../api';
import type { Result } from '../runtime';
import type { ReadPromise } from '../promise/read-promise';
import { finalizers, labels } from '../wire/names';
import { deleteConditions, retryOfDeletion } from '../workflow';
import type { EngineContext } from './context';
import type { PromiseApis } from './promise-apis';
import type { Revisions } from './promise-revision';
import { promiseTarget, promiseWorkflow } from './promise-workflow';
import type { RequestControllers } from './request-controllers';
import type { WorkflowRunner } from './workflow-runner';

interface Parts {
  runner: WorkflowRunner;
  requests: RequestControllers;
  revisions: Revisions;
  apis: PromiseApis;
}

/** Takes Promises away step by step; each step waits for the one before. Source: B-DEL-1. */
export class PromiseRemoval {
  constructor(
    private readonly engine: EngineContext,
    private readonly parts: Parts,
  ) {}

  async remove({ promise, remove }: ReadPromise): Promise<Result | void> {
    const { requests, revisions, apis } = this.parts;
    const held = promise.metadata.finalizers ?? [];
    const own = Object.values(finalizers.promise) as string[];
    if (!held.some(each => own.includes(each))) return undefined;
    const target = promiseTarget(promise);
    if (await this.engine.endJobs(target, 'running')) return undefined;
    const pipelines = remove.slice(0, 1);
    if (pipelines.length > 0 && held.includes(finalizers.promise.deleteWorkflows)) {
      const { run, until } = await this.runWorkflow(promise, pipelines);
      if (run.status?.phase !== 'Succeeded') return until && { requeueAfterMs: Math.max(0, until.getTime() - this.engine.now().getTime()) };
      await this.engine.api.removeFinalizers(PromiseKind.type, this.fresh(promise), finalizers.promise.deleteWorkflows);
    }
    if (await this.engine.endJobs(target, 'all')) return undefined;
    if (held.includes(finalizers.promise.resources)) {
      for (const crd of apis.of(promise)) if (await requests.removeAll(promise, crd)) return undefined;
      // on record, so that nobody watches an API that is about to go
      await this.engine.api.removeFinalizers(PromiseKind.type, this.fresh(promise), finalizers.promise.resources);
    }
    if (await revisions.removeAll(promise)) return undefined;
    if (await this.removeLabelled(promise)) return undefined;
    if (await this.engine.removeWorks(this.engine.informers.works.byIndex('promise', promise.metadata.name))) return undefined;
    if (await apis.removeAll(promise)) return undefined;
    await this.engine.api.removeFinalizers(PromiseKind.type, this.fresh(promise), ...own);
    return undefined;
  }

  private async runWorkflow(promise: PromiseObject, pipelines: Pipeline[]) {
    const current = () => promiseWorkflow(this.parts.runner, this.fresh(promise), 'delete', pipelines);
    return this.parts.runner.advance(current, async run => {
      const latest = this.fresh(promise);
      const conditions = deleteConditions({ ...latest.status }, run, this.engine.now(), retryOfDeletion(this.parts.runner.runsOf(current())));
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

  private fresh(promise: PromiseObject): PromiseObject {
    return this.engine.informers.promises.get(promise.metadata.name) ?? promise;
  }
}
