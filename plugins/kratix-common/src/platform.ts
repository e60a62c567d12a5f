import type { JsonSchema } from './formField';
import type { Condition, Phase, PromiseSummary, RequestSummary, Run } from './types';

/** A page of a sorted list. `total` counts what the caller may see and the filter lets through. */
export interface Page<T> {
  items: T[];
  total: number;
  /** How many entries stand before this page. */
  offset: number;
}

/** Orders that a list of requests can have; `attention`: failing and waiting ones first. */
export const requestSorts = ['attention', 'name', 'namespace', 'promise', 'phase', 'createdAt', 'since'] as const;

/** Which requests, in which order. Several values of one field mean any of them. */
export interface RequestQuery {
  cluster?: string;
  promise?: string[];
  namespace?: string[];
  /** Entity refs of who asked. */
  requestedBy?: string[];
  phase?: Phase[];
  /** Part of the name, namespace, kind or Promise, whatever its case. */
  text?: string;
  sort?: (typeof requestSorts)[number];
  /** `asc` where nothing is said; a page of `desc` begins at the other end. */
  order?: 'asc' | 'desc';
  /** At most 500; 50 where nothing is said. */
  limit?: number;
  offset?: number;
}

/** Requests by phase; a phase without any is left out. */
export type PhaseCounts = Partial<Record<Phase, number>>;

/** A page of requests, with what a filter bar needs: numbers and values over all that the caller may see. */
export interface RequestPage extends Page<RequestSummary> {
  /** By phase, of what every filter but the one by phase lets through. */
  counts: PhaseCounts;
  /** Values that the filters can take. */
  values: { promises: string[]; namespaces: string[]; requestedBy: string[] };
}

/** A namespace in which the caller may make requests. */
export interface NamespaceSummary {
  cluster: string;
  name: string;
}

export interface ClusterSummary {
  name: string;
  reachable: boolean;
  /** False until the first lists are in. */
  complete: boolean;
  /** When it was last heard of, where it is not reachable. */
  staleSince?: string;
  message?: string;
}

export interface DestinationSummary {
  cluster: string;
  name: string;
  ready: boolean;
  message?: string;
  labels: Record<string, string>;
  path?: string;
  strictMatchLabels: boolean;
  /** How files are laid out: nestedByMetadata, aggregatedYAML or none. */
  mode?: string;
  store?: { kind: string; name: string };
  /** Placements by their state. */
  placements: { total: number; delivered: number; pending: number; failed: number; misplaced: number };
  /** Of the newest placement that says when it was written. */
  lastWrite?: { at: string; version?: string };
}

export interface StoreSummary {
  cluster: string;
  kind: 'GitStateStore' | 'BucketStateStore' | string;
  name: string;
  ready: boolean;
  message?: string;
  /** Address without any credentials. */
  url?: string;
  branch?: string;
  destinations: string[];
  /** Placements that wait for this store. */
  queued: number;
  failed: number;
  lastWrite?: { at: string; version?: string };
}

/** The platform at a glance, as far as the caller may see it. */
export interface Overview {
  clusters: ClusterSummary[];
  counts: PhaseCounts;
  requests: number;
  promises: { total: number; available: number };
  destinations: { total: number; ready: number };
  stores: { total: number; ready: number };
  /** Failing and waiting ones first, at most twenty. */
  attention: RequestSummary[];
}

/** One pipeline of a Promise, over the runs that are counted. */
export interface PipelineMetrics {
  action: 'configure' | 'delete';
  name: string;
  /** Times that it ended so. */
  succeeded: number;
  failed: number;
  /** How long it took when it succeeded; missing where it never did. */
  medianSeconds?: number;
  p95Seconds?: number;
}

/** One Promise in numbers, as far as the caller may see its requests. */
export interface PromiseMetrics {
  cluster: string;
  promise: string;
  requests: number;
  counts: PhaseCounts;
  /** Of these requests, those that ended since then. */
  runs: { succeeded: number; failed: number };
  pipelines: PipelineMetrics[];
}

/** Numbers for a dashboard. The cluster keeps the last runs of each request, and nothing of requests that are gone. */
export interface MetricsSummary {
  /** Runs that ended from here on are counted: those of a day. RFC 3339. */
  since: string;
  promises: PromiseMetrics[];
}

/** One of the four workflows, as a picture shows it. */
export interface WorkflowSummary {
  type: 'promise' | 'resource';
  action: 'configure' | 'delete';
  pipelines: { name: string; containers: ContainerSummary[] }[];
}

export interface ContainerSummary {
  name: string;
  image: string;
  /** The objects that its variables come from, such as `ConfigMap sizes`, in the namespace of the run. */
  variablesFrom?: string[];
}

export interface PromiseVersion {
  version: string;
  /** Name of the PromiseRevision. */
  revision: string;
  latest: boolean;
  createdAt?: string;
  requests: number;
  /** What a request needs to know before it goes there: changes of the schema against the version before. */
  changes?: SchemaChange[];
}

export interface SchemaChange {
  /** Path below `spec`, such as `spec.size`. */
  path: string;
  change: 'added' | 'removed' | 'required' | 'optional' | 'type' | 'values' | 'default';
  /** One sentence in English. */
  text: string;
  /** True where a request that was right may be refused afterwards. */
  breaking: boolean;
}

export interface RequiredPromise {
  name: string;
  version?: string;
  state: 'installed' | 'missing' | 'unavailable' | 'wrong-version';
}

/** One Promise in full. */
export interface PromiseDetail extends PromiseSummary {
  uid: string;
  description?: string;
  createdAt: string;
  conditions: Condition[];
  paused: boolean;
  deleting: boolean;
  /** openAPIV3Schema of the request, without metadata and status. */
  schema?: JsonSchema;
  /** A request that the schema accepts, as YAML. */
  example?: string;
  workflows: WorkflowSummary[];
  versions: PromiseVersion[];
  requires: RequiredPromise[];
  requiredBy: string[];
  counts: PhaseCounts;
  /** Runs of the Promise's own workflow, newest first. */
  runs: Run[];
  /** Whether the Promise says that its pipelines can be run without effect. */
  canDryRun: boolean;
  /** What its destinations must be labelled with. */
  destinationSelectors: Record<string, string>[];
  /** Name of the template's entity, where there is one. */
  template?: { namespace: string; name: string };
}
