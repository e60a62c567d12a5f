import { lookup, type LookupAddress } from 'node:dns';
import { lookup as lookupNow } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';

export interface FetchOptions {
  /** Sent to the first host alone. */
  authorization?: string;
  /** Bytes of the answer's body, unpacked. */
  maxBytes: number;
  /** For everything together, redirects included, in milliseconds. */
  timeoutMs: number;
  /** Also addresses where machines tell about themselves: 169.254.169.254 and its like. */
  allowLinkLocal?: boolean;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Link-local addresses, and the clouds' own for what a machine may know about itself. */
const guarded = new BlockList();
guarded.addSubnet('169.254.0.0', 16);
guarded.addSubnet('fe80::', 10, 'ipv6');
guarded.addAddress('fd00:ec2::254', 'ipv6');
guarded.addAddress('100.100.100.200');

const words = (host: string) => `${host} is an address at which machines tell about themselves; it is not asked`;

/** Whether an address must not be asked. */
export function isGuarded(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && guarded.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * A text from a URL that somebody else chose: http or https, of bounded size and time, and from no address that a machine
 * tells about itself at; through the proxies that the environment names. Throws an Error whose message holds neither path nor header; for another status than 200 it is
 * `status code <n>`.
 */
export async function fetchText(url: string, options: FetchOptions): Promise<string> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  const dispatcher = new EnvHttpProxyAgent({ connect: { lookup: options.allowLinkLocal ? undefined : guardedLookup } });
  try {
    return await follow(parsedUrl(url), options, dispatcher, signal);
  } catch (error) {
    if (signal.aborted) throw new Error(`there was no complete answer within ${options.timeoutMs / 1_000} s`);
    throw error;
  } finally {
    await dispatcher.destroy();
  }
}

async function follow(start: URL, options: FetchOptions, dispatcher: Dispatcher, signal: AbortSignal): Promise<string> {
  let url = start;
  for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
    refuse(url, options);
    if (!options.allowLinkLocal) await refuseByName(url);
    const headers = options.authorization && url.origin === start.origin ? { authorization: options.authorization } : {};
    const { statusCode, headers: answer, body } = await request(url, { dispatcher, signal, headers });
    if (!REDIRECTS.includes(statusCode)) {
      if (statusCode === 200) return await bounded(body, options.maxBytes);
      leave(body);
      throw new Error(`status code ${statusCode}`);
    }
    leave(body);
    const { location } = answer;
    if (typeof location !== 'string') throw new Error('it redirects to nowhere');
    url = parsedUrl(location, url);
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

/** What was left unread on purpose is no failure. */
function leave(body: Readable) {
  body.on('error', () => undefined).destroy();
}

function parsedUrl(text: string, base?: URL): URL {
  try {
    return new URL(text, base);
  } catch {
    throw new Error('its URL is none; write it as https://host/path');
  }
}

function refuse({ protocol, hostname }: URL, { allowLinkLocal }: FetchOptions) {
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`a URL of ${protocol} is not fetched; use https:`);
  if (!allowLinkLocal && isGuarded(hostname.replace(/^\[|\]$/g, ''))) throw new Error(words(hostname));
}

/** A proxy connects for us, past {@link guardedLookup}: what the name stands for here counts. One that only the proxy knows is its affair. */
async function refuseByName({ hostname }: URL): Promise<void> {
  const found = await lookupNow(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  if (found.some(({ address }) => isGuarded(address))) throw new Error(words(hostname));
}

/** Judges what a name stands for at the moment of the connection: a name may stand for something else later. */
function guardedLookup(hostname: string, options: object, callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void) {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const refused = found?.find(({ address }) => isGuarded(address));
    if (error) callback(error, []);
    else if (refused) callback(new Error(words(hostname)), []);
    else if ((options as { all?: boolean }).all) callback(null, found);
    else callback(null, found[0].address, found[0].family);
  });
}

async function bounded(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
