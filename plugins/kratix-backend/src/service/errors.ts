import { ConflictError, InputError, NotAllowedError, NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { ApiError, ConnectionError } from '@kratix-ts/core/kube';
import { plainTrouble } from '../clusters/plainTrouble';

/** What the API server refused, as the error that the caller's status code follows from: in the server's own words, or in plain ones where it gave none. */
export function portalError(error: unknown): Error {
  if (error instanceof ConnectionError) return new ServiceUnavailableError(`The cluster cannot be reached. ${plainTrouble(error)}`);
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === 400 || error.code === 413 || error.code === 422) return new InputError(error.message);
  if (error.code === 401) return new ServiceUnavailableError(`The cluster cannot be asked. ${plainTrouble(error)}`);
  if (error.code === 403) return new NotAllowedError(error.message);
  if (error.code === 404) return new NotFoundError(error.message);
  if (error.code === 409) return new ConflictError(error.message);
  return new ServiceUnavailableError(error.message);
}
