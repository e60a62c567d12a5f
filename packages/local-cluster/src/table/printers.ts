import type { Resource } from '../resources/resource';
import { isObject, type Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { podCells } from './pods';
import { durationText, orNone, sinceText } from './text';

export interface PrintedColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

export interface Printer {
  columns: PrintedColumn[];
  cells(object: StoredObject): unknown[];
}

type Cell = (object: StoredObject) => unknown;

const part = (object: Json, field: string): Json => (isObject(object[field]) ? (object[field] as Json) : {});
const spec = (object: Json) => part(object, 'spec');
const status = (object: Json) => part(object, 'status');
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const count = (value: unknown) => (typeof value === 'number' ? value : 0);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const size = (value: unknown) => (isObject(value) ? Object.keys(value).length : 0);

const age: Cell = ({ metadata }) => sinceText(metadata.creationTimestamp);
const template = (object: Json) => spec(part(spec(object), 'template'));
const containers: Cell = object => list(template(object).containers).map(({ name }) => name).join(',');
const images: Cell = object => list(template(object).containers).map(({ image }) => image).join(',');

function labels(value: unknown): string {
  return isObject(value) ? orNone(Object.entries(value).map(([key, item]) => `${key}=${item}`).join(',')) : '<none>';
}

const selector: Cell = object => labels(part(spec(object), 'selector').matchLabels);
const columnCount = (object: Json, field: string) => count(status(object)[field]);

/** Columns by kind: `Title`, `Title:type`, and after `!` only with -o wide. */
const PRINTERS: Record<string, [titles: string, ...cells: Cell[]]> = {
  '/Namespace': ['Status|Age', object => text(status(object).phase) || 'Active', age],
  '/ConfigMap': ['Data|Age', object => size(object.data) + size(object.binaryData), age],
  '/Secret': ['Type|Data|Age', object => object.type, object => size(object.data), age],
  '/ServiceAccount': ['Secrets|Age', object => list(object.secrets).length, age],
  '/Service': [
    'Type|Cluster-IP|External-IP|Port(s)|Age|Selector!',
    object => spec(object).type,
    object => orNone(text(spec(object).clusterIP)),
    () => '<none>',
    object => orNone(list(spec(object).ports).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`).join(',')),
    age,
    object => labels(spec(object).selector),
  ],
  '/Pod': ['Ready|Status|Restarts|Age|IP!|Node!|Nominated Node!|Readiness Gates!', ...podCells],
  '/Event': [
    'Last Seen|Type|Reason|Object|Subobject!|Source!|Message|First Seen!|Count!|Name!:name',
    object => sinceText(object.lastTimestamp ?? object.eventTime ?? object.firstTimestamp ?? object.metadata.creationTimestamp),
    object => object.type,
    object => object.reason,
    object => `${text(part(object, 'involvedObject').kind).toLowerCase()}/${part(object, 'involvedObject').name}`,
    object => text(part(object, 'involvedObject').fieldPath),
    object => text(part(object, 'source').component) || text(object.reportingComponent),
    object => text(object.message).trim(),
    object => sinceText(object.firstTimestamp ?? object.eventTime ?? object.metadata.creationTimestamp),
    object => String(count(object.count) || 1),
    object => object.metadata.name,
  ],
  '/Node': [
    'Status|Roles|Age|Version',
    object => (list(status(object).conditions).some(({ type, status: state }) => type === 'Ready' && state === 'True') ? 'Ready' : 'NotReady'),
    () => '<none>',
    age,
    object => text(part(status(object), 'nodeInfo').kubeletVersion),
  ],
  '/PersistentVolumeClaim': [
    'Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|VolumeMode!',
    object => status(object).phase,
    object => text(spec(object).volumeName),
    object => text(part(status(object), 'capacity').storage),
    object => (Array.isArray(status(object).accessModes) ? (status(object).accessModes as string[]).join(',') : ''),
    object => text(spec(object).storageClassName),
    () => '<unset>',
    age,
    object => text(spec(object).volumeMode),
  ],
  'batch/Job': [
    'Status|Completions|Duration|Age|Containers!|Images!|Selector!',
    jobStatus,
    object => `${columnCount(object, 'succeeded')}/${spec(object).completions ?? `1 of ${spec(object).parallelism}`}`,
    jobDuration,
    age,
    containers,
    images,
    selector,
  ],
  'batch/CronJob': [
    'Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule|Age|Containers!|Images!|Selector!',
    object => spec(object).schedule,
    object => orNone(text(spec(object).timeZone)),
    object => spec(object).suspend === true,
    object => list(status(object).active).length,
    object => (status(object).lastScheduleTime ? sinceText(status(object).lastScheduleTime) : '<none>'),
    age,
    () => '',
    () => '',
    () => '<none>',
  ],
  'apps/Deployment': [
    'Ready|Up-to-date|Available|Age|Containers!|Images!|Selector!',
    object => `${columnCount(object, 'readyReplicas')}/${count(spec(object).replicas)}`,
    object => columnCount(object, 'updatedReplicas'),
    object => columnCount(object, 'availableReplicas'),
    age,
    containers,
    images,
    selector,
  ],
  'apps/StatefulSet': [
    'Ready|Age|Containers!|Images!',
    object => `${columnCount(object, 'readyReplicas')}/${count(spec(object).replicas)}`,
    age,
    containers,
    images,
  ],
  'apps/ReplicaSet': [
    'Desired:integer|Current:integer|Ready:integer|Age|Containers!|Images!|Selector!',
    object => count(spec(object).replicas),
    object => columnCount(object, 'replicas'),
    object => columnCount(object, 'readyReplicas'),
    age,
    containers,
    images,
    selector,
  ],
  'networking.k8s.io/Ingress': [
    'Class|Hosts|Address|Ports|Age',
    object => orNone(text(spec(object).ingressClassName)),
    object => list(spec(object).rules).map(({ host }) => text(host)).filter(Boolean).join(',') || '*',
    () => '',
    object => (list(spec(object).tls).length ? '80, 443' : '80'),
    age,
  ],
  'networking.k8s.io/NetworkPolicy': ['Pod-Selector|Age', object => labels(part(spec(object), 'podSelector').matchLabels), age],
  'rbac.authorization.k8s.io/Role': ['Created At:date', ({ metadata }) => metadata.creationTimestamp],
  'rbac.authorization.k8s.io/ClusterRole': ['Created At:date', ({ metadata }) => metadata.creationTimestamp],
  'rbac.authorization.k8s.io/RoleBinding': ['Role|Age', role, age],
  'rbac.authorization.k8s.io/ClusterRoleBinding': ['Role|Age', role, age],
  'coordination.k8s.io/Lease': ['Holder|Age', object => text(spec(object).holderIdentity), age],
  'apiextensions.k8s.io/CustomResourceDefinition': ['Created At:date', ({ metadata }) => metadata.creationTimestamp],
};

function role(object: StoredObject): string {
  const { kind, name } = part(object, 'roleRef');
  return `${kind}/${name}`;
}

function jobStatus(object: StoredObject): string {
  const isTrue = (type: string) => list(status(object).conditions).some(condition => condition.type === type && condition.status === 'True');
  if (isTrue('Complete')) return 'Complete';
  if (isTrue('Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp) return 'Terminating';
  if (isTrue('Suspended')) return 'Suspended';
  if (isTrue('FailureTarget')) return 'FailureTarget';
  return isTrue('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function jobDuration(object: StoredObject): string {
  const { startTime, completionTime } = status(object);
  if (typeof startTime !== 'string') return '';
  return typeof completionTime === 'string' ? durationText(Date.parse(completionTime) - Date.parse(startTime)) : sinceText(startTime);
}

const printers = new Map<string, Printer>();

/** How objects of a built-in kind are printed. */
export function printerOf({ group, kind }: Resource): Printer {
  const key = `${group === 'events.k8s.io' ? '' : group}/${kind}`;
  let printer = printers.get(key);
  if (!printer) printers.set(key, (printer = makePrinter(PRINTERS[key] ?? ['Age', age], key === '/Event')));
  return printer;
}

function makePrinter([titles, ...cells]: [titles: string, ...cells: Cell[]], withoutName: boolean): Printer {
  const columns = titles.split('|').map(title => {
    const [label, type = 'string'] = title.split(':');
    const isName = type === 'name';
    return {
      name: label.replace('!', ''),
      type: isName ? 'string' : type,
      format: isName ? 'name' : '',
      description: `The ${label.replace('!', '').toLowerCase()} of the object.`,
      priority: label.includes('!') ? 1 : 0,
    };
  });
  const name = { name: 'Name', type: 'string', format: 'name', description: 'The name of the object.', priority: 0 };
  return withoutName
    ? { columns, cells: object => cells.map(cell => cell(object)) }
    : { columns: [name, ...columns], cells: object => [object.metadata.name, ...cells.map(cell => cell(object))] };
}
