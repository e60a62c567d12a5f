import Anser from 'anser';
import { plainText } from '@kratix-ts/backstage-plugin-kratix-common';
import { placesOf } from '../../model/logSearch';
import type { LogLine } from '../../model/logBuffer';

/** A stretch of a line in one style. The text is text: nothing in it is ever read as markup. */
export interface LogSpan {
  text: string;
  /** One of the eight colours of a terminal, such as `red`; others are left out, for they may not be legible. */
  colour?: string;
  isBold?: boolean;
  isDim?: boolean;
  isItalic?: boolean;
  isUnderlined?: boolean;
  /** Where the search found its text. */
  isFound?: boolean;
}

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
// Every sequence but those that set colours and styles.
// eslint-disable-next-line no-control-regex
const OTHER_SEQUENCES = /\u001b\[[0-9;?]*[ -/]*[@-ln-~]|\u001b\[\?[0-9;]*m|\u001b[@-Z\\^_]/g;
// eslint-disable-next-line no-control-regex
const OTHER_CONTROLS = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

/** The line in stretches of one style each, with what a search looks for marked. */
export function spansOf(line: LogLine, search: string): LogSpan[] {
  return marked(styled(line), placesOf(search, line.text));
}

function styled({ text, raw }: LogLine): LogSpan[] {
  if (raw === undefined) return text ? [{ text }] : [];
  const entries = Anser.ansiToJson(raw.replace(OTHER_SEQUENCES, '').replace(OTHER_CONTROLS, ''), {
    json: true,
    remove_empty: true,
    use_classes: true,
  });
  const spans = entries.map(({ content, fg, decorations }): LogSpan => {
    const colour = fg?.replace(/^ansi-(bright-)?/, '');
    return {
      text: plainText(content),
      ...(colour && COLOURS.includes(colour) && { colour }),
      ...(decorations.includes('bold') && { isBold: true }),
      ...(decorations.includes('dim') && { isDim: true }),
      ...(decorations.includes('italic') && { isItalic: true }),
      ...(decorations.includes('underline') && { isUnderlined: true }),
    };
  });
  // The search counts in the plain text: where the two differ, colours are not worth a wrong mark.
  return spans.map(span => span.text).join('') === text ? spans : [{ text }];
}

function marked(spans: LogSpan[], places: [number, number][]): LogSpan[] {
  if (places.length === 0) return spans;
  const cuts = [...new Set(places.flat())].sort((a, b) => a - b);
  let at = 0;
  return spans.flatMap(span => {
    const begin = at;
    const end = begin + span.text.length;
    at = end;
    const inner = [begin, ...cuts.filter(cut => cut > begin && cut < end), end];
    return inner.slice(0, -1).map((from, i): LogSpan => {
      const isFound = places.some(([a, b]) => from >= a && from < b);
      return { ...span, text: span.text.slice(from - begin, inner[i + 1] - begin), ...(isFound && { isFound }) };
    });
  });
}
