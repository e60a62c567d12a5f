import { Optional } from '@marcbachmann/cel-js';
import type { FieldError } from '../registry/errors';
import { compileRule, toCel } from './cel/compile';
import { childSchema, isObject, mapKeys, type Schema, type ValidationRule } from './types';
import { typeName } from './validate';

/** Checks the rules in `x-kubernetes-validations`; those that name `oldSelf` only where there was a value before. */
export function checkRules(value: unknown, before: unknown, schema: Schema): FieldError[] {
  const errors: FieldError[] = [];
  if (hasRules(schema)) walk(value, before, schema, '', errors);
  return errors;
}

const known = new WeakMap<Schema, boolean>();

function hasRules(schema: Schema): boolean {
  let found = known.get(schema);
  if (found === undefined) {
    const children = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
    if (typeof schema.additionalProperties === 'object') children.push(schema.additionalProperties);
    found = (schema['x-kubernetes-validations']?.length ?? 0) > 0 || children.some(hasRules);
    known.set(schema, found);
  }
  return found;
}

function walk(value: unknown, before: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  if (value === undefined || value === null || !hasRules(schema)) return;
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const error = checkRule(rule, value, before, schema, path);
    if (error) errors.push(error);
  }
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    const old = earlierEntries(before, schema);
    value.forEach((item, index) => walk(item, old(item), items, `${path}[${index}]`, errors));
  } else if (isObject(value)) {
    for (const [field, item] of Object.entries(value)) {
      const child = childSchema(schema, field);
      if (child) walk(item, isObject(before) ? before[field] : undefined, child, path ? `${path}.${field}` : field, errors);
    }
  }
}

/** Only the entries of keyed lists can be told to be the same as before. */
function earlierEntries(before: unknown, schema: Schema): (item: unknown) => unknown {
  const keys = mapKeys(schema);
  if (!keys || !Array.isArray(before)) return () => undefined;
  return item => before.find(old => isObject(old) && isObject(item) && keys.every(key => old[key] === item[key]));
}

const REASONS: FieldError['reason'][] = ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'];

function checkRule(rule: ValidationRule, value: unknown, before: unknown, schema: Schema, path: string): FieldError | undefined {
  const needsOld = /\boldSelf\b/.test(rule.rule);
  if (needsOld && before === undefined && !rule.optionalOldSelf) return undefined;
  const program = compileRule(rule.rule);
  if (program instanceof Error) return undefined;
  const old = before === undefined ? undefined : toCel(before, schema);
  const oldSelf = rule.optionalOldSelf ? Optional.of(old) : old;
  const values = { self: toCel(value, schema), ...(oldSelf === undefined ? {} : { oldSelf }) };
  try {
    if (program(values) === true) return undefined;
  } catch (error) {
    return failure(rule, value, path, `rule evaluation error: ${reasonOf(error as Error)}`);
  }
  return failure(rule, value, path, messageOf(rule, values));
}

function reasonOf({ message }: Error): string {
  return message.split('\n')[0].replace(/^No such key/, 'no such key');
}

function messageOf({ rule, message, messageExpression }: ValidationRule, values: { self: unknown }): string {
  const program = messageExpression === undefined ? undefined : compileRule(messageExpression);
  if (program && !(program instanceof Error)) {
    try {
      const text = program(values);
      if (typeof text === 'string' && text.trim() !== '') return text;
    } catch {
      // The fixed message does.
    }
  }
  return message ?? `failed rule: ${rule}`;
}

function failure({ reason, fieldPath }: ValidationRule, value: unknown, path: string, text: string): FieldError {
  const field = `${path}${fieldPath ?? ''}`.replace(/^\./, '') || '<nil>';
  const type = typeName(value);
  const kind = REASONS.find(name => name === reason) ?? 'FieldValueInvalid';
  const prefix: Partial<Record<FieldError['reason'], string>> = {
    FieldValueForbidden: 'Forbidden',
    FieldValueRequired: 'Required value',
    FieldValueDuplicate: `Duplicate value: ${JSON.stringify(type)}`,
  };
  return { reason: kind, field, message: `${prefix[kind] ?? `Invalid value: ${JSON.stringify(type)}`}: ${text}` };
}
