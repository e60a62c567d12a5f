import { LogBuffer } from './logBuffer';
import { LogSearch, placesOf } from './logSearch';

describe('LogSearch', () => {
  it('finds lines whatever their case, special characters as they are, and goes on as the log grows', () => {
    const log = new LogBuffer();
    log.append('an Error (1)\nfine\n');
    const search = new LogSearch('error (');
    expect(search.scan(log)).toBe(false);
    expect(search.matches).toEqual([0]);
    log.append('ERROR (2)\nnot ended error (');
    search.scan(log);
    expect(search.matches).toEqual([0, 2]);
  });

  it('looks at a long log in stretches', () => {
    const log = new LogBuffer();
    log.append('x\n'.repeat(12_000));
    const search = new LogSearch('x');
    expect(Array.from({ length: 6 }, () => search.scan(log))).toEqual([true, true, true, true, true, false]);
    expect(search.matches).toHaveLength(12_000);
  });

  it('forgets lines that were dropped', () => {
    const log = new LogBuffer({ lines: 100, characters: 1e6 });
    log.append('x\n'.repeat(100));
    const search = new LogSearch('x');
    search.scan(log);
    log.append('x\n'.repeat(50));
    search.scan(log);
    expect(search.matches[0]).toBe(log.dropped);
    expect(search.matches[search.matches.length - 1]).toBe(149);
  });
});

describe('placesOf', () => {
  it.each<[string, string, [number, number][]]>([
    ['', 'abc', []],
    ['b', 'abcB', [[1, 2], [3, 4]]],
    ['.', 'a.b', [[1, 2]]],
  ])('finds %j in %j', (text, line, places) => expect(placesOf(text, line)).toEqual(places));
});
