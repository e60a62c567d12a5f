import { fieldOf, type JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';

/** A field of a request as its documentation shows it. */
export interface SchemaRow {
  /** Such as `spec.database.version`; unique. */
  path: string;
  name: string;
  /** How deep below the first level. */
  depth: number;
  /** `string`, `integer[]`, `map<string>`, `object`, `integer | string`, `any`. */
  type: string;
  isRequired: boolean;
  /** As YAML would have it in one line. */
  default?: string;
  allowed: string[];
  /** Limits, such as `1 … 9` or `^[a-z]+$`. */
  limits: string[];
  description?: string;
}

/** Deeper than anybody writes by hand; a schema may still nest without end. */
const DEEPEST = 8;

/** The fields of a request in the order of its schema, each before those in it. Only `spec` is the user's own. */
export function schemaRows(schema: JsonSchema): SchemaRow[] {
  const spec = schema.properties?.spec;
  return spec ? rowsOf(spec, 'spec', 0) : [];
}

function rowsOf(schema: JsonSchema, path: string, depth: number): SchemaRow[] {
  if (depth >= DEEPEST) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const row = rowOf(field, name, `${path}.${name}`, depth, schema.required?.includes(name) ?? false);
    return [row, ...rowsOf(innerOf(field), row.path, depth + 1)];
  });
}

/** The object whose fields are listed below a field: itself, or what its list or map holds. */
function innerOf(schema: JsonSchema): JsonSchema {
  const field = fieldOf(schema);
  if (field.kind === 'array') return innerOf(field.items);
  if (field.kind === 'map') return innerOf(field.values);
  return schema;
}

function rowOf(schema: JsonSchema, name: string, path: string, depth: number, isRequired: boolean): SchemaRow {
  const values = schema.enum ?? itemsOf(schema)?.enum ?? [];
  return {
    path,
    name,
    depth,
    type: typeOf(schema),
    isRequired,
    ...(schema.default !== undefined && schema.default !== null && { default: inline(schema.default) }),
    allowed: values.filter(value => value !== null).map(inline),
    limits: limitsOf(schema),
    description: schema.description,
  };
}

function itemsOf(schema: JsonSchema): JsonSchema | undefined {
  const field = fieldOf(schema);
  return field.kind === 'array' ? field.items : undefined;
}

function typeOf(schema: JsonSchema): string {
  const field = fieldOf(schema);
  switch (field.kind) {
    case 'object':
      return 'object';
    case 'map':
      return `map<${typeOf(field.values)}>`;
    case 'array':
      return `${typeOf(field.items)}[]`;
    case 'intOrString':
      return 'integer | string';
    case 'scalar':
      return field.type;
    case 'secret':
      return 'secret';
    default:
      return field.objectOnly ? 'object (any)' : 'any';
  }
}

function limitsOf(schema: JsonSchema): string[] {
  const limits = [
    range(schema.minimum, schema.maximum),
    range(schema.minLength, schema.maxLength, 'length '),
    range(schema.minItems, schema.maxItems, 'items '),
    typeof schema.format === 'string' ? schema.format : undefined,
    typeof schema.pattern === 'string' ? schema.pattern : undefined,
  ];
  return limits.filter(limit => limit !== undefined);
}

function range(least: unknown, most: unknown, what = ''): string | undefined {
  const has = (value: unknown) => typeof value === 'number';
  if (has(least) && has(most)) return `${what}${least} … ${most}`;
  if (has(least)) return `${what}≥ ${least}`;
  return has(most) ? `${what}≤ ${most}` : undefined;
}

function inline(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
