import { ApiError, ConnectionError } from '@kratix-ts/core/kube';
import { portalError } from './errors';

const away = new ConnectionError('GET https://10.0.4.7:6443/api: connect ECONNREFUSED 10.0.4.7:6443');

it.each<[string, unknown, string, RegExp]>([
  ['a cluster that is away', away, 'ServiceUnavailableError', /^The cluster cannot be reached\. Nothing answers .* \(ECONNREFUSED\)\.$/],
  ['a token that has expired', new ApiError(401, 'Unauthorized', 'Unauthorized'), 'ServiceUnavailableError', /^The cluster cannot be asked\. It does not accept .* \(401\)\.$/],
  ['a value that the server refuses', new ApiError(422, 'Invalid', 'spec.size: no'), 'InputError', /^spec\.size: no$/],
  ['a right that is missing', new ApiError(403, 'Forbidden', 'ana may not'), 'NotAllowedError', /^ana may not$/],
  ['what is gone', new ApiError(404, 'NotFound', 'no such cart'), 'NotFoundError', /^no such cart$/],
  ['a conflict', new ApiError(409, 'Conflict', 'changed meanwhile'), 'ConflictError', /^changed meanwhile$/],
  ['trouble of the server', new ApiError(500, 'InternalError', 'a webhook failed'), 'ServiceUnavailableError', /^a webhook failed$/],
])('says %s to the caller', (_, error, name, words) => {
  const told = portalError(error);
  expect(told.name).toBe(name);
  expect(told.message).toMatch(words);
});
