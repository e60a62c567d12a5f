import { ADVANCED_TOGGLE, advancedFields, fieldOf, hasDefault, INVALID_YAML, isSchema, type FormField, type JsonSchema } from './formField';
import { isSecretToken, secretToken } from './formSecrets';

export interface FormValueOptions {
  /** Reads one YAML document; throws on what is none. */
  parseYaml: (text: string) => unknown;
  /**
   * The spec that is being edited. What the form gives back as {@link formValues} gave it in stays exactly as it is, an
   * empty list or a number in quotes included.
   */
  current?: unknown;
  /** Secrets by the tokens that stand for them. Left out, tokens stay what they are: for a look that must not show them. */
  secrets?: Record<string, string>;
}

/** Where in the form a value stands. */
interface Place extends FormValueOptions {
  path: string;
  /** Whether an empty object or list stays one, for the schema requires it. */
  keep: boolean;
}

type Fields = Record<string, unknown>;

/** Whether two JSON values are the same, whatever the order of their fields. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (!isSchema(a) || !isSchema(b)) return Object.is(a, b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every(key => isEqual(a[key], b[key]));
}

/** Schemas of the fields of an object or map; undefined for a field that nobody declared. */
function schemaAt(field: FormField, name: string): JsonSchema | undefined {
  if (field.kind === 'map') return field.values;
  return field.kind === 'object' ? field.properties[name] : undefined;
}

const isSet = (value: unknown) => value !== undefined && value !== null;

function shownObject(value: Fields, schema: JsonSchema, field: FormField, path: string): Fields {
  const shown: Fields = {};
  for (const [name, inner] of Object.entries(value)) {
    const result = shownValue(inner, schemaAt(field, name), `${path}.${name}`);
    if (result !== undefined) shown[name] = result;
  }
  const advanced = field.kind === 'object' ? advancedFields(schema, field.properties) : [];
  if (advanced.length > 0) {
    const isUsed = (name: string) => isSet(value[name]) && !isUntouched(value[name], schemaAt(field, name));
    shown[ADVANCED_TOGGLE] = advanced.some(isUsed);
  }
  return shown;
}

function shownValue(value: unknown, schema: JsonSchema | undefined, path: string): unknown {
  if (!isSet(value)) return undefined;
  if (!schema) return value;
  const field = fieldOf(schema);
  if ((field.kind === 'object' || field.kind === 'map') && isSchema(value)) return shownObject(value, schema, field, path);
  if (field.kind === 'array' && Array.isArray(value)) {
    return value.map((item, index) => shownValue(item, field.items, `${path}[${index}]`) ?? null);
  }
  if (field.kind === 'intOrString') return String(value);
  if (field.kind === 'secret') return secretToken(path);
  return value;
}

/** A spec as its form shows it: the way back of {@link cleanFormValues}. Secrets are tokens; {@link secretsOf} has them. */
export function formValues(spec: unknown, schema: unknown, path = 'spec'): Record<string, unknown> {
  const shown = shownValue(spec ?? {}, isSchema(schema) ? schema : { type: 'object' }, path);
  return isSchema(shown) ? shown : {};
}

function yamlValue(value: unknown, schema: JsonSchema, objectOnly: boolean, { path, keep, parseYaml }: Place): unknown {
  const raw = isSchema(value) && typeof value[INVALID_YAML] === 'string' ? value[INVALID_YAML] : value;
  const read = (objectOnly || raw !== value) && typeof raw === 'string' ? readYaml(raw, path, parseYaml) : raw;
  if (read === undefined) return undefined;
  if (objectOnly && !isSchema(read)) throw new Error(`${path} must be a YAML mapping, such as "key: value"`);
  const isEmpty = isSchema(read) && Object.keys(read).length === 0;
  return isEmpty && !keep && !hasDefault(schema) ? undefined : read;
}

