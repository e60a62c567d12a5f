import { fieldOf, isSchema, type JsonSchema } from './formField';

export interface FormValueOptions {
  /** Reads one YAML document; throws on what is none. */
  parseYaml: (text: string) => unknown;
}

/** Where in the form a value stands. */
interface Place extends FormValueOptions {
  path: string;
  /** Whether an empty object or list stays one, for the schema requires it. */
  keep: boolean;
}

function hasDefault(schema: JsonSchema): boolean {
  return schema.default !== undefined && schema.default !== null;
}

function yamlValue(text: string, objectOnly: boolean, { path, parseYaml }: Place): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new Error(`${path} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (objectOnly && !isSchema(value)) throw new Error(`${path} must be a YAML mapping, such as "key: value"`);
  return value;
}

/** True of what a form submits by itself, from defaults alone. */
function isUntouched(value: unknown, schema: JsonSchema | undefined): boolean {
  if (!schema) return false;
  if (hasDefault(schema)) return JSON.stringify(value) === JSON.stringify(schema.default);
  const field = fieldOf(schema);
  return (
    field.kind === 'object' &&
    isSchema(value) &&
    Object.entries(value).every(([name, child]) => isUntouched(child, field.properties[name]))
  );
}

function childSchemas(schema: JsonSchema, names: string[]): Record<string, JsonSchema | undefined> {
  const field = fieldOf(schema);
  if (field.kind === 'map') return Object.fromEntries(names.map(name => [name, field.values]));
  return field.kind === 'object' ? field.properties : {};
}

function objectValue(value: Record<string, unknown>, schema: JsonSchema, place: Place): unknown {
  const schemas = childSchemas(schema, Object.keys(value));
  const cleaned: Record<string, unknown> = {};
  const add = (name: string, keep: boolean) => {
    const child = schemas[name];
    const result = child ? cleanValue(value[name], child, { ...place, path: `${place.path}.${name}`, keep }) : value[name];
    if (result !== undefined && result !== null) cleaned[name] = result;
  };
  Object.keys(value).forEach(name => add(name, false));
  const missing = (schema.required ?? []).filter(name => cleaned[name] === undefined);
  const isEmpty = missing.length > 0 ? isUntouched(cleaned, { ...schema, default: undefined }) : Object.keys(cleaned).length === 0;
  if (isEmpty && !place.keep && !hasDefault(schema)) return undefined;
  missing.forEach(name => add(name, true));
  return cleaned;
}

function listValue(value: unknown[], schema: JsonSchema, items: JsonSchema, place: Place): unknown {
  const cleaned = value
    .map((item, index) => cleanValue(item, items, { ...place, path: `${place.path}[${index}]`, keep: true }))
    .filter(item => item !== undefined && item !== null);
  return cleaned.length > 0 || place.keep || hasDefault(schema) ? cleaned : undefined;
}

function cleanValue(value: unknown, schema: JsonSchema, place: Place): unknown {
  const field = fieldOf(schema);
  if ((field.kind === 'object' || field.kind === 'map') && isSchema(value)) return objectValue(value, schema, place);
  if (field.kind === 'array' && Array.isArray(value)) return listValue(value, schema, field.items, place);
  if (field.kind === 'yaml' && typeof value === 'string') return yamlValue(value, field.objectOnly, place);
  if (field.kind === 'intOrString' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  return value;
}

/**
 * What a form submitted, as the API wants it: empty lists and objects that nobody filled in are gone (unless the schema
 * requires them or gives them a default), YAML text is what it says, and a number in an int-or-string field is one.
 * Fields that the schema does not know stay as they are. Throws an Error that names the field whose YAML is none.
 */
export function cleanFormValues(
  values: unknown,
  schema: unknown,
  { parseYaml }: FormValueOptions,
  path = 'spec',
): Record<string, unknown> {
  const root = isSchema(schema) ? schema : { type: 'object' };
  const cleaned = cleanValue(values ?? {}, root, { parseYaml, path, keep: true });
  if (!isSchema(cleaned)) throw new Error(`${path} must be an object`);
  return cleaned;
}
