import { dump } from 'js-yaml';
import { isSecretToken } from '@kratix-ts/backstage-plugin-kratix-common';

/** A request's spec as people read it, with its secrets hidden; an empty one is an empty text. */
export function specToText(spec: Record<string, unknown>): string {
  const shown: object = JSON.parse(JSON.stringify(spec, (_key, value) => (isSecretToken(value) ? '(hidden)' : value)));
  return Object.keys(shown).length > 0 ? dump(shown, { lineWidth: 100, noRefs: true }) : '';
}
