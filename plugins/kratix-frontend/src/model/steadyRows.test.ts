import { sameParts } from '../live/sameParts';
import { steadyRows } from './steadyRows';

const steady = (shown: string, newer: string) => steadyRows([...shown], [...newer], row => row).join('');

describe('rows that stay where they are', () => {
  it.each([
    ['abc', 'abc', 'abc'],
    ['abc', 'cba', 'abc'],
    ['abc', 'bc', 'bc'],
    ['abc', 'xabc', 'xabc'],
    ['abc', 'caxb', 'abxc'],
    ['', 'ab', 'ab'],
    ['ab', '', ''],
  ])('%s, then %s: %s', (shown, newer, expected) => {
    expect(steady(shown, newer)).toBe(expected);
  });
});

describe('the parts of an answer', () => {
  it('stay the same objects where nothing changed', () => {
    const older = { items: [{ id: 1, list: [1, 2] }, { id: 2 }], total: 2 };
    const newer = sameParts(older, { items: [{ id: 1, list: [1, 2] }, { id: 3 }], total: 2 });
    expect(newer).toEqual({ items: [{ id: 1, list: [1, 2] }, { id: 3 }], total: 2 });
    expect(newer.items[0]).toBe(older.items[0]);
    expect(newer.items[1]).not.toBe(older.items[1]);
    expect(sameParts(older, structuredClone(older))).toBe(older);
  });

  it.each([
    [undefined, { a: 1 }],
    [[1], { 0: 1 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [[1, 2], [1]],
    [{ a: undefined }, {}],
    [null, 1],
  ])('are the newer ones: %j, %j', (older, newer) => {
    expect(sameParts(older, newer)).toEqual(newer);
  });
});
