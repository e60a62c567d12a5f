import { Promise as PromiseKind, promiseHash, type Pipeline, type PromiseObject } from '../api';
import type { DynamicObject } from '../kube/types';
import type { Target, Workflow } from '../workflow';
import type { WorkflowRunner } from './workflow-runner';

/** A Promise as what its own workflows run for. */
export function promiseTarget(promise: PromiseObject): Target {
  return { type: 'promise', object: promise as DynamicObject, resource: PromiseKind.type, promise };
}

/** One of the Promise's own workflows as it should run now. */
export function promiseWorkflow(runner: WorkflowRunner, promise: PromiseObject, action: Workflow['action'], pipelines: Pipeline[]): Workflow {
  const workflow = { target: promiseTarget(promise), action, pipelines, hash: promiseHash(promise.spec) };
  return action === 'delete' ? { ...workflow, hash: runner.hashOfDeletion(workflow) } : workflow;
}
