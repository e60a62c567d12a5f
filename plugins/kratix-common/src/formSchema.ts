import { ADVANCED_TOGGLE, advancedFields, fieldOf, hasDefault, isSchema, type JsonSchema } from './formField';
import { hintsOf, humanise } from './formHints';
import { patternWords } from './formPatterns';

/** Keywords that mean the same in a CRD and in a form. */
const COPIED = [
  'description', 'enum', 'minLength', 'maxLength', 'minimum', 'maximum', 'multipleOf',
  'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'dependencies', 'if', 'then', 'else', 'const',
];
/** Formats that the form's validator knows; others are the server's to check. */
const FORMATS = ['date', 'date-time', 'email', 'uri', 'hostname', 'ipv4', 'ipv6', 'uuid', 'int32', 'int64', 'float', 'double'];

function isJavaScriptPattern(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern, 'u'));
  } catch {
    return false;
  }
}

/** A pattern with what a form says of a value that does not match it. */
export function patternOf(pattern: string): JsonSchema {
  const words = patternWords(pattern);
  return { pattern, ...(words && { errorMessage: { pattern: words } }) };
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

/** A definition can hold no titles of values; `x-ui-labels: { b: Basic }` says them beside the enum. */
function labelled({ enum: values, 'x-ui-labels': labels }: JsonSchema): JsonSchema[] | undefined {
  if (!values || !isSchema(labels)) return undefined;
  return values.filter(value => value !== null).map(value => ({ const: value, title: String(labels[String(value)] ?? value) }));
}

/** Only alternatives that a form can draw: labelled values, or branches with a type of their own. */
function alternatives(schema: JsonSchema): JsonSchema {
  const values = labelled(schema);
  if (values) return { enum: undefined, oneOf: values };
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
  if (hasDefault(schema)) result.default = schema.default;
  if (schema.format && FORMATS.includes(schema.format)) result.format = schema.format;
  if (schema.pattern && isJavaScriptPattern(schema.pattern)) Object.assign(result, patternOf(schema.pattern));
  if (schema['x-kubernetes-list-type'] === 'set') result.uniqueItems = true;
  return Object.assign(result, bounds(schema));
}

/** What holds for a value that somebody filled in; empty objects and lists, which forms submit untouched, do not count. */
function filledIn(schema: JsonSchema): JsonSchema | undefined {
  if (hasDefault(schema)) return undefined;
  const field = fieldOf(schema);
  if (field.kind === 'array') return { minItems: 1 };
  if (field.kind === 'map' || (field.kind === 'yaml' && field.objectOnly)) return { minProperties: 1 };
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

/** A switch, and behind it the fields that few people need. */
function advancedPart(names: string[], fields: Record<string, JsonSchema>): JsonSchema {
  const isOn = (value: boolean) => ({ [ADVANCED_TOGGLE]: { const: value } });
  const shown = Object.fromEntries(names.map(name => [name, fields[name]]));
  return { oneOf: [{ properties: isOn(false) }, { properties: { ...isOn(true), ...shown } }] };
}

const TOGGLE: JsonSchema = {
  title: 'Show advanced settings',
  type: 'boolean',
  default: false,
  'ui:backstage': { review: { show: false } },
};

function objectOf(schema: JsonSchema, properties: Record<string, JsonSchema>, isRequired: boolean): JsonSchema {
  const order = orderOf(schema, properties);
  const required = new Set(schema.required);
  const fields = Object.fromEntries(order.map(name => [name, convert(properties[name], name, isRequired && required.has(name))]));
  const advanced = advancedFields(schema, properties);
  if (advanced.length === 0) {
    return { type: 'object', ...requirements(schema, properties, isRequired), properties: fields, 'ui:order': [...order, '*'] };
  }
  const plain = order.filter(name => !advanced.includes(name));
  const stated = { ...schema, required: schema.required?.filter(name => !advanced.includes(name)) };
  return {
    type: 'object',
    ...requirements(stated, properties, isRequired),
    properties: { ...Object.fromEntries(plain.map(name => [name, fields[name]])), [ADVANCED_TOGGLE]: TOGGLE },
    dependencies: { ...(isSchema(schema.dependencies) && schema.dependencies), [ADVANCED_TOGGLE]: advancedPart(advanced, fields) },
    'ui:order': [...plain, ADVANCED_TOGGLE, ...order.filter(name => advanced.includes(name)), '*'],
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
  switch (field.kind) {
    case 'object':
      return hinted({ ...base, ...choice, ...objectOf(schema, field.properties, isRequired) }, hints);
    case 'map':
      return hinted({ ...base, type: 'object', additionalProperties: convert(field.values) }, hints);
    case 'array':
      return hinted({ ...base, type: 'array', items: convert(field.items, undefined, true) }, hints);
    case 'intOrString':
      return hinted({ ...textual(base), ...(hasDefault(base) && { default: textOf(base.default) }) }, hints);
    case 'secret':
      return hinted(secret(base), hints);
    case 'yaml':
      return hinted(free(base, field.objectOnly), hints);
    default:
      return hinted({ ...base, ...choice, type: field.type }, hints);
  }
}

/** Its rules hold for the secret, not for the token that the form's values have: the field itself looks at them. */
function secret({ title, description, minLength, maxLength, pattern }: JsonSchema): JsonSchema {
  return { title, description, type: 'string', 'ui:field': 'KratixSecret', 'ui:options': clean({ minLength, maxLength, pattern }) };
}

function free({ title, description, default: given, minProperties, maxProperties }: JsonSchema, objectOnly: boolean): JsonSchema {
  const type = objectOnly ? 'object' : undefined;
  return { title, description, type, default: given, minProperties, maxProperties, 'ui:field': 'KratixYaml', 'ui:options': { objectOnly } };
}

/** What of a field remains true of the text that stands for it. */
function textual({ title, description, pattern, ...rest }: JsonSchema): JsonSchema {
  return { title, description, pattern, type: 'string', ...('enum' in rest ? { enum: rest.enum?.map(textOf) } : {}) };
}

/** The field with the author's hints, which go before its own. */
function hinted(field: JsonSchema, hints: JsonSchema): JsonSchema {
  const [own, given] = [field['ui:options'], hints['ui:options']];
  const options = isSchema(own) && isSchema(given) ? { 'ui:options': { ...own, ...given } } : {};
  return clean({ ...field, ...hints, ...options });
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
