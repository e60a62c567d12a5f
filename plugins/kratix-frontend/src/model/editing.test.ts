import { threeWay } from '@kratix-ts/backstage-plugin-kratix-common';
import { keysOf, mergedSpec, readEdit, suggestedSide, visibleChanges, type Side } from './editing';

const schema = {
  type: 'object',
  properties: { size: { type: 'string' }, password: { type: 'string', format: 'password' }, values: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
};

describe('an edit', () => {
  it('keeps what nobody touched, and takes a secret for its token', () => {
    const current = { size: 'small', password: 'old', extra: [] };
    const values = { size: 'large', password: 'kratix-secret:a', extra: [] };
    expect(readEdit(values, schema, current, { 'kratix-secret:a': 'new' })).toEqual({ spec: { size: 'large', password: 'new', extra: [] } });
  });

  it('names the field that cannot be read yet', () => {
    expect(readEdit({ values: { 'kratix-invalid-yaml': 'a: [' } }, schema, {}, {}).problem).toMatch(/^spec\.values is not YAML: /);
  });

  it('shows of a secret that it changed, and no more', () => {
    const changes = visibleChanges({ size: 'small', password: 'old' }, { size: 'large', password: 'new' }, schema);
    expect(changes).toEqual([
      { path: 'spec.size', change: 'changed', before: 'small', after: 'large' },
      { path: 'spec.password', change: 'changed', before: '(hidden)', after: '(hidden, changed)' },
    ]);
  });
});

describe('a conflict', () => {
  const base = { size: 'small', tags: ['a', 'b'], labels: { 'x.io/y': '1' }, note: 'n' };
  const mine = { size: 'large', tags: ['a'], labels: { 'x.io/y': '2' }, note: 'n' };
  const theirs = { size: 'medium', tags: ['a', 'b'], labels: { 'x.io/y': '1' }, note: 'new' };
  const conflict = { theirs, fields: threeWay(base, mine, theirs) };

  it.each<[Side, unknown]>([
    ['mine', { ...mine }],
    ['theirs', theirs],
  ])('is solved by taking %s everywhere', (side, expected) => {
    expect(mergedSpec(conflict, () => side)).toEqual(expected);
  });

  it('suggests what each changed alone, and one’s own where both did', () => {
    const sides = Object.fromEntries(conflict.fields.map(field => [field.path, suggestedSide(field)]));
    expect(sides).toEqual({ 'spec.size': 'mine', 'spec.tags[1]': 'mine', 'spec.labels["x.io/y"]': 'mine', 'spec.note': 'theirs' });
    expect(mergedSpec(conflict, path => sides[path])).toEqual({ size: 'large', tags: ['a'], labels: { 'x.io/y': '2' }, note: 'new' });
  });

  it.each([
    ['spec', ['spec']],
    ['spec.a-b.c[0].d', ['spec', 'a-b', 'c', 0, 'd']],
    ['spec.labels["x.io/y"].z', ['spec', 'labels', 'x.io/y', 'z']],
    ['spec["a"][1]', ['spec', 'a', 1]],
  ])('names its fields: %s', (path, keys) => expect(keysOf(path)).toEqual(keys));
});
