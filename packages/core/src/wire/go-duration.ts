const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 1e-3, 'µs': 1e-3, 'μs': 1e-3, ns: 1e-6 };

/** Milliseconds of a Go duration such as `1h30m` or `500ms`; undefined when it is not one. There are no days. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+$/.exec(text);
  if (!match) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|μs|ns)/g)) {
    total += Number(amount) * units[unit];
  }
  return match[1] === '-' ? -total : total;
}

/** A short Go duration of whole seconds, such as `1h30m` or `45s`. */
export function formatGoDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`).join('') || '0s';
}

/** A duration as Go writes it, such as `1h0m0s` or `1.5s`; undefined when the text is not one. */
export function canonicalGoDuration(text: string): string | undefined {
  const milliseconds = parseGoDuration(text);
  if (milliseconds === undefined) return undefined;
  const sign = milliseconds < 0 ? '-' : '';
  const size = Math.abs(milliseconds);
  const short = (amount: number, unit: string) => `${sign}${Number(amount.toFixed(9))}${unit}`;
  if (size === 0) return '0s';
  if (size < 1e-3) return short(size * 1e6, 'ns');
  if (size < 1) return short(size * 1e3, 'µs');
  if (size < 1_000) return short(size, 'ms');
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor((size % 3_600_000) / 60_000);
  const seconds = `${Number(((size % 60_000) / 1_000).toFixed(9))}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}
