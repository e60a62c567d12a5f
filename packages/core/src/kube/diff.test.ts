import fc from 'fast-check';
import { holds, isSame, mergePatchOf, namesAll } from './diff';
import { mergePatched } from '../testing/fake-patches';
import { anObject } from '../testing/objects';

describe('mergePatchOf', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, unknown]>([
    ['nothing differs', { a: 1 }, { a: 1 }, undefined],
    ['fields in another order', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, undefined],
    ['a field is new', {}, { a: 1 }, { a: 1 }],
    ['a field is gone', { a: 1, b: 2 }, { b: 2 }, { a: null }],
    ['an undefined field counts as gone', { a: 1 }, { a: undefined }, { a: null }],
    ['a null that is absent already', {}, { a: null }, undefined],
    ['deep inside', { a: { b: { c: 1, d: 1 } } }, { a: { b: { c: 2, d: 1 } } }, { a: { b: { c: 2 } } }],
    ['a list is replaced as a whole', { a: [1, 2] }, { a: [1, 3] }, { a: [1, 3] }],
    ['a text becomes an object', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['an object becomes a text', { a: { b: 1 } }, { a: 'x' }, { a: 'x' }],
    ['a new object with nulls', {}, { a: { b: null, c: { d: null } } }, { a: { c: {} } }],
  ])('%s', (_what, current, desired, expected) => {
    expect(mergePatchOf(current, desired)).toEqual(expected);
  });

  const json = fc.letrec<{ value: unknown; fields: Record<string, unknown> }>(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('fields'),
    ),
    fields: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
  })).fields;

  it('turns any state into any other, and is empty exactly when they are the same', () => {
    fc.assert(
      fc.property(json, json, (current, desired) => {
        const patch = mergePatchOf(current, desired);
        expect(patch === undefined).toBe(isSame(current, desired));
        const patched = mergePatched(anObject('x', { spec: current }), { spec: patch ?? {} });
        expect(patched.spec).toEqual(desired);
      }),
    );
  });
});

describe('holds', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['the same', { a: 1 }, { a: 1 }, true],
    ['more fields, such as defaults', { a: 1, b: 2 }, { a: 1 }, true],
    ['another value', { a: 1 }, { a: 2 }, false],
    ['a missing field', {}, { a: 1 }, false],
    ['a missing field that says nothing', {}, { a: {}, b: [], c: null, d: '' }, true],
    ['an item with defaults', { a: [{ n: 1, d: 1 }] }, { a: [{ n: 1 }] }, true],
    ['a longer list', { a: [1, 2] }, { a: [1] }, false],
  ])('%s', (_what, actual, applied, expected) => {
    expect(holds(actual, applied)).toBe(expected);
  });
});

describe('namesAll', () => {
  const owned = {
    'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } },
    'f:spec': { 'f:list': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:v': {} } }, 'f:set': { 'v:"one"': {} } },
  };
  const applied = { metadata: { labels: { x: '1' } }, spec: { list: [{ name: 'a', v: 1 }], set: ['one'] } };

  it.each<[string, unknown, boolean]>([
    ['everything is named', applied, true],
    ['more is named', { ...applied, extra: 1 }, true],
    ['a label is not', { ...applied, metadata: { labels: { y: '1' } } }, false],
    ['an item is not', { ...applied, spec: { ...applied.spec, list: [{ name: 'b', v: 1 }] } }, false],
    ['a field of an item is not', { ...applied, spec: { ...applied.spec, list: [{ name: 'a' }] } }, false],
    ['a member of a set is not', { ...applied, spec: { ...applied.spec, set: ['two'] } }, false],
  ])('%s', (_what, value, expected) => {
    expect(namesAll(owned, value)).toBe(expected);
  });
});
