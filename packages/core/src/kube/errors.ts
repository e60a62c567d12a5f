/** A refusal of the API server, in its own words. Shape of `body`: meta/v1 Status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** HTTP status code. */
    readonly code: number,
    /** meta/v1 Status reason, such as `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`. */
    readonly reason: string,
    message: string,
    readonly details?: unknown,
    /** How long the server asks to wait before the next call, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }

  get isNotFound() {
    return this.code === 404;
  }

  get isAlreadyExists() {
    return this.code === 409 && this.reason === 'AlreadyExists';
  }

  get isConflict() {
    return this.code === 409 && this.reason !== 'AlreadyExists';
  }

  /** The version asked for is no longer kept (HTTP 410, or a watch error that says so). */
  get isExpired() {
    return this.code === 410 || this.reason === 'Expired' || this.reason === 'Gone';
  }
}

/** No answer came: the server cannot be reached, or the connection broke on the way. The call may have taken effect. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** meta/v1 Status, as far as it is read. */
interface Status {
  kind?: string;
  code?: number;
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number };
}

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}

/** Makes the error for an answer. `what` names the call and stands in the message only when the server gave no words. */
export function apiErrorOf(code: number, body: unknown, what: string, retryAfterSeconds?: number): ApiError {
  const status: Status = isStatus(body) ? body : {};
  const seconds = retryAfterSeconds ?? status.details?.retryAfterSeconds;
  const text = typeof body === 'string' ? body.trim().slice(0, 300) : '';
  return new ApiError(
    status.code ?? code,
    status.reason || REASONS[status.code ?? code] || 'Unknown',
    status.message || `${what}: HTTP ${code}${text ? `: ${text}` : ''}`,
    status.details,
    seconds === undefined ? undefined : seconds * 1000,
  );
}
