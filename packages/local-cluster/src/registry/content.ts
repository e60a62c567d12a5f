import { equal } from '../patch/json';
import { checkRules } from '../schema/rules';
import { isObject, type Schema } from '../schema/types';
import { validate } from '../schema/validate';
import type { StoredObject } from '../store/store';
import { fieldError, type FieldError } from './errors';

/** Errors that leave too little to evaluate rules on. */
const BLOCKING: FieldError['reason'][] = ['FieldValueTypeInvalid', 'FieldValueRequired', 'FieldValueTooMany', 'FieldValueTooLong', 'FieldValueNotSupported'];

/** What is wrong with a custom object. What was wrong before, and did not change, may stay so. */
export function checkCustom(draft: StoredObject, before: StoredObject | undefined, schema: Schema): FieldError[] {
  // of the metadata a definition may restrict the name alone
  const found = validate(draft, schema).filter(({ field }) => !field.startsWith('metadata.') || field === 'metadata.name');
  const isNew = (error: FieldError) => !before || error.field === '<nil>' || !isUnchanged(error.field, draft, before);
  const errors = found.filter(isNew);
  if (errors.some(({ reason }) => BLOCKING.includes(reason))) {
    return [
      ...errors,
      fieldError.invalid('<nil>', null, 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'),
    ];
  }
  return found.some(({ reason }) => BLOCKING.includes(reason)) ? errors : [...errors, ...checkRules(draft, before, schema).filter(isNew)];
}

/** A built-in object's fields that must be there; the status is the server's own. */
export function missingFields({ status: _status, ...judged }: StoredObject, schema: Schema): FieldError[] {
  return validate(judged, schema).filter(({ reason }) => reason === 'FieldValueRequired');
}

function isUnchanged(path: string, after: unknown, before: unknown): boolean {
  const value = valueAt(after, path);
  return value !== undefined && equal(value, valueAt(before, path));
}

function valueAt(object: unknown, path: string): unknown {
  const parts = path.replace(/\[(\d+)\]/g, '.$1').split('.');
  const step = (value: unknown, part: string) => {
    if (Array.isArray(value)) return value[Number(part)] as unknown;
    return isObject(value) ? value[part] : undefined;
  };
  return parts.reduce<unknown>(step, object);
}
