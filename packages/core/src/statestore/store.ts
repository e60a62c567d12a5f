/** What every kind of state store promises, so that a controller need not know which one it writes to. */

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
  | 'TimedOut'
  | 'Closed'
  /** Neither the store nor its server is to blame: a broken local copy that could not be mended, a full disk, no git program. */
  | 'LocalFault';

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
}

/** One placement's wish. All paths are relative to the store's own `spec.path`, with slashes. */
export interface StoreChange extends ChangeOrigin {
  /** The directory that belongs to this placement alone: afterwards it holds the files of `put`, and nothing else. */
  owns: string | null;
  /** Files to write, in `owns` or anywhere when it is null. */
  put: ReadonlyMap<string, Uint8Array | string>;
  /** Further files to remove; a missing one is no error. */
  remove: readonly string[];
}

export interface StoreVersion {
  /** Names a state of the store that holds the change: a commit, for git. Empty where a store has no such name. */
  version: string;
}

/** One store. Changes to it are queued and go out together; a store that hangs holds up nobody but itself. */
export interface StateStore {
  /**
   * Settles when the change is in the store, not before. A change that asks for what is there already writes nothing.
   * Changes of one store take effect in the order in which they were submitted. Throws {@link StoreError}.
   */
  submit(change: StoreChange): Promise<StoreVersion>;
  /** Finds out whether the store can be read and written, and writes nothing. Throws {@link StoreError}. */
  check(): Promise<void>;
  /** Ends connections and processes and removes local copies. What is still queued is refused with reason `Closed`. */
  close(): Promise<void>;
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
  log?: StoreLog;
}

/** A kind of store, as the registry of engine plugins holds it. */
export interface StateStoreType<Spec = unknown> {
  /** Kind of the API object, such as `GitStateStore`. */
  kind: string;
  /** Throws {@link StoreError} with reason `InvalidSpec`, naming the field; touches neither network nor disk. */
  create(options: StoreOptions<Spec>): StateStore;
}
