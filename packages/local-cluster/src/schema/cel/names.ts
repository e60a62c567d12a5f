const KEYWORDS = new Set('true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '));

/** A field's name as rules write it. */
export function escaped(name: string): string {
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__');
}
