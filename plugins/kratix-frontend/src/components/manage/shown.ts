import { dump } from 'js-yaml';

/** A value as people write it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  return dump(value, { lineWidth: 80, noRefs: true }).trimEnd();
}
