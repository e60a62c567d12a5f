import { humanise } from './formHints';
import { formPages } from './formPages';
import { formSchema } from './formSchema';
import { cleanFormValues } from './formValues';
import type { JsonSchema } from './formField';

const field = (schema: JsonSchema) => formSchema({ type: 'object', properties: { field: schema } }).properties?.field;

describe('a field of the schema becomes a field of the form', () => {
  it.each<[string, JsonSchema, JsonSchema]>([
    ['a string keeps its rules', { type: 'string', minLength: 1, maxLength: 9, pattern: '^a+$', description: ' What. \n' }, { title: 'Field', type: 'string', minLength: 1, maxLength: 9, pattern: '^a+$', description: 'What.' }],
    ['an enum with a default', { type: 'string', enum: ['small', 'large'], default: 'small' }, { title: 'Field', type: 'string', enum: ['small', 'large'], default: 'small' }],
    ['an enum without a type', { enum: ['a', 'b'] }, { title: 'Field', type: 'string', enum: ['a', 'b'] }],
    ['an enum that allows null', { type: 'string', nullable: true, enum: ['a', null] }, { title: 'Field', type: 'string', enum: ['a'] }],
    ['a number with bounds', { type: 'integer', minimum: 1, maximum: 5, format: 'int32' }, { title: 'Field', type: 'integer', minimum: 1, maximum: 5, format: 'int32' }],
    ['an exclusive bound of OpenAPI', { type: 'number', minimum: 0, exclusiveMinimum: true }, { title: 'Field', type: 'number', exclusiveMinimum: 0 }],
    ['a bound that is not exclusive', { type: 'number', maximum: 3, exclusiveMaximum: false }, { title: 'Field', type: 'number', maximum: 3 }],
    ['a boolean', { type: 'boolean', default: false }, { title: 'Field', type: 'boolean', default: false }],
    ['a date', { type: 'string', format: 'date-time' }, { title: 'Field', type: 'string', format: 'date-time' }],
    ['a format that only the server knows', { type: 'string', format: 'cidr' }, { title: 'Field', type: 'string' }],
    ['a pattern that JavaScript cannot read', { type: 'string', pattern: '(?i)^a$\\z' }, { title: 'Field', type: 'string' }],
    ['a password is a secret, whose rules the field itself looks at', { type: 'string', format: 'password', minLength: 8, default: 'x' }, { title: 'Field', type: 'string', 'ui:field': 'KratixSecret', 'ui:options': { minLength: 8 } }],
    ['a text that the author calls a secret', { type: 'string', 'x-ui-secret': true, 'x-ui-options': { rows: 2 } }, { title: 'Field', type: 'string', 'ui:field': 'KratixSecret', 'ui:options': { rows: 2 } }],
    ['a list of secrets', { type: 'array', items: { type: 'string', format: 'password' } }, { title: 'Field', type: 'array', items: { type: 'string', 'ui:field': 'KratixSecret', 'ui:options': {} } }],
    [
      'a reference to a Secret that is there',
      { type: 'object', 'x-ui-secret': true, properties: { name: { type: 'string' } } },
      { title: 'Field', type: 'object', properties: { name: { title: 'Name', type: 'string' } }, 'ui:order': ['name', '*'], 'ui:help': 'Names an existing Secret in the namespace of the request; what it holds is not entered here.' },
    ],
    ['null as a default is none', { type: 'string', nullable: true, default: null }, { title: 'Field', type: 'string' }],
    ['an array of strings', { type: 'array', items: { type: 'string' }, default: ['a'] }, { title: 'Field', type: 'array', items: { type: 'string' }, default: ['a'] }],
    ['a set of an enum', { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string', enum: ['a', 'b'] } }, { title: 'Field', type: 'array', uniqueItems: true, items: { type: 'string', enum: ['a', 'b'] } }],
    [
      'an array of objects, whose required fields are required',
      { type: 'array', items: { type: 'object', required: ['key'], properties: { value: { type: 'string' }, key: { type: 'string' } } } },
      {
        title: 'Field',
        type: 'array',
        items: { type: 'object', required: ['key'], properties: { key: { title: 'Key', type: 'string' }, value: { title: 'Value', type: 'string' } }, 'ui:order': ['key', 'value', '*'] },
      },
    ],
    ['a map of strings', { type: 'object', additionalProperties: { type: 'string' } }, { title: 'Field', type: 'object', additionalProperties: { type: 'string' } }],
    ['int-or-string', { 'x-kubernetes-int-or-string': true, default: 80 }, { title: 'Field', type: 'string', default: '80' }],
    ['int-or-string in words', { anyOf: [{ type: 'integer' }, { type: 'string' }], pattern: '^\\d+%?$' }, { title: 'Field', type: 'string', pattern: '^\\d+%?$' }],
    ['an object of unknown fields', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, default: { a: 1 } }, { title: 'Field', type: 'object', default: { a: 1 }, 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: true } }],
    ['an object without fields', { type: 'object' }, { title: 'Field', type: 'object', 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: true } }],
    ['a map of free objects', { type: 'object', additionalProperties: { type: 'object' } }, { title: 'Field', type: 'object', 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: true } }],
    ['a map of anything', { type: 'object', additionalProperties: true }, { title: 'Field', type: 'object', 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: true } }],
    ['a list of who knows what', { type: 'array' }, { title: 'Field', 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: false } }],
    ['nothing but unknown', { 'x-kubernetes-preserve-unknown-fields': true }, { title: 'Field', 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: false } }],
    ['a whole object of Kubernetes', { 'x-kubernetes-embedded-resource': true }, { title: 'Field', type: 'object', 'ui:field': 'KratixYaml', 'ui:options': { objectOnly: true } }],
    ['labelled values', { type: 'string', oneOf: [{ const: 'a', title: 'First' }, { const: 'b', title: 'Second' }] }, { title: 'Field', type: 'string', oneOf: [{ const: 'a', title: 'First' }, { const: 'b', title: 'Second' }] }],
    ['labels beside an enum, for a definition can hold no titles', { type: 'string', enum: ['a', 'b', null], 'x-ui-labels': { a: 'First' } }, { title: 'Field', type: 'string', oneOf: [{ const: 'a', title: 'First' }, { const: 'b', title: 'b' }] }],
    ['labelled values without a type', { oneOf: [{ const: 'a', title: 'First' }] }, { title: 'Field', type: 'string', oneOf: [{ const: 'a', title: 'First' }] }],
    ['a map of labelled lists', { type: 'object', additionalProperties: { type: 'array', items: { type: 'integer' } }, default: { a: [1] } }, { title: 'Field', type: 'object', default: { a: [1] }, additionalProperties: { type: 'array', items: { type: 'integer' } } }],
    ['rules in CEL are told', { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 3', message: 'must be above three' }, { rule: 'self % 2 == 0' }] }, { title: 'Field', type: 'integer', 'ui:help': 'must be above three. Must hold: self % 2 == 0.' }],
    ['help comes before rules', { type: 'string', 'x-ui-help': 'Ask Ana!', 'x-kubernetes-validations': [{ rule: 'a', message: 'no dots' }] }, { title: 'Field', type: 'string', 'ui:help': 'Ask Ana! no dots.' }],
    ['not is the server’s', { type: 'string', not: { enum: ['x'] } }, { title: 'Field', type: 'string' }],
    ['hints for the form', { type: 'string', 'x-ui-widget': 'textarea', 'x-ui-title': 'Given', 'x-ui-options': { rows: 3 } }, { title: 'Given', type: 'string', 'ui:widget': 'textarea', 'ui:options': { rows: 3 } }],
    ['a hidden field', { type: 'string', default: 'a', 'x-ui-hidden': true }, { title: 'Field', type: 'string', default: 'a', 'ui:widget': 'hidden' }],
    ['a title of its own', { type: 'string', title: 'Own' }, { title: 'Own', type: 'string' }],
  ])('%s', (_, schema, expected) => {
    expect(field(schema)).toEqual(expected);
  });

  it('draws no alternatives of required fields, and keeps conditions', () => {
    const schema = formSchema({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
      allOf: [{ if: { required: ['a'] }, then: { required: ['b'] } }, { oneOf: [{ required: ['a'] }] }],
      dependencies: { a: ['b'] },
    });
    expect(schema.oneOf).toBeUndefined();
    expect(schema.allOf).toEqual([{ if: { required: ['a'] }, then: { required: ['b'] } }]);
    expect(schema.dependencies).toEqual({ a: ['b'] });
  });

  it('asks for the required fields of an optional object once one of its fields is filled in', () => {
    const schema = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } }, port: { type: 'integer', default: 1 } } };
    expect(field(schema)).toMatchObject({
      if: { anyOf: [{ required: ['name'], properties: { name: {} } }, { required: ['tags'], properties: { tags: { minItems: 1 } } }] },
      then: { required: ['name'] },
    });
    expect(field(schema)).not.toHaveProperty('required');
    expect(formSchema({ type: 'object', required: ['field'], properties: { field: schema } }).properties?.field).toMatchObject({ required: ['name'] });
  });

  it('puts required fields first, and what the author orders before them', () => {
    const schema = { type: 'object', required: ['z', 'y'], properties: { a: { type: 'string' }, y: { type: 'string' }, b: { type: 'string' }, z: { type: 'string' } } };
    expect(formSchema(schema)['ui:order']).toEqual(['z', 'y', 'a', 'b', '*']);
    expect(formSchema({ ...schema, 'x-ui-order': ['b', '*', 'gone'] })['ui:order']).toEqual(['b', 'z', 'y', 'a', '*']);
  });

  it('shows advanced fields only to who asks for them, and what must be filled in to everybody', () => {
    const schema = {
      type: 'object',
      required: ['a', 'c', 'd'],
      properties: {
        a: { type: 'string' },
        b: { type: 'string', 'x-ui-advanced': true },
        c: { type: 'string', 'x-ui-advanced': true },
        d: { type: 'string', default: 'x', 'x-ui-advanced': true },
      },
    };
    expect(formSchema(schema)).toEqual({
      type: 'object',
      required: ['a', 'c'],
      properties: { a: expect.anything(), c: expect.anything(), _advanced: expect.objectContaining({ type: 'boolean', default: false }) },
      dependencies: {
        _advanced: {
          oneOf: [
            { properties: { _advanced: { const: false } } },
            { properties: { _advanced: { const: true }, d: { title: 'D', type: 'string', default: 'x' }, b: { title: 'B', type: 'string' } } },
          ],
        },
      },
      'ui:order': ['a', 'c', '_advanced', 'd', 'b', '*'],
    });
  });

  it.each([[undefined], [null], ['x'], [[]], [{ properties: 'x', required: ['y'], items: 3, oneOf: [] }]])('makes a form of %j, which is no schema', schema => {
    expect(formSchema(schema)).toEqual(expect.objectContaining({ 'ui:field': 'KratixYaml' }));
  });
});

