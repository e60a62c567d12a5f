import { plainText } from '@kratix-ts/backstage-plugin-kratix-common';

/** What the browser keeps of a log: more is dropped from its beginning. */
export const MOST_LINES = 100_000;
export const MOST_CHARACTERS = 20_000_000;
const LONGEST_LINE = 10_000;
/** Dropping moves every line, so a tenth goes at once. */
const SLACK = 0.1;

/** One line of a log, without terminal sequences; `raw` keeps them where the line has colours. */
export interface LogLine {
  text: string;
  raw?: string;
}

/**
 * A log as it grows. It changes in place, so that a piece costs only its own length, however long the log is already;
 * who draws it is told by other means (see `useLog`). Lines are numbered from 0, those that were dropped included.
 */
export class LogBuffer {
  private lines: string[] = [];
  private readonly coloured = new Map<number, string>();
  private rest = '';
  private characters = 0;
  private first = 0;

  constructor(private readonly most: { lines: number; characters: number } = { lines: MOST_LINES, characters: MOST_CHARACTERS }) {}

  /** How many lines were dropped from the beginning; the number of the first line that is there. */
  get dropped(): number {
    return this.first;
  }

  /** Number behind the last line; a line that has not ended counts. */
  get end(): number {
    return this.ended + (this.rest ? 1 : 0);
  }

  /** Number behind the last line that has ended, and so will not change. */
  get ended(): number {
    return this.first + this.lines.length;
  }

  /** Takes one more piece. Pieces may end anywhere, also inside a line or a terminal sequence. */
  append(piece: string): void {
    let from = 0;
    for (let to = piece.indexOf('\n'); to >= 0; to = piece.indexOf('\n', from)) {
      this.push(this.rest + piece.slice(from, to));
      this.rest = '';
      from = to + 1;
    }
    this.rest = (this.rest + piece.slice(from)).slice(-LONGEST_LINE);
    this.bound();
  }

  /** Nothing more will come: a last line without its end counts. */
  close(): void {
    if (this.rest) this.push(this.rest);
    this.rest = '';
    this.bound();
  }

  /** The text of a line; undefined where there is none, or no longer. */
  text(index: number): string | undefined {
    if (index === this.ended && this.rest) return visible(this.rest);
    return this.lines[index - this.first];
  }

  line(index: number): LogLine | undefined {
    const text = this.text(index);
    if (text === undefined) return undefined;
    const raw = index === this.ended ? colouredOf(drawn(this.rest)) : this.coloured.get(index);
    return raw === undefined ? { text } : { text, raw };
  }

  /** Everything that is there, as text. */
  toString(): string {
    const last = this.rest ? [visible(this.rest)] : [];
    return [...this.lines, ...last].join('\n');
  }

  /** The last lines that are not empty. */
  lastLines(count: number): string[] {
    const found: string[] = [];
    for (let index = this.end - 1; index >= this.first && found.length < count; index -= 1) {
      const text = this.text(index);
      if (text?.trim()) found.unshift(text);
    }
    return found;
  }

  private push(line: string): void {
    const shown = drawn(line);
    const raw = colouredOf(shown);
    if (raw !== undefined) this.coloured.set(this.ended, raw);
    const text = visible(line);
    this.lines.push(text);
    this.characters += text.length + 1;
  }

  private bound(): void {
    const { lines, characters } = this.most;
    if (this.lines.length <= lines * (1 + SLACK) && this.characters <= characters * (1 + SLACK)) return;
    let count = Math.max(0, this.lines.length - lines);
    let gone = 0;
    for (let i = 0; i < count; i += 1) gone += this.lines[i].length + 1;
    while (count < this.lines.length && this.characters - gone > characters) {
      gone += this.lines[count].length + 1;
      count += 1;
    }
    for (let i = 0; i < count; i += 1) this.coloured.delete(this.first + i);
    this.lines = this.lines.slice(count);
    this.first += count;
    this.characters -= gone;
  }
}

/** A carriage return draws over what stood before it, as a terminal does. */
function drawn(line: string): string {
  return line.includes('\r') ? line.replace(/\r+$/, '').split('\r').pop() ?? '' : line;
}

// eslint-disable-next-line no-control-regex
const SPECIAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

function visible(line: string): string {
  const shown = drawn(line);
  const text = SPECIAL.test(shown) ? plainText(shown) : shown;
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
}

/** The line with its terminal sequences, where it sets a colour or a style. */
function colouredOf(line: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  return line.length <= LONGEST_LINE && /\u001b\[[0-9;]*m/.test(line) ? line : undefined;
}
