import { plainText } from '@kratix-ts/backstage-plugin-kratix-common';

/** What the browser keeps of a log: more is dropped from its beginning. */
export const MOST_LINES = 5_000;
export const MOST_CHARACTERS = 1_000_000;
const LONGEST_LINE = 10_000;

export interface LogText {
  /** Complete lines, without terminal sequences. */
  lines: readonly string[];
  /** The line that has not ended yet, as it came. */
  rest: string;
  /** How many lines were dropped from the beginning. */
  dropped: number;
}

export const EMPTY_LOG: LogText = { lines: [], rest: '', dropped: 0 };

/** The log with one more piece of it. Pieces may end anywhere, also inside a line or a terminal sequence. */
export function appendLog(log: LogText, piece: string): LogText {
  const parts = (log.rest + piece).split('\n');
  const rest = parts[parts.length - 1].slice(-LONGEST_LINE);
  const added = parts.slice(0, -1).map(visible);
  return bound({ lines: [...log.lines, ...added], rest, dropped: log.dropped });
}

/** The log when nothing more will come: a last line without its end counts. */
export function endLog(log: LogText): LogText {
  return log.rest ? bound({ ...log, lines: [...log.lines, visible(log.rest)], rest: '' }) : log;
}

/** Every line, with the one that has not ended yet. */
export function shownLines(log: LogText): readonly string[] {
  return log.rest ? [...log.lines, visible(log.rest)] : log.lines;
}

/** The last lines that are not empty. */
export function lastLines(log: LogText, count: number): readonly string[] {
  return shownLines(log).filter(line => line.trim()).slice(-count);
}

/** A carriage return draws over what stood before it, as a terminal does. */
function visible(line: string): string {
  const drawn = line.replace(/\r+$/, '').split('\r').pop() ?? '';
  const text = plainText(drawn);
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
}

function bound(log: LogText): LogText {
  let from = Math.max(0, log.lines.length - MOST_LINES);
  let size = 0;
  for (let i = log.lines.length - 1; i >= from; i -= 1) {
    size += log.lines[i].length + 1;
    if (size > MOST_CHARACTERS) from = i + 1;
  }
  return from === 0 ? log : { ...log, lines: log.lines.slice(from), dropped: log.dropped + from };
}
