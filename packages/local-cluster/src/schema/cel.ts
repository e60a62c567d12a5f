import { Environment } from '@marcbachmann/cel-js';
import { isObject, type Json, type Schema } from './types';

/** A compiled rule. Throws where the rule cannot be evaluated on these values. */
export type Rule = (values: { self: unknown; oldSelf?: unknown }) => unknown;

const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn')
  .registerFunction('list.isSorted(): bool', (list: unknown[]) => list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0))
  .registerFunction('list.sum(): dyn', (list: unknown[]) => list.reduce((sum, item) => (typeof item === 'bigint' ? BigInt(sum as bigint) + item : Number(sum) + Number(item)), typeof list[0] === 'number' ? 0 : 0n))
  .registerFunction('list.min(): dyn', (list: unknown[]) => extreme(list, -1))
  .registerFunction('list.max(): dyn', (list: unknown[]) => extreme(list, 1))
  .registerFunction('list.indexOf(dyn): int', (list: unknown[], wanted: unknown) => BigInt(list.findIndex(item => item === wanted)))
  .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], wanted: unknown) => BigInt(list.lastIndexOf(wanted)))
  .registerFunction('string.find(string): string', (text: string, pattern: string) => new RegExp(pattern, 'u').exec(text)?.[0] ?? '')
  .registerFunction('string.findAll(string): list', (text: string, pattern: string) => text.match(new RegExp(pattern, 'gu')) ?? [])
  .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text));

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

function extreme(list: unknown[], sign: 1 | -1): unknown {
  if (list.length === 0) throw new Error('min and max need a list that is not empty');
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
}

const compiled = new Map<string, Rule | Error>();

/** Compiles a rule, or gives the reason why it cannot be read. */
export function compileRule(text: string): Rule | Error {
  let rule = compiled.get(text);
  if (rule) return rule;
  try {
    const program = environment.parse(text);
    const checked = program.check();
    rule = checked.valid ? values => program(values as Record<string, unknown>) : (checked.error ?? new Error('it has no type'));
  } catch (error) {
    rule = error as Error;
  }
  compiled.set(text, rule);
  return rule;
}

const KEYWORDS = new Set('true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '));

/** A field's name as rules write it. */
function escaped(name: string): string {
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__');
}

/** A JSON value as CEL sees it: whole numbers and times have types of their own. */
export function toCel(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map(item => toCel(item, schema?.items));
  if (isObject(value)) return objectToCel(value, schema);
  if (typeof value === 'number' && Number.isInteger(value) && schema?.type !== 'number') return BigInt(value);
  if (typeof value === 'string' && (schema?.format === 'date-time' || schema?.format === 'date')) return new Date(value);
  return value;
}

function objectToCel(value: Json, schema: Schema | undefined): Json {
  const properties = schema?.properties;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const own = properties?.[name];
      if (own) return [escaped(name), toCel(item, own)];
      return [name, toCel(item, typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined)];
    }),
  );
}
