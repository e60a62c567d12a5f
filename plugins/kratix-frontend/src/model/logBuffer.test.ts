import fc from 'fast-check';
import { LogBuffer } from './logBuffer';

function read(pieces: string[], most?: { lines: number; characters: number }): LogBuffer {
  const log = new LogBuffer(most);
  pieces.forEach(piece => log.append(piece));
  return log;
}
const shown = (log: LogBuffer) => Array.from({ length: log.end - log.dropped }, (_, i) => log.text(log.dropped + i));

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
    const log = read(pieces);
    expect(shown(log)).toEqual(lines);
    expect(log.toString()).toBe(lines.join('\n'));
  });

  it('keeps the colours of a line beside its text', () => {
    const log = read(['plain\n\u001b[31mred\u001b[0m\nlast \u001b[1mbold']);
    expect(log.line(0)).toEqual({ text: 'plain' });
    expect(log.line(1)).toEqual({ text: 'red', raw: '\u001b[31mred\u001b[0m' });
    expect(log.line(2)).toEqual({ text: 'last bold', raw: 'last \u001b[1mbold' });
    expect(log.line(3)).toBeUndefined();
  });

  it('B42: drops from the beginning what is too much, and goes on counting', () => {
    const log = read(Array.from({ length: 130 }, (_, i) => `\u001b[3${i % 8}m${i}\n`), { lines: 100, characters: 1e6 });
    expect(log.end).toBe(130);
    expect(log.dropped).toBeGreaterThanOrEqual(20);
    expect(log.text(log.dropped)).toBe(String(log.dropped));
    expect(log.line(129)).toEqual({ text: '129', raw: '\u001b[31m129' });
    expect(log.text(log.dropped - 1)).toBeUndefined();
  });

  it('B42: never keeps more characters than it may', () => {
    const long = `${'x'.repeat(9_999)}\n`;
    const log = read(Array.from({ length: 120 }, () => long), { lines: 1e6, characters: 1e6 });
    expect(log.toString().length).toBeLessThanOrEqual(1.1e6);
    expect(log.dropped).toBeGreaterThan(0);
    expect(read(['x'.repeat(50_000)]).toString().length).toBeLessThanOrEqual(10_000);
  });

  it('counts a last line without its end when the log ends', () => {
    const log = read(['a\nb']);
    log.close();
    expect(log.ended).toBe(2);
    expect(read(['a\n\nb\nc']).lastLines(2)).toEqual(['b', 'c']);
  });

  it('takes 50,000 lines in pieces without looking at a line twice', () => {
    const piece = Array.from({ length: 500 }, (_, i) => `2026-11-22T14:01:22Z line ${i} of a log that goes on and on\n`).join('');
    const log = read(Array.from({ length: 100 }, () => piece));
    expect(log.end).toBe(50_000);
    expect(log.dropped).toBe(0);
  });

  it('reads the same however the log is cut into pieces', () => {
    const text = fc.stringMatching(/^[a-z\n\r\t ]*$/);
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
        const places = [...cuts, whole.length].sort((a, b) => a - b);
        const log = read(places.map((place, i) => whole.slice(places[i - 1] ?? 0, place)));
        const other = read([whole]);
        log.close();
        other.close();
        expect(shown(log)).toEqual(shown(other));
      }),
    );
  });
});
