import { factsOf } from './facts';

describe('factsOf', () => {
  it('keeps plain values and leaves out the rest', () => {
    const values = { teamName: 'shop', replicas: 3, isPublic: false, database: { a: 1 }, tags: ['a'], empty: ' ', gone: null };
    expect(factsOf(values, 9)).toEqual([
      { name: 'Team name', value: 'shop' },
      { name: 'Replicas', value: '3' },
      { name: 'Is public', value: 'false' },
    ]);
  });

  it('makes links of web addresses alone', () => {
    const values = { a: 'https://a.example.org/x', b: 'data:text/html,hello', c: 'see https://a.example.org', d: 'http://' };
    expect(factsOf(values, 9).map(fact => fact.href)).toEqual(['https://a.example.org/x', undefined, undefined, undefined]);
  });

  it('B42: takes away what a terminal would make of a value', () => {
    expect(factsOf({ colour: '\u001b[31mred\u001b[0m', bell: '\u0007' }, 9)).toEqual([{ name: 'Colour', value: 'red' }]);
  });

  it('stops at the most', () => {
    expect(factsOf({ a: 1, b: 2, c: 3 }, 2)).toHaveLength(2);
  });
});
