import type { PromiseApi } from '../api';
import { coreTypes } from '../kube/gvk';
import type { KubeObject, ResourceType } from '../kube/types';
import { labels, SYSTEM_NAMESPACE } from '../wire/names';

const RBAC = 'rbac.authorization.k8s.io';
/** The account that the engine runs as. Source: B-GEN-2. */
const ACCOUNT = 'kratix-platform-controller-manager';

/** What lets the engine look after the requests of one API, and of no other. Source: B-PR-18. */
export function controllerRights(promise: string, { resource }: PromiseApi): { type: ResourceType; object: KubeObject & Record<string, unknown> }[] {
  const { group, plural } = resource;
  const metadata = { name: `${promise}-promise-controller`, labels: { [labels.promiseName]: promise } };
  const rule = (resources: string, ...verbs: string[]) => ({ apiGroups: [group], resources: [resources], verbs });
  const rules = [rule(plural, '*'), rule(`${plural}/finalizers`, 'update'), rule(`${plural}/status`, 'get', 'update', 'patch')];
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: SYSTEM_NAMESPACE }];
  return [
    { type: coreTypes.ClusterRole, object: { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules } },
    { type: coreTypes.ClusterRoleBinding, object: { apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects } },
  ];
}
