import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, Dispatcher, errors, ProxyAgent, request } from 'undici';
import type { Credentials, CredentialSource } from './credentials';
import { ApiError, apiErrorOf, ConnectionError } from './errors';
import type { CallRecord } from './types';

export interface TransportOptions {
  /** Connections for ordinary calls; watches and logs have their own, without a limit. Default 16. */
  connections?: number;
  /** A call without an answer for this long fails, in milliseconds. Default 30,000. */
  timeoutMs?: number;
  userAgent?: string;
  /** Called after each call. */
  onCall?: (call: CallRecord) => void;
}

export interface Call {
  method: string;
  path: string;
  query?: Record<string, string | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string | string[]>;
  signal?: AbortSignal;
}

interface Dispatchers {
  identity: string;
  calls: Dispatcher;
  streams: Dispatcher;
}

const IDLE_MS = 30_000;
const MAX_429_TRIES = 5;
const MAX_RETRY_AFTER_MS = 10_000;

/**
 * HTTP to one API server. Calls share a few warm connections; each stream (watch, log) has a connection of its own, so
 * that no number of watches can starve a call.
 */
export class Transport {
  private dispatchers?: Dispatchers;
  private isClosed = false;

  constructor(private readonly credentials: CredentialSource, private readonly options: TransportOptions = {}) {}

  get server() {
    return this.credentials.server;
  }

  /** Sends a call and parses the answer. Waits and tries again when the server is busy (429). */
  async json<T>(call: Call): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once<T>(call);
      } catch (error) {
        const waitMs = attempt < MAX_429_TRIES ? waitFor(error, call) : undefined;
        if (waitMs === undefined) throw error;
        await delay(waitMs, call.signal);
      }
    }
  }

  /** Sends a call and hands out the answer's body as it comes. */
  async stream(call: Call): Promise<AsyncIterable<Uint8Array>> {
    const { response, startedAt } = await this.send(call, 'streams');
    this.record(call, response.statusCode, startedAt);
    if (response.statusCode >= 400) throw await this.refusal(call, response);
    return chunks(response.body, error => this.broken(call, error));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const old = this.dispatchers;
    this.dispatchers = undefined;
    if (old) await Promise.all([old.calls.destroy(), old.streams.destroy()]);
  }

  private async once<T>(call: Call): Promise<T> {
    const { response, startedAt } = await this.send(call, 'calls');
    let text: string;
    try {
      text = await response.body.text();
    } catch (error) {
      this.record(call, 0, startedAt);
      throw this.broken(call, error);
    }
    this.record(call, response.statusCode, startedAt);
    if (response.statusCode >= 400) throw this.refusalOf(call, response, text);
    return parseBody(text, `${call.method} ${this.server}${call.path}`) as T;
  }

  private async send(call: Call, pool: 'calls' | 'streams') {
    const first = await this.sendOnce(call, pool);
    if (first.response.statusCode !== 401) return first;
    await first.response.body.dump();
    this.record(call, 401, first.startedAt);
    this.credentials.refresh();
    return this.sendOnce(call, pool);
  }

  private async sendOnce(call: Call, pool: 'calls' | 'streams') {
    if (this.isClosed) throw new ConnectionError(`${call.method} ${call.path}: the client is closed`);
    const credentials = await this.credentials.get();
    const startedAt = performance.now();
    const timeoutMs = this.options.timeoutMs ?? 30_000;
    const send = () =>
      request(`${this.server}${call.path}${queryOf(call.query)}`, {
        dispatcher: this.dispatchersFor(credentials)[pool],
        method: call.method as Dispatcher.HttpMethod,
        headers: {
          accept: 'application/json',
          'user-agent': this.options.userAgent ?? 'kratix-ts',
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
          ...credentials.headers,
          ...call.headers,
        },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: call.signal,
        headersTimeout: timeoutMs,
        bodyTimeout: pool === 'calls' ? timeoutMs : 0,
      });
    try {
      return { response: await send(), startedAt };
    } catch (error) {
      // A warm connection may have been closed by the server just before; a read can simply be sent again.
      const isStale = error instanceof errors.SocketError || codeOf(error) === 'ECONNRESET';
      if (isStale && call.method === 'GET' && !call.signal?.aborted) {
        try {
          return { response: await send(), startedAt };
        } catch (again) {
          this.record(call, 0, startedAt);
          throw this.broken(call, again);
        }
      }
      this.record(call, 0, startedAt);
      throw this.broken(call, error);
    }
  }

  private dispatchersFor(credentials: Credentials): Dispatchers {
    if (this.dispatchers?.identity === credentials.identity) return this.dispatchers;
    const old = this.dispatchers;
    // What is under way ends in peace on the old connections.
    for (const dispatcher of old ? [old.calls, old.streams] : []) dispatcher.close().catch(() => {});
    this.dispatchers = {
      identity: credentials.identity,
      calls: this.dispatcher(credentials, this.options.connections ?? 16),
      streams: this.dispatcher(credentials, null),
    };
    return this.dispatchers;
  }

  private dispatcher(credentials: Credentials, connections: number | null): Dispatcher {
    const tls = credentials.tls;
    const common = { connections, keepAliveTimeout: IDLE_MS, allowH2: false, pipelining: 1 };
    if (this.credentials.proxyUrl) {
      return new ProxyAgent({ ...common, uri: this.credentials.proxyUrl, requestTls: tls });
    }
    return new Agent({ ...common, connect: { ...tls, timeout: 10_000, keepAliveInitialDelay: IDLE_MS } });
  }

  private async refusal(call: Call, response: Dispatcher.ResponseData) {
    return this.refusalOf(call, response, await response.body.text().catch(() => ''));
  }

  private refusalOf(call: Call, response: Dispatcher.ResponseData, text: string) {
    let body: unknown = text;
    try {
      body = JSON.parse(text);
    } catch {
      // A proxy's page, or plain text: its first words go into the message.
    }
    const after = Number(response.headers['retry-after']);
    return apiErrorOf(
      response.statusCode,
      body,
      `${call.method} ${this.server}${call.path}`,
      Number.isFinite(after) ? after : undefined,
    );
  }

  /** The caller's own abort stays what it is; everything else becomes an error that names the server. */
  private broken(call: Call, error: unknown): Error {
    if (call.signal?.aborted) return abortReason(call.signal);
    const words = error instanceof Error ? error.message || codeOf(error) || error.name : String(error);
    return new ConnectionError(`${call.method} ${this.server}${call.path}: ${words}`, { cause: error });
  }

  private record(call: Call, code: number, startedAt: number) {
    this.options.onCall?.({
      method: call.method,
      path: call.path,
      isWatch: call.query?.watch !== undefined,
      code,
      ms: performance.now() - startedAt,
    });
  }
}

async function* chunks(body: Dispatcher.ResponseData['body'], wrap: (error: unknown) => Error) {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    throw wrap(error);
  } finally {
    body.destroy();
  }
}

function waitFor(error: unknown, call: Call): number | undefined {
  if (!(error instanceof ApiError) || error.code !== 429 || call.signal?.aborted) return undefined;
  return Math.min(error.retryAfterMs ?? 1000, MAX_RETRY_AFTER_MS);
}

function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(error => {
    throw signal ? abortReason(signal) : error;
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

function queryOf(query: Call['query'] = {}): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return entries.length ? `?${new URLSearchParams(entries)}` : '';
}

function parseBody(text: string, what: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ConnectionError(`${what}: the answer is not JSON: ${text.slice(0, 100)}`);
  }
}
