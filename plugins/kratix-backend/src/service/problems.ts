import type { Preview } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError } from '@kratix-ts/core/kube';
import { z } from 'zod';

type Problems = Preview['problems'];

const causes = z.object({ causes: z.array(z.object({ field: z.string().optional(), message: z.string().optional() })) });

/** What the server adds to any other problem of a schema. */
const NOT_CHECKED = 'some validation rules were not checked';

/** A refusal of strict validation names fields in its text alone. */
function unknownFields(message: string): Problems {
  return [...message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)].map(([text, , field]) => ({ field, message: text }));
}

/**
 * What the API server refuses about an object, by field where it says which. Undefined for an error that says nothing
 * about the object: a server that cannot be reached, an object that is gone.
 */
export function problemsOf(error: unknown): Problems | undefined {
  if (!(error instanceof ApiError) || ![400, 403, 409, 422].includes(error.code) || error.isConflict) return undefined;
  const details = causes.safeParse(error.details);
  const named = (details.success ? details.data.causes : []).map(({ field, message }) => ({
    ...(field && field !== '<nil>' && { field }),
    message: message ?? error.message,
  }));
  const telling = named.filter(({ message }) => !message.includes(NOT_CHECKED));
  if (telling.length > 0) return telling;
  const unknown = unknownFields(error.message);
  return unknown.length > 0 ? unknown : [{ message: error.message }];
}