it.each([
  ['camelCaseName', 'Camel case name'],
  ['clusterURL', 'Cluster URL'],
  ['apiKey', 'API key'],
  ['snake_case-name', 'Snake case name'],
  ['HTTPServer', 'HTTP server'],
  ['CPU2', 'CPU2'],
  ['x', 'X'],
  ['storageGiB', 'Storage GiB'],
  ['memoryMi', 'Memory Mi'],
])('%s reads %s', (name, title) => {
  expect(humanise(name)).toBe(title);
});

describe('pages of the form', () => {
  const schema = { type: 'object', properties: { spec: { type: 'object', required: ['size'], properties: { size: { type: 'string' } } }, status: { type: 'object' } } };

  it('asks for name and place, then for the spec', () => {
    const pages = formPages({ kind: 'AppEnvironment', schema, defaultNamespace: 'team-a' });
    expect(pages).toMatchObject([
      { title: 'Name and place', required: ['name', 'namespace'], properties: { namespace: { default: 'team-a' } } },
      { title: 'App environment', required: ['spec'], properties: { spec: { type: 'object', required: ['size'] } } },
    ]);
  });

  it('has one page where there is nothing to fill in', () => {
    expect(formPages({ kind: 'Empty', schema: { type: 'object' } })).toHaveLength(1);
  });

  it('takes YAML where the spec is free', () => {
    const free = { properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } };
    expect(formPages({ kind: 'Free', schema: free })[1].properties).toMatchObject({ spec: { 'ui:field': 'KratixYaml' } });
  });
});

