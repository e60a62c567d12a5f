import { secretTexts, specSchemaOfPromise } from '@kratix-ts/backstage-plugin-kratix-common';
import type { ClusterWatch } from '../clusters/ClusterWatch';

/** Shorter ones stand in too many words that tell nothing. */
const SHORTEST = 3;
const HIDDEN = '(hidden)';

const longestFirst = (secrets: string[]) => secrets.filter(secret => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
const hide = (text: string, secrets: string[]) => secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);

/** What a log of a request must not show, the longest first, since one may be a part of another. */
export function secretsInSpec(watch: Pick<ClusterWatch, 'apis' | 'promise' | 'request'>, { promise, namespace, name }: { promise: string; namespace: string; name: string }): string[] {
  const schema = specSchemaOfPromise(watch.promise(promise));
  const requests = watch.apis().filter(api => api.promise === promise).map(api => watch.request(api, namespace, name));
  return longestFirst(requests.flatMap(request => secretTexts(request?.spec, schema)));
}

/** Puts `(hidden)` in the place of each secret of a spec. */
export function hiderOf(spec: unknown, schema: unknown): (text: string) => string {
  const secrets = longestFirst(secretTexts(spec, schema));
  return text => hide(text, secrets);
}

/** Where the text has to be cut so that no secret, whole or begun, lies across the cut. */
function cutOf(text: string, secrets: string[]): number {
  let cut = text.length;
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, text.length); length > 0; length -= 1) {
      if (text.endsWith(secret.slice(0, length))) {
        cut = Math.min(cut, text.length - length);
        break;
      }
    }
  }
  for (const secret of secrets) {
    const start = text.lastIndexOf(secret, cut - 1);
    if (start >= 0 && start < cut && start + secret.length > cut) return cutOf(text.slice(0, start), secrets);
  }
  return cut;
}

/** The same text, chunk by chunk, with `(hidden)` in the place of each secret, also of one that two chunks share. */
export async function* withoutSecrets(chunks: AsyncIterable<string>, secrets: string[]): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of chunks) {
    const text = held + chunk;
    const cut = cutOf(text, secrets);
    held = text.slice(cut);
    if (cut > 0) yield hide(text.slice(0, cut), secrets);
  }
  if (held !== '') yield hide(held, secrets);
}
