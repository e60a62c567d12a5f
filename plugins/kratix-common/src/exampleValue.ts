import { hasDefault, isSchema, type JsonSchema } from './formField';

/** Nothing that this module can think of is accepted. */
const NOTHING = Symbol('nothing');
type Value = unknown;

const BY_FORMAT: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00Z',
  datetime: '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: '1h',
  email: 'team@example.com',
  hostname: 'host.example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  ip: '192.0.2.1',
  cidr: '192.0.2.0/24',
  uri: 'https://example.com',
  url: 'https://example.com',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  byte: 'ZXhhbXBsZQ==',
  mac: '00:00:5e:00:53:01',
};

/** Texts that patterns of real schemas take: names, numbers, sizes, times, addresses. */
const TEXTS = [
  'example', 'Example', 'example-1', 'a', 'A', '1', '10', '1.0', '1.0.0', 'v1.0.0', 'v1', '1Gi', '10Gi', '100m', '1h', '30s',
  'example.com', 'https://example.com', 's3://example', 'team@example.com', 'example/example', '/example', 'eu-west-1',
  '192.0.2.1', '192.0.2.0/24', '0 0 * * *', '2026-01-01', '2026-01-01T00:00:00Z', 'true', '@example', '#example', 'EXAMPLE',
  '123e4567-e89b-42d3-a456-426614174000', '+49301234567', '00:00', 'latest', 'example:latest',
];

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function text(schema: JsonSchema): Value {
  const [shortest = 0, longest = Infinity] = [number(schema.minLength), number(schema.maxLength)];
  const matches = (candidate: string) => {
    if (candidate.length < shortest || candidate.length > longest) return false;
    try {
      return typeof schema.pattern !== 'string' || new RegExp(schema.pattern, 'u').test(candidate);
    } catch {
      return false;
    }
  };
  const known = schema.format ? BY_FORMAT[schema.format] : undefined;
  const fitting = (candidate: string) => candidate.padEnd(shortest, candidate || 'a').slice(0, Math.max(shortest, Math.min(longest, candidate.length)));
  const candidates = [...(known ? [known] : TEXTS), ...(known ? [] : TEXTS.map(fitting)), ''];
  return candidates.find(matches) ?? NOTHING;
}

function numeral(schema: JsonSchema): Value {
  const step = number(schema.multipleOf) ?? (schema.type === 'integer' ? 1 : 0);
  // A CRD says exclusive by a boolean beside the bound, other schemas by the bound itself.
  const isAbove = schema.exclusiveMinimum === true;
  const isBelow = schema.exclusiveMaximum === true;
  const [low, high] = [number(schema.minimum), number(schema.maximum)];
  const above = number(schema.exclusiveMinimum) ?? (isAbove ? low : undefined);
  const below = number(schema.exclusiveMaximum) ?? (isBelow ? high : undefined);
  const matches = (value: number) =>
    (schema.type !== 'integer' || Number.isInteger(value)) &&
    (low === undefined || value >= low) && (high === undefined || value <= high) &&
    (above === undefined || value > above) && (below === undefined || value < below) &&
    (number(schema.multipleOf) === undefined || Number.isInteger(value / step));
  const bounds = [low, high, above, below].filter((bound): bound is number => bound !== undefined);
  const near = bounds.flatMap(bound => [bound, bound + 1, bound - 1]);
  const steps = step > 0 ? [...near, 1].flatMap(bound => [Math.ceil(bound / step) * step, Math.floor(bound / step) * step, (Math.floor(bound / step) + 1) * step]) : [];
  const between = low !== undefined && high !== undefined ? [(low + high) / 2] : [];
  return [1, 0, ...near, ...steps, ...between].find(matches) ?? NOTHING;
}

