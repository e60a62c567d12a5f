import { fieldError, type FieldError } from '../registry/errors';
import { equal } from '../patch/json';
import { hasFormat } from './formats';
import { expression } from './patterns';
import { childSchema, isObject, mapKeys, type Json, type Schema } from './types';

/** Everything in the value that breaks the schema, with the words that Kubernetes uses. */
export function validate(value: unknown, schema: Schema, path = ''): FieldError[] {
  const errors: FieldError[] = [];
  check(value, schema, path, errors);
  return errors;
}

/** JSON's types, with whole numbers apart. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function fits(value: unknown, type: string): boolean {
  const actual = typeName(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

function wrongType(path: string, value: unknown, wanted: string): FieldError {
  const shown = JSON.stringify(typeName(value));
  return {
    reason: 'FieldValueTypeInvalid',
    field: path,
    message: `Invalid value: ${shown}: ${path} in body must be of type ${wanted}: ${shown}`,
  };
}

function check(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  if (value === null && schema.nullable) return;
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof value !== 'string' && !Number.isInteger(value) && !(schema.format === 'quantity' && typeof value === 'number')) {
      errors.push(wrongType(path, value, 'integer,string'));
    }
  } else if (schema.type && !fits(value, schema.type)) {
    errors.push(wrongType(path, value, schema.type));
    return;
  }
  if (schema.enum && !schema.enum.some(known => equal(known, value))) {
    errors.push(fieldError.unsupported(path, value, schema.enum));
  }
  if (typeof value === 'string') checkString(value, schema, path, errors);
  else if (typeof value === 'number') checkNumber(value, schema, path, errors);
  else if (Array.isArray(value)) checkList(value, schema, path, errors);
  else if (isObject(value)) checkObject(value, schema, path, errors);
  checkCombinations(value, schema, path, errors);
}

function checkString(value: string, schema: Schema, path: string, errors: FieldError[]): void {
  const isMeasured = schema.maxLength !== undefined || schema.minLength !== undefined;
  const length = isMeasured ? [...value].length : 0;
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    errors.push({ reason: 'FieldValueTooLong', field: path, message: `Too long: may not be more than ${schema.maxLength} bytes` });
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(fieldError.invalid(path, value, `${path} in body should be at least ${schema.minLength} chars long`));
  }
  if (schema.pattern !== undefined && !matches(value, schema.pattern)) {
    errors.push(fieldError.invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  }
  if (schema.format && !hasFormat(value, schema.format)) {
    const shown = JSON.stringify(value);
    errors.push({
      reason: 'FieldValueTypeInvalid',
      field: path,
      message: `Invalid value: ${shown}: ${path} in body must be of type ${schema.format}: ${shown}`,
    });
  }
}

/** An expression that only Go can read accepts everything. */
function matches(value: string, pattern: string): boolean {
  try {
    return expression(pattern).test(value);
  } catch {
    return true;
  }
}

function checkNumber(value: number, schema: Schema, path: string, errors: FieldError[]): void {
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    const relation = schema.exclusiveMinimum ? 'greater than' : 'greater than or equal to';
    errors.push(fieldError.invalid(path, value, `${path} in body should be ${relation} ${minimum}`));
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    const relation = schema.exclusiveMaximum ? 'less than' : 'less than or equal to';
    errors.push(fieldError.invalid(path, value, `${path} in body should be ${relation} ${maximum}`));
  }
  if (multipleOf && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9) {
    errors.push(fieldError.invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  }
  if (schema.format === 'int32' && (value > 2147483647 || value < -2147483648)) errors.push(wrongType(path, value, 'int32'));
}

function tooMany(path: string, count: number, most: number): FieldError {
  return {
    reason: 'FieldValueTooMany',
    field: path,
    message: `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`,
  };
}

function checkList(value: unknown[], schema: Schema, path: string, errors: FieldError[]): void {
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    errors.push(fieldError.invalid(path, value.length, `${path} in body should have at least ${schema.minItems} items`));
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) errors.push(tooMany(path, value.length, schema.maxItems));
  const { items } = schema;
  if (items) value.forEach((item, index) => check(item, items, `${path}[${index}]`, errors));
  checkDuplicates(value, schema, path, errors);
}

function checkDuplicates(value: unknown[], schema: Schema, path: string, errors: FieldError[]): void {
  const keys = mapKeys(schema);
  if (!keys && schema['x-kubernetes-list-type'] !== 'set') return;
  const seen = new Set<string>();
  value.forEach((item, index) => {
    const identity = keys && isObject(item) ? pick(item, keys, schema.items) : item;
    const text = JSON.stringify(identity);
    if (seen.has(text)) errors.push(fieldError.duplicate(`${path}[${index}]`, identity));
    seen.add(text);
  });
}

function pick(item: Json, keys: string[], schema: Schema | undefined): Json {
  return Object.fromEntries(keys.map(key => [key, item[key] ?? childSchema(schema, key)?.default ?? null]));
}

function checkObject(value: Json, schema: Schema, path: string, errors: FieldError[]): void {
  const at = (field: string) => (path ? `${path}.${field}` : field);
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(fieldError.invalid(path, count, `${path} in body should have at least ${schema.minProperties} properties`));
  }
  if (schema.maxProperties !== undefined && count > schema.maxProperties) errors.push(tooMany(path, count, schema.maxProperties));
  for (const field of schema.required ?? []) {
    if (value[field] === undefined) errors.push(fieldError.required(at(field)));
  }
  if (schema['x-kubernetes-embedded-resource']) {
    for (const field of ['apiVersion', 'kind']) if (!value[field]) errors.push(fieldError.required(at(field)));
  }
  for (const [field, item] of Object.entries(value)) {
    const child = childSchema(schema, field);
    if (child) check(item, child, at(field), errors);
  }
}

function checkCombinations(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  const { allOf, anyOf, oneOf, not } = schema;
  if (!allOf && !anyOf && !oneOf && !not) return;
  for (const part of allOf ?? []) check(value, part, path, errors);
  const shown = JSON.stringify(path);
  const passing = (parts: Schema[]) => parts.filter(part => validate(value, part, path).length === 0).length;
  if (anyOf && passing(anyOf) === 0) {
    errors.push(fieldError.invalid('<nil>', '', `${shown} must validate at least one schema (anyOf)`));
    errors.push(...validate(value, anyOf[0], path));
  }
  if (oneOf) {
    const count = passing(oneOf);
    if (count !== 1) {
      const found = count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`;
      errors.push(fieldError.invalid('<nil>', '', `${shown} must validate one and only one schema (oneOf). ${found}`));
      if (count === 0) errors.push(...validate(value, oneOf[0], path));
    }
  }
  if (not && validate(value, not, path).length === 0) {
    errors.push(fieldError.invalid('<nil>', '', `${shown} must not validate the schema (not)`));
  }
}
