/** What the backend answers and the pages show. Times are RFC 3339 in UTC. */

/** The words users see; see portal.md. */
export const phases = [
  'Waiting', 'Queued', 'Running', 'PausedByStep', 'Retrying', 'Delivering', 'Ready', 'Degraded', 'Drifted',
  'NotPlaced', 'Failed', 'Paused', 'Deleting', 'Unknown',
] as const;
export type Phase = (typeof phases)[number];

/**
 * A sentence as data, so that a page can say it in another language, mark the names in it and let its clocks tick.
 * `id` is a key of `sentences` in phase-sentences.ts. Values named `since`, `until` and `at` are times (RFC 3339).
 */
export interface SentenceMessage {
  id: string;
  values: Record<string, string | number>;
}

/** The answer of the phase function: what the card says. */
export interface PhaseSummary {
  phase: Phase;
  /** One sentence in the user's words, in English, with times in UTC. */
  sentence: string;
  /** The same sentence as data. */
  message?: SentenceMessage;
  /** What was known before the cluster was lost; only in phase Unknown. */
  lastKnown?: PhaseSummary;
  /** When this phase began, where it is known. */
  since?: string;
  /** Which step and container the phase is about. */
  step?: string;
  container?: string;
  /** When something happens by itself, for a countdown. */
  until?: string;
  /** Steps that have ended well, and all steps. */
  progress?: { done: number; total: number };
}

export interface ResourceIdentity {
  /** Name of the cluster in the configuration. */
  cluster: string;
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespace: string;
  name: string;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export type StepPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Suspended' | 'Skipped';

export interface ContainerState {
  name: string;
  /** True for the engine's own container, which runs last. */
  helper: boolean;
  phase: 'Waiting' | 'Running' | 'Succeeded' | 'Failed';
  /** Why it waits or failed, in the kubelet's words, such as `ImagePullBackOff`, `OOMKilled`. */
  reason?: string;
  message?: string;
  exitCode?: number;
  startedAt?: string;
  finishedAt?: string;
}

export interface Step {
  /** Name of the Pipeline. */
  name: string;
  phase: StepPhase;
  message?: string;
  attempt: number;
  /** Attempts that its Job makes at the most, where that is known. */
  attempts?: number;
  /** The container that ended the attempt before, while this one is under way and that one's pod is there. */
  before?: ContainerState;
  startedAt?: string;
  finishedAt?: string;
  nextRetryAt?: string;
  containers: ContainerState[];
  /** Where its log is, while the pod is there. */
  pod?: { namespace: string; name: string };
}

export interface Run {
  /** Unique in its request; newest first in lists. */
  id: string;
  action: 'configure' | 'delete';
  type: 'promise' | 'resource';
  /** created, updated, promise-updated, manual, retry, … */
  trigger: string;
  actor?: string;
  phase: StepPhase;
  /** Why it stands where it stands, where no step says it. */
  message?: string;
  /** Generation of the object that it ran for. */
  generation?: number;
  startedAt?: string;
  finishedAt?: string;
  steps: Step[];
}

export interface DeliveredFile {
  path: string;
  /** Bytes. */
  size: number;
  step: string;
  /** True when the engine says that somebody edited or removed it in the store, and leaves it so. */
  changed?: boolean;
}

export interface DestinationState {
  name: string;
  phase: 'Pending' | 'Delivered' | 'Failed' | 'Misplaced';
  message?: string;
  version?: string;
  store?: { kind: string; name: string };
  /** What somebody changed there by hand, in the engine's words; missing where nothing is known of that, or it was put right. */
  drift?: string;
  files: DeliveredFile[];
}

export interface PromiseSummary {
  cluster: string;
  name: string;
  version?: string;
  available: boolean;
  message?: string;
  api?: { group: string; version: string; kind: string; plural: string };
  requests: number;
}

export interface RequestSummary extends ResourceIdentity {
  uid: string;
  promise: string;
  requestedBy?: string;
  createdAt: string;
  /** Its entity, such as `component:team-a/shop.environment`; left out where the catalog does not have it. */
  entityRef?: string;
  summary: PhaseSummary;
}

export interface RequestState extends RequestSummary {
  /** Counts the changes of the spec; an edit names the one that it began from. */
  generation?: number;
  spec: Record<string, unknown>;
  /** The request's own status, without what the engine keeps there. */
  outputs: Record<string, unknown>;
  conditions: Condition[];
  runs: Run[];
  destinations: DestinationState[];
  promiseVersion?: string;
  /** When the cluster was last heard of, where it is not reachable now. */
  staleSince?: string;
}

/** Broadcast on the signal channel `kratix`: references only, pages refetch through the authorised API. */
export type ChangeSignal = {
  cluster: string;
  /**
   * What changed, each by the `signalKey` of its `signalRef`. A Promise, `promises.platform.kratix.io//<name>`, stands for all
   * its requests too.
   */
  refs: string[];
};
