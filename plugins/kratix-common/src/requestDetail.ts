import type { Condition, RequestState, RequestSummary } from './types';

/** An event of Kubernetes about a request or one of its objects. */
export interface EventSummary {
  type: 'Normal' | 'Warning' | string;
  reason: string;
  message: string;
  count: number;
  firstAt?: string;
  lastAt?: string;
  about: { kind: string; name: string };
}

export interface HealthState {
  /** Name of the HealthRecord. */
  record?: string;
  /** Empty where the record does not say which destination it is about. */
  destination: string;
  state: 'ready' | 'healthy' | 'degraded' | 'unhealthy' | 'unknown' | string;
  lastRun?: string;
  details?: Record<string, unknown>;
}

/** A bundle: what one step delivers together, and where to. */
export interface BundleState {
  /** Name of the Work, and of the group in it. */
  work: string;
  group: string;
  step: string;
  directory?: string;
  files: number;
  /** Bytes. */
  size: number;
  destinations: string[];
  message?: string;
}

/** What the Delivery tab draws beyond `RequestState.destinations`. */
export interface DeliveryState {
  bundles: BundleState[];
  health: HealthState[];
  /** Links to the commit of a destination, where the store's host is known. */
  commits: { destination: string; version: string; url?: string; at?: string }[];
}

/** The content of one delivered file beside the version before. */
export interface FileContent {
  path: string;
  destination?: string;
  step?: string;
  /** Missing where it is binary or larger than 1 MB; see `reason`. */
  content?: string;
  /** What the run before delivered; missing where there was none. */
  previous?: string;
  reason?: 'binary' | 'too-large' | 'secret';
  version?: string;
  commitUrl?: string;
}

/** A file as a step of a run left it. */
export interface RunFile {
  step: string;
  path: string;
  /** Missing where it is binary, or too large to be kept; see `reason`. Secrets are hidden in it. */
  content?: string;
  reason?: FileContent['reason'];
  /** Tells whether a file without a text is another one; missing of what holds a Secret. */
  digest?: string;
}

/** What is known of a run beside its course. */
export interface RunContent {
  /** What its steps were given; secrets are hidden. */
  spec?: Record<string, unknown>;
  /** Version of the Promise that it ran, where it succeeded. */
  promiseVersion?: string;
  /** All files of the request as they were when the run ended; missing where it has not, or nobody kept them. */
  files?: RunFile[];
}

/** An edit or a new request tried on the server without effect. */
export interface Preview {
  accepted: boolean;
  /** What the server refuses, by field where it says which. */
  problems: { field?: string; message: string }[];
  /** Changed fields, in the order of the form. */
  changes: FieldChange[];
  /** The object as it would be stored, defaults filled in, as YAML; without managed fields and status. */
  manifest?: string;
  /** The present object in the same form. */
  before?: string;
}

export interface FieldChange {
  /** Such as `spec.size`. */
  path: string;
  change: 'added' | 'removed' | 'changed';
  before?: unknown;
  after?: unknown;
}

/** Somebody else's edit in between; stands in the body of a refusal with status 409. */
export interface EditConflict {
  /** What the edit began from, what was sent, and what is there now. */
  base: Record<string, unknown>;
  mine: Record<string, unknown>;
  theirs: Record<string, unknown>;
  /** The generation to edit next. */
  generation: number;
  /** Where the two do not agree now; `conflicting` where both changed it since `base`. */
  fields: { path: string; base?: unknown; mine?: unknown; theirs?: unknown; conflicting?: boolean }[];
  changedBy?: string;
}

/** The files that an edit would change, found by running its pipelines without effect. */
export interface DryRunState {
  name: string;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Refused';
  message?: string;
  destinations: {
    /** Empty for files that no destination fits, or that go to one of several which is chosen when they are delivered. */
    name: string;
    files: { path: string; change: 'added' | 'removed' | 'changed' | 'same'; diff?: string }[];
  }[];
}

/** What the caller may do with one request, so that pages hide what would be refused. */
export interface RequestAbilities {
  update: boolean;
  delete: boolean;
  readLogs: boolean;
}

/** What the request's page shows: the state, and what follows from it for the caller. */
export interface RequestDetail extends RequestState {
  delivery: DeliveryState;
  events: EventSummary[];
  abilities: RequestAbilities;
  versions: { current?: string; pinned?: string; available: string[] };
  paused?: { by: 'request' | 'promise' };
  /** Requests that this one made, and the one that made it. */
  children: RequestSummary[];
  parent?: { kind: string; namespace: string; name: string };
  /** Conditions of the Promise that explain why nothing moves. */
  promiseConditions: Condition[];
}
