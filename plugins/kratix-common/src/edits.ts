import type { EditConflict, FieldChange } from './requestDetail';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
/** A field that is null is one that is not there, as the API server has it. */
const absent = (value: unknown) => value === undefined || value === null;

/** Whether two JSON values mean the same; the order of keys does not matter, and null is absent. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (absent(a) || absent(b)) return absent(a) && absent(b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSameValue(item, b[index]));
  if (!isFields(a) || !isFields(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(key => isSameValue(a[key], b[key]));
}

/** Such as `spec.size`, `spec.users[0]`, `spec.labels["app.kubernetes.io/name"]`. */
function pathOf(parent: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${parent}.${key}` : `${parent}["${key}"]`;
}

/** The fields inside of values, where all that are there are of one sort; undefined for what is compared as a whole. */
function inner(path: string, values: unknown[]): { path: string; values: unknown[] }[] | undefined {
  const present = values.filter(value => !absent(value));
  if (present.length < 2) return undefined;
  if (present.every(isFields)) {
    const keys = [...new Set(present.flatMap(value => Object.keys(value)))];
    return keys.map(key => ({ path: pathOf(path, key), values: values.map(value => (isFields(value) ? value[key] : undefined)) }));
  }
  if (!present.every(Array.isArray)) return undefined;
  const length = Math.max(...present.map(list => list.length));
  return Array.from({ length }, (_, index) => ({
    path: `${path}[${index}]`,
    values: values.map(value => (Array.isArray(value) ? (value[index] as unknown) : undefined)),
  }));
}

/**
 * What differs between two specs, field by field, in the order of `after`, then of what is gone. Items of lists are
 * compared by position. A whole object that comes or goes is one change.
 */
export function fieldChanges(before: unknown, after: unknown, path = 'spec'): FieldChange[] {
  if (isSameValue(before, after)) return [];
  const fields = inner(path, [after, before]);
  if (fields) return fields.flatMap(field => fieldChanges(field.values[1], field.values[0], field.path));
  if (absent(before)) return [{ path, change: 'added', after }];
  if (absent(after)) return [{ path, change: 'removed', before }];
  return [{ path, change: 'changed', before, after }];
}

/**
 * What two people changed that began from the same spec: every field where they do not agree now. `conflicting` are those
 * that both changed; the others can be taken over as they are.
 */
export function threeWay(base: unknown, mine: unknown, theirs: unknown, path = 'spec'): EditConflict['fields'] {
  if (isSameValue(mine, theirs)) return [];
  const fields = inner(path, [mine, theirs]) && inner(path, [mine, theirs, base]);
  if (fields) return fields.flatMap(({ path: at, values }) => threeWay(values[2], values[0], values[1], at));
  const both = !isSameValue(base, mine) && !isSameValue(base, theirs);
  return [{ path, base, mine, theirs, ...(both && { conflicting: true }) }];
}
