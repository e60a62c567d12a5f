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
}
