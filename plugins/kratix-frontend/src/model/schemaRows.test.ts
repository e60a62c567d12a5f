import { schemaRows, type SchemaRow } from './schemaRows';

const rows = (properties: object, more: object = {}) => schemaRows({ properties: { spec: { type: 'object', properties, ...more } } } as never);
const row = (schema: object): SchemaRow => rows({ x: schema })[0];

describe('the fields of a schema', () => {
  it('come in its order, each before those in it', () => {
    const all = rows({
      b: { type: 'string' },
      a: { type: 'object', properties: { c: { type: 'array', items: { type: 'object', properties: { d: { type: 'integer' } } } } } },
      m: { type: 'object', additionalProperties: { type: 'object', properties: { e: { type: 'boolean' } } } },
    });
    expect(all.map(({ path, depth, type }) => [path, depth, type])).toEqual([
      ['spec.b', 0, 'string'],
      ['spec.a', 0, 'object'],
      ['spec.a.c', 1, 'object[]'],
      ['spec.a.c.d', 2, 'integer'],
      ['spec.m', 0, 'map<object>'],
      ['spec.m.e', 1, 'boolean'],
    ]);
  });

  it.each([
    [{ type: 'array', items: { type: 'string' } }, 'string[]'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'map<string>'],
    [{ 'x-kubernetes-int-or-string': true }, 'integer | string'],
    [{ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, 'object (any)'],
    [{}, 'any'],
    [{ enum: ['a'] }, 'string'],
  ])('say their type: %j', (schema, type) => {
    expect(row(schema).type).toBe(type);
  });

  it.each([
    [{ type: 'integer', minimum: 1, maximum: 9 }, ['1 … 9']],
    [{ type: 'string', minLength: 2, pattern: '^a' }, ['length ≥ 2', '^a']],
    [{ type: 'array', items: {}, maxItems: 3 }, ['items ≤ 3']],
    [{ type: 'string', format: 'hostname' }, ['hostname']],
  ])('say their limits: %j', (schema, limits) => {
    expect(row(schema).limits).toEqual(limits);
  });

  it('say what is required, allowed and meant where nothing is said', () => {
    const [first] = rows({ x: { type: 'string', enum: ['a', 'b', null], default: '' } }, { required: ['x'] });
    expect(first).toMatchObject({ isRequired: true, allowed: ['a', 'b'], default: '""' });
    expect(row({ type: 'object', default: { a: 1 } }).default).toBe('{"a":1}');
    expect(row({ type: 'array', items: { type: 'string', enum: ['a'] } }).allowed).toEqual(['a']);
  });

  it('are none where there is no spec, and end where a schema does not', () => {
    expect(schemaRows({})).toEqual([]);
    const endless: Record<string, unknown> = { type: 'object' };
    endless.properties = { x: endless };
    expect(rows({ x: endless }).length).toBe(8);
  });
});
