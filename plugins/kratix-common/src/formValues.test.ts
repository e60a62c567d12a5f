import fc from 'fast-check';
import type { JsonSchema } from './formField';
import { maskSecrets, secretsOf, secretTexts, secretToken } from './formSecrets';
import { cleanFormValues, formValues } from './formValues';

const parseYaml = (text: string): unknown => JSON.parse(text);
const object = (properties: Record<string, JsonSchema>, required?: string[]): JsonSchema => ({ type: 'object', properties, ...(required && { required }) });
const text: JsonSchema = { type: 'string' };
const password: JsonSchema = { type: 'string', format: 'password' };
const back = (spec: unknown, schema: JsonSchema, current?: unknown) =>
  cleanFormValues(formValues(spec, schema), schema, { parseYaml, secrets: secretsOf(spec, schema), current });

describe('a spec as its form shows it', () => {
  it.each<[string, JsonSchema, unknown, unknown]>([
    ['numbers in int-or-string are texts', { 'x-kubernetes-int-or-string': true }, 8080, '8080'],
    ['free objects stay objects', { type: 'object' }, { a: [1] }, { a: [1] }],
    ['null is nothing', text, null, undefined],
    ['secrets are tokens', password, 'hunter2', 'kratix-secret:spec.field'],
    ['secrets in lists are tokens of their own', { type: 'array', items: password }, ['a', 'b'], ['kratix-secret:spec.field[0]', 'kratix-secret:spec.field[1]']],
    ['advanced fields that are used are shown', object({ a: { ...text, 'x-ui-advanced': true } }), { a: 'x' }, { a: 'x', _advanced: true }],
    ['advanced fields that have their defaults are not', object({ a: { ...text, default: 'x', 'x-ui-advanced': true }, b: text }), { a: 'x' }, { a: 'x', _advanced: false }],
  ])('%s', (_, field, value, shown) => {
    expect(formValues({ field: value, unknown: { kept: [] } }, object({ field }))).toEqual({ ...(shown !== undefined && { field: shown }), unknown: { kept: [] } });
  });

  it.each([[undefined], [null], ['x'], [[]]])('is empty for %j', spec => {
    expect(formValues(spec, object({ a: text }))).toEqual({});
  });
});

/** A schema with a spec that it takes. */
interface Case {
  schema: JsonSchema;
  value: unknown;
}

const json = fc.jsonValue({ maxDepth: 2 });
const freeObject = fc.dictionary(fc.constantFrom('k', 'l'), json, { minKeys: 1 });
const intOrString = fc.oneof(fc.integer(), fc.constantFrom('50%', '007', 'auto', '-0'));
const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.string().map(value => ({ schema: text, value })),
  fc.integer().map(value => ({ schema: { type: 'integer' }, value })),
  fc.boolean().map(value => ({ schema: { type: 'boolean', default: false }, value })),
  fc.constantFrom('a', 'b').map(value => ({ schema: { enum: ['a', 'b'] }, value })),
  intOrString.map(value => ({ schema: { 'x-kubernetes-int-or-string': true }, value })),
  fc.string({ minLength: 1 }).map(value => ({ schema: password, value })),
  freeObject.map(value => ({ schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, value })),
  json.filter(value => value !== null && JSON.stringify(value) !== '{}').map(value => ({ schema: { 'x-kubernetes-preserve-unknown-fields': true }, value })),
  fc.array(intOrString, { minLength: 1 }).map(value => ({ schema: { type: 'array', items: { 'x-kubernetes-int-or-string': true } }, value })),
  fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map(value => ({ schema: { type: 'array', items: password }, value })),
  fc.dictionary(fc.constantFrom('m', 'n'), fc.string(), { minKeys: 1 }).map(value => ({ schema: { type: 'object', additionalProperties: text }, value })),
);

