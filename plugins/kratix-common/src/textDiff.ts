import { createTwoFilesPatch } from 'diff';

/** How many lines around a change are shown. */
const CONTEXT = 3;

/**
 * The difference of two texts line by line: " " same, "-" before, "+" after; far from any change, lines are left out.
 * Empty where they are the same.
 */
export function textDiff(before: string, after: string): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch('', '', before, after, undefined, undefined, { context: CONTEXT });
  const [, ...hunks] = patch.split(/^@@.*@@\n/m);
  return hunks.map(hunk => hunk.replace(/^\\ No newline.*\n/gm, '').trimEnd()).join('\n…\n');
}
