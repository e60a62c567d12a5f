import fc from 'fast-check';
import type { StructuralSchema } from '../structural-schema';

const texts = fc.constantFrom('', 'a', 'main', 'eu-1', 'Ready', 'default', '2026-11-22T12:00:00Z', 'not a time', 'x'.repeat(400), 'Ä–漢', 'https://a.example/b', '10h', '-');
const anything = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>;

type Fields = Record<string, unknown>;

/** Values that mostly fit the schema: each field is there or not, and now and then something else stands in its place. */
export function fromSchema(schema: StructuralSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 24, arbitrary: fitting(schema) }, { weight: 1, arbitrary: anything });
}

function fitting(schema: StructuralSchema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...(schema.enum as unknown[])) }, { weight: 1, arbitrary: texts });
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(schema.items ? fromSchema(schema.items) : anything, { maxLength: 3 });
    case 'string':
      return stringOf(schema);
    case 'integer':
      return fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -2, max: 100 }) }, { weight: 1, arbitrary: fc.constantFrom(2 ** 40, 1.5, -(2 ** 33)) });
    case 'boolean':
      return fc.boolean();
    default:
      return anything;
  }
}

function stringOf(schema: StructuralSchema): fc.Arbitrary<unknown> {
  if (schema.format === 'date-time') return fc.oneof({ weight: 6, arbitrary: fc.constantFrom('2026-11-22T12:00:00Z', '2026-11-22T12:00:00.5+01:00') }, { weight: 1, arbitrary: texts });
  if (typeof schema.pattern === 'string') return fc.oneof({ weight: 6, arbitrary: fc.constantFrom('Ready', 'Reconciled', 'AllIsWell') }, { weight: 1, arbitrary: texts });
  return texts;
}

function objectOf(schema: StructuralSchema): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set((schema.required as string[] | undefined) ?? []);
  const members = Object.fromEntries(
    properties.map(([name, child]) => [name, optional(fromSchema(child), required.has(name) ? 30 : 2)]),
  );
  const known = fc.record(members).map(fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
  const keys = fc.constantFrom('a', 'kratix.io/x', 'zone', 'unknown');
  const extra = schema.additionalProperties
    ? fc.dictionary(keys, fromSchema(schema.additionalProperties), { maxKeys: 3 })
    : fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.dictionary(keys, anything, { maxKeys: 1 }) });
  return fc.tuple(known, extra).map(([fields, more]): Fields => ({ ...more, ...fields }));
}

function optional(value: fc.Arbitrary<unknown>, weight: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
}
