/** Many and one of each class of characters that a pattern may hold, in English. */
const CHARACTERS = {
  lower: ['lower-case letters', 'a lower-case letter'],
  upper: ['capital letters', 'a capital letter'],
  digit: ['digits', 'a digit'],
  hyphen: ['hyphens', 'a hyphen'],
  underscore: ['underscores', 'an underscore'],
  dot: ['dots', 'a dot'],
  slash: ['slashes', 'a slash'],
  colon: ['colons', 'a colon'],
  space: ['spaces', 'a space'],
} as const;

/** A class of characters. */
export type Characters = keyof typeof CHARACTERS;

/** What a text must be like to match a pattern. */
export interface PatternRule {
  /** It holds nothing else. */
  holds: Characters[];
  /** What its first character, and its last one, is of. */
  begins?: Characters[];
  ends?: Characters[];
  /** Numbers of characters. */
  least?: number;
  most?: number;
}

/** How a class is written between brackets. */
const WRITTEN: [string, Characters][] = [
  ['a-z', 'lower'], ['A-Z', 'upper'], ['0-9', 'digit'], ['\\d', 'digit'], ['-', 'hyphen'], ['_', 'underscore'], ['.', 'dot'], ['/', 'slash'], [':', 'colon'], [' ', 'space'],
];

/** What stands between brackets, such as `a-z0-9-`, in the order of the classes. */
function charactersOf(text: string): Characters[] | undefined {
  const parts = text.match(/a-z|A-Z|0-9|\\d|\\?[-_./: ]/g) ?? [];
  if (parts.length === 0 || parts.join('') !== text) return undefined;
  const plain = parts.map(part => (part === '\\d' ? part : part.replace('\\', '')));
  return [...new Set(WRITTEN.filter(([written]) => plain.includes(written)).map(([, characters]) => characters))];
}

const ONE_CLASS = /^\^\[([^\]]+)\](\+|\*|\{(\d+)(?:,(\d+)?)?\})\$$/;
/** As Kubernetes names things: `^[a-z]([-a-z0-9]*[a-z0-9])?$`, the middle possibly with a length. */
const NAME = /^\^\[([^\]]+)\]\(?\[([^\]]+)\](?:\*|\{0,(\d+)\})\[([^\]]+)\](?:\)\?)?\$$/;

function oneClass(pattern: string): PatternRule | undefined {
  const [, text, repeat, least, most] = ONE_CLASS.exec(pattern) ?? [];
  const holds = text ? charactersOf(text) : undefined;
  if (!holds) return undefined;
  const upTo = repeat.includes(',') ? most : least;
  return { holds, ...(Number(least) > 1 && { least: Number(least) }), ...(upTo !== undefined && { most: Number(upTo) }) };
}

function name(pattern: string): PatternRule | undefined {
  const [, begin, middle, most, end] = NAME.exec(pattern) ?? [];
  const [begins, holds, ends] = [begin, middle, end].map(text => (text ? charactersOf(text) : undefined));
  return begins && holds && ends && { holds, begins, ends, ...(most && { most: Number(most) + 2 }) };
}

/** Undefined for a pattern that is none of the usual ones for names, identifiers and numbers. */
export function patternRule(pattern: string): PatternRule | undefined {
  return oneClass(pattern) ?? name(pattern);
}

function listed(words: string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words[words.length - 1]}`;
}

const all = (characters: Characters[]) => listed(characters.map(key => CHARACTERS[key][0]), 'and');
const any = (characters: Characters[]) => listed(characters.map(key => CHARACTERS[key][1]), 'or');

function lengthOf({ least, most }: PatternRule): string {
  if (least !== undefined && least === most) return `be ${most} characters long`;
  if (least !== undefined) return most === undefined ? `be at least ${least} characters long` : `be ${least} to ${most} characters long`;
  return most === undefined ? '' : `be at most ${most} characters long`;
}

/** The same rule in English, for forms that have no words of their own: `must hold only digits`. */
export function patternWords(pattern: string): string | undefined {
  const rule = patternRule(pattern);
  if (!rule) return undefined;
  const [begin, end] = [rule.begins, rule.ends].map(characters => characters && any(characters));
  const ends = begin === end ? [begin ? `begin and end with ${begin}` : ''] : [`begin with ${begin}`, `end with ${end}`];
  return `must ${listed([`hold only ${all(rule.holds)}`, ...ends, lengthOf(rule)].filter(Boolean), 'and')}`;
}
