import { builtinSchema } from '../builtin/notation';
import { allTables } from '../builtin/tables';
import { findDuplicates } from './duplicates';
import { checkRules } from './rules';
import { applyDefaults, dropNulls, prune } from './structural';
import type { Schema } from './types';
import { validate } from './validate';

const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({ type: 'object', properties, ...more });

describe('pruning', () => {
  const schema = object({
    a: { type: 'string' },
    list: { type: 'array', items: object({ b: { type: 'string' } }) },
    map: { type: 'object', additionalProperties: object({ c: { type: 'string' } }) },
    freeList: { type: 'array', 'x-kubernetes-preserve-unknown-fields': true, items: object({ u: object({}) }) },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { d: object({ e: { type: 'string' } }) } },
    embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
  });

  it('takes out what the schema does not know, and says where', () => {
    const value = {
      a: '1',
      z: 1,
      list: [{ b: '1', y: 1 }],
      map: { k: { c: '1', x: 1 } },
      freeList: [{ any: { thing: 1 }, u: { t: 1 } }],
      free: { any: { thing: 1 }, d: { e: '1', w: 1 } },
      embedded: { apiVersion: 'v1', kind: 'A', metadata: { name: 'n' }, spec: {}, v: 1 },
    };
    expect(prune(value, schema).sort()).toEqual(['embedded.v', 'free.d.w', 'freeList[0].u.t', 'list[0].y', 'map.k.x', 'z']);
    expect(value).toEqual({
      a: '1',
      list: [{ b: '1' }],
      map: { k: { c: '1' } },
      freeList: [{ any: { thing: 1 }, u: {} }],
      free: { any: { thing: 1 }, d: { e: '1' } },
      embedded: { apiVersion: 'v1', kind: 'A', metadata: { name: 'n' }, spec: {} },
    });
  });
});

describe('defaulting', () => {
  const schema = object({
    a: { type: 'integer', default: 1 },
    inner: object({ b: { type: 'string', default: 'x' } }),
    made: { ...object({ c: { type: 'string', default: 'y' } }), default: {} },
    list: { type: 'array', items: object({ d: { type: 'boolean', default: false } }) },
    open: { type: 'string', nullable: true, default: 'z' },
  });

  it.each([
    [{}, { a: 1, made: { c: 'y' }, open: 'z' }],
    [{ a: null, open: null }, { a: 1, made: { c: 'y' }, open: null }],
    [{ a: 0, inner: {}, made: { c: '' }, list: [{}], open: '' }, { a: 0, inner: { b: 'x' }, made: { c: '' }, list: [{ d: false }], open: '' }],
  ])('%j becomes %j', (given, expected) => {
    applyDefaults(given, schema);
    expect(given).toEqual(expected);
  });

  it('takes out nulls that are no values, and leaves free-form parts alone', () => {
    const value = { a: null, open: null, free: { x: null } };
    dropNulls(value, object({ a: { type: 'string' }, open: { type: 'string', nullable: true }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }));
    expect(value).toEqual({ open: null, free: { x: null } });
  });
});

describe('validation', () => {
  it.each<[Schema, unknown, string[]]>([
    [{ type: 'integer' }, 'x', ['Invalid value: "string": f in body must be of type integer: "string"']],
    [{ type: 'number' }, 1, []],
    [{ type: 'integer', minimum: 1 }, 0, ['Invalid value: 0: f in body should be greater than or equal to 1']],
    [{ type: 'integer', maximum: 5, exclusiveMaximum: true }, 5, ['Invalid value: 5: f in body should be less than 5']],
    [{ type: 'number', multipleOf: 0.1 }, 0.3, []],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'A', ["Invalid value: \"A\": f in body should match '^[a-z]+$'"]],
    [{ type: 'string', maxLength: 2 }, 'äöü', ['Too long: may not be more than 2 bytes']],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', ['Unsupported value: "c": supported values: "a", "b"']],
    [{ type: 'string', format: 'date-time' }, 'soon', ['Invalid value: "soon": f in body must be of type date-time: "soon"']],
    [{ type: 'array', items: { type: 'string' }, maxItems: 1 }, ['a', 'b'], ['Too many: 2: must have at most 1 item']],
    [{ type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, ['a', 'a'], ['Duplicate value: "a"']],
    [{ 'x-kubernetes-int-or-string': true }, 5, []],
    [{ 'x-kubernetes-int-or-string': true }, '5%', []],
    [{ 'x-kubernetes-int-or-string': true }, 5.5, ['Invalid value: "number": f in body must be of type integer,string: "number"']],
    [{ type: 'object', required: ['x'] }, {}, ['Required value']],
    [{ type: 'string', nullable: true }, null, []],
    [{ type: 'string', not: { enum: ['no'] } }, 'no', ['Invalid value: "": "f" must not validate the schema (not)']],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, { a: 'x' }, ['Invalid value: "string": f.a in body must be of type integer: "string"']],
  ])('%j of %j', (schema, value, expected) => expect(validate(value, schema, 'f').map(({ message }) => message)).toEqual(expected));
});

