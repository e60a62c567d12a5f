/** A node of an OpenAPI v3 schema, as a CRD carries it. Unknown keywords are allowed anywhere. */
export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema | JsonSchema[];
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  [keyword: string]: unknown;
}

/** How a form handles a node of a schema. */
export type FormField =
  | { kind: 'object'; properties: Record<string, JsonSchema> }
  | { kind: 'map'; values: JsonSchema }
  | { kind: 'array'; items: JsonSchema }
  /** A number or a string: entered as a string, sent as a number where it is one. */
  | { kind: 'intOrString' }
  /** What no form element can hold: entered as YAML, kept as what the text says. */
  | { kind: 'yaml'; objectOnly: boolean }
  /** A text that only its reader may see: the form's values hold a token in its place. */
  | { kind: 'secret' }
  | { kind: 'scalar'; type: string };

const SCALARS = ['string', 'integer', 'number', 'boolean'];

/** The property of an object that stands, in a form, for a YAML field whose text is no YAML yet; its value is the text. */
export const INVALID_YAML = 'kratix-invalid-yaml';

/** The property of a form's object that shows its advanced fields; it is no part of a request. */
export const ADVANCED_TOGGLE = '_advanced';

export function hasDefault(schema: JsonSchema): boolean {
  return schema.default !== undefined && schema.default !== null;
}

/** Names of the fields that a form shows only to who asks for them. What must be filled in is never among them. */
export function advancedFields(schema: JsonSchema, properties: Record<string, JsonSchema>): string[] {
  if (properties[ADVANCED_TOGGLE]) return [];
  const isNeeded = (name: string) => schema.required?.includes(name) && !hasDefault(properties[name]);
  return Object.keys(properties).filter(name => properties[name]['x-ui-advanced'] === true && !isNeeded(name));
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntOrString(schema: JsonSchema): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return true;
  const types = (schema.anyOf ?? schema.oneOf ?? []).map(branch => branch.type);
  return !schema.type && types.length === 2 && types.includes('integer') && types.includes('string');
}

function objectField(schema: JsonSchema): FormField {
  if (isSchema(schema.properties) && Object.keys(schema.properties).length > 0) {
    return { kind: 'object', properties: schema.properties };
  }
  const values = schema.additionalProperties;
  if (isSchema(values) && fieldOf(values).kind !== 'yaml') return { kind: 'map', values };
  return { kind: 'yaml', objectOnly: true };
}

function isSecret(schema: JsonSchema): boolean {
  const isText = schema.type === 'string' || (!schema.type && schema.format === 'password');
  return isText && (schema.format === 'password' || schema['x-ui-secret'] === true);
}

/** Sorts a node of a schema by what a form can do with it. */
export function fieldOf(schema: JsonSchema): FormField {
  if (isIntOrString(schema)) return { kind: 'intOrString' };
  if (isSecret(schema)) return { kind: 'secret' };
  if (schema.type === 'object' || (!schema.type && (isSchema(schema.properties) || isSchema(schema.additionalProperties)))) {
    return objectField(schema);
  }
  if (schema.type === 'array' || (!schema.type && isSchema(schema.items))) {
    return isSchema(schema.items) ? { kind: 'array', items: schema.items } : { kind: 'yaml', objectOnly: false };
  }
  if (schema.type && SCALARS.includes(schema.type)) return { kind: 'scalar', type: schema.type };
  const [example] = schema.enum ?? (schema.oneOf ?? []).map(branch => branch.const).filter(value => value !== undefined);
  if (['string', 'number', 'boolean'].includes(typeof example)) return { kind: 'scalar', type: typeof example };
  return { kind: 'yaml', objectOnly: schema['x-kubernetes-embedded-resource'] === true };
}
