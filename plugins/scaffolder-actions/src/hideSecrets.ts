import { secretTexts } from '@kratix-ts/backstage-plugin-kratix-common';
import type { FoundOffer } from './findOffer';

/** Shorter ones stand in too many words that tell nothing. */
const SHORTEST = 3;

/** Takes the secrets of a spec out of what others say of it: a server's refusal, the log of a container. */
export function secretHider({ specSchema }: Pick<FoundOffer, 'specSchema'>, spec: unknown): (text: string) => string {
  const secrets = secretTexts(spec, specSchema)
    .filter(secret => secret.length >= SHORTEST)
    // A secret may be a part of another one.
    .sort((a, b) => b.length - a.length);
  return text => secrets.reduce((shown, secret) => shown.split(secret).join('(hidden)'), text);
}
