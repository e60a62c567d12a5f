import { ApiError, connect, ConnectionError } from '@kratix-ts/core/kube';
import { plainTrouble } from './plainTrouble';

const coded = (code: string | number, message = 'x') => Object.assign(new Error(message), { code });
const broken = (cause: Error) => new ConnectionError(`GET https://10.0.4.7:6443/api/v1/pods: ${cause.message}`, { cause });
const named = (name: string) => Object.assign(new Error('x'), { name });

it.each<[string, Error, RegExp]>([
  ['a refused connection', broken(coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.4.7:6443')), /^Nothing answers at the address .*: check .* \(ECONNREFUSED\)\.$/],
  ['a connection that every address refuses', broken(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])), /^Nothing answers .* \(ECONNREFUSED\)\.$/],
  ['only the words of a refusal', new ConnectionError('connect ECONNREFUSED 10.0.4.7:6443'), /^Nothing answers .* \(ECONNREFUSED\)\.$/],
  ['a name that is not known', broken(coded('ENOTFOUND', 'getaddrinfo ENOTFOUND api.example.org')), /^The name of its API server is not known: check .* \(ENOTFOUND\)\.$/],
  ['names that cannot be asked for now', broken(coded('EAI_AGAIN')), /^The name .* \(EAI_AGAIN\)\.$/],
  ['silence', broken(coded('ETIMEDOUT')), /^Its API server does not answer in time: check .* \(ETIMEDOUT\)\.$/],
  ['silence of a server that took the connection', broken(coded('UND_ERR_HEADERS_TIMEOUT')), /^Its API server does not answer in time/],
  ['a call that was given up', broken(named('TimeoutError')), /^Its API server does not answer in time/],
  ['a network that is away', broken(coded('EHOSTUNREACH')), /^No way leads .*: check .* \(EHOSTUNREACH\)\.$/],
  ['a connection that was reset', broken(coded('ECONNRESET', 'read ECONNRESET')), /^The connection .* broke off.* \(ECONNRESET\)\.$/],
  ['a connection that the other side closed', broken(coded('UND_ERR_SOCKET', 'other side closed')), /^The connection .* broke off/],
  ['a certificate that has expired', broken(coded('CERT_HAS_EXPIRED')), /^The certificate .* is not valid today: renew it/],
  ['a certificate that signs itself', broken(coded('DEPTH_ZERO_SELF_SIGNED_CERT')), /^The portal does not trust the certificate .* \(DEPTH_ZERO_SELF_SIGNED_CERT\)\.$/],
  ['a certificate of an unknown authority', broken(coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')), /^The portal does not trust the certificate/],
  ['a certificate for another name', broken(coded('ERR_TLS_CERT_ALTNAME_INVALID')), /^The certificate .* is for another name/],
  ['a token that has expired', new ApiError(401, 'Unauthorized', 'Unauthorized'), /^It does not accept who the portal says it is: renew .* \(401\)\.$/],
  ['a right that is missing', new ApiError(403, 'Forbidden', 'pods is forbidden: User "x"'), /^It does not allow the portal to read it: give .* \(403\)\.$/],
])('has plain words for %s, and names no address', (_, error, sentence) => {
  expect(plainTrouble(error)).toMatch(sentence);
  expect(plainTrouble(error)).not.toMatch(/10\.0\.4\.7|6443|example\.org|GET/);
});

it.each<[unknown, string]>([
  [new ApiError(500, 'InternalError', 'ECONNREFUSED of a webhook'), 'ECONNREFUSED of a webhook'],
  [new ApiError(503, 'ServiceUnavailable', 'etcd is starting'), 'etcd is starting'],
  [new ConnectionError('watch pods: the server ended it at once'), 'watch pods: the server ended it at once'],
  [coded('constructor', 'odd'), 'odd'],
  ['a text', 'a text'],
])('leaves %p its own words', (error, words) => {
  expect(plainTrouble(error)).toBe(words);
});

it('takes the most telling of several, and the last where nothing is known', () => {
  const [reset, refused, odd] = [broken(coded('ECONNRESET')), broken(coded('ECONNREFUSED')), new ConnectionError('watch pods: the server ended it at once')];
  expect(plainTrouble(odd, refused, reset)).toContain('(ECONNREFUSED)');
  expect(plainTrouble(reset, odd)).toContain('(ECONNRESET)');
  expect(plainTrouble(new Error('first'), odd)).toBe(odd.message);
});

it('comes to an end with an error that is its own cause', () => {
  const error = new Error('round and round');
  error.cause = error;
  expect(plainTrouble(error)).toBe('round and round');
});

it('knows what is missing in a configuration that names no file', async () => {
  const error = await connect({ file: '/does/not/exist' }).catch((caught: unknown) => caught);
  expect(plainTrouble(error)).toMatch(/^A file or program .* \(ENOENT\)\.$/);
});
