import type { LocalApi, TypeRef } from '../../api';
import { RBAC_GROUP, SUPERUSERS } from './bindings';
import type { PolicyRule } from './rules';

const rule = (groups: string, resources: string, verbs: string): PolicyRule => ({
  apiGroups: groups.split(',').map(group => group.trim()),
  resources: resources.split(' '),
  verbs: verbs.split(' '),
});
const paths = (...nonResourceURLs: string[]): PolicyRule => ({ nonResourceURLs, verbs: ['get'] });

const READ = 'get list watch';
const WRITE = 'create delete deletecollection patch update';
const CORE = 'configmaps endpoints persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale serviceaccounts services';
const WORKLOADS: [group: string, resources: string][] = [
  ['apps', 'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale'],
  ['autoscaling', 'horizontalpodautoscalers'],
  ['batch', 'cronjobs jobs'],
  ['networking.k8s.io', 'ingresses networkpolicies'],
  ['policy', 'poddisruptionbudgets'],
];

const VIEW = [rule('', `${CORE} bindings events limitranges namespaces namespaces/status pods/log pods/status resourcequotas resourcequotas/status services/status`, READ), ...WORKLOADS.map(([group, resources]) => rule(group, resources, READ)), rule('discovery.k8s.io', 'endpointslices', READ)];
const EDIT = [
  rule('', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', READ),
  rule('', `${CORE} events pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy`, WRITE),
  rule('', 'pods/eviction serviceaccounts/token', 'create'),
  rule('', 'serviceaccounts', 'impersonate'),
  ...WORKLOADS.map(([group, resources]) => rule(group, resources, WRITE)),
  rule('coordination.k8s.io', 'leases', `${WRITE} ${READ}`),
];
const ADMIN = [rule('authorization.k8s.io', 'localsubjectaccessreviews', 'create'), rule(RBAC_GROUP, 'rolebindings roles', `${WRITE} ${READ}`)];

const ALL: PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];
const INFO = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** The roles that every cluster has; those without rules collect the rules of others. */
const ROLES: { name: string; rules?: PolicyRule[]; labels?: Record<string, string>; collects?: string }[] = [
  { name: 'cluster-admin', rules: ALL },
  { name: 'system:discovery', rules: [paths('/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...INFO)] },
  { name: 'system:public-info-viewer', rules: [paths(...INFO)] },
  {
    name: 'system:basic-user',
    rules: [rule('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', 'create'), rule('authentication.k8s.io', 'selfsubjectreviews', 'create')],
  },
  { name: 'system:auth-delegator', rules: [rule('authentication.k8s.io', 'tokenreviews', 'create'), rule('authorization.k8s.io', 'subjectaccessreviews', 'create')] },
  { name: 'view', collects: 'view', labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } },
  { name: 'edit', collects: 'edit', labels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' } },
  { name: 'admin', collects: 'admin' },
  { name: 'system:aggregate-to-view', rules: VIEW, labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  { name: 'system:aggregate-to-edit', rules: EDIT, labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } },
  { name: 'system:aggregate-to-admin', rules: ADMIN, labels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' } },
];

const BINDINGS: Record<string, string[]> = {
  'cluster-admin': [SUPERUSERS],
  'system:discovery': ['system:authenticated'],
  'system:basic-user': ['system:authenticated'],
  'system:public-info-viewer': ['system:authenticated', 'system:unauthenticated'],
};

const CLUSTER_ROLES: TypeRef = { group: RBAC_GROUP, plural: 'clusterroles' };
const CLUSTER_ROLE_BINDINGS: TypeRef = { group: RBAC_GROUP, plural: 'clusterrolebindings' };
const BOOTSTRAP = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

/** Makes the roles and bindings that are missing; what somebody has changed stays. */
export function addDefaultRoles(api: LocalApi): void {
  for (const { name, rules, labels, collects } of ROLES) {
    if (api.get(CLUSTER_ROLES, { name })) continue;
    const selector = { matchLabels: { [`rbac.authorization.k8s.io/aggregate-to-${collects}`]: 'true' } };
    const content = rules ? { rules } : { aggregationRule: { clusterRoleSelectors: [selector] }, rules: [] };
    api.create(CLUSTER_ROLES, { metadata: { name, annotations, labels: { ...BOOTSTRAP, ...labels } }, ...content });
  }
  for (const [name, groups] of Object.entries(BINDINGS)) {
    if (api.get(CLUSTER_ROLE_BINDINGS, { name })) continue;
    const subjects = groups.map(group => ({ kind: 'Group', apiGroup: RBAC_GROUP, name: group }));
    api.create(CLUSTER_ROLE_BINDINGS, { metadata: { name, annotations, labels: BOOTSTRAP }, roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name }, subjects });
  }
}
