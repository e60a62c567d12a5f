import { builtinSchema } from '../builtin/notation';
import { equal, jsonPatch, mergePatch } from './json';
import { strategicMerge } from './strategic';

describe('merge patch', () => {
  it.each([
    [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    [{ a: 1 }, { a: null }, {}],
    [{ a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: 1 }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
    [{}, { a: { b: { c: null } } }, { a: { b: {} } }],
  ])('%j with %j is %j', (target, patch, expected) => {
    const before = structuredClone(target);
    expect(mergePatch(target, patch)).toEqual(expected);
    expect(target).toEqual(before);
  });
});

describe('JSON patch', () => {
  const document = { a: { b: [1, 2], 'x/y': 1, 'm~n': 2 } };
  it.each([
    [[{ op: 'add', path: '/a/c', value: 1 }], { a: { ...document.a, c: 1 } }],
    [[{ op: 'add', path: '/a/b/-', value: 3 }], { a: { ...document.a, b: [1, 2, 3] } }],
    [[{ op: 'add', path: '/a/b/0', value: 0 }], { a: { ...document.a, b: [0, 1, 2] } }],
    [[{ op: 'replace', path: '/a/b/1', value: 9 }], { a: { ...document.a, b: [1, 9] } }],
    [[{ op: 'remove', path: '/a/x~1y' }], { a: { b: [1, 2], 'm~n': 2 } }],
    [[{ op: 'move', from: '/a/m~0n', path: '/z' }], { a: { b: [1, 2], 'x/y': 1 }, z: 2 }],
    [[{ op: 'copy', from: '/a/b', path: '/z' }], { ...document, z: [1, 2] }],
    [[{ op: 'test', path: '/a/b', value: [1, 2] }, { op: 'remove', path: '/a' }], {}],
  ])('%j', (operations, expected) => expect(jsonPatch(document, operations)).toEqual(expected));

  it.each([
    [[{ op: 'test', path: '/a/b/0', value: 2 }], 422],
    [[{ op: 'remove', path: '/nope' }], 422],
    [[{ op: 'replace', path: '/a/nope', value: 1 }], 422],
    [[{ op: 'add', path: '/nope/x', value: 1 }], 422],
    [[{ op: 'add', path: '/a/b/7', value: 1 }], 422],
    [[{ op: 'sing', path: '/a' }], 400],
    [{ op: 'add' }, 400],
  ])('%j is refused with %i', (operations, code) => {
    expect(() => jsonPatch(document, operations)).toThrow(expect.objectContaining({ code }));
  });
});

describe('strategic merge patch', () => {
  const pod = builtinSchema('core.PodSpec');
  const containers = [
    { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '2' }] },
    { name: 'b', image: 'b:1' },
  ];

  it('merges entries by their key', () => {
    const merged = strategicMerge({ containers }, { containers: [{ name: 'a', env: [{ name: 'Y', value: '3' }] }, { name: 'c', image: 'c' }] }, pod);
    expect(merged.containers).toEqual([
      { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '3' }] },
      { name: 'b', image: 'b:1' },
      { name: 'c', image: 'c' },
    ]);
  });

  it('deletes and replaces on request', () => {
    expect(strategicMerge({ containers }, { containers: [{ name: 'a', $patch: 'delete' }] }, pod).containers).toEqual([containers[1]]);
    expect(strategicMerge({ containers }, { containers: [{ $patch: 'replace' }, { name: 'z' }] }, pod).containers).toEqual([{ name: 'z' }]);
    expect(strategicMerge({ nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'replace', b: '2' } }, pod)).toEqual({ nodeSelector: { b: '2' } });
  });

  it('orders entries as the patch asks', () => {
    const merged = strategicMerge({ containers }, { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }, pod);
    expect((merged.containers as { name: string }[]).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('merges sets of plain values, and replaces lists without a key', () => {
    const meta = builtinSchema('meta.ObjectMeta');
    expect(strategicMerge({ finalizers: ['a'] }, { finalizers: ['a', 'b'] }, meta)).toEqual({ finalizers: ['a', 'b'] });
    expect(strategicMerge({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, meta)).toEqual({ finalizers: ['b'] });
    const container = builtinSchema('core.Container');
    expect(strategicMerge({ args: ['a'] }, { args: ['b'] }, container)).toEqual({ args: ['b'] });
  });

  it('keeps only the retained keys of a volume', () => {
    const volumes = [{ name: 'v', emptyDir: {} }];
    const patch = { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] };
    expect(strategicMerge({ volumes }, patch, pod).volumes).toEqual([{ name: 'v', secret: { secretName: 's' } }]);
  });
});

it('compares values whatever the order of their fields', () => {
  expect(equal({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
  expect(equal({ a: undefined }, {})).toBe(true);
  expect(equal({ a: null }, {})).toBe(false);
  expect(equal([1, 2], [2, 1])).toBe(false);
});
