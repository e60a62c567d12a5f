import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { isObject, type Json, type Schema } from '../types';
import { addCollections } from './collections';
import { problemAt, wrongField } from './fields';
import { escaped } from './names';
import { addNetwork } from './network';
import { addQuantities } from './quantity';
import { addStrings } from './strings';

/** A compiled rule. Throws where the rule cannot be evaluated on these values. */
export type Rule = (values: { self: unknown; oldSelf?: unknown }) => unknown;

const environment = [addStrings, addCollections, addQuantities, addNetwork]
  .reduce((made, add) => add(made), new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }))
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn');

const compiled = new Map<string, Rule | Error>();

/** Compiles a rule, or gives the reason why it cannot be read. */
export function compileRule(text: string): Rule | Error {
  let rule = compiled.get(text);
  if (rule) return rule;
  const read = readRule(text);
  rule = read instanceof Error ? read : values => read.program(values);
  compiled.set(text, rule);
  return rule;
}

function readRule(text: string): { program: ParseResult; type: string } | Error {
  try {
    const program = environment.parse(text);
    const { valid, type = 'dyn', error } = program.check();
    return valid ? { program, type } : (error ?? new Error('it has no type'));
  } catch (error) {
    return error as Error;
  }
}

/** Why a rule about a value of this schema cannot be compiled, or has another type than it must. */
export function whyNot(text: string, wanted: 'bool' | 'string', self: Schema, usesOldSelf: boolean): { text: string; isType?: true } | undefined {
  const read = readRule(text);
  const wrong = read instanceof Error ? problemOf(read, text) : wrongField(read.program.ast, self, usesOldSelf ? self : undefined);
  if (wrong) return { text: `compilation failed: ${wrong}` };
  if (read instanceof Error || read.type === wanted || read.type === 'dyn') return undefined;
  return { text: `must evaluate to a ${wanted}`, isType: true };
}

function problemOf(error: Error & { range?: { start: number } }, input: string): string {
  const [summary] = error.message.split('\n');
  return problemAt(input, error.range?.start ?? 0, summary.replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')"));
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