const { tree } = fc.letrec<{ tree: Case; node: Case; list: Case }>(tie => ({
  tree: fc.oneof({ maxDepth: 3 }, leaf, tie('node'), tie('list')),
  node: fc
    .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.tuple(tie('tree'), fc.boolean(), fc.boolean()), { minKeys: 1 })
    .map(fields => {
      const entries = Object.entries(fields);
      const properties = Object.fromEntries(entries.map(([name, [{ schema }, isAdvanced]]) => [name, isAdvanced ? { ...schema, 'x-ui-advanced': true } : schema]));
      const required = entries.filter(([, [, , isRequired]]) => isRequired).map(([name]) => name);
      return { schema: object(properties, required), value: Object.fromEntries(entries.map(([name, [{ value }]]) => [name, value])) };
    }),
  list: tie('tree').map(({ schema, value }) => ({ schema: { type: 'array', items: schema }, value: [value, value] })),
}));

/** Sets to nothing, an empty object or an empty list what is somewhere in the spec. */
const holed = (value: unknown, holes: number[]): unknown => {
  const hole = [null, {}, []][holes[0] % 6];
  if (holes.length > 0 && holes[0] % 6 < 3) return hole;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner], index) => [name, holed(inner, holes.slice(index + 1))]));
};

describe('a form that shows a spec and gives it back', () => {
  it('changes nothing', () => {
    fc.assert(
      fc.property(tree, ({ schema, value }) => {
        const spec = { field: value };
        expect(back(spec, object({ field: schema }))).toEqual(spec);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing of a spec that is there, empty places and all, beside the field that somebody changes', () => {
    const holes = fc.array(fc.nat(5), { maxLength: 6 });
    fc.assert(
      fc.property(tree, holes, fc.string(), ({ schema, value }, empty, changed) => {
        const spec = { field: holed(value, empty), other: 'x' };
        const whole = object({ field: schema, other: text });
        const values = { ...formValues(spec, whole), other: changed };
        expect(cleanFormValues(values, whole, { parseYaml, secrets: secretsOf(spec, whole), current: spec })).toEqual({ ...spec, other: changed });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a number in quotes, and takes the number that somebody writes instead', () => {
    const schema = object({ port: { 'x-kubernetes-int-or-string': true } });
    expect(back({ port: '80' }, schema, { port: '80' })).toEqual({ port: '80' });
    expect(cleanFormValues({ port: '81' }, schema, { parseYaml, current: { port: '80' } })).toEqual({ port: 81 });
  });
});

describe('secrets', () => {
  const schema = object({ password, users: { type: 'array', items: object({ name: text, key: password }) }, keys: { type: 'object', additionalProperties: password } });
  const spec = { password: 'p', users: [{ name: 'ana', key: 'k' }, { name: 'ben', key: 'l' }], keys: { a: 'm' } };

  it('stay with their fields when a list gets shorter, and new ones come from the task', () => {
    const shown = formValues(spec, schema);
    expect(JSON.stringify(shown)).not.toMatch(/"[pklm]"/);
    const values = { ...shown, password: secretToken('root_spec_password'), users: [(shown.users as unknown[])[1]] };
    const secrets = { ...secretsOf(spec, schema), [secretToken('root_spec_password')]: 'new' };
    expect(cleanFormValues(values, schema, { parseYaml, secrets, current: spec })).toEqual({ ...spec, password: 'new', users: [{ name: 'ben', key: 'l' }] });
  });

  it('that are not there are asked for again, whatever the token says', () => {
    const secrets = { backstageToken: 'eyJ' };
    const call = (token: string) => () => cleanFormValues({ password: token }, schema, { parseYaml, secrets });
    expect(call(secretToken('x'))).toThrow('spec.password is a secret that is no longer there');
    expect(call(secretToken('__proto__'))).toThrow('spec.password is a secret that is no longer there');
    expect(call('backstageToken')()).toEqual({ password: 'backstageToken' });
  });

  it('are not in what is shown; that one differs is', () => {
    expect(maskSecrets(spec, schema)).toEqual({ password: '(hidden)', users: [{ name: 'ana', key: '(hidden)' }, { name: 'ben', key: '(hidden)' }], keys: { a: '(hidden)' } });
    expect(maskSecrets({ ...spec, password: 'q' }, schema, spec)).toMatchObject({ password: '(hidden, changed)', keys: { a: '(hidden)' } });
    expect(secretTexts({ ...spec, password: secretToken('x') }, schema)).toEqual(['k', 'l', 'm']);
  });
});
