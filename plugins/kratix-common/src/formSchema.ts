import { fieldOf, isSchema, type JsonSchema } from './formField';

/** Keywords that mean the same in a CRD and in a form. */
const COPIED = [
  'description', 'enum', 'minLength', 'maxLength', 'minimum', 'maximum', 'multipleOf',
  'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'dependencies', 'if', 'then', 'else', 'const',
];
/** Formats that the form's validator knows; others are the server's to check. */
const FORMATS = ['date', 'date-time', 'email', 'uri', 'hostname', 'ipv4', 'ipv6', 'uuid', 'int32', 'int64', 'float', 'double'];
const ACRONYMS = new Set(['api', 'cpu', 'db', 'dns', 'gpu', 'http', 'https', 'id', 'ip', 'json', 'tls', 'ttl', 'uri', 'url', 'yaml']);

const UNIT = /^[KMGTP]iB?$/;

/** `maxLogFileDurationHours` reads "Max log file duration hours". */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    // A unit of bytes at the end of a name is one word.
    .replace(/([KMGTP]i) (B)$/, '$1$2')
    .split(/[\s_\-.]+/)
    .filter(Boolean)
    .map(word => {
      if (UNIT.test(word)) return word;
      if (ACRONYMS.has(word.toLowerCase())) return word.toUpperCase();
      return /^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase();
    });
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isJavaScriptPattern(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern, 'u'));
  } catch {
    return false;
  }
}

/** `x-ui-widget: textarea` says `ui:widget: textarea`; `x-ui-hidden: true` hides the field. */
function hintsOf(schema: JsonSchema): JsonSchema {
  const hints: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'x-ui-hidden') {
      if (value === true) hints['ui:widget'] = 'hidden';
    } else if (keyword !== 'x-ui-title' && keyword !== 'x-ui-order' && keyword.startsWith('x-ui-')) {
      hints[`ui:${keyword.slice('x-ui-'.length)}`] = value;
    }
  }
  return hints;
}

/** OpenAPI says `exclusiveMinimum: true` beside `minimum`; the form's validator wants the number itself. */
function bounds(schema: JsonSchema): JsonSchema {
  const result: JsonSchema = {};
  for (const [limit, exclusive] of [['minimum', 'exclusiveMinimum'], ['maximum', 'exclusiveMaximum']]) {
    if (typeof schema[exclusive] === 'number') result[exclusive] = schema[exclusive];
    else if (schema[exclusive] === true && schema[limit] !== undefined) {
      result[exclusive] = schema[limit];
      result[limit] = undefined;
    }
  }
  return result;
}

/** Only alternatives that a form can draw: labelled values, or branches with a type of their own. */
function alternatives(schema: JsonSchema): JsonSchema {
  const result: JsonSchema = {};
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const branches = schema[keyword];
    if (!branches?.length) continue;
    if (branches.every(branch => branch.const !== undefined)) result[keyword] = branches;
    else if (branches.every(branch => branch.type !== undefined)) result[keyword] = branches.map(branch => convert(branch));
  }
  const all = schema.allOf?.filter(branch => !branch.oneOf && !branch.anyOf && !branch.not);
  if (all?.length) result.allOf = all.map(branch => (branch.if || !branch.properties ? branch : convert(branch)));
  return result;
}

function common(schema: JsonSchema, name: string | undefined): JsonSchema {
  const result: JsonSchema = {};
  const title = schema['x-ui-title'] ?? schema.title ?? (name === undefined ? undefined : humanise(name));
  if (title !== undefined) result.title = String(title);
  for (const keyword of COPIED) {
    if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
  }
  if (typeof result.description === 'string') result.description = result.description.trim();
  if (result.enum) result.enum = result.enum.filter(value => value !== null);
  if (schema.default !== undefined && schema.default !== null) result.default = schema.default;
  if (schema.format && FORMATS.includes(schema.format)) result.format = schema.format;
  if (schema.format === 'password') result['ui:widget'] = 'password';
  if (schema.pattern && isJavaScriptPattern(schema.pattern)) result.pattern = schema.pattern;
  if (schema['x-kubernetes-list-type'] === 'set') result.uniqueItems = true;
  return Object.assign(result, bounds(schema));
}

