import Ajv, { type ErrorObject } from 'ajv';
import fc from 'fast-check';
import { exampleValue } from './exampleValue';
import type { JsonSchema } from './formField';

const ajv = new Ajv({ strict: false, validateFormats: false });
function problems(schema: JsonSchema, value: unknown): ErrorObject[] {
  const validate = ajv.compile(schema);
  return validate(value) ? [] : validate.errors ?? [];
}

const text = fc.record(
  { type: fc.constant('string'), minLength: fc.nat(12), format: fc.constantFrom('date-time', 'email', 'uri', 'password'), pattern: fc.constantFrom('^[a-z]+$', '^\\d+$', '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', '^v\\d+\\.\\d+\\.\\d+$') },
  { requiredKeys: ['type'] },
).map(({ format, minLength, pattern, ...schema }) => (pattern ? { ...schema, pattern } : { ...schema, ...(format ? { format } : { minLength }) }));
const bounded = fc.tuple(fc.constantFrom('integer', 'number'), fc.integer({ min: -50, max: 50 }), fc.nat(40), fc.constantFrom(undefined, 1, 3, 5)).map(
  ([type, minimum, width, multipleOf]) => ({ type, minimum, maximum: minimum + width + (multipleOf ?? 0), ...(multipleOf && { multipleOf }) }),
);
const scalar: fc.Arbitrary<JsonSchema> = fc.oneof(
  text,
  bounded,
  fc.constant({ type: 'boolean' }),
  fc.record({ type: fc.constant('string'), enum: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }) }),
  fc.record({ type: fc.constant('string'), default: fc.string() }),
  fc.constant<JsonSchema>({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
);

const { node } = fc.letrec<{ node: JsonSchema }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    scalar,
    fc.record({ type: fc.constant('array'), items: tie('node'), minItems: fc.nat(3) }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('node'), minProperties: fc.nat(3) }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('node'), { maxKeys: 5, noNullPrototype: true }).chain(properties =>
      fc.subarray(Object.keys(properties)).map(required => ({ type: 'object', properties, required, additionalProperties: false }))),
  ),
}));

it('finds a value for every schema of ordinary make, and one that it accepts', () => {
  fc.assert(
    fc.property(node, schema => {
      const value = exampleValue(schema);
      expect(value).toBeDefined();
      expect(problems(schema, value)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it.each<[string, JsonSchema, unknown]>([
  ['only what must be there and what has a default', { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' }, c: { type: 'boolean', default: true } }, required: ['a'] }, { a: 'example', c: true }],
  ['one of several ways', { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 'example' }],
  ['labelled choices', { type: 'string', oneOf: [{ const: 's', title: 'Small' }, { const: 'l' }] }, 's'],
  ['all of several', { type: 'object', allOf: [{ required: ['a'] }, { properties: { a: { type: 'integer', minimum: 7 } } }] }, { a: 7 }],
  ['an open interval', { type: 'number', minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true }, 0.5],
  ['different entries', { type: 'array', minItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, ['example', 'example-2']],
  ['anything', { 'x-kubernetes-preserve-unknown-fields': true }, {}],
  ['a text of one length', { type: 'string', minLength: 30, maxLength: 30 }, 'exampleexampleexampleexampleex'],
])('thinks of %s', (_, schema, expected) => expect(exampleValue(schema)).toEqual(expected));

it.each<[string, JsonSchema]>([
  ['a pattern that it does not know', { type: 'string', pattern: '^k3y-[0-9A-F]{17}$' }],
  ['a pattern that is none', { type: 'string', pattern: '(' }],
  ['a required field of such a pattern', { type: 'object', required: ['a'], properties: { a: { type: 'string', pattern: '^§$' } } }],
  ['bounds that exclude each other', { type: 'integer', minimum: 2, maximum: 1 }],
  ['too few choices', { type: 'array', minItems: 3, uniqueItems: true, items: { type: 'string', enum: ['a', 'b'] } }],
])('owns that it knows nothing for %s', (_, schema) => expect(exampleValue(schema)).toBeUndefined());
