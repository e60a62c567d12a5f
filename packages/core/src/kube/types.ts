/** Plain Kubernetes objects, as JSON on the wire. Nothing here knows a kind of ours. */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object of a kind that is only known at run time, such as a request of a Promise's API. */
export interface DynamicObject extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

/** Where a kind is served: enough to build every path. `group` is empty for the core group. */
export interface ResourceType {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

export interface ObjectRef {
  name: string;
  namespace?: string;
}

/** `namespace/name`, or `name` for what is cluster-scoped. */
export type Key = string;

export type PatchKind = 'merge' | 'json' | 'apply' | 'strategic';

export interface WriteOptions {
  /** Writes this subresource only, for example `status`. */
  subresource?: string;
  /** Who writes, as recorded in managedFields. */
  fieldManager?: string;
  /** The server validates and answers, and stores nothing. */
  dryRun?: boolean;
  /** `Strict` refuses fields that the kind does not know, which the server drops otherwise. */
  fieldValidation?: 'Strict';
  signal?: AbortSignal;
  /** Acts as this user (`Impersonate-User`, `Impersonate-Group`). */
  impersonate?: { user: string; groups?: string[] };
}

export interface PatchOptions extends WriteOptions {
  kind: PatchKind;
  /** Server-side apply only: takes fields over from other managers. */
  force?: boolean;
}

export interface DeleteOptions extends WriteOptions {
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
  gracePeriodSeconds?: number;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** At most this many objects, with `continue` in the answer when there are more; without it, everything. */
  limit?: number;
  /** Goes on where the answer to an earlier call with `limit` ended. */
  continue?: string;
  signal?: AbortSignal;
}

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Changes after this version of the collection; from a list or an earlier event. */
  resourceVersion: string;
  /** The server ends the watch after this time, in seconds. */
  timeoutSeconds?: number;
  /** Called when the server has accepted the watch, which may be long before the first event. */
  onOpen?: () => void;
  signal?: AbortSignal;
}

/** One line of a watch. `bookmark` carries a new resourceVersion and nothing else. */
export type WatchEvent<T extends KubeObject> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; resourceVersion: string };

/** One call as it was sent, for counters and histograms. */
export interface CallRecord {
  method: string;
  /** Path without query. */
  path: string;
  isWatch: boolean;
  /** HTTP status; 0 when no answer came. */
  code: number;
  /** Until the answer's body was read; for a watch, until its headers came. Milliseconds. */
  ms: number;
}

export interface LogOptions {
  container?: string;
  follow?: boolean;
  previous?: boolean;
  /** Only the last n lines. */
  tailLines?: number;
  /** Only what was written in the last n seconds. */
  sinceSeconds?: number;
  timestamps?: boolean;
  signal?: AbortSignal;
}

/**
 * One Kubernetes API server. Every method throws {@link ApiError} when the server refuses, with the server's own words,
 * and {@link ConnectionError} when no answer came.
 */
export interface KubeClient {
  /** The server's address, for messages only. */
  readonly server: string;
  get<T extends KubeObject>(type: ResourceType, ref: ObjectRef): Promise<T>;
  list<T extends KubeObject>(
    type: ResourceType,
    options?: ListOptions,
  ): Promise<{ items: T[]; resourceVersion: string; continue?: string }>;
  /**
   * Changes as they come. Ends when the server ends the watch; throws {@link ApiError} when the server refuses or sends
   * an error (410: the version is too old), {@link ConnectionError} when the connection breaks.
   */
  watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(type: ResourceType, object: T, options?: WriteOptions): Promise<T>;
  replace<T extends KubeObject>(type: ResourceType, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(type: ResourceType, ref: ObjectRef, patch: unknown, options: PatchOptions): Promise<T>;
  /** Answers with the object while finalizers or a grace period still hold it, and with nothing when it is gone. */
  delete<T extends KubeObject>(type: ResourceType, ref: ObjectRef, options?: DeleteOptions): Promise<T | void>;
  /** The log of one container, as UTF-8 chunks; with `follow` it ends when the container ends or the signal aborts. */
  logs(pod: ObjectRef, options?: LogOptions): AsyncIterable<string>;
  /** What the server serves under a group and version; empty where it serves nothing. */
  discover(group: string, version: string): Promise<ResourceType[]>;
  /** Any other call; the body is sent and parsed as JSON. `path` begins with a slash and holds no query. */
  request<T>(
    method: string,
    path: string,
    options?: { query?: Record<string, string>; body?: unknown; contentType?: string; signal?: AbortSignal },
  ): Promise<T>;
  /** Ends every connection. */
  close(): Promise<void>;
}

export interface InformerOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Leaves out of each object what nobody reads from the copy; metadata must stay. Who asks for the copy first decides. */
  shrink?: <T extends KubeObject>(object: T) => T;
}

export type InformerEvent<T extends KubeObject> =
  /** `initial`: known since before the handler was added, or part of the first list. */
  | { type: 'added'; object: T; initial?: boolean }
  | { type: 'modified'; object: T; previous: T }
  | { type: 'deleted'; object: T };

/** A live, indexed copy of all objects of one kind. Objects are shared and must not be changed. */
export interface Informer<T extends KubeObject> {
  readonly type: ResourceType;
  get(key: Key): T | undefined;
  list(): T[];
  /** Adds an index before or after the first sync; `values` names the entries that an object stands under. */
  addIndex(name: string, values: (object: T) => string[]): void;
  byIndex(name: string, value: string): T[];
  /** Calls back for every change, starting with an `added` per object that is known already. Returns how to stop. */
  onChange(handler: (event: InformerEvent<T>) => void): () => void;
  /** Calls back when the connection to the server is lost (with the error) and when it is back (with undefined). */
  onConnection(handler: (error: Error | undefined) => void): () => void;
  readonly hasSynced: boolean;
  /** Settles when the first complete list is in; rejects when the signal aborts. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  /** Puts the answer to a write of our own into the copy at once, so that the next read sees it. */
  observe(object: T): void;
  /** Notes a deletion of our own at once. */
  observeDeleted(key: Key, uid?: string): void;
  /** Gives this user's share back; the watch ends with the last one. */
  release(): void;
}

/** The informers of one server: one watch for each kind and selector, shared by all who ask. */
export interface Cache {
  /** Every caller gets a share of its own, to be released by {@link Informer.release}. */
  informer<T extends KubeObject>(type: ResourceType, options?: InformerOptions): Informer<T>;
  /** The informers that are running for a kind, whatever their selectors; for telling them of writes. */
  running(type: ResourceType): Informer<KubeObject>[];
  stop(): Promise<void>;
}
