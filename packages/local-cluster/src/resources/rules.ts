import { fieldError, type FieldError } from '../registry/errors';
import { whyNot } from '../schema/cel/compile';
import { isObject, type Schema, type ValidationRule } from '../schema/types';
import type { CustomResourceDefinition } from './definition';
import { schemasOf } from './versions';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What rules see of any object's metadata. */
const METADATA: Schema = { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } };
const IDENTITY: Record<string, Schema> = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: METADATA };

/** Rules in CEL that cannot be compiled, or that say something impossible. */
export function checkRuleTexts({ spec }: CustomResourceDefinition): FieldError[] {
  return schemasOf(spec.versions).flatMap(({ part, path }) => (isObject(part) ? checkNode(withIdentity(part), path, undefined) : []));
}

function withIdentity(schema: Schema): Schema {
  return { ...schema, properties: { ...schema.properties, ...IDENTITY } };
}

/** `uncorrelated` is the list whose entries cannot be told to be the same as before. */
function checkNode(given: Schema, path: string, uncorrelated: string | undefined): FieldError[] {
  const schema = given['x-kubernetes-embedded-resource'] ? withIdentity(given) : given;
  const rules = schema['x-kubernetes-validations'] ?? [];
  const errors = rules.flatMap((rule, index) => checkRule(rule, schema, `${path}.x-kubernetes-validations[${index}]`, uncorrelated));
  for (const [name, child] of Object.entries(schema.properties ?? {})) errors.push(...checkNode(child, `${path}.properties[${name}]`, uncorrelated));
  const { items, additionalProperties } = schema;
  if (items) errors.push(...checkNode(items, `${path}.items`, schema['x-kubernetes-list-type'] === 'map' ? uncorrelated : (uncorrelated ?? path)));
  if (typeof additionalProperties === 'object') errors.push(...checkNode(additionalProperties, `${path}.additionalProperties`, uncorrelated));
  return errors;
}

function checkRule(rule: ValidationRule, schema: Schema, path: string, uncorrelated: string | undefined): FieldError[] {
  const { rule: text, messageExpression, reason, fieldPath, optionalOldSelf } = rule;
  if (!text?.trim()) return [fieldError.required(`${path}.rule`, 'rule is not specified')];
  const errors: FieldError[] = [];
  const usesOldSelf = /\boldSelf\b/.test(text);
  const why = whyNot(text, 'bool', schema, usesOldSelf && optionalOldSelf !== true);
  if (why) errors.push(fieldError.unreadable(`${path}.rule`, asWritten(rule), why.isType ? 'cel expression must evaluate to a bool' : why.text));
  if (usesOldSelf && uncorrelated) {
    errors.push(fieldError.invalid(`${path}.rule`, text, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`));
  }
  if (optionalOldSelf !== undefined && !usesOldSelf) errors.push(fieldError.invalid(`${path}.optionalOldSelf`, optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
  if (messageExpression !== undefined) errors.push(...checkExpression(rule, messageExpression, schema, `${path}.messageExpression`));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(fieldError.unsupported(`${path}.reason`, reason, REASONS));
  if (fieldPath !== undefined && !leadsSomewhere(fieldPath, schema)) {
    errors.push(fieldError.invalid(`${path}.fieldPath`, fieldPath, 'must be a valid path'));
  }
  return [...errors, ...checkMessage(rule, path)];
}

function checkExpression(rule: ValidationRule, text: string, schema: Schema, path: string): FieldError[] {
  if (!text.trim()) return [fieldError.required(path, 'messageExpression must be non-empty if specified')];
  const why = whyNot(text, 'string', schema, false);
  return why ? [fieldError.unreadable(path, asWritten(rule), `messageExpression ${why.isType ? 'must evaluate to a string' : why.text}`)] : [];
}

/** A rule as Kubernetes quotes it. */
function asWritten({ rule, message = '', messageExpression = '', reason = null, fieldPath = '', optionalOldSelf = null }: Partial<Record<keyof ValidationRule, unknown>>): string {
  const text = JSON.stringify({ Rule: rule, Message: message, MessageExpression: messageExpression, Reason: reason, FieldPath: fieldPath, OptionalOldSelf: optionalOldSelf });
  return text.replace(/[<>&]/g, letter => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

function checkMessage({ rule, message, messageExpression }: ValidationRule, path: string): FieldError[] {
  if (message === undefined) {
    const isLong = rule.trim().includes('\n') && messageExpression === undefined;
    return isLong ? [fieldError.required(`${path}.message`, 'message must be specified if rule contains line breaks')] : [];
  }
  if (!message.trim()) return [fieldError.invalid(`${path}.message`, message, 'must be non-empty if specified')];
  return message.trim().includes('\n') ? [fieldError.invalid(`${path}.message`, message, 'must not contain line breaks')] : [];
}

const STEP = /\.([^.[\]]+)|\['([^']+)'\]/gy;

/** Follows `.spec.size` or `['a-b']` through the schema. */
function leadsSomewhere(path: string, schema: Schema): boolean {
  const steps = [...path.matchAll(STEP)];
  if (steps.length === 0 || steps.map(([text]) => text).join('') !== path) return false;
  let at: Schema | undefined = schema;
  for (const [, dotted, quoted] of steps) {
    const field: string = dotted ?? quoted;
    at = at?.properties?.[field] ?? (typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined);
  }
  return at !== undefined;
}
