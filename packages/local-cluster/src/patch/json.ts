import { badRequest } from '../registry/errors';
import { StatusError } from '../api';
import { isObject, type Json } from '../schema/types';

/** Deep equality of JSON values; a field that is undefined counts as missing. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  for (const field of Object.keys(a)) if (!equal(a[field], b[field])) return false;
  for (const field of Object.keys(b)) if (b[field] !== undefined && a[field] === undefined) return false;
  return true;
}

/** RFC 7386. Neither argument is changed; the result shares what did not change. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Json = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = mergePatch(merged[field], value);
  }
  return merged;
}

export interface JsonPatchOperation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** RFC 6902, on a copy. Throws a {@link StatusError} where an operation does not apply. */
export function jsonPatch(target: Json, operations: unknown): Json {
  if (!Array.isArray(operations)) throw badRequest('error decoding patch: a JSON patch is a list of operations');
  const box = { root: structuredClone(target) as unknown };
  for (const operation of operations as JsonPatchOperation[]) applyOperation(box, operation);
  if (!isObject(box.root)) throw badRequest('the patch leaves no object');
  return box.root;
}

const unprocessable = (message: string) => new StatusError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);

function applyOperation(box: { root: unknown }, { op, path, from, value }: JsonPatchOperation): void {
  switch (op) {
    case 'add':
      return write(box, path, structuredClone(value), false);
    case 'replace':
      read(box, path, op);
      return write(box, path, structuredClone(value), true);
    case 'remove':
      read(box, path, op);
      return erase(box, path);
    case 'copy':
      return write(box, path, structuredClone(read(box, from ?? '', op)), false);
    case 'move': {
      const moved = read(box, from ?? '', op);
      erase(box, from ?? '');
      return write(box, path, moved, false);
    }
    case 'test':
      if (!equal(lookUp(box, path), value)) throw unprocessable(`testing path ${path} value failed`);
      return undefined;
    default:
      throw badRequest(`error decoding patch: ${JSON.stringify(op)} is no operation of a JSON patch`);
  }
}

function split(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw badRequest(`error decoding patch: the path ${JSON.stringify(path)} does not begin with a slash`);
  return path.slice(1).split('/').map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function step(value: unknown, part: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(part) ? value[Number(part)] : undefined;
  return isObject(value) && Object.prototype.hasOwnProperty.call(value, part) ? value[part] : undefined;
}

function lookUp(box: { root: unknown }, path: string): unknown {
  return split(path).reduce(step, box.root);
}

function read(box: { root: unknown }, path: string, op: string): unknown {
  const value = lookUp(box, path);
  if (value === undefined) throw unprocessable(`${op} operation does not apply: doc is missing key: ${path}`);
  return value;
}

function parentOf(box: { root: unknown }, path: string): { parent: unknown; last: string } {
  const parts = split(path);
  const last = parts[parts.length - 1];
  const parent = parts.slice(0, -1).reduce(step, box.root);
  if (parent === undefined) throw unprocessable(`add operation does not apply: doc is missing path: ${path}`);
  return { parent, last };
}

function write(box: { root: unknown }, path: string, value: unknown, replaces: boolean): void {
  if (path === '') {
    box.root = value;
    return;
  }
  const { parent, last } = parentOf(box, path);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw unprocessable(`index ${last} of ${path} is out of bounds`);
    parent.splice(index, replaces ? 1 : 0, value);
  } else if (isObject(parent)) parent[last] = value;
  else throw unprocessable(`add operation does not apply: ${path} lies in a value that is neither object nor list`);
}

function erase(box: { root: unknown }, path: string): void {
  const { parent, last } = parentOf(box, path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) delete parent[last];
}

