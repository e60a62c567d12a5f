import type { Pipeline, PromiseObject } from '../api';
import type { DynamicObject, ResourceType } from '../kube/types';
import { labels, MANAGED_BY, SYSTEM_NAMESPACE } from '../wire/names';

export type WorkflowType = 'promise' | 'resource';
export type WorkflowAction = 'configure' | 'delete';

/** What a workflow runs for: a Promise, or a request of its API. */
export interface Target {
  type: WorkflowType;
  /** The Promise itself, or the request. */
  object: DynamicObject;
  /** How the object is served. */
  resource: ResourceType;
  promise: PromiseObject;
}

/** One workflow of one target, ready to run. */
export interface Workflow {
  target: Target;
  action: WorkflowAction;
  pipelines: Pipeline[];
  hash: string;
  /** What its containers read as object.yaml, where that is not the target itself. */
  input?: DynamicObject;
  /** The request moves to another version of its Promise than was applied last. */
  isUpgrade?: boolean;
  /** What began before this RFC 3339 time runs again from its start. */
  since?: string;
  /** How long after its end it runs again although nothing changed, in milliseconds. */
  interval?: number;
}

/** Where Jobs, Works and accounts of the target's workflows live. Source: B-WF-2. */
export function pipelineNamespace(target: Target): string {
  const configured = target.promise.spec?.workflows?.config?.pipelineNamespace;
  return configured || (target.type === 'promise' ? SYSTEM_NAMESPACE : target.object.metadata.namespace ?? 'default');
}

/** The request's name, unique where its pipelines run: requests of several namespaces may share a pipelineNamespace. */
export function localName(target: Target): string {
  const { name, namespace } = target.object.metadata;
  const isElsewhere = target.type === 'resource' && target.promise.spec?.workflows?.config?.pipelineNamespace;
  return isElsewhere ? `${name}-${namespace}` : name;
}

/** Whether what the pipelines write is only to be looked at. */
export function isDryRun({ type, object }: Target): boolean {
  return type === 'resource' && object.metadata.labels?.[labels.dryRun] === 'true';
}

/** Labels that tell whose Jobs and Works these are. Source: B-WF-11, B-POD-16. */
export function targetLabels(target: Target): Record<string, string> {
  const { name, namespace } = target.object.metadata;
  const isElsewhere = Boolean(target.promise.spec?.workflows?.config?.pipelineNamespace);
  return {
    [labels.promiseName]: target.promise.metadata.name,
    ...(target.type === 'resource' && { [labels.resourceName]: name, ...(isElsewhere && { [labels.resourceNamespace]: namespace ?? '' }) }),
  };
}

export function workflowLabels(workflow: Workflow): Record<string, string> {
  return {
    ...targetLabels(workflow.target),
    [labels.workflowType]: workflow.target.type,
    [labels.workflowAction]: workflow.action,
    [labels.managedBy]: MANAGED_BY,
  };
}

/** Owner reference to the target, where Kubernetes allows one from this namespace. */
export function ownerOf(target: Target, namespace: string, isController = false) {
  const { name, uid = '' } = target.object.metadata;
  const isReachable = target.type === 'promise' || target.object.metadata.namespace === namespace;
  if (!isReachable) return undefined;
  return [{ apiVersion: target.object.apiVersion, kind: target.object.kind, name, uid, ...(isController && { controller: true, blockOwnerDeletion: true }) }];
}
