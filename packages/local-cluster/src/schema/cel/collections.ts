import type { Environment } from '@marcbachmann/cel-js';
import { expression } from '../patterns';

class SetsNamespace {}

/** Whether two values are the same to CEL; the numbers of all types compare by what they are worth. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint' || typeof a === 'number') return (typeof b === 'bigint' || typeof b === 'number') && Number(a) === Number(b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.keys(b)];
  return left.length === right.length && left.every(([key, item]) => same(item, (b as Record<string, unknown>)[key]));
}

function compare(a: unknown, b: unknown): number {
  if (same(a, b)) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

function extreme(list: unknown[], sign: 1 | -1): unknown {
  if (list.length === 0) throw new Error('min/max called on empty list');
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
}

function sum(list: unknown[]): unknown {
  return list.reduce((total, item) => (typeof item === 'bigint' ? BigInt(total as bigint) + item : Number(total) + Number(item)), typeof list[0] === 'number' ? 0 : 0n);
}

const has = (list: unknown[], wanted: unknown) => list.some(item => same(item, wanted));
const hasAll = (list: unknown[], wanted: unknown[]) => wanted.every(item => has(list, item));

function flatten(list: unknown[], depth: number): unknown[] {
  return list.flatMap(item => (Array.isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]));
}

/** CEL's libraries of lists and sets, with those of Kubernetes. */
export function addCollections(environment: Environment): Environment {
  return environment
    .registerFunction('list.isSorted(): bool', (list: unknown[]) => list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0))
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: unknown[]) => extreme(list, -1))
    .registerFunction('list.max(): dyn', (list: unknown[]) => extreme(list, 1))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], wanted: unknown) => BigInt(list.findIndex(item => same(item, wanted))))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], wanted: unknown) => BigInt(list.findLastIndex(item => same(item, wanted))))
    .registerFunction('list.distinct(): list', (list: unknown[]) => list.filter((item, index) => list.findIndex(other => same(item, other)) === index))
    .registerFunction('list.sort(): list', (list: unknown[]) => [...list].sort(compare))
    .registerFunction('list.reverse(): list', (list: unknown[]) => [...list].reverse())
    .registerFunction('list.slice(int, int): list', (list: unknown[], start: bigint, end: bigint) => list.slice(Number(start), Number(end)))
    .registerFunction('list.flatten(): list', (list: unknown[]) => flatten(list, 1))
    .registerFunction('list.flatten(int): list', (list: unknown[], depth: bigint) => flatten(list, Number(depth)))
    .registerType('SetsNamespace', SetsNamespace)
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction('SetsNamespace.contains(list, list): bool', (_sets: SetsNamespace, list: unknown[], wanted: unknown[]) => hasAll(list, wanted))
    .registerFunction('SetsNamespace.equivalent(list, list): bool', (_sets: SetsNamespace, a: unknown[], b: unknown[]) => hasAll(a, b) && hasAll(b, a))
    .registerFunction('SetsNamespace.intersects(list, list): bool', (_sets: SetsNamespace, a: unknown[], b: unknown[]) => a.some(item => has(b, item)))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => expression(pattern).exec(text)?.[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern))
    .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, most: bigint) => findAll(text, pattern, Number(most)));
}

function findAll(text: string, pattern: string, most = -1): string[] {
  const all = text.match(new RegExp(expression(pattern), 'gu')) ?? [];
  return most < 0 ? all : all.slice(0, most);
}
