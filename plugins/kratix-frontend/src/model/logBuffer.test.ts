import fc from 'fast-check';
import { appendLog, EMPTY_LOG, endLog, lastLines, MOST_CHARACTERS, MOST_LINES, shownLines, type LogText } from './logBuffer';

const read = (...pieces: string[]) => pieces.reduce<LogText>(appendLog, EMPTY_LOG);

describe('the log that the browser keeps', () => {
  it.each<[string, string[], string[]]>([
    ['lines', ['a\nb\n'], ['a', 'b']],
    ['a line that has not ended', ['a\nb'], ['a', 'b']],
    ['pieces that end inside a line', ['hel', 'lo\nwor', 'ld\n'], ['hello', 'world']],
    ['colours', ['\u001b[1;31mred\u001b[0m\n'], ['red']],
    ['a terminal sequence cut in two', ['\u001b[3', '1mred\n'], ['red']],
    ['control characters', ['a\u0007b\u0000\n'], ['ab']],
    ['Windows line ends', ['a\r\nb\r\n'], ['a', 'b']],
    ['a progress display', ['10 %\r50 %\r100 %\n'], ['100 %']],
    ['markup stays text', ['<img src=x onerror=alert(1)>\n'], ['<img src=x onerror=alert(1)>']],
    ['empty lines', ['a\n\nb\n'], ['a', '', 'b']],
  ])('shows %s', (_, pieces, lines) => {
    expect(shownLines(read(...pieces))).toEqual(lines);
  });

  it('drops from the beginning what is too much, and counts it', () => {
    const log = read(Array.from({ length: MOST_LINES + 10 }, (_, i) => `${i}\n`).join(''));
    expect(log.lines).toHaveLength(MOST_LINES);
    expect(log.lines[0]).toBe('10');
    expect(log.dropped).toBe(10);
  });

  it('never keeps more characters than it may', () => {
    const long = `${'x'.repeat(9_999)}\n`;
    const log = read(...Array.from({ length: 120 }, () => long));
    expect(log.lines.join('\n').length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(log.dropped).toBeGreaterThan(0);
    expect(read('x'.repeat(50_000)).rest.length).toBeLessThanOrEqual(10_000);
  });

  it('counts a last line without its end when the log ends', () => {
    expect(endLog(read('a\nb')).lines).toEqual(['a', 'b']);
    expect(lastLines(read('a\n\nb\nc'), 2)).toEqual(['b', 'c']);
  });

  it('reads the same however the log is cut into pieces', () => {
    const text = fc.stringMatching(/^[a-z\n\r\t ]*$/);
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
        const places = [...cuts, whole.length].sort((a, b) => a - b);
        const pieces = places.map((place, i) => whole.slice(places[i - 1] ?? 0, place));
        expect(shownLines(endLog(read(...pieces)))).toEqual(shownLines(endLog(read(whole))));
      }),
    );
  });
});
