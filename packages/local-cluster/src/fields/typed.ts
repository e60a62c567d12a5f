import { equal } from '../patch/json';
import { childSchema, isObject, mapKeys, type Json, type Schema } from '../schema/types';
import { child, emptySet, isEmpty, type FieldSet } from './set';

/*
 * Server-side apply sees an object as fields that can be owned one by one. What is one field is told by the schema:
 * scalars, lists without keys and what is marked atomic are; other objects and keyed lists are taken apart. Where no
 * schema says anything, objects are taken apart and lists are not.
 */

type Granular = { form: 'map'; value: Json } | { form: 'keyed' | 'set'; value: unknown[] };

function takeApart(value: unknown, schema: Schema | undefined): Granular | undefined {
  if (isObject(value)) return schema?.['x-kubernetes-map-type'] === 'atomic' ? undefined : { form: 'map', value };
  if (!Array.isArray(value)) return undefined;
  if (mapKeys(schema)) return { form: 'keyed', value };
  return schema?.['x-kubernetes-list-type'] === 'set' ? { form: 'set', value } : undefined;
}

/** The name under which a list entry is owned. */
export function entryKey(item: unknown, schema: Schema | undefined): string {
  const keys = mapKeys(schema);
  if (!keys || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const identity = [...keys].sort().map(key => {
    const value = item[key] ?? childSchema(schema?.items, key)?.default ?? null;
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `k:{${identity.join(',')}}`;
}

/** Each part of a value with its key and schema. */
function* parts(whole: Granular, schema: Schema | undefined): Iterable<[key: string, value: unknown, schema: Schema | undefined]> {
  if (whole.form === 'map') {
    for (const [field, value] of Object.entries(whole.value)) if (value !== undefined) yield [`f:${field}`, value, childSchema(schema, field)];
  } else {
    for (const item of whole.value) yield [entryKey(item, schema), item, schema?.items];
  }
}

/** The fields that an applied configuration names. */
export function fieldsOf(value: unknown, schema: Schema | undefined): FieldSet {
  const set = emptySet();
  collect(value, schema, set);
  set.self = false;
  return set;
}

function collect(value: unknown, schema: Schema | undefined, into: FieldSet): void {
  const whole = takeApart(value, schema);
  if (!whole || Object.keys(whole.value).length === 0) {
    into.self = true;
    return;
  }
  for (const [key, part, partSchema] of parts(whole, schema)) {
    const owned = child(into, key);
    collect(part, partSchema, owned);
    const isNamedField = whole.form === 'map' && schema?.properties?.[key.slice(2)] !== undefined;
    if (!isNamedField) owned.self = true;
  }
}

export interface Difference {
  /** Added or given another value. */
  changed: FieldSet;
  removed: FieldSet;
}

export function compare(before: unknown, after: unknown, schema: Schema | undefined): Difference {
  const difference = { changed: emptySet(), removed: emptySet() };
  diff(before, after, schema, difference.changed, difference.removed);
  difference.changed.self = false;
  difference.removed.self = false;
  prune(difference.changed);
  prune(difference.removed);
  return difference;
}

function diff(before: unknown, after: unknown, schema: Schema | undefined, changed: FieldSet, removed: FieldSet): void {
  if (before === after) return;
  const [old, now] = [takeApart(before, schema), takeApart(after, schema)];
  if (before === undefined || after === undefined || old?.form !== now?.form || !old || !now) {
    if (before !== undefined && after !== undefined && equal(before, after)) return;
    if (old && before !== undefined) mark(before, schema, removed);
    if (after === undefined) mark(before, schema, removed);
    else mark(after, schema, changed);
    return;
  }
  const left = new Map<string, unknown>();
  for (const [key, part] of parts(old, schema)) left.set(key, part);
  for (const [key, part, partSchema] of parts(now, schema)) {
    diff(left.get(key), part, partSchema, child(changed, key), child(removed, key));
    left.delete(key);
  }
  for (const [key, part] of left) {
    const partSchema = old.form === 'map' ? childSchema(schema, key.slice(2)) : schema?.items;
    mark(part, partSchema, child(removed, key));
  }
}

/** Puts the value and everything in it into the set. */
function mark(value: unknown, schema: Schema | undefined, into: FieldSet): void {
  into.self = true;
  const whole = takeApart(value, schema);
  if (whole) for (const [key, part, partSchema] of parts(whole, schema)) mark(part, partSchema, child(into, key));
}

function prune(set: FieldSet): void {
  for (const [key, inner] of set.children) {
    prune(inner);
    if (isEmpty(inner)) set.children.delete(key);
  }
}

/** What stands there after a configuration is applied on top. */
export function mergeTyped(live: unknown, applied: unknown, schema: Schema | undefined): unknown {
  const [old, now] = [takeApart(live, schema), takeApart(applied, schema)];
  if (!old || !now || old.form !== now.form) return applied;
  if (old.form === 'map' && now.form === 'map') {
    const merged: Json = { ...old.value };
    for (const [field, value] of Object.entries(now.value)) merged[field] = mergeTyped(merged[field], value, childSchema(schema, field));
    return merged;
  }
  const wanted = new Map<string, unknown>();
  for (const [key, part] of parts(now, schema)) wanted.set(key, part);
  const merged: unknown[] = [];
  for (const [key, part, partSchema] of parts(old, schema)) {
    merged.push(wanted.has(key) ? mergeTyped(part, wanted.get(key), partSchema) : part);
    wanted.delete(key);
  }
  return [...merged, ...wanted.values()];
}

/** Removes from a value what was applied earlier and nobody owns any more. Undefined when nothing is left. */
export function removeOwned(value: unknown, schema: Schema | undefined, applied: FieldSet, kept: FieldSet | undefined): unknown {
  if (applied.self && !kept) return undefined;
  const whole = takeApart(value, schema);
  if (!whole || applied.children.size === 0) return value;
  const survivors: [key: string, value: unknown][] = [];
  let removed = false;
  for (const [key, part, partSchema] of parts(whole, schema)) {
    const mine = applied.children.get(key);
    const left = mine ? removeOwned(part, partSchema, mine, kept?.children.get(key)) : part;
    removed ||= left === undefined;
    if (left !== undefined) survivors.push([key, left]);
  }
  if (removed && survivors.length === 0 && !kept) return undefined;
  return whole.form === 'map'
    ? Object.fromEntries(survivors.map(([key, part]) => [key.slice(2), part]))
    : survivors.map(([, part]) => part);
}
