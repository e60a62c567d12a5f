import fc from 'fast-check';
import { fieldChanges, isSameValue, threeWay } from './edits';

describe('what an edit changes', () => {
  it.each<[string, unknown, unknown, unknown[]]>([
    ['nothing', { size: 'small', list: [1, { a: 1 }] }, { list: [1, { a: 1 }], size: 'small' }, []],
    ['null is absent', { size: null }, {}, []],
    ['a changed field', { size: 'small' }, { size: 'large' }, [{ path: 'spec.size', change: 'changed', before: 'small', after: 'large' }]],
    ['a new field', {}, { size: 'large' }, [{ path: 'spec.size', change: 'added', after: 'large' }]],
    ['a field that is gone', { size: 'small' }, {}, [{ path: 'spec.size', change: 'removed', before: 'small' }]],
    ['one deep inside', { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 3, d: 2 } } }, [{ path: 'spec.a.b.c', change: 'changed', before: 1, after: 3 }]],
    ['a whole object', {}, { a: { b: 1 } }, [{ path: 'spec.a', change: 'added', after: { b: 1 } }]],
    ['items of a list', { l: [{ n: 'a' }, 'x'] }, { l: [{ n: 'b' }, 'x', 'y'] }, [
      { path: 'spec.l[0].n', change: 'changed', before: 'a', after: 'b' },
      { path: 'spec.l[2]', change: 'added', after: 'y' },
    ]],
    ['another type', { a: [1] }, { a: { b: 1 } }, [{ path: 'spec.a', change: 'changed', before: [1], after: { b: 1 } }]],
    ['a key with dots', { l: { 'a.b/c': '1' } }, { l: { 'a.b/c': '2' } }, [{ path: 'spec.l["a.b/c"]', change: 'changed', before: '1', after: '2' }]],
    ['false and zero are values', { a: false, b: 0 }, { a: true }, [
      { path: 'spec.a', change: 'changed', before: false, after: true },
      { path: 'spec.b', change: 'removed', before: 0 },
    ]],
  ])('%s', (_, before, after, changes) => {
    expect(fieldChanges(before, after)).toEqual(changes);
  });

  it('lists changes in the order of what was sent, then what is gone', () => {
    const paths = fieldChanges({ z: 1, gone: 1, a: 1 }, { z: 2, a: 2, new: 1 }).map(({ path }) => path);
    expect(paths).toEqual(['spec.z', 'spec.a', 'spec.new', 'spec.gone']);
  });

  it('says nothing only of what is the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        expect(fieldChanges(before, after).length === 0).toBe(isSameValue(before, after));
      }),
    );
  });
});

describe('two edits of the same request', () => {
  it.each<[string, unknown, unknown, unknown, unknown[]]>([
    ['the same edit twice', { a: 1 }, { a: 2 }, { a: 2 }, []],
    ['mine alone', { a: 1 }, { a: 2 }, { a: 1 }, [{ path: 'spec.a', base: 1, mine: 2, theirs: 1 }]],
    ['theirs alone', { a: 1 }, { a: 1 }, { a: 2 }, [{ path: 'spec.a', base: 1, mine: 1, theirs: 2 }]],
    ['both, another way', { a: 1 }, { a: 2 }, { a: 3 }, [{ path: 'spec.a', base: 1, mine: 2, theirs: 3, conflicting: true }]],
    ['both, in different fields', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, [
      { path: 'spec.a', base: 1, mine: 2, theirs: 1 },
      { path: 'spec.b', base: 1, mine: 1, theirs: 2 },
    ]],
    ['mine takes away what they changed', { a: { b: 1 } }, {}, { a: { b: 2 } }, [
      { path: 'spec.a', base: { b: 1 }, mine: undefined, theirs: { b: 2 }, conflicting: true },
    ]],
    ['both add the same object with other fields', {}, { a: { b: 1, c: 1 } }, { a: { b: 1, c: 2 } }, [
      { path: 'spec.a.c', base: undefined, mine: 1, theirs: 2, conflicting: true },
    ]],
  ])('%s', (_, base, mine, theirs, fields) => {
    expect(threeWay(base, mine, theirs)).toEqual(fields);
  });

  it('never calls a field conflicting that only one of them changed', () => {
    const spec = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(spec, spec, spec, (base, mine, theirs) => {
        for (const { path, conflicting } of threeWay(base, mine, theirs)) {
          const touched = [mine, theirs].filter(side => fieldChanges(base, side).some(change => change.path === path));
          expect(Boolean(conflicting)).toBe(touched.length === 2);
        }
      }),
    );
  });
});
