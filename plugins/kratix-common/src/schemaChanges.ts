import { hasDefault, isSchema, type JsonSchema } from './formField';
import type { SchemaChange } from './platform';

type Change = SchemaChange['change'];

const shown = (value: unknown) => JSON.stringify(value) ?? 'nothing';
const typeOf = (schema: JsonSchema) => (schema['x-kubernetes-int-or-string'] === true ? 'integer or string' : schema.type ?? 'anything');
const keepsUnknown = (schema: JsonSchema) => schema['x-kubernetes-preserve-unknown-fields'] === true || Boolean(schema.additionalProperties);

/** Whether everything of one type is of the other too. */
function includes(wider: string, narrower: string): boolean {
  return wider === narrower || wider === 'anything' || (wider === 'number' && narrower === 'integer') ||
    (wider === 'integer or string' && ['integer', 'string'].includes(narrower));
}

/** Bounds: keyword, what it says, and whether a larger number is stricter. */
const BOUNDS: [string, string, boolean][] = [
  ['minimum', 'the smallest value', true],
  ['maximum', 'the largest value', false],
  ['minLength', 'the shortest length', true],
  ['maxLength', 'the longest length', false],
  ['minItems', 'the least number of entries', true],
  ['maxItems', 'the largest number of entries', false],
  ['minProperties', 'the least number of members', true],
  ['maxProperties', 'the largest number of members', false],
];

function boundChanges(path: string, before: JsonSchema, after: JsonSchema): SchemaChange[] {
  return BOUNDS.flatMap(([keyword, words, isLower]) => {
    const [old, now] = [before[keyword], after[keyword]].map(value => (typeof value === 'number' ? value : undefined));
    if (old === now) return [];
    if (now === undefined) return [change(path, 'values', `${path}: ${words} is no longer bounded.`, false)];
    const breaking = old === undefined || (isLower ? now > old : now < old);
    return [change(path, 'values', `${path}: ${words} is now ${now}${old === undefined ? '' : `, it was ${old}`}.`, breaking)];
  });
}

function valueChanges(path: string, before: JsonSchema, after: JsonSchema): SchemaChange[] {
  const changes = boundChanges(path, before, after);
  if (shown(before.enum) !== shown(after.enum)) changes.push(...enumChanges(path, before.enum, after.enum));
  if (before.pattern !== after.pattern) {
    const text = after.pattern ? `${path}: must now match ${after.pattern}.` : `${path}: need no longer match ${before.pattern}.`;
    changes.push(change(path, 'values', text, Boolean(after.pattern)));
  }
  if (before.format !== after.format && after.format) changes.push(change(path, 'values', `${path}: must now have the format ${after.format}.`, true));
  const rules = (schema: JsonSchema) => shown(schema['x-kubernetes-validations'] ?? []);
  if (rules(before) !== rules(after)) {
    const isLess = rules(after) === '[]';
    changes.push(change(path, 'values', `${path}: its rules have ${isLess ? 'gone' : 'changed'}.`, !isLess));
  }
  return changes;
}

function enumChanges(path: string, before: unknown[] | undefined, after: unknown[] | undefined): SchemaChange[] {
  if (!after) return [change(path, 'values', `${path}: takes any value now.`, false)];
  if (!before) return [change(path, 'values', `${path}: takes only ${after.map(shown).join(', ')} now.`, true)];
  const has = (values: unknown[]) => (value: unknown) => values.some(other => shown(other) === shown(value));
  const gone = before.filter(value => !has(after)(value));
  const added = after.filter(value => !has(before)(value));
  return [
    ...(gone.length > 0 ? [change(path, 'values', `${path}: no longer takes ${gone.map(shown).join(', ')}.`, true)] : []),
    ...(added.length > 0 ? [change(path, 'values', `${path}: also takes ${added.map(shown).join(', ')}.`, false)] : []),
  ];
}

function change(path: string, kind: Change, text: string, breaking: boolean): SchemaChange {
  return { path, change: kind, text, breaking };
}

function nodeChanges(path: string, before: JsonSchema, after: JsonSchema): SchemaChange[] {
  const [old, now] = [typeOf(before), typeOf(after)];
  if (old !== now) {
    const changed = change(path, 'type', `${path}: is ${now} now, it was ${old}.`, !includes(now, old));
    if (!includes(now, old)) return [changed];
    return [changed, ...inside(path, before, after)];
  }
  return inside(path, before, after);
}

function inside(path: string, before: JsonSchema, after: JsonSchema): SchemaChange[] {
  const changes = valueChanges(path, before, after);
  if (shown(before.default) !== shown(after.default)) {
    const text = hasDefault(after) ? `${path}: is ${shown(after.default)} where nothing is said.` : `${path}: has no default any more.`;
    changes.push(change(path, 'default', text, false));
  }
  changes.push(...memberChanges(path, before, after));
  if (isSchema(before.items) && isSchema(after.items)) changes.push(...nodeChanges(`${path}[]`, before.items, after.items));
  if (isSchema(before.additionalProperties) && isSchema(after.additionalProperties)) {
    changes.push(...nodeChanges(`${path}.*`, before.additionalProperties, after.additionalProperties));
  }
  return changes;
}

function memberChanges(path: string, before: JsonSchema, after: JsonSchema): SchemaChange[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const isNeeded = (schema: JsonSchema, members: Record<string, JsonSchema>, name: string) =>
    Boolean(schema.required?.includes(name)) && !(isSchema(members[name]) && hasDefault(members[name]));
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap(name => {
    const at = `${path}.${name}`;
    const needed = isNeeded(after, now, name);
    if (!(name in old)) {
      return [change(at, 'added', needed ? `${at} is new and must be given.` : `${at} is new.`, needed && !before.required?.includes(name))];
    }
    if (!(name in now)) return [change(at, 'removed', `${at} is gone.`, !keepsUnknown(after))];
    const wasNeeded = isNeeded(before, old, name);
    const must: SchemaChange[] = [];
    if (needed && !wasNeeded) must.push(change(at, 'required', `${at} must be given now.`, true));
    if (!needed && wasNeeded) must.push(change(at, 'optional', `${at} may be left out now.`, false));
    return [...must, ...nodeChanges(at, old[name], now[name])];
  });
}

/** What differs for a request between two openAPIV3Schemas of one API, in the order of the fields. */
export function schemaChanges(before: JsonSchema, after: JsonSchema): SchemaChange[] {
  const spec = (schema: JsonSchema): JsonSchema => {
    const node = schema.properties?.spec;
    return isSchema(node) ? node : {};
  };
  const [old, now] = [spec(before), spec(after)];
  const isAbsent = (schema: JsonSchema) => Object.keys(schema).length === 0;
  return isAbsent(old) && isAbsent(now) ? [] : nodeChanges('spec', { type: 'object', ...old }, { type: 'object', ...now });
}
