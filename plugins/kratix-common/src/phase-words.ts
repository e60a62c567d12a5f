/** Somebody else's words (a log line, an error, a kubelet's message), made fit to stand inside a sentence. */

const LONGEST = 240;
// Colour and cursor sequences, then every other control character.
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-_]/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text without terminal sequences and control characters; line ends and tabs stay. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(ESCAPES, '').replace(CONTROLS, '');
}

/** The last line that says something, at most 240 characters long; empty when there is none. */
export function lastWords(message: unknown): string {
  if (typeof message !== 'string') return '';
  const lines = linesOf(message);
  return shortened(lines[lines.length - 1] ?? '');
}

/** `: words` for the end of a sentence, or its full stop when there are no words. */
export function tailOf(message: unknown): string {
  const words = lastWords(message);
  return words ? `: ${words}` : '.';
}

/** The same of the helper's error: its sentence comes first, and an excerpt of the file may follow. */
export function errorTailOf(message: unknown): string {
  const words = typeof message === 'string' ? shortened(linesOf(message)[0] ?? '') : '';
  return words ? `: ${words}` : '.';
}

function linesOf(message: string): string[] {
  const lines = plainText(errorInside(message) ?? message).split('\n');
  return lines.map(line => line.trim()).filter(Boolean);
}

function shortened(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The sentence that the helper leaves as JSON in its termination message. */
function errorInside(message: string): string | undefined {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(message);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed && typeof parsed.error === 'string') {
      return parsed.error;
    }
  } catch {
    return undefined;
  }
  return undefined;
}
