import { StoreError, type StoreErrorReason } from './store';

const MAX_WORDS = 1500;

/** What a refused or failed call carries, whoever threw it. */
interface Thrown {
  name?: string;
  message?: string;
  code?: string;
  cause?: unknown;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

const BY_NAME: ReadonlyArray<readonly [RegExp, StoreErrorReason]> = [
  [/^(?:NoSuchBucket)$/u, 'NotFound'],
  [/^(?:PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|InvalidBucketName)$/u, 'InvalidSpec'],
  [/^(?:AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired|AccountProblem|CredentialsProviderError|Forbidden|Unauthorized|KMS.*)$/u, 'AuthenticationFailed'],
  [/^(?:SlowDown|ThrottlingException|Throttling|TooManyRequests|RequestLimitExceeded)$/u, 'RateLimited'],
  [/^(?:TimeoutError|AbortError|RequestTimeout)$/u, 'TimedOut'],
];

const BY_STATUS: Record<number, StoreErrorReason> = { 401: 'AuthenticationFailed', 403: 'AuthenticationFailed', 404: 'NotFound', 408: 'TimedOut', 429: 'RateLimited' };

/** What is left of a refused certificate where the client wrapped the error, and dropped its code. */
const TRUST_WORDS = /certificate/iu;

const TRUST = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|SSL/u;

/** HTTP status of the answer, where there was one. */
export function statusOf(error: unknown): number | undefined {
  return (error as Thrown).$metadata?.httpStatusCode;
}

/** How long the server asks to be left alone, in milliseconds. */
export function retryAfterMs(error: unknown): number | undefined {
  const seconds = Number((error as Thrown).$response?.headers?.['retry-after']);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** Whether the same call may well succeed in a moment. */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined && status !== 200) return status >= 500 && status !== 501;
  return reasonOf(error as Thrown) === 'NotReachable';
}

function reasonOf(error: Thrown): StoreErrorReason {
  const status = error.$metadata?.httpStatusCode;
  if (TRUST.test(error.code ?? '') || TRUST.test((error.cause as Thrown | undefined)?.code ?? '')) return 'ServerNotTrusted';
  if (status === undefined && TRUST_WORDS.test(error.message ?? '')) return 'ServerNotTrusted';
  const named = BY_NAME.find(([pattern]) => pattern.test(error.name ?? ''))?.[1];
  if (named) return named;
  if (status === undefined || status === 200 || status >= 500) return 'NotReachable';
  return BY_STATUS[status] ?? 'Rejected';
}

/** A failed call, as the error to report. `what` begins the sentence; the rest are the server's words. */
export function bucketFailure(what: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const thrown = error as Thrown;
  const reason = reasonOf(thrown);
  const status = statusOf(error);
  const name = thrown.name && !['Error', 'Unknown', 'UnknownError'].includes(thrown.name) ? `${thrown.name}: ` : '';
  const message = thrown.message?.replace(/^AWS SDK error wrapper for (?:Error: )?/u, '');
  const said = message && message !== 'UnknownError' ? message : thrown.code ?? 'no reason given';
  const mend = reason === 'InvalidSpec' ? '; set spec.region and spec.endpoint to those of the bucket' : '';
  return new StoreError(reason, `${what}: ${`${name}${said}`.slice(0, MAX_WORDS)}${status && status !== 200 ? ` (${status})` : ''}${mend}`, { cause: error });
}
