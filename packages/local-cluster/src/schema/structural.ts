import { childSchema, isObject, type Json, type Schema } from './types';

const EMBEDDED = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Removes the fields that the schema does not know, in place. Returns their paths, as `spec.containers[0].img`, in the
 * order in which they stand.
 */
export function prune(value: unknown, schema: Schema, path = ''): string[] {
  const unknown: string[] = [];
  pruneInto(value, schema, path, unknown);
  return unknown;
}

/** `keeps`: an outer list is free-form, so that its entries are as well, but for what they name themselves. */
function pruneInto(value: unknown, schema: Schema, path: string, unknown: string[], keeps = false): void {
  const keepsUnknown = keeps || schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  if (Array.isArray(value)) {
    const items = schema.items;
    if (items) value.forEach((item, index) => pruneInto(item, items, `${path}[${index}]`, unknown, keepsUnknown));
    return;
  }
  if (!isObject(value)) return;
  for (const field of Object.keys(value)) {
    const at = path ? `${path}.${field}` : field;
    const child = childSchema(schema, field);
    if (child) pruneInto(value[field], child, at, unknown);
    else if (!keepsUnknown && !(schema['x-kubernetes-embedded-resource'] && EMBEDDED.has(field))) {
      delete value[field];
      unknown.push(at);
    }
  }
}

/** Fills in what the schema gives as default, in place; a null where null is not allowed counts as missing. */
export function applyDefaults(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [field, child] of Object.entries(schema.properties ?? {})) {
    if (child.default !== undefined && (value[field] === undefined || (value[field] === null && !child.nullable))) {
      value[field] = structuredClone(child.default);
    }
  }
  for (const field of Object.keys(value)) {
    const child = childSchema(schema, field);
    if (child) applyDefaults(value[field], child);
  }
}

const defaulting = new WeakMap<Schema, boolean>();

/** False where filling in defaults can change nothing. */
export function hasDefaults(schema: Schema): boolean {
  let known = defaulting.get(schema);
  if (known === undefined) {
    const children = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
    if (typeof schema.additionalProperties === 'object') children.push(schema.additionalProperties);
    known = schema.default !== undefined || children.some(hasDefaults);
    defaulting.set(schema, known);
  }
  return known;
}

/** Removes nulls of fields that the schema describes and that cannot be null, in place. */
export function dropNulls(value: unknown, schema: Schema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) for (const item of value) dropNulls(item, schema.items);
  if (!isObject(value)) return;
  const object: Json = value;
  for (const field of Object.keys(object)) {
    const child = childSchema(schema, field);
    if (object[field] !== null) dropNulls(object[field], child);
    else if (child && !child.nullable) delete object[field];
  }
}
