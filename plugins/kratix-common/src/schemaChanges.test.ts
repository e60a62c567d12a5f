import type { JsonSchema } from './formField';
import { schemaChanges } from './schemaChanges';

const api = (spec: JsonSchema): JsonSchema => ({ type: 'object', properties: { spec: { type: 'object', ...spec } } });
const field = (schema: JsonSchema, required: string[] = []) => api({ properties: { size: schema }, required });
const text = { type: 'string' };

it.each<[string, JsonSchema, JsonSchema, [string, string, boolean][]]>([
  ['nothing', field(text), field(text), []],
  ['no spec at all', { type: 'object' }, {}, []],
  ['a title', field(text), field({ ...text, title: 'Size', description: 'How large' }), []],
  ['a new field', api({}), field(text), [['spec.size', 'added', false]]],
  ['a new field that must be given', api({}), field(text, ['size']), [['spec.size', 'added', true]]],
  ['a new field with a default', api({}), field({ ...text, default: 'a' }, ['size']), [['spec.size', 'added', false]]],
  ['a field that is gone', field(text), api({}), [['spec.size', 'removed', true]]],
  ['a field that is gone where any is taken', field(text), api({ 'x-kubernetes-preserve-unknown-fields': true }), [['spec.size', 'removed', false]]],
  ['must be given now', field(text), field(text, ['size']), [['spec.size', 'required', true]]],
  ['may be left out now', field(text, ['size']), field(text), [['spec.size', 'optional', false]]],
  ['may be left out, since it has a default', field(text, ['size']), field({ ...text, default: 'a' }, ['size']), [['spec.size', 'optional', false], ['spec.size', 'default', false]]],
  ['another type', field(text), field({ type: 'integer' }), [['spec.size', 'type', true]]],
  ['a wider type', field({ type: 'integer' }), field({ type: 'number' }), [['spec.size', 'type', false]]],
  ['a narrower type', field({ type: 'number' }), field({ type: 'integer' }), [['spec.size', 'type', true]]],
  ['an integer or a string', field(text), field({ 'x-kubernetes-int-or-string': true }), [['spec.size', 'type', false]]],
  ['a value more', field({ ...text, enum: ['a'] }), field({ ...text, enum: ['a', 'b'] }), [['spec.size', 'values', false]]],
  ['a value less', field({ ...text, enum: ['a', 'b'] }), field({ ...text, enum: ['a'] }), [['spec.size', 'values', true]]],
  ['a choice', field(text), field({ ...text, enum: ['a'] }), [['spec.size', 'values', true]]],
  ['no choice any more', field({ ...text, enum: ['a'] }), field(text), [['spec.size', 'values', false]]],
  ['a larger minimum', field({ type: 'integer', minimum: 1 }), field({ type: 'integer', minimum: 2 }), [['spec.size', 'values', true]]],
  ['a smaller minimum', field({ type: 'integer', minimum: 2 }), field({ type: 'integer', minimum: 1 }), [['spec.size', 'values', false]]],
  ['a bound', field(text), field({ ...text, maxLength: 3 }), [['spec.size', 'values', true]]],
  ['no bound', field({ ...text, maxLength: 3 }), field(text), [['spec.size', 'values', false]]],
  ['a pattern', field(text), field({ ...text, pattern: '^a' }), [['spec.size', 'values', true]]],
  ['no pattern', field({ ...text, pattern: '^a' }), field(text), [['spec.size', 'values', false]]],
  ['a format', field(text), field({ ...text, format: 'email' }), [['spec.size', 'values', true]]],
  ['a rule', field(text), field({ ...text, 'x-kubernetes-validations': [{ rule: 'self != ""' }] }), [['spec.size', 'values', true]]],
  ['no rule', field({ ...text, 'x-kubernetes-validations': [{ rule: 'self != ""' }] }), field(text), [['spec.size', 'values', false]]],
  ['another default', field({ ...text, default: 'a' }), field({ ...text, default: 'b' }), [['spec.size', 'default', false]]],
  ['inside an object', field({ type: 'object', properties: { a: text } }), field({ type: 'object', properties: { a: { type: 'integer' } } }), [['spec.size.a', 'type', true]]],
  ['inside a list', field({ type: 'array', items: text }), field({ type: 'array', items: { type: 'integer' } }), [['spec.size[]', 'type', true]]],
  ['inside a map', field({ type: 'object', additionalProperties: text }), field({ type: 'object', additionalProperties: { type: 'integer' } }), [['spec.size.*', 'type', true]]],
])('finds %s', (_, before, after, expected) => {
  expect(schemaChanges(before, after).map(({ path, change, breaking }) => [path, change, breaking])).toEqual(expected);
});

it('says each in a sentence', () => {
  const before = field({ type: 'integer', minimum: 1 });
  const after = api({ properties: { size: { type: 'integer', minimum: 3 }, region: { type: 'string', enum: ['eu'] } }, required: ['region'] });
  expect(schemaChanges(before, after).map(({ text: sentence }) => sentence)).toEqual([
    'spec.size: the smallest value is now 3, it was 1.',
    'spec.region is new and must be given.',
  ]);
});
