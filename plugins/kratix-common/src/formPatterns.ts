/** Many and one of what a class of characters in a pattern may hold. */
const CHARACTERS: Record<string, [many: string, one: string]> = {
  'a-z': ['lower-case letters', 'a lower-case letter'],
  'A-Z': ['capital letters', 'a capital letter'],
  '0-9': ['digits', 'a digit'],
  '\\d': ['digits', 'a digit'],
  '-': ['hyphens', 'a hyphen'],
  '_': ['underscores', 'an underscore'],
  '.': ['dots', 'a dot'],
  '/': ['slashes', 'a slash'],
  ':': ['colons', 'a colon'],
  ' ': ['spaces', 'a space'],
};

type Characters = [many: string, one: string][];

/** What stands between brackets, such as `a-z0-9-`. */
function charactersOf(text: string): Characters | undefined {
  const parts = text.match(/a-z|A-Z|0-9|\\d|\\?[-_./: ]/g) ?? [];
  if (parts.length === 0 || parts.join('') !== text) return undefined;
  const keys = [...new Set(parts.map(part => (part === '\\d' ? part : part.replace('\\', ''))))];
  const order = Object.keys(CHARACTERS);
  return keys.sort((a, b) => order.indexOf(a) - order.indexOf(b)).map(key => CHARACTERS[key]);
}

function listed(words: string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words[words.length - 1]}`;
}

const all = (characters: Characters) => listed(characters.map(([many]) => many), 'and');
const any = (characters: Characters) => listed(characters.map(([, one]) => one), 'or');

const ONE_CLASS = /^\^\[([^\]]+)\](\+|\*|\{(\d+)(?:,(\d+)?)?\})\$$/;
/** As Kubernetes names things: `^[a-z]([-a-z0-9]*[a-z0-9])?$`, the middle possibly with a length. */
const NAME = /^\^\[([^\]]+)\]\(?\[([^\]]+)\](?:\*|\{0,(\d+)\})\[([^\]]+)\](?:\)\?)?\$$/;

function lengthOf(least: number, most: number | undefined): string {
  if (most === undefined) return least > 1 ? `be at least ${least} characters long` : '';
  if (least === most) return `be ${most} characters long`;
  return least > 1 ? `be ${least} to ${most} characters long` : `be at most ${most} characters long`;
}

function oneClass(pattern: string): string[] | undefined {
  const [, text, repeat, least, most] = ONE_CLASS.exec(pattern) ?? [];
  const characters = text && charactersOf(text);
  if (!characters) return undefined;
  if (least === undefined) return [`hold only ${all(characters)}`];
  const upTo = repeat.includes(',') ? most : least;
  return [`hold only ${all(characters)}`, lengthOf(Number(least), upTo === undefined ? undefined : Number(upTo))];
}

function name(pattern: string): string[] | undefined {
  const [, begin, middle, most, end] = NAME.exec(pattern) ?? [];
  const [first, inner, last] = [begin, middle, end].map(text => (text ? charactersOf(text) : undefined));
  if (!first || !inner || !last) return undefined;
  const ends = any(first) === any(last) ? [`begin and end with ${any(first)}`] : [`begin with ${any(first)}`, `end with ${any(last)}`];
  return [`hold only ${all(inner)}`, ...ends, most ? lengthOf(0, Number(most) + 2) : ''];
}

/**
 * What a text must be like to match a pattern, in words: `must hold only digits`. Undefined for a pattern that is none of
 * the usual ones for names, identifiers and numbers.
 */
export function patternWords(pattern: string): string | undefined {
  const rules = (oneClass(pattern) ?? name(pattern))?.filter(Boolean);
  return rules && `must ${listed(rules, 'and')}`;
}
