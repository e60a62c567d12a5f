import { InputError } from '@backstage/errors';
import type { Request } from 'express';
import type { RequestId } from '../service/RequestLocator';

/** Path of one request. */
export const REQUEST = '/v1/requests/:cluster/:group/:version/:plural/:namespace/:name';

/** The request that a path names. */
export function idOf({ params }: Request): RequestId {
  const { cluster, group, version, plural, namespace, name } = params;
  return { cluster, group, version, plural, namespace, name };
}

/** A query parameter that may be left out. Throws InputError when it is given twice. */
export function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new InputError(`Query parameter "${name}" was given twice`);
  return value;
}
