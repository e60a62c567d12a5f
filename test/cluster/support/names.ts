import { randomBytes } from 'node:crypto';
import type { ResourceType } from '@kratix-ts/core/kube';

/** A name that no other test uses; only lower-case letters and digits, beginning with a letter. */
export function aName(beginning = 'x'): string {
  return `${beginning}${randomBytes(4).toString('hex')}`;
}

/** A kind, group and version that nobody has written into the engine. */
export function aType(): ResourceType {
  const word = aName('kind');
  return {
    group: `${aName('g')}.example.com`,
    version: `v${1 + (randomBytes(1)[0] % 9)}alpha1`,
    kind: word[0].toUpperCase() + word.slice(1),
    plural: `${word}s`,
    namespaced: true,
  };
}
