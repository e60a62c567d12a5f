import type { PromiseObject } from '../api';
import type { KubeObject } from '../kube/types';
import { labels } from '../wire/names';
import type { EngineContext } from './context';

/**
 * Takes accounts and rights of a Promise's resource pipelines away from a namespace of which the last request goes, with
 * what they may do elsewhere. Where pipelines share a namespace they stay, and go with the Promise. Source: Q-57, B-WF-39.
 */
export async function removeAccounts(engine: EngineContext, promise: PromiseObject, namespace: string): Promise<void> {
  if (promise.spec?.workflows?.config?.pipelineNamespace) return;
  const { clusterRoleBindings, clusterRoles, roleBindings, roles, serviceAccounts } = engine.informers;
  const prefix = `${promise.metadata.name}-resource-`;
  const isMeant = ({ metadata }: KubeObject) => {
    const marks = metadata.labels ?? {};
    if (marks[labels.promiseName] !== promise.metadata.name) return false;
    const home = marks[labels.pipelineNamespace] ?? metadata.namespace;
    return home === namespace && (marks[labels.workflowType] ?? (metadata.name.startsWith(prefix) ? 'resource' : '')) === 'resource';
  };
  for (const informer of [clusterRoleBindings, roleBindings, clusterRoles, roles, serviceAccounts]) {
    for (const object of informer.list().filter(isMeant)) await engine.deleteOnce(informer.type, object);
  }
}