/** What holds for a value that somebody filled in; empty objects and lists, which forms submit untouched, do not count. */
function filledIn(schema: JsonSchema): JsonSchema | undefined {
  if (schema.default !== undefined && schema.default !== null) return undefined;
  const field = fieldOf(schema);
  if (field.kind === 'array') return { minItems: 1 };
  if (field.kind === 'map') return { minProperties: 1 };
  if (field.kind === 'object') return anyFilledIn(field.properties);
  return {};
}

function anyFilledIn(properties: Record<string, JsonSchema>): JsonSchema | undefined {
  const anyOf = Object.entries(properties).flatMap(([name, schema]) => {
    const condition = filledIn(schema);
    return condition ? [{ required: [name], properties: { [name]: condition } }] : [];
  });
  return anyOf.length ? { anyOf } : undefined;
}

/**
 * A form draws an object also where it is optional, and would insist on its required fields at once. So those of an
 * optional object are asked for only when one of its fields is filled in.
 */
function requirements(schema: JsonSchema, properties: Record<string, JsonSchema>, isRequired: boolean): JsonSchema {
  const required = schema.required?.filter(name => properties[name]);
  if (!required?.length) return {};
  const condition = isRequired ? undefined : anyFilledIn(properties);
  return condition ? { if: condition, then: { required } } : { required };
}

/** Required fields first, in the author's order, then the others as written; `x-ui-order` goes before both. */
function orderOf(schema: JsonSchema, properties: Record<string, JsonSchema>): string[] {
  const hint = Array.isArray(schema['x-ui-order']) ? schema['x-ui-order'].map(String) : [];
  const names = [...hint.filter(name => name !== '*'), ...(schema.required ?? []), ...Object.keys(properties)];
  return [...new Set(names)].filter(name => properties[name]);
}

function objectOf(schema: JsonSchema, properties: Record<string, JsonSchema>, isRequired: boolean): JsonSchema {
  const order = orderOf(schema, properties);
  const required = new Set(schema.required);
  return {
    type: 'object',
    ...requirements(schema, properties, isRequired),
    properties: Object.fromEntries(order.map(name => [name, convert(properties[name], name, isRequired && required.has(name))])),
    'ui:order': [...order, '*'],
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function convert(schema: JsonSchema, name?: string, isRequired = false): JsonSchema {
  const field = fieldOf(schema);
  const base = common(schema, name);
  const hints = hintsOf(schema);
  const choice = alternatives(schema);
  const withText = base.default === undefined ? {} : { default: textOf(base.default) };
  switch (field.kind) {
    case 'object':
      return clean({ ...base, ...choice, ...objectOf(schema, field.properties, isRequired), ...hints });
    case 'map':
      return clean({ ...base, type: 'object', additionalProperties: convert(field.values), ...hints });
    case 'array':
      return clean({ ...base, type: 'array', items: convert(field.items, undefined, true), ...hints });
    case 'intOrString':
      return clean({ ...textual(base), ...withText, ...hints });
    case 'yaml':
      return clean({ ...textual(base), ...withText, 'ui:widget': 'textarea', 'ui:options': { rows: 6 }, 'ui:help': 'YAML', ...hints });
    default:
      return clean({ ...base, ...choice, type: field.type, ...hints });
  }
}

/** What of a field remains true of the text that stands for it. */
function textual({ title, description, pattern, ...rest }: JsonSchema): JsonSchema {
  return { title, description, pattern, type: 'string', ...('enum' in rest ? { enum: rest.enum?.map(textOf) } : {}) };
}

function clean(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}

/**
 * The form of a part of a CRD's openAPIV3Schema: a JSON schema with `ui:` hints, as the scaffolder draws it. What a form
 * cannot express (CEL rules, `oneOf` over required fields, `not`, Go's own patterns) is left to the server.
 */
export function formSchema(schema: unknown): JsonSchema {
  return convert(isSchema(schema) ? schema : {}, undefined, true);
}