describe('what a form submitted becomes what the API wants', () => {
  const parseYaml = (text: string): unknown => JSON.parse(text);
  const text = { type: 'string' };
  const object = (properties: Record<string, JsonSchema>, required?: string[]): JsonSchema => ({ type: 'object', properties, ...(required ? { required } : {}) });
  const clean = (values: unknown, properties: Record<string, JsonSchema>, required?: string[]) => cleanFormValues(values, object(properties, required), { parseYaml });
  const list: JsonSchema = { type: 'array', items: text };
  const ports: JsonSchema = { 'x-kubernetes-int-or-string': true };
  const free: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

  it.each<[string, unknown, Record<string, JsonSchema>, string[] | undefined, unknown]>([
    ['keeps values', { a: 'x', b: false, c: 0, d: '' }, { a: text, b: { type: 'boolean' }, c: { type: 'integer' }, d: text }, undefined, { a: 'x', b: false, c: 0, d: '' }],
    ['drops null and undefined', { a: null, b: undefined }, { a: text, b: text }, undefined, {}],
    ['drops an empty list', { a: [] }, { a: list }, undefined, {}],
    ['keeps an empty list that is required', { a: [] }, { a: list }, ['a'], { a: [] }],
    ['keeps an empty list where the default is not', { a: [] }, { a: { ...list, default: ['x'] } }, undefined, { a: [] }],
    ['drops empty objects, however deep', { a: { b: { c: [] } } }, { a: object({ b: object({ c: list }) }) }, undefined, {}],
    ['drops an optional object that holds defaults and lacks what it requires', { a: { port: 1, ref: {} } }, { a: object({ port: { type: 'integer', default: 1 }, ref: object({ name: text }, ['name']) }, ['ref']) }, undefined, {}],
    ['keeps it when somebody filled in a field', { a: { port: 2, ref: {} } }, { a: object({ port: { type: 'integer', default: 1 }, ref: object({ name: text }, ['name']) }, ['ref']) }, undefined, { a: { port: 2, ref: {} } }],
    ['keeps an object of defaults that is complete', { a: { port: 1 } }, { a: object({ port: { type: 'integer', default: 1 } }) }, undefined, { a: { port: 1 } }],
    ['makes numbers of int-or-string', { a: '8080', b: '50%', c: ['1', 'x', '007', '-0'] }, { a: ports, b: ports, c: { type: 'array', items: ports } }, undefined, { a: 8080, b: '50%', c: [1, 'x', '007', '-0'] }],
    ['drops free objects that nobody filled in', { a: {}, b: {} }, { a: free, b: free }, ['b'], { b: {} }],
    ['drops the switch of advanced fields', { _advanced: true, a: 'x' }, { a: { ...text, 'x-ui-advanced': true } }, undefined, { a: 'x' }],
    ['keeps a field of that name', { _advanced: true }, { _advanced: { type: 'boolean' }, a: { ...text, 'x-ui-advanced': true } }, undefined, { _advanced: true }],
    ['takes a text for what it is where anything goes', { a: '1' }, { a: { 'x-kubernetes-preserve-unknown-fields': true } }, undefined, { a: '1' }],
    ['keeps tokens where nobody gave secrets', { a: 'kratix-secret:root_spec_a' }, { a: { ...text, format: 'password' } }, undefined, { a: 'kratix-secret:root_spec_a' }],
    ['reads YAML', { a: '{"b":1}', c: ['{"d":2}'] }, { a: free, c: { type: 'array', items: free } }, undefined, { a: { b: 1 }, c: [{ d: 2 }] }],
    ['takes objects for YAML fields', { a: { b: 1 } }, { a: free }, undefined, { a: { b: 1 } }],
    ['drops YAML that is empty', { a: ' \n' }, { a: free }, undefined, {}],
    ['cleans the values of a map', { a: { x: '1' } }, { a: { type: 'object', additionalProperties: ports } }, undefined, { a: { x: 1 } }],
    ['leaves unknown fields alone', { z: { y: [] } }, { a: text }, undefined, { z: { y: [] } }],
  ])('%s', (_, values, properties, required, expected) => {
    const result = clean(values, properties, required);
    expect(result).toEqual(expected);
    expect(clean(result, properties, required)).toEqual(expected);
  });

  it('names the field whose text is no YAML', () => {
    expect(() => clean({ a: [{ b: '{' }] }, { a: { type: 'array', items: object({ b: free }) } })).toThrow('spec.a[0].b is not YAML: ');
    expect(() => clean({ b: { 'kratix-invalid-yaml': '{' } }, { b: { 'x-kubernetes-preserve-unknown-fields': true } })).toThrow('spec.b is not YAML: ');
    expect(() => clean({ b: '"text"' }, { b: free })).toThrow('spec.b must be a YAML mapping');
  });
});
