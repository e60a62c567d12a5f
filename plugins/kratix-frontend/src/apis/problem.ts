/** Why something could not be shown, as far as the page cares. */
export type ProblemKind = 'gone' | 'denied' | 'signedOut' | 'failed';

export interface Problem {
  kind: ProblemKind;
  /** The server's words, or the network's. */
  words: string;
}

/** Reads an error of the client. */
export function problemOf(error: unknown): Problem {
  const words = wordsOf(error);
  const status = statusOf(error);
  if (status === 404) return { kind: 'gone', words };
  if (status === 403) return { kind: 'denied', words };
  if (status === 401) return { kind: 'signedOut', words };
  return { kind: 'failed', words };
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return { NotFoundError: 404, NotAllowedError: 403, AuthenticationError: 401 }[error.name];
}

/** A `ResponseError` says "Request failed with …" and keeps the server's own message in its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