describe('rules', () => {
  const rule = (text: string, more: object = {}) => [{ rule: text, ...more }];
  const schema = object(
    {
      fixed: { type: 'string', 'x-kubernetes-validations': rule('self == oldSelf', { message: 'it cannot change' }) },
      low: { type: 'integer' },
      high: { type: 'integer' },
      when: { type: 'string', format: 'date-time' },
      parts: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: object({ name: { type: 'string' }, size: { type: 'integer', 'x-kubernetes-validations': rule('self >= oldSelf') } }),
      },
      'a-b': { type: 'integer' },
    },
    {
      'x-kubernetes-validations': [
        ...rule('!has(self.low) || !has(self.high) || self.low <= self.high', { messageExpression: '"low " + string(self.low) + " is above high"' }),
        ...rule('!has(self.a__dash__b) || self.a__dash__b > 0', { fieldPath: '.a-b', reason: 'FieldValueForbidden' }),
        ...rule('!has(self.parts) || self.parts.all(part, part.name.size() < 5)'),
        ...rule('!has(self.when) || self.when > timestamp("2020-01-01T00:00:00Z")'),
        ...rule('this is not CEL'),
      ],
    },
  );
  it.each<[object, object | undefined, string[]]>([
    [{ fixed: 'a' }, undefined, []],
    [{ fixed: 'b' }, { fixed: 'a' }, ['fixed: Invalid value: "string": it cannot change']],
    [{ fixed: 'a' }, { fixed: 'a' }, []],
    [{ low: 3, high: 2 }, undefined, ['<nil>: Invalid value: "object": low 3 is above high']],
    [{ 'a-b': 0 }, undefined, ['a-b: Forbidden: failed rule: !has(self.a__dash__b) || self.a__dash__b > 0']],
    [{ parts: [{ name: 'x', size: 1 }] }, { parts: [{ name: 'y', size: 5 }, { name: 'x', size: 2 }] }, ['parts[0].size: Invalid value: "integer": failed rule: self >= oldSelf']],
    [{ parts: [{ name: 'too long' }] }, undefined, ['<nil>: Invalid value: "object": failed rule: !has(self.parts) || self.parts.all(part, part.name.size() < 5)']],
    [{ when: '2019-01-01T00:00:00Z' }, undefined, ['<nil>: Invalid value: "object": failed rule: !has(self.when) || self.when > timestamp("2020-01-01T00:00:00Z")']],
  ])('%j after %j', (value, before, expected) => {
    expect(checkRules(value, before, schema).map(({ field, message }) => `${field}: ${message}`)).toEqual(expected);
  });
});

it.each([
  ['{"a":1,"b":{"a":1}}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"l":[{"x":1,"x":2},{"y":"}","y":"\\""}]}', ['l[0].x', 'l[1].y']],
  ['{ "a" : [ ] , "a" : { } }', ['a']],
  ['"text"', []],
])('finds fields that %s names twice', (text, expected) => expect(findDuplicates(text)).toEqual(expected));

it('can read every table of the built-in kinds', () => {
  const names = allTables().flatMap(([group, text]) => text.split('\n').filter(line => /^\w/.test(line)).map(name => `${group}.${name}`));
  expect(names.length).toBeGreaterThan(300);
  for (const name of names) expect(builtinSchema(name).type).toBe('object');
});
