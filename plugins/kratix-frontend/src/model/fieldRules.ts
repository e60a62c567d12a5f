import { fieldOf, humanise, patternRule, type JsonSchema, type PatternRule } from '@kratix-ts/backstage-plugin-kratix-common';
import type { formErrorMessages } from '../translations/formErrors';
import { keysOf } from './editing';

type Keys = readonly (string | number)[];
type ErrorId = Exclude<keyof typeof formErrorMessages, 'field' | 'type' | 'holds' | 'many' | 'one'>;
type TypeId = keyof (typeof formErrorMessages)['type'];

type Rule =
  /** A text of `formErrors`, with its values. */
  | { id: ErrorId | `type.${TypeId}`; values: Record<string, string> }
  | { id: 'pattern'; pattern: PatternRule };

/** Which rule of a field a value breaks; `field`: the titles from the form's first level on, such as `Database › Version`. */
export type BrokenRule = { field: string } & Rule;

/** Keywords whose rule is their own number. */
const LIMITS = [
  'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems',
  'minProperties', 'maxProperties', 'multipleOf',
] as const;
const TYPES: readonly string[] = ['string', 'integer', 'number', 'boolean', 'array', 'object'];

/** How the API server says of a value that it breaks a rule of the schema. */
const REFUSALS: [RegExp, string][] = [
  [/^Required value/, 'required'],
  [/^Unsupported value/, 'enum'],
  [/should match '/, 'pattern'],
  [/should be greater than or equal to/, 'minimum'],
  [/should be less than or equal to/, 'maximum'],
  [/should be at least \d+ chars long/, 'minLength'],
  [/should be at most \d+ chars long|^Too long/, 'maxLength'],
  [/should have at least \d+ items/, 'minItems'],
  [/should have at most \d+ items|^Too many/, 'maxItems'],
  [/must be of type/, 'type'],
];

/** The field at a place of the spec, and the titles on the way to it; undefined where the schema does not know it. */
function fieldAt(schema: JsonSchema, keys: Keys): { schema: JsonSchema; title: string } | undefined {
  const titles: string[] = [];
  let here = schema;
  for (const key of keys) {
    const field = fieldOf(here);
    if (field.kind === 'object' && Object.hasOwn(field.properties, key)) here = field.properties[key];
    else if (field.kind === 'array') here = field.items;
    else if (field.kind === 'map') here = field.values;
    else return undefined;
    const name = field.kind === 'object' ? humanise(String(key)) : String(field.kind === 'array' ? Number(key) + 1 : key);
    titles.push(String(here['x-ui-title'] ?? here.title ?? name));
  }
  return { schema: here, title: titles.join(' › ') };
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.filter(value => value !== null).map(String).join(', ') : '';
}

/** An author's own words about a field, for a pattern that nobody can be expected to read. */
function wordsOf(schema: JsonSchema): string | undefined {
  const words = schema['x-ui-help'] ?? schema.description;
  return typeof words === 'string' && words.trim() ? words.trim().replace(/\.$/, '') : undefined;
}

function patternOf(schema: JsonSchema): Rule {
  const pattern = String(schema.pattern);
  const rule = patternRule(pattern);
  if (rule) return { id: 'pattern', pattern: rule };
  const words = wordsOf(schema);
  return words ? { id: 'patternWords', values: { words, pattern } } : { id: 'patternAlone', values: { pattern } };
}

function ruleOf(schema: JsonSchema, keyword: string): Rule | undefined {
  const limit = LIMITS.find(candidate => candidate === keyword);
  if (limit) return schema[limit] === undefined ? undefined : { id: limit, values: { limit: String(schema[limit]) } };
  if (keyword === 'pattern') return patternOf(schema);
  if (keyword === 'enum') return { id: 'enum', values: { allowed: listed(schema.enum) } };
  if (keyword === 'format') return { id: 'format', values: { format: String(schema.format) } };
  if (keyword === 'type') {
    const type = TYPES.find(candidate => candidate === schema.type);
    return type === undefined ? undefined : { id: `type.${type as TypeId}`, values: {} };
  }
  return keyword === 'required' || keyword === 'uniqueItems' ? { id: keyword, values: {} } : undefined;
}

/**
 * What a value of a spec breaks, by the keyword of the schema that it does not meet. Undefined where the schema has no
 * such field or rule, so that the words of whoever found it must do.
 */
export function brokenRule(schema: JsonSchema, keys: Keys, keyword: string): BrokenRule | undefined {
  const found = fieldAt(schema, keys);
  const rule = found && ruleOf(found.schema, keyword === 'const' && found.schema.enum ? 'enum' : keyword);
  return rule && { field: found.title, ...rule };
}

/** The same of what the form's validator found; its `property` is such as `.users.0.name`. */
export function ruleOfFormError(schema: JsonSchema, { name = '', property = '' }: { name?: string; property?: string }): BrokenRule | undefined {
  return brokenRule(schema, property.split('.').filter(Boolean), name);
}

/** The same of what the API server refuses about a field of the object, such as `spec.users[0].name`. */
export function ruleOfRefusal(schema: JsonSchema, { field, message }: { field?: string; message: string }): BrokenRule | undefined {
  const keyword = REFUSALS.find(([words]) => words.test(message))?.[1];
  const [root, ...keys] = field ? keysOf(field) : [];
  return keyword && root === 'spec' ? brokenRule(schema, keys, keyword) : undefined;
}

/** The title of a field that the API server names; undefined where it is none of the form's. */
export function titleOfField(schema: JsonSchema, field: string): string | undefined {
  const [root, ...keys] = keysOf(field);
  return root === 'spec' && keys.length > 0 ? fieldAt(schema, keys)?.title : undefined;
}

/** What a field of an edit is called, by its path such as `spec.backup.keep`: by its titles, else by its path. */
export function nameOfField(schema: JsonSchema, path: string): string {
  return titleOfField(schema, path) ?? path.replace(/^spec\.?/, '');
}
