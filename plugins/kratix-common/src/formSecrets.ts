import { fieldOf, isSchema, type JsonSchema } from './formField';

/**
 * What stands in a form, and in the values that a task keeps, in place of something secret. The secret itself travels
 * among the task's secrets, under this very text as its key.
 */
const TOKEN = 'kratix-secret:';

/** The text that stands for the secret of one field. `id` tells the field from the others of its form. */
export function secretToken(id: string): string {
  return `${TOKEN}${id}`;
}

export function isSecretToken(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(TOKEN);
}

/** A value below `path`, with what belongs to it. */
interface Visit {
  schema: JsonSchema | undefined;
  path: string;
  /** The same place in another version of the value. */
  other?: unknown;
}

type OnSecret = (value: unknown, visit: Visit) => unknown;

const child = (value: unknown, key: string | number): unknown => {
  if (Array.isArray(value)) return value[Number(key)];
  return isSchema(value) ? value[key] : undefined;
};

/** Builds the value anew, with each of its secrets replaced. */
function mapSecrets(value: unknown, visit: Visit, onSecret: OnSecret): unknown {
  const { schema, path, other } = visit;
  if (!schema || value === undefined || value === null) return value;
  const field = fieldOf(schema);
  if (field.kind === 'secret') return onSecret(value, visit);
  if (field.kind === 'array' && Array.isArray(value)) {
    return value.map((item, index) =>
      mapSecrets(item, { schema: field.items, path: `${path}[${index}]`, other: child(other, index) }, onSecret),
    );
  }
  if ((field.kind === 'object' || field.kind === 'map') && isSchema(value)) {
    const entries = Object.entries(value).map(([name, inner]) => {
      const inside = field.kind === 'map' ? field.values : field.properties[name];
      return [name, mapSecrets(inner, { schema: inside, path: `${path}.${name}`, other: child(other, name) }, onSecret)];
    });
    return Object.fromEntries(entries);
  }
  return value;
}

const root = (schema: unknown): JsonSchema | undefined => (isSchema(schema) ? schema : undefined);

/** The secrets of a spec by the tokens that stand for them in the form that shows it. */
export function secretsOf(spec: unknown, schema: unknown, path = 'spec'): Record<string, string> {
  const found: Record<string, string> = {};
  mapSecrets(spec, { schema: root(schema), path }, (value, at) => {
    if (typeof value === 'string') found[secretToken(at.path)] = value;
    return value;
  });
  return found;
}

/**
 * The spec as it may be shown: no secret is in it. Beside `before`, the same spec as it was, a secret that differs says
 * so, and no more.
 */
export function maskSecrets(spec: unknown, schema: unknown, before?: unknown): unknown {
  return mapSecrets(spec, { schema: root(schema), path: 'spec', other: before }, (value, { other }) =>
    before === undefined || value === other ? '(hidden)' : '(hidden, changed)',
  );
}

/** The spec as a browser may have it: a token stands for each of its secrets, as in the form that shows it. */
export function hideSecrets(spec: Record<string, unknown>, schema: unknown): Record<string, unknown> {
  const hidden = mapSecrets(spec, { schema: root(schema), path: 'spec' }, (value, { path }) => (typeof value === 'string' ? secretToken(path) : value));
  return isSchema(hidden) ? hidden : spec;
}

/**
 * The way back of {@link hideSecrets}: tokens become the secrets of `current` that they stand for; a secret that was typed
 * stays. Throws an Error that names a field whose token stands for nothing.
 */
export function revealSecrets(spec: Record<string, unknown>, schema: unknown, current: Record<string, unknown>): Record<string, unknown> {
  const known = secretsOf(current, schema);
  const revealed = mapSecrets(spec, { schema: root(schema), path: 'spec' }, (value, { path }) => {
    if (!isSecretToken(value)) return value;
    if (Object.hasOwn(known, value)) return known[value];
    throw new Error(`${path} keeps a secret that is not there any more. Enter it again.`);
  });
  return isSchema(revealed) ? revealed : spec;
}

/** All secrets that stand in a spec, for a log that must not show them. */
export function secretTexts(spec: unknown, schema: unknown): string[] {
  return Object.values(secretsOf(spec, schema)).filter(text => text !== '' && !isSecretToken(text));
}