function list(schema: JsonSchema): Value {
  const least = number(schema.minItems) ?? 0;
  const items = isSchema(schema.items) ? schema.items : {};
  const count = number(schema.maxItems) === 0 ? 0 : Math.max(least, 1);
  const item = example(items);
  if (item === NOTHING) return least === 0 ? [] : NOTHING;
  if (count <= 1 || (schema.uniqueItems !== true && schema['x-kubernetes-list-type'] !== 'set')) return Array(count).fill(item);
  const different = [...new Set([...(items.enum ?? []), item])].slice(0, count);
  const rest = Array.from({ length: count - different.length }, (_, index) => (typeof item === 'number' ? item + index + 1 : `${item}-${index + 2}`));
  return items.enum && different.length < count ? NOTHING : [...different, ...rest];
}

function object(schema: JsonSchema): Value {
  const properties = schema.properties ?? {};
  const required = new Set(schema.required ?? []);
  const result: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!required.has(name) && !hasDefault(property)) continue;
    const value = example(property);
    if (value !== NOTHING) result[name] = value;
    else if (required.has(name)) return NOTHING;
  }
  const rest = isSchema(schema.additionalProperties) ? schema.additionalProperties : {};
  for (const name of required) {
    if (name in result) continue;
    const value = example(rest);
    if (value === NOTHING) return NOTHING;
    result[name] = value;
  }
  const missing = (number(schema.minProperties) ?? 0) - Object.keys(result).length;
  return missing > 0 ? filled(schema, result, missing, rest) : result;
}

/** An object that needs more members than those that must be there: first the named ones, then any. */
function filled(schema: JsonSchema, result: Record<string, unknown>, missing: number, rest: JsonSchema): Value {
  const named = Object.entries(schema.properties ?? {}).filter(([name]) => !(name in result));
  const free: [string, JsonSchema][] = schema.additionalProperties === false
    ? []
    : Array.from({ length: missing }, (_, index) => [`example${index > 0 ? index + 1 : ''}`, rest]);
  const more = [...named, ...free]
    .map(([name, member]): [string, Value] => [name, example(member)])
    .filter(([, value]) => value !== NOTHING)
    .slice(0, missing);
  return more.length < missing ? NOTHING : { ...result, ...Object.fromEntries(more) };
}

/** The schema with one more that must hold too. */
function both(schema: JsonSchema, other: JsonSchema): JsonSchema {
  const properties = { ...schema.properties };
  for (const [name, property] of Object.entries(other.properties ?? {})) {
    properties[name] = properties[name] ? both(properties[name], property) : property;
  }
  const required = [...new Set([...(schema.required ?? []), ...(other.required ?? [])])];
  const hasMembers = Object.keys(properties).length > 0;
  return { ...schema, ...other, ...(hasMembers && { properties }), ...(required.length > 0 && { required }) };
}

function example(schema: JsonSchema): Value {
  if (hasDefault(schema)) return schema.default;
  if ('const' in schema) return schema.const;
  if (schema['x-kubernetes-int-or-string'] === true) return 1;
  const { allOf, anyOf, oneOf, ...own } = schema;
  if (allOf?.length) return example({ ...allOf.reduce(both, own), ...(anyOf && { anyOf }), ...(oneOf && { oneOf }) });
  const branches = anyOf ?? oneOf ?? [];
  if (branches.length > 0) {
    const rest = anyOf && oneOf ? { ...own, oneOf } : own;
    for (const branch of branches) {
      const value = example(both(rest, branch));
      if (value !== NOTHING) return value;
    }
    return NOTHING;
  }
  if (schema.enum?.length) return schema.enum[0];
  return byType(schema);
}

function byType(schema: JsonSchema): Value {
  if (schema.type === 'string') return text(schema);
  if (schema.type === 'integer' || schema.type === 'number') return numeral(schema);
  if (schema.type === 'boolean') return false;
  if (schema.type === 'array' || (!schema.type && isSchema(schema.items))) return list(schema);
  if (schema.type === 'object' || schema.properties || schema.required || schema.additionalProperties) return object(schema);
  return schema.type ? NOTHING : {};
}

/**
 * A value that a schema of a CRD accepts, small: what must be there, and what has a default. Undefined where none is
 * found, such as for a pattern that only a special text matches.
 */
export function exampleValue(schema: JsonSchema): unknown {
  const value = example(schema);
  return value === NOTHING ? undefined : value;
}
