import type { EditConflict } from '@kratix-ts/backstage-plugin-kratix-common';

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

/** Somebody else's edit in between, where that is why an edit was refused. */
export function conflictOf(error: unknown): EditConflict | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('conflict' in cause)) return undefined;
  return isConflict(cause.conflict) ? cause.conflict : undefined;
}

function isConflict(value: unknown): value is EditConflict {
  return typeof value === 'object' && value !== null && 'generation' in value && 'fields' in value && Array.isArray(value.fields);
}

/** A `ResponseError` says "Request failed with …" and keeps the server's own message in its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
