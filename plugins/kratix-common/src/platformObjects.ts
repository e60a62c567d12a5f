import type { ObjectCondition, PromiseSource, StateObject } from './stateObjects';

/** What the portal reads of the platform's own objects, beside requests and what belongs to them. */

export interface StoreSource extends StateObject {
  spec?: {
    /** Of a GitStateStore. */
    url?: string;
    branch?: string;
    /** Of a BucketStateStore. */
    endpoint?: string;
    bucketName?: string;
    path?: string;
  };
  status?: { status?: string; conditions?: ObjectCondition[] };
}

export interface RevisionSource extends StateObject {
  spec?: { promiseRef?: { name?: string }; version?: string; promiseSpec?: PromiseSource['spec'] };
  status?: { latest?: boolean };
}

export interface BindingSource extends StateObject {
  spec?: { version?: string; promiseRef?: { name?: string }; resourceRef?: { name?: string; namespace?: string } };
  status?: { lastAppliedVersion?: string; failedVersion?: string; conditions?: ObjectCondition[] };
}

export interface HealthRecordSource extends StateObject {
  data?: {
    promiseRef?: { name?: string };
    resourceRef?: { name?: string; namespace?: string };
    state?: string;
    /** Seconds since 1970. */
    lastRun?: number;
    details?: Record<string, unknown>;
  };
}

/** An Event of the core group. */
export interface EventSource extends StateObject {
  involvedObject?: { apiVersion?: string; kind?: string; namespace?: string; name?: string };
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string };
}

export interface PlatformSources {
  stores: StoreSource[];
  /** Of the Promise. */
  revisions: RevisionSource[];
}