function readYaml(text: string, path: string, parseYaml: FormValueOptions['parseYaml']): unknown {
  if (text.trim() === '') return undefined;
  try {
    return parseYaml(text);
  } catch (error) {
    throw new Error(`${path} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function secretValue(value: unknown, { path, secrets }: Place): unknown {
  if (!isSecretToken(value) || !secrets) return value;
  // Not `in`: a token must not reach what every object has.
  if (Object.hasOwn(secrets, value)) return secrets[value];
  throw new Error(`${path} is a secret that is no longer there: a task that is run again does not have it. Enter it again.`);
}

/** True of what a form submits by itself, from defaults alone. */
function isUntouched(value: unknown, schema: JsonSchema | undefined): boolean {
  if (!schema) return false;
  if (hasDefault(schema)) return isEqual(value, schema.default);
  const field = fieldOf(schema);
  return (
    field.kind === 'object' &&
    isSchema(value) &&
    Object.entries(value).every(([name, child]) => isUntouched(child, field.properties[name]))
  );
}

function objectValue(value: Fields, schema: JsonSchema, field: FormField, place: Place): unknown {
  const present: Fields = isSchema(place.current) ? place.current : {};
  const given = withoutToggle(value, schema, field);
  const cleaned: Fields = {};
  const add = (name: string, keep: boolean) => {
    const inside = { ...place, path: `${place.path}.${name}`, keep, current: present[name] };
    const child = schemaAt(field, name);
    const result = child ? cleanValue(given[name], child, inside) : given[name];
    if (isSet(result)) cleaned[name] = result;
    else if (result === undefined && present[name] === null) cleaned[name] = null;
  };
  new Set([...Object.keys(given), ...Object.keys(present).filter(name => present[name] === null)]).forEach(name => add(name, false));
  const missing = (schema.required ?? []).filter(name => cleaned[name] === undefined);
  const isEmpty = missing.length > 0 ? isUntouched(cleaned, { ...schema, default: undefined }) : Object.keys(cleaned).length === 0;
  if (isEmpty && !place.keep && !hasDefault(schema)) return undefined;
  missing.forEach(name => add(name, true));
  return cleaned;
}

function withoutToggle(value: Fields, schema: JsonSchema, field: FormField): Fields {
  if (field.kind !== 'object' || advancedFields(schema, field.properties).length === 0) return value;
  const { [ADVANCED_TOGGLE]: _toggle, ...rest } = value;
  return rest;
}

function listValue(value: unknown[], schema: JsonSchema, items: JsonSchema, place: Place): unknown {
  const present: unknown[] = Array.isArray(place.current) ? place.current : [];
  const cleaned = value
    .map((item, index) => cleanValue(item, items, { ...place, path: `${place.path}[${index}]`, keep: true, current: present[index] }))
    .filter(isSet);
  return cleaned.length > 0 || place.keep || hasDefault(schema) ? cleaned : undefined;
}

function cleanValue(value: unknown, schema: JsonSchema, place: Place): unknown {
  const { path, current } = place;
  if (isSet(current) && isEqual(value, shownValue(current, schema, path))) return current;
  if (!isSet(value)) return undefined;
  const field = fieldOf(schema);
  if ((field.kind === 'object' || field.kind === 'map') && isSchema(value)) return objectValue(value, schema, field, place);
  if (field.kind === 'array' && Array.isArray(value)) return listValue(value, schema, field.items, place);
  if (field.kind === 'yaml') return yamlValue(value, schema, field.objectOnly, place);
  if (field.kind === 'secret') return secretValue(value, place);
  // Only what reads the same as a number: "007" is a text.
  if (field.kind === 'intOrString' && typeof value === 'string' && /^(0|-?[1-9]\d{0,14})$/.test(value)) return Number(value);
  return value;
}

/**
 * What a form submitted, as the API wants it: empty lists and objects that nobody filled in are gone (unless the schema
 * requires them or gives them a default), YAML text is what it says, a number in an int-or-string field is one, and a
 * token is the secret that it stands for. Fields that the schema does not know stay as they are. Throws an Error that
 * names the field whose YAML is none, or whose secret is not there.
 */
export function cleanFormValues(values: unknown, schema: unknown, options: FormValueOptions, path = 'spec'): Record<string, unknown> {
  const root = isSchema(schema) ? schema : { type: 'object' };
  const cleaned = cleanValue(values ?? {}, root, { ...options, path, keep: true });
  if (!isSchema(cleaned)) throw new Error(`${path} must be an object`);
  return cleaned;
}
