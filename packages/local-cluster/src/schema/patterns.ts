const POSIX: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t\\n\\v\\f\\r ',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '0-9A-Za-z_',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
};

const known = new Map<string, RegExp>();

/** A regular expression as Go writes it (RE2). Throws where it cannot be read. */
export function expression(pattern: string): RegExp {
  let compiled = known.get(pattern);
  if (!compiled) {
    compiled = compile(pattern);
    if (known.size > 1000) known.clear();
    known.set(pattern, compiled);
  }
  return compiled;
}

function compile(pattern: string): RegExp {
  const [lead = '', letters = ''] = /^\(\?([imsU]+)\)/.exec(pattern) ?? [];
  const portable = pattern
    .slice(lead.length)
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\(\?P</g, '(?<')
    .replace(/\\([pP])([LMNPSZC])(?![a-z{])/g, '\\$1{$2}')
    .replace(/\[:(\w+):\]/g, (all, name: string) => POSIX[name] ?? all);
  const flags = letters.replace('U', '');
  try {
    return new RegExp(portable, `${flags}u`);
  } catch {
    // JavaScript is stricter with escapes when it reads by characters.
    return new RegExp(portable, flags);
  }
}
