import { ALL_VERBS, storageName, type Resource, type SubresourceInfo } from '../resources/resource';
import { builtinSchema } from './notation';

/*
 * One line per kind: group/version · plural · kind · flags · short names · categories.
 * Flags: n namespaced, s status subresource, g generation counts the spec's changes, u a PUT needs no resourceVersion,
 * c a PUT creates, r only a request (create) and never kept.
 */
const KINDS = `
v1 namespaces Namespace su ns
v1 configmaps ConfigMap nu cm
v1 secrets Secret nu
v1 serviceaccounts ServiceAccount nu sa
v1 pods Pod nsgu po all
v1 services Service nsu svc all
v1 endpoints Endpoints nuc ep
v1 events Event nuc ev
v1 nodes Node su no
v1 persistentvolumes PersistentVolume su pv
v1 persistentvolumeclaims PersistentVolumeClaim nsu pvc
v1 limitranges LimitRange nuc limits
v1 resourcequotas ResourceQuota nsu quota
v1 replicationcontrollers ReplicationController nsgu rc all
v1 podtemplates PodTemplate ngu
apps/v1 deployments Deployment nsgu deploy all
apps/v1 statefulsets StatefulSet nsgu sts all
apps/v1 daemonsets DaemonSet nsgu ds all
apps/v1 replicasets ReplicaSet nsgu rs all
apps/v1 controllerrevisions ControllerRevision nu
batch/v1 jobs Job nsgu - all
batch/v1 cronjobs CronJob nsgu cj all
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler nsu hpa all
networking.k8s.io/v1 ingresses Ingress nsgu ing
networking.k8s.io/v1 ingressclasses IngressClass gu
networking.k8s.io/v1 networkpolicies NetworkPolicy ngu netpol
policy/v1 poddisruptionbudgets PodDisruptionBudget nsgu pdb
rbac.authorization.k8s.io/v1 roles Role nu
rbac.authorization.k8s.io/v1 rolebindings RoleBinding nu
rbac.authorization.k8s.io/v1 clusterroles ClusterRole u
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding u
coordination.k8s.io/v1 leases Lease nc
events.k8s.io/v1 events Event nuc ev
discovery.k8s.io/v1 endpointslices EndpointSlice ngu
scheduling.k8s.io/v1 priorityclasses PriorityClass gu pc
storage.k8s.io/v1 storageclasses StorageClass u sc
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration gu - api-extensions
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration gu - api-extensions
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy sgu - api-extensions
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding gu - api-extensions
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition sg crd,crds api-extensions
authentication.k8s.io/v1 tokenreviews TokenReview r
authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview r
authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview r
authorization.k8s.io/v1 subjectaccessreviews SubjectAccessReview r
authorization.k8s.io/v1 localsubjectaccessreviews LocalSubjectAccessReview nr
authorization.k8s.io/v1 selfsubjectrulesreviews SelfSubjectRulesReview r
`;

/** The fields besides name and namespace that field selectors may name. */
const SELECTABLE: Record<string, string[]> = {
  Pod: ['.spec.nodeName', '.spec.restartPolicy', '.spec.schedulerName', '.spec.serviceAccountName', '.spec.hostNetwork', '.status.phase', '.status.podIP', '.status.nominatedNodeName'],
  Event: [
    '.involvedObject.kind', '.involvedObject.namespace', '.involvedObject.name', '.involvedObject.uid', '.involvedObject.apiVersion',
    '.involvedObject.resourceVersion', '.involvedObject.fieldPath', '.reason', '.reportingComponent', '.source', '.type',
    '.regarding.kind', '.regarding.namespace', '.regarding.name', '.regarding.uid', '.reportingController',
  ],
  Secret: ['.type'],
  Namespace: ['.status.phase'],
  Node: ['.spec.unschedulable'],
  Job: ['.status.successful'],
  ReplicaSet: ['.status.replicas'],
  ReplicationController: ['.status.replicas'],
  Service: ['.spec.clusterIP', '.spec.type'],
};

/** The short name of a group in the tables of ./types. */
const TABLE_GROUPS: Record<string, string> = {
  '': 'core',
  'networking.k8s.io': 'networking',
  'rbac.authorization.k8s.io': 'rbac',
  'coordination.k8s.io': 'coordination',
  'events.k8s.io': 'events',
  'discovery.k8s.io': 'discovery',
  'scheduling.k8s.io': 'scheduling',
  'storage.k8s.io': 'storage',
  'admissionregistration.k8s.io': 'admission',
  'apiextensions.k8s.io': 'apiextensions',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
};

const STATUS_VERBS = ['get', 'patch', 'update'];

const EXTRA_SUBRESOURCES: Record<string, SubresourceInfo[]> = {
  pods: [
    { name: 'eviction', kind: 'Eviction', verbs: ['create'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
  ],
  serviceaccounts: [{ name: 'token', kind: 'TokenRequest', verbs: ['create'] }],
  namespaces: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
};

/** The kinds that this server knows from the start. */
export function builtinResources(): Resource[] {
  return KINDS.trim().split('\n').map(parseKind);
}

function parseKind(line: string): Resource {
  const [apiVersion, plural, kind, flags, shortNames = '-', categories = ''] = line.split(' ');
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const has = (flag: string) => flags.includes(flag);
  const table = `${TABLE_GROUPS[group] ?? group}.${kind}`;
  const status = has('s') ? [{ name: 'status', kind, verbs: STATUS_VERBS }] : [];
  return {
    group,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: shortNames === '-' ? [] : shortNames.split(','),
    categories: categories ? categories.split(',') : [],
    namespaced: has('n'),
    versions: [lazyVersion(version, table, has('s'), SELECTABLE[kind] ?? [])],
    storedVersion: version,
    verbs: has('r') ? ['create'] : ALL_VERBS.filter(verb => kind !== 'Namespace' || verb !== 'deletecollection'),
    subresources: [...(EXTRA_SUBRESOURCES[plural] ?? []), ...status],
    isCustom: false,
    hasGeneration: has('g'),
    allowsUnconditionalUpdate: has('u'),
    allowsCreateOnUpdate: has('c'),
    storage: kind === 'Event' ? 'events' : storageName(group, plural),
    table,
  };
}

/** The schema is put together when it is first needed, so that starting is quick. */
function lazyVersion(name: string, table: string, hasStatus: boolean, selectableFields: string[]) {
  return {
    name,
    hasStatus,
    selectableFields,
    get schema() {
      return objectSchema(table);
    },
  };
}

const withIdentity = new Map<string, ReturnType<typeof builtinSchema>>();

/** The schema of a whole object: the table's fields, apiVersion and kind. */
function objectSchema(table: string) {
  let schema = withIdentity.get(table);
  if (!schema) {
    const fields = builtinSchema(table);
    schema = { ...fields, properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...fields.properties } };
    withIdentity.set(table, schema);
  }
  return schema;
}
