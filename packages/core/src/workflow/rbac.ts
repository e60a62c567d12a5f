import type { KubeObject } from '../kube/types';
import { coreTypes } from '../kube/gvk';
import type { ResourceType } from '../kube/types';
import { type Pipeline } from '../api';
import { GROUP, labels, pipelineId, stableName } from '../wire/names';
import { pipelineNamespace, type Workflow } from './target';

const RBAC = 'rbac.authorization.k8s.io';

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  verbs?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** An object of the account of a pipeline, with how it is served. */
export interface AccountObject {
  type: ResourceType;
  object: KubeObject & Record<string, unknown>;
}

export function serviceAccountName(workflow: Workflow, pipeline: Pipeline): string {
  return pipeline.spec.rbac?.serviceAccount ?? idOf(workflow, pipeline);
}

function idOf({ target, action }: Workflow, pipeline: Pipeline): string {
  return pipelineId(target.promise.metadata.name, target.type, action, pipeline.metadata.name);
}

/**
 * The account that a pipeline runs as and what it may do: the helper writes Works, and nothing else; what the Pipeline
 * declares comes in objects of its own. Source: B-WF-30 to B-WF-36.
 */
export function accountObjects(workflow: Workflow, pipeline: Pipeline): AccountObject[] {
  const namespace = pipelineNamespace(workflow.target);
  const id = idOf(workflow, pipeline);
  const account = serviceAccountName(workflow, pipeline);
  const owner = { [labels.promiseName]: workflow.target.promise.metadata.name };
  const subject = { kind: 'ServiceAccount', name: account, namespace };
  const helperRules: Rule[] = [{ apiGroups: [GROUP], resources: ['works'], verbs: ['create', 'patch'] }];
  return [
    // an account with a name of its own may serve several Promises, and goes with none
    { type: coreTypes.ServiceAccount, object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace, ...(account === id && { labels: owner }) } } },
    role(id, namespace, owner, helperRules),
    binding(id, namespace, owner, { kind: 'Role', name: id }, subject),
    ...permissionObjects(workflow, pipeline, subject),
  ];
}

/** Names the rights that a Pipeline declares by their labels; undefined for other objects. */
export function rightsOf({ metadata }: KubeObject): string | undefined {
  const marks = metadata.labels ?? {};
  const parts = [labels.promiseName, labels.workflowType, labels.workflowAction, labels.pipelineName, labels.pipelineNamespace].map(label => marks[label]);
  return parts.every(Boolean) ? parts.join('/') : undefined;
}

function permissionObjects(workflow: Workflow, pipeline: Pipeline, subject: { kind: string; name: string; namespace: string }): AccountObject[] {
  const id = idOf(workflow, pipeline);
  const namespace = subject.namespace;
  const common = {
    [labels.promiseName]: workflow.target.promise.metadata.name,
    [labels.workflowType]: workflow.target.type,
    [labels.workflowAction]: workflow.action,
    [labels.pipelineName]: pipeline.metadata.name,
    [labels.pipelineNamespace]: namespace,
  };
  const groups = new Map<string, Rule[]>();
  for (const { resourceNamespace = '', ...rule } of pipeline.spec.rbac?.permissions ?? []) {
    groups.set(resourceNamespace, [...(groups.get(resourceNamespace) ?? []), rule]);
  }
  return [...groups].flatMap(([where, rules]) => {
    if (where === '') {
      const name = stableName(id);
      return [role(name, namespace, common, rules), binding(name, namespace, common, { kind: 'Role', name }, subject)];
    }
    const everywhere = where === '*';
    const name = stableName(everywhere ? `${id}-kratix-all-namespaces` : `${id}-${where}`);
    const marked = { ...common, [labels.resourceNamespace]: everywhere ? 'kratix_all_namespaces' : where };
    const bindingName = stableName(`${id}-${namespace}`);
    const bound = binding(bindingName, everywhere ? undefined : where, everywhere ? common : marked, { kind: 'ClusterRole', name }, subject);
    return [role(name, undefined, marked, rules), bound];
  });
}

function role(name: string, namespace: string | undefined, own: Record<string, string>, rules: Rule[]): AccountObject {
  const kind = namespace ? 'Role' : 'ClusterRole';
  return {
    type: namespace ? coreTypes.Role : coreTypes.ClusterRole,
    object: { apiVersion: `${RBAC}/v1`, kind, metadata: { name, ...(namespace && { namespace }), labels: own }, rules },
  };
}

function binding(name: string, namespace: string | undefined, own: Record<string, string>, ref: { kind: string; name: string }, subject: object): AccountObject {
  const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding';
  return {
    type: namespace ? coreTypes.RoleBinding : coreTypes.ClusterRoleBinding,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind,
      metadata: { name, ...(namespace && { namespace }), labels: own },
      roleRef: { apiGroup: RBAC, ...ref },
      subjects: [subject],
    },
  };
}
