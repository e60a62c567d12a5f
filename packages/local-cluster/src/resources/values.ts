import { fieldError, type FieldError } from '../registry/errors';
import { expression } from '../schema/patterns';
import { applyDefaults, prune } from '../schema/structural';
import type { Schema } from '../schema/types';
import { validate } from '../schema/validate';

/** A pattern must be a regular expression. */
export function checkPattern({ pattern }: Schema, path: string): FieldError[] {
  if (pattern === undefined) return [];
  try {
    expression(pattern);
    return [];
  } catch (error) {
    return [fieldError.invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${(error as Error).message}`)];
  }
}

/** A default must be what the schema allows. */
export function checkDefault(schema: Schema, path: string): FieldError[] {
  if (schema.default === undefined || schema.default === null) return [];
  const value: unknown = structuredClone(schema.default);
  if (prune(value, schema).length > 0) return [fieldError.invalid(`${path}.default`, schema.default, 'must not have unknown fields')];
  applyDefaults(value, schema);
  return validate(value, schema).map(error => ({ ...error, field: error.field && error.field !== '<nil>' ? `${path}.default.${error.field}` : `${path}.default` }));
}
