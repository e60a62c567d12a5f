import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, request as send, type Dispatcher } from 'undici';

/** What the client asks for, as far as it is looked at here. */
interface S3Request {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  method: string;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

export interface S3HttpOptions {
  /** Connections to the server at most. */
  connections: number;
  /** Certificate authority of the server, in PEM form, beside the known ones. */
  ca: string | undefined;
}

/** Not the client's to say: undici speaks for itself about the connection, and knows no `Expect`. */
const OF_THE_CONNECTION = new Set(['connection', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * How Amazon's client reaches its server: over kept connections, and through the proxies that the environment names
 * (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
 */
export class S3Http {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  private readonly dispatcher: Dispatcher;

  constructor({ connections, ca }: S3HttpOptions) {
    const tls = ca ? { ca: [...rootCertificates, ca] } : {};
    // each call has a time of its own
    this.dispatcher = new EnvHttpProxyAgent({ connections, connect: tls, requestTls: tls, headersTimeout: 0, bodyTimeout: 0 });
  }

  async handle({ protocol, hostname, port, path, query, method, headers, body }: S3Request, { abortSignal }: { abortSignal?: unknown } = {}) {
    const answer = await send(`${protocol}//${hostname}${port ? `:${port}` : ''}${path}${queryOf(query)}`, {
      dispatcher: this.dispatcher,
      method: method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()))),
      body: method === 'GET' || method === 'HEAD' ? undefined : body,
      ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
    });
    const answered = { statusCode: answer.statusCode, headers: singleHeaders(answer.headers) };
    const isEmpty = method === 'HEAD' || answer.statusCode === 204 || answered.headers['content-length'] === '0';
    if (!isEmpty) return { response: { ...answered, body: answer.body } };
    // the client reads no body where it expects none, and a connection whose answer was not read to its end is closed
    await answer.body.dump();
    return { response: { ...answered, body: Readable.from([]) } };
  }

  destroy(): void {
    void this.dispatcher.destroy();
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function queryOf(query: S3Request['query']): string {
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value ?? null].flat().map(each => (each === null ? encode(name) : `${encode(name)}=${encode(each)}`)));
  return parts.length ? `?${parts.sort().join('&')}` : '';
}

/** As the signature of a request is made over it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/gu, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function singleHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join(', ')]])));
}
