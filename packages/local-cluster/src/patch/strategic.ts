import { badRequest } from '../registry/errors';
import { childSchema, isObject, type Json, type Schema } from '../schema/types';
import { equal } from './json';

const ORDER = '$setElementOrder/';
const REMOVE = '$deleteFromPrimitiveList/';

/**
 * A strategic merge patch on a built-in object: like a merge patch, but lists whose entries have a key are merged entry
 * by entry. Neither argument is changed.
 */
export function strategicMerge(target: Json, patch: Json, schema: Schema | undefined): Json {
  const merged: Json = { ...target };
  if (patch.$patch === 'replace') {
    const { $patch: _directive, ...rest } = patch;
    return rest;
  }
  if (patch.$patch === 'delete') return {};
  if (Array.isArray(patch.$retainKeys)) {
    for (const field of Object.keys(merged)) if (!patch.$retainKeys.includes(field)) delete merged[field];
  }
  for (const [field, value] of Object.entries(patch)) {
    if (field === '$patch' || field === '$retainKeys' || field.startsWith(ORDER)) continue;
    if (field.startsWith(REMOVE)) removeValues(merged, field.slice(REMOVE.length), value);
    else mergeField(merged, field, value, childSchema(schema, field));
  }
  for (const [field, order] of Object.entries(patch)) {
    if (field.startsWith(ORDER)) sortEntries(merged, field.slice(ORDER.length), order, schema);
  }
  return merged;
}

function mergeField(merged: Json, field: string, value: unknown, schema: Schema | undefined): void {
  const current = merged[field];
  if (value === null) delete merged[field];
  else if (isObject(value)) {
    const base = isObject(current) ? current : {};
    if (value.$patch === 'delete') delete merged[field];
    else merged[field] = strategicMerge(base, value, schema);
  } else if (Array.isArray(value) && isMerged(schema)) {
    merged[field] = mergeList(Array.isArray(current) ? current : [], value, schema);
  } else merged[field] = value;
}

function isMerged(schema: Schema | undefined): boolean {
  return schema?.['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false;
}

function removeValues(merged: Json, field: string, values: unknown): void {
  const current = merged[field];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  merged[field] = current.filter(item => !values.some(value => equal(value, item)));
}

function mergeList(current: unknown[], patch: unknown[], schema: Schema | undefined): unknown[] {
  const key = schema?.['x-kubernetes-patch-merge-key'];
  if (!key) return [...current, ...patch.filter(value => !current.some(item => equal(item, value)))];
  const replaces = patch.some(item => isObject(item) && item.$patch === 'replace' && item[key] === undefined);
  const merged = replaces ? [] : [...current];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest('unable to merge a list: its entries are objects, and the patch has something else');
    if (item.$patch === 'replace' && item[key] === undefined) continue;
    if (item[key] === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    mergeEntry(merged, item, key, schema?.items);
  }
  return merged;
}

function mergeEntry(merged: unknown[], item: Json, key: string, schema: Schema | undefined): void {
  const at = merged.findIndex(known => isObject(known) && equal(known[key], item[key]));
  if (item.$patch === 'delete') {
    if (at >= 0) merged.splice(at, 1);
    return;
  }
  const known = at >= 0 ? merged[at] : undefined;
  const result = strategicMerge(isObject(known) ? known : {}, item, schema);
  if (at >= 0) merged[at] = result;
  else merged.push(result);
}

/** Brings the entries that the patch names into its order; the others stay in front of what they stood in front of. */
function sortEntries(merged: Json, field: string, order: unknown, schema: Schema | undefined): void {
  const current = merged[field];
  if (!Array.isArray(current) || !Array.isArray(order)) return;
  const key = childSchema(schema, field)?.['x-kubernetes-patch-merge-key'];
  const identity = (item: unknown) => JSON.stringify(key && isObject(item) ? item[key] : item);
  const wanted = order.map(identity);
  const named = current.filter(item => wanted.includes(identity(item))).sort((a, b) => wanted.indexOf(identity(a)) - wanted.indexOf(identity(b)));
  merged[field] = current.map(item => (wanted.includes(identity(item)) ? named.shift() : item));
}
