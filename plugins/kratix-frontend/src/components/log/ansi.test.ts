import fc from 'fast-check';
import { LogBuffer } from '../../model/logBuffer';
import { spansOf } from './ansi';

function lineOf(raw: string) {
  const log = new LogBuffer();
  log.append(`${raw}\n`);
  return log.line(0) ?? { text: '' };
}

describe('spansOf', () => {
  it('B42: keeps colours and styles, and nothing else of a terminal', () => {
    expect(spansOf(lineOf('a \u001b[1;31mred\u001b[0m \u001b[2Kb \u001b[92mgreen\u001b[38;5;200mpink\u0007'), '')).toEqual([
      { text: 'a ' },
      { text: 'red', colour: 'red', isBold: true },
      { text: ' b ' },
      { text: 'green', colour: 'green' },
      { text: 'pink' },
    ]);
  });

  it('marks what is searched for, across colours', () => {
    expect(spansOf(lineOf('the \u001b[31mer\u001b[0mror is an Error'), 'error')).toEqual([
      { text: 'the ' },
      { text: 'er', colour: 'red', isFound: true },
      { text: 'ror', isFound: true },
      { text: ' is an ' },
      { text: 'Error', isFound: true },
    ]);
  });

  it('never loses or adds a character of the text', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('\u001b[31m', '\u001b[0m', '\u001b[38;2;1;2;3m', '\u001b]0;title\u0007', '<script>', '\u202e', '&lt;'));
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const line = lineOf(pieces.join('').replace(/[\n\r]/g, ''));
        expect(spansOf(line, 's').map(span => span.text).join('')).toBe(line.text);
      }),
    );
  });
});
