import { createHash } from 'node:crypto';

const escaped = /[<>&\u2028\u2029]/g;
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * JSON as Go's encoder writes a map: keys sorted by their bytes, no spaces, `<`, `>` and `&` escaped. Keys without a value
 * are left out. Source: B-GEN-13.
 */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return scalar(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${entries.sort(([a], [b]) => byBytes(a, b)).map(([key, entry]) => `${scalar(key)}:${goJson(entry)}`).join(',')}}`;
}

function scalar(value: unknown): string {
  return JSON.stringify(value).replace(escaped, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Hash of an object's spec, 32 hex digits. Source: B-GEN-13. */
export function specHash(spec: unknown): string {
  return createHash('md5').update(goJson(spec)).digest('hex');
}
