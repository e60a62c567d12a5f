/** What the portal reads of Kubernetes objects. Whoever wrote them, a field may be missing. */

export interface StateMeta {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { uid: string; apiVersion?: string; kind?: string; name?: string }[];
}

export interface StateObject {
  apiVersion: string;
  kind: string;
  metadata: StateMeta;
}

export interface ObjectCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

export interface RequestObject extends StateObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

export interface NamedPipeline {
  metadata?: { name?: string };
  spec?: { containers?: NamedContainer[] };
}

interface ObjectName {
  name?: string;
}

export interface NamedContainer {
  name?: string;
  image?: string;
  env?: { valueFrom?: { configMapKeyRef?: ObjectName; secretKeyRef?: ObjectName } }[];
  envFrom?: { configMapRef?: ObjectName; secretRef?: ObjectName }[];
}

export interface WorkflowSource {
  configure?: NamedPipeline[];
  delete?: NamedPipeline[];
}

export interface PromiseSource extends StateObject {
  spec?: {
    api?: Record<string, unknown>;
    workflows?: { resource?: WorkflowSource; promise?: WorkflowSource };
    requiredPromises?: { name?: string; version?: string }[];
    destinationSelectors?: { matchLabels?: Record<string, string> }[];
  };
  status?: {
    status?: string;
    message?: string;
    version?: string;
    conditions?: ObjectCondition[];
    requiredPromises?: { name?: string; version?: string; state?: string }[];
    requiredBy?: { promise?: { name?: string } }[];
    kratix?: Record<string, unknown>;
  };
}

export interface FileSource {
  filepath?: string;
  /** gzip in base64. */
  content?: string;
  /** Bytes, where the content is kept elsewhere. */
  size?: number;
}

export interface GroupSource {
  id?: string;
  directory?: string;
  destinationSelectors?: { matchLabels?: Record<string, string>; source?: string }[];
  workloads?: FileSource[];
}

/** Another Work that holds a piece of the files that do not fit into one. */
export interface PartSource {
  name: string;
  digest: string;
}

export interface WorkSource extends StateObject {
  spec?: { promiseName?: string; resourceName?: string; workloadGroups?: GroupSource[]; parts?: PartSource[]; part?: { of?: string; piece?: string } };
  status?: { conditions?: ObjectCondition[] };
}

export interface PlacementSource extends StateObject {
  spec?: { targetDestinationName?: string; workloads?: FileSource[]; id?: string; parts?: PartSource[] };
  status?: { conditions?: ObjectCondition[]; versionID?: string; lastWrite?: { time: string; pathsHash: string } };
}

export interface DestinationSource extends StateObject {
  spec?: {
    path?: string;
    stateStoreRef?: { kind: string; name: string };
    strictMatchLabels?: boolean;
    filepath?: { mode?: string };
  };
  status?: { conditions?: ObjectCondition[]; lastWrite?: { time: string; versionID?: string } };
}

export interface ContainerRecordSource {
  name: string;
  startedAt?: string;
  finishedAt?: string;
  exitCode?: number;
  reason?: string;
  message?: string;
}

export interface PipelineRecordSource {
  name: string;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Suspended' | 'Skipped';
  attempt: number;
  job?: string;
  startedAt?: string;
  finishedAt?: string;
  message?: string;
  nextRetryAt?: string;
  containers?: ContainerRecordSource[];
}

/** A WorkflowRun, where the cluster's engine keeps them. */
export interface RunSource extends StateObject {
  spec: {
    target: { uid: string; generation: number; name: string; namespace?: string };
    promiseName: string;
    type: 'promise' | 'resource';
    action: 'configure' | 'delete';
    trigger: string;
    actor?: string;
    sequence: number;
  };
  status?: {
    phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Suspended' | 'Superseded';
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    pipelines?: PipelineRecordSource[];
  };
}

export interface JobSource extends StateObject {
  spec?: { suspend?: boolean; backoffLimit?: number };
  status?: {
    startTime?: string;
    completionTime?: string;
    active?: number;
    failed?: number;
    succeeded?: number;
    conditions?: ObjectCondition[];
  };
}

interface PodContainer {
  name: string;
  command?: string[];
}

export interface ContainerStatusSource {
  name: string;
  state?: ContainerStateSource;
  lastState?: ContainerStateSource;
}

export interface ContainerStateSource {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string; message?: string; startedAt?: string; finishedAt?: string };
}

export interface PodSource extends StateObject {
  spec?: { initContainers?: PodContainer[]; containers?: PodContainer[] };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: ObjectCondition[];
    initContainerStatuses?: ContainerStatusSource[];
    containerStatuses?: ContainerStatusSource[];
  };
}

/** Labels of the Kratix API that tie the objects of a request together. */
export const kratixLabels = {
  promise: 'kratix.io/promise-name',
  promiseVersion: 'kratix.io/promise-version',
  resource: 'kratix.io/resource-name',
  resourceNamespace: 'kratix.io/resource-namespace',
  pipeline: 'kratix.io/pipeline-name',
  workflowType: 'kratix.io/workflow-type',
  workflowAction: 'kratix.io/workflow-action',
  hash: 'kratix.io/hash',
  work: 'kratix.io/work',
  destination: 'kratix.io/targetDestinationName',
  partOf: 'kratix-ts.dev/part-of',
  misplaced: 'kratix.io/misplaced',
  paused: 'kratix.io/paused',
  dryRun: 'kratix.io/dry-run',
  parentPromise: 'kratix.io/parent-promise-name',
  parentResource: 'kratix.io/parent-resource-name',
  parentNamespace: 'kratix.io/parent-resource-namespace',
  manualReconciliation: 'kratix.io/manual-reconciliation',
  suspended: 'kratix.io/workflow-suspended',
  run: 'kratix-ts.dev/run',
  job: 'batch.kubernetes.io/job-name',
} as const;

export function conditionOf(conditions: ObjectCondition[] | undefined, type: string): ObjectCondition | undefined {
  return conditions?.find(condition => condition.type === type);
}

export function isNewerFirst(a: StateObject, b: StateObject): number {
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');
}
