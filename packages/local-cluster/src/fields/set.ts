import { isObject, type Json } from '../schema/types';

/**
 * A set of fields, as a tree. Its keys are those of `managedFields`: `f:name` a field, `k:{"name":"a"}` the list entry
 * with these keys, `v:"a"` the entry of a set.
 */
export interface FieldSet {
  /** The field itself is in the set, not only some of what it holds. */
  self: boolean;
  children: Map<string, FieldSet>;
}

export function emptySet(): FieldSet {
  return { self: false, children: new Map() };
}

export function isEmpty(set: FieldSet): boolean {
  return !set.self && set.children.size === 0;
}

/** The child under a key, made when it is missing. */
export function child(set: FieldSet, key: string): FieldSet {
  let found = set.children.get(key);
  if (!found) set.children.set(key, (found = emptySet()));
  return found;
}

export function readFields(json: unknown): FieldSet {
  const set = emptySet();
  if (!isObject(json)) return set;
  for (const [key, value] of Object.entries(json)) {
    if (key === '.') set.self = true;
    else {
      const inner = readFields(value);
      if (isEmpty(inner)) inner.self = true;
      set.children.set(key, inner);
    }
  }
  return set;
}

export function writeFields(set: FieldSet): Json {
  const json: Json = {};
  if (set.self && set.children.size > 0) json['.'] = {};
  for (const key of [...set.children.keys()].sort()) json[key] = writeFields(set.children.get(key) ?? emptySet());
  return json;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [key, theirs] of b.children) {
    const ours = children.get(key);
    children.set(key, ours ? union(ours, theirs) : theirs);
  }
  return { self: a.self || b.self, children };
}

/** What is in `a` and not in `b`, field by field. */
export function subtract(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [key, ours] of a.children) {
    const theirs = b.children.get(key);
    const left = theirs ? subtract(ours, theirs) : ours;
    if (!isEmpty(left)) children.set(key, left);
  }
  return { self: a.self && !b.self, children };
}

export function intersect(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [key, ours] of a.children) {
    const theirs = b.children.get(key);
    const both = theirs && intersect(ours, theirs);
    if (both && !isEmpty(both)) children.set(key, both);
  }
  return { self: a.self && b.self, children };
}

export function sameSet(a: FieldSet, b: FieldSet): boolean {
  if (a.self !== b.self || a.children.size !== b.children.size) return false;
  return [...a.children].every(([key, ours]) => {
    const theirs = b.children.get(key);
    return theirs !== undefined && sameSet(ours, theirs);
  });
}

/** The fields as a reader writes them: `.spec.ports[name="http"].port`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const paths = set.self && prefix ? [prefix] : [];
  for (const [key, inner] of set.children) paths.push(...pathsOf(inner, prefix + readable(key)));
  return paths;
}

function readable(key: string): string {
  const text = key.slice(2);
  if (key.startsWith('f:')) return `.${text}`;
  if (!key.startsWith('k:')) return `[=${text}]`;
  const fields = Object.entries(JSON.parse(text) as Json).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${fields.join(',')}]`;
}
