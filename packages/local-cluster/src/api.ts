/**
 * What the parts of this process promise each other: the API server keeps the objects, the pod runner acts on them.
 * Objects are plain JSON. What `get`, `list` and `watch` hand out is shared and must not be changed.
 */

export interface TypeRef {
  /** Empty for the core group. */
  group: string;
  plural: string;
}

export interface LocalRef {
  namespace?: string;
  name: string;
}

export interface LocalDeleteOptions {
  propagationPolicy?: string;
  preconditions?: { uid?: string };
  gracePeriodSeconds?: number;
}

export interface LocalEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: T;
}

export interface PodLogQuery {
  container?: string;
  follow: boolean;
  tailLines?: number;
  limitBytes?: number;
  previous: boolean;
  timestamps: boolean;
  sinceSeconds?: number;
  /** RFC 3339. */
  sinceTime?: string;
}

/** Streams one container's log. Throws a {@link StatusError} before the first chunk when there is nothing to read. */
export type PodLogHandler = (
  pod: { namespace: string; name: string; uid: string },
  query: PodLogQuery,
  signal: AbortSignal,
) => AsyncIterable<Buffer>;

export interface TokenRequest {
  namespace: string;
  serviceAccount: string;
  audiences?: string[];
  /** At least 600; 3600 unless given. */
  expirationSeconds?: number;
  /** The token dies with this pod. */
  pod?: { name: string; uid: string };
}

/** The store as parts of this process see it: synchronous, in memory; every write is durable and goes out on watches. */
export interface LocalApi {
  get<T>(type: TypeRef, ref: LocalRef): T | undefined;
  /** All objects of a kind, of one namespace when it is given, sorted by namespace and name. */
  list<T>(type: TypeRef, namespace?: string): T[];
  /** Throws {@link StatusError}. A `status` in the object is kept, unlike over HTTP. */
  create<T>(type: TypeRef, object: object): T;
  /**
   * Reads, lets `change` edit a draft, writes: atomic. Undefined when the object is gone; no write when nothing changed.
   * With `status` only the draft's status is taken over; without it, everything else.
   */
  update<T>(type: TypeRef, ref: LocalRef, change: (draft: T) => void, subresource?: 'status'): T | undefined;
  /** Deleting what is gone already is no error. A pod with `gracePeriodSeconds: 0` is removed at once. */
  delete(type: TypeRef, ref: LocalRef, options?: LocalDeleteOptions): void;
  /**
   * Calls back with ADDED for what exists, then for every change, in order, never from inside a write. Returns how to stop.
   */
  watch<T>(type: TypeRef, handler: (event: LocalEvent<T>) => void): () => void;
  /** Who answers `GET …/pods/NAME/log`. */
  registerPodLogs(handler: PodLogHandler): void;
  /** A JSON web token that this server accepts as `system:serviceaccount:NAMESPACE:NAME`. */
  issueToken(request: TokenRequest): string;
  /** Where pods reach this server. */
  readonly address: { host: string; port: number };
  /** The certificate authority of this server, PEM. */
  readonly ca: string;
}

/** The body of an answer that is no success, as Kubernetes writes it. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: { reason?: string; message?: string; field?: string }[];
    retryAfterSeconds?: number;
  };
  code: number;
}

/** A refusal. Its message and reason are what a client sees. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details?: Status['details'];

  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}
