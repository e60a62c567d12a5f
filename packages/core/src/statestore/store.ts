/** What every kind of state store promises, so that a controller need not know which one it writes to. */
import type { KubeObject, ResourceType } from '../kube/types';

/** Why a store did not do what it was asked; the reason of a condition. */
export type StoreErrorReason =
  /** The store's spec or Secret cannot work as it stands. Trying again is of no use before one of them changes. */
  | 'InvalidSpec'
  | 'AuthenticationFailed'
  /** The server is not who it should be: its certificate or host key is not trusted. */
  | 'ServerNotTrusted'
  | 'NotReachable'
  | 'NotFound'
  | 'RateLimited'
  /** The server was reached and refused the change: a hook, a protected branch, a limit. */
  | 'Rejected'
  /** Others changed the store again and again while we tried. */
  | 'Contended'
  /** Something of somebody else's stands where a file should go. */
  | 'PathConflict'
  | 'InvalidPath'
  /** A file's content cannot stand where the Destination's mode puts it. */
  | 'InvalidContent'
  /** The files are not all there yet, or no longer. */
  | 'Incomplete'
  | 'TimedOut'
  | 'Closed'
  /** Neither the store nor its server is to blame: a broken local copy that could not be mended, a full disk, no git program. */
  | 'LocalFault';

/** Reasons that are a change's own; every other one is the whole store's. */
const OF_ONE_CHANGE: ReadonlySet<StoreErrorReason> = new Set(['Rejected', 'Contended', 'PathConflict', 'InvalidPath', 'InvalidContent', 'Closed']);

/** Whether a failure says something of the store as a whole. */
export const isOfStore = ({ reason }: { reason: StoreErrorReason }): boolean => !OF_ONE_CHANGE.has(reason);

/** A refusal in the server's own words, without any secret. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(readonly reason: StoreErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Where and for whom a change is made; stands in the commit's message. */
export interface ChangeOrigin {
  /** Name of the placement. */
  id: string;
  /** Name of the Promise. */
  promise?: string;
  /** `namespace/name` of the request. */
  request?: string;
  /** Entity ref of who asked, as in the annotation `kratix-ts.dev/requested-by`. */
  requestedBy?: string;
  /** Generation of the placement. */
  generation?: number;
}

/** One placement's wish. All paths are relative to the store's own `spec.path`, with slashes. */
export interface StoreChange extends ChangeOrigin {
  /** The directory that belongs to this placement alone: afterwards it holds the files of `put`, and nothing else. */
  owns: string | null;
  /** Files to write, in `owns` or anywhere when it is null. */
  put: ReadonlyMap<string, Uint8Array | string>;
  /** Further files to remove; a missing one is no error. */
  remove: readonly string[];
  /** A file that says which files the change is about, for whoever has to clean up after a crash. */
  record?: FileRecord;
}

/** A store that writes all in one step writes `after` alone; any other has `during` there before it touches a file, and `after` when all is done. */
export interface FileRecord {
  path: string;
  during: string;
  /** Null removes the record. */
  after: string | null;
}

/** One file that was otherwise in the store than the change asks for. */
export interface Difference {
  /** Relative to the store's own `spec.path`. */
  path: string;
  was: 'missing' | 'different' | 'surplus';
}

export interface StoreVersion {
  /** Names a state of the store that holds the change: a commit, for git. Empty where a store has no such name. */
  version: string;
  /** What had to be written or removed; empty when everything was there already. */
  differences: readonly Difference[];
}

/** What somebody else did to a store. */
export interface ForeignChange {
  /** Names the state of the store that was found: a commit, for git. Empty where it has no name. */
  version: string;
  /** Who made that state, where the store knows. */
  author?: string;
  /** What may differ, relative to the store's own `spec.path`; undefined when this process has not seen the store before: anything may. */
  paths: readonly string[] | undefined;
}

/** One store. Changes to it are queued and go out together; a store that hangs holds up nobody but itself. */
export interface StateStore {
  /**
   * Settles when the change is in the store, not before. A change that asks for what is there already writes nothing.
   * Changes of one Promise, and changes that own no directory, take effect in the order in which they were submitted.
   * Throws {@link StoreError}.
   */
  submit(change: StoreChange): Promise<StoreVersion>;
  /** What {@link submit} would have to do now; writes nothing. Throws {@link StoreError}. */
  compare(change: StoreChange): Promise<StoreVersion>;
  /** The files directly in a directory, by name, as texts; empty where there is none. Throws {@link StoreError}. */
  read(directory: string): Promise<ReadonlyMap<string, string>>;
  /** Finds out whether the store can be read and written, and writes nothing. Throws {@link StoreError}. */
  check(): Promise<void>;
  /** Looks at the store now, as when its server says that somebody changed it; news go to `onForeignChange`. Throws {@link StoreError}. */
  refetch(): Promise<void>;
  /** Ends connections and processes and removes local copies. What is still queued is refused with reason `Closed`. */
  close(): Promise<void>;
}

/** Counts and times of one store. */
export interface StoreMetrics {
  /** Changes that wait or are on their way, whenever that changes. */
  queued(changes: number): void;
  /** A batch was settled; how many changes it held. */
  batch(changes: number): void;
  /** Something was written to the server, or refused by it, after so many seconds. */
  pushed(seconds: number): void;
  /** Somebody else was quicker, and the batch was made anew. */
  conflict(): void;
  /** So many files that somebody else had changed were put right. */
  repaired(files: number): void;
}

/** Writes one line of log. Never gets a secret. */
export interface StoreLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** What a kind of store is made from. */
export interface StoreOptions<Spec = unknown> {
  /** Name of the store object, for messages. */
  name: string;
  spec: Spec;
  /** The Secret's keys, decoded. */
  secret?: Readonly<Record<string, string>>;
  /** May write to a folder of this machine (`file:`). */
  allowLocal: boolean;
  /** Folder for local copies; this process alone uses it. */
  cacheDir: string;
  /** The store's server is not asked for news more often than this, in milliseconds. Default 5,000. */
  minimumFetchInterval?: number;
  log?: StoreLog;
  metrics?: StoreMetrics;
  /** Told when a write failed for a reason that is the whole store's, so that it can be checked before more is tried. */
  onFailure?: (error: StoreError) => void;
  /** Told what others did to the store, as often as it is looked at. */
  onForeignChange?: (change: ForeignChange) => void;
}

/** A kind of store, as the registry of engine plugins holds it. */
export interface StateStoreType<Spec = unknown> {
  /** Kind of the API object, such as `GitStateStore`. */
  kind: string;
  /** How the API object is served; unset for Kratix' own two kinds. Its spec may have `secretRef` and `fetchInterval`. */
  resource?: ResourceType;
  /** Its CustomResourceDefinition, with a status subresource; the engine applies it when it starts. */
  definition?: KubeObject & { spec: Record<string, unknown> };
  /** How long one call may take, in milliseconds; two minutes unless given, Infinity where the store keeps times itself. */
  patienceMs?: number;
  /** Throws {@link StoreError} with reason `InvalidSpec`, naming the field; touches neither network nor disk. */
  create(options: StoreOptions<Spec>): StateStore;
}
