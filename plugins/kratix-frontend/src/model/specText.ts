import { dump } from 'js-yaml';

/** A request's spec as people read it; an empty one is an empty text. */
export function specToText(spec: Record<string, unknown>): string {
  return Object.keys(spec).length > 0 ? dump(spec, { lineWidth: 100, noRefs: true }) : '';
}
