import http, { IncomingMessage, Server, ServerResponse } from 'node:http';
import https from 'node:https';
import { bodyOf, kubeconfigFor, listen, shut } from './http';

/** A call as the proxy saw it. */
export interface ProxiedCall {
  method: string;
  path: string;
  query: URLSearchParams;
  isWatch: boolean;
  /** Names in lower case and values in turn, as they were sent. */
  headers: [name: string, value: string][];
}

/** What happens to a call instead of, or before, being passed on. */
export type Fault =
  | { status: number; reason?: string; message?: string; retryAfterSeconds?: number }
  | { reset: true }
  | { delayMs: number }
  /** The call is passed on and takes effect, and its answer is lost. */
  | { loseAnswer: true };

interface Rule {
  matches: (call: ProxiedCall) => boolean;
  fault: Fault;
  left: number;
}

interface OpenWatch {
  answer: ServerResponse;
  upstream: IncomingMessage;
}

export interface FaultProxyTarget {
  /** Address of the API server. */
  server: string;
  /** TLS and headers to reach it with. */
  tls?: https.RequestOptions;
  headers?: Record<string, string>;
}

/** An HTTP proxy on 127.0.0.1 in front of an API server that fails on demand, and counts. */
export class FaultProxy {
  readonly calls: ProxiedCall[] = [];
  private rules: Rule[] = [];
  private readonly watches = new Set<OpenWatch>();
  private watchDelayMs = 0;
  private thawed: Promise<void> = Promise.resolve();
  private thawNow: () => void = () => {};
  private isFrozen = false;

  private constructor(
    private readonly target: FaultProxyTarget,
    private readonly listener: Server,
    readonly server: string,
  ) {}

  static async start(target: FaultProxyTarget): Promise<FaultProxy> {
    const server = http.createServer();
    const proxy = new FaultProxy(target, server, await listen(server));
    server.on('request', (request, answer) => {
      proxy.handle(request, answer).catch(() => answer.destroy());
    });
    return proxy;
  }

  /** A kubeconfig that leads here. */
  get kubeconfig(): string {
    return kubeconfigFor(this.server);
  }

  /** Watches that are open now. */
  get openWatches(): number {
    return this.watches.size;
  }

  /** The calls so far that match. */
  count(matches: (call: ProxiedCall) => boolean = () => true): number {
    return this.calls.filter(matches).length;
  }

  /** Lets the next `times` calls that match fail. */
  fail(matches: (call: ProxiedCall) => boolean, fault: Fault, times = Infinity) {
    this.rules.push({ matches, fault, left: times });
  }

  /** Takes all faults away; what is frozen goes on. */
  heal() {
    this.rules = [];
    this.watchDelayMs = 0;
    this.thaw();
  }

  /** What watches bring arrives this much later; calls stay fast. */
  delayWatches(ms: number) {
    this.watchDelayMs = ms;
  }

  /**
   * Ends every open watch: by a reset, by an orderly end, or in the middle of a line.
   */
  cutWatches(how: 'reset' | 'end' | 'truncate' = 'reset') {
    for (const { answer, upstream } of this.watches) {
      upstream.destroy();
      if (how === 'reset') answer.socket?.resetAndDestroy();
      else if (how === 'truncate') answer.end('{"type":"MODIFIED","object":{"apiVersion":"v1","ki');
      else answer.end();
    }
    this.watches.clear();
  }

  /** Puts a line into every open watch. */
  inject(line: string) {
    for (const { answer } of this.watches) answer.write(`${line}\n`);
  }

  /** Connections stay open and nothing comes any more, as when a machine in between has gone. */
  freeze() {
    if (this.isFrozen) return;
    this.isFrozen = true;
    this.thawed = new Promise(resolve => {
      this.thawNow = resolve;
    });
    for (const { upstream } of this.watches) upstream.pause();
  }

  thaw() {
    this.isFrozen = false;
    this.thawNow();
    for (const { upstream } of this.watches) upstream.resume();
  }

  async stop(): Promise<void> {
    this.heal();
    await shut(this.listener);
  }

  private async handle(request: IncomingMessage, answer: ServerResponse) {
    const url = new URL(request.url ?? '/', this.server);
    const isWatch = ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
    const call = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      isWatch,
      headers: headersOf(request),
    };
    this.calls.push(call);
    const body = await bodyOf(request);
    await this.thawed;
    const fault = this.faultFor(call);
    if (fault && 'delayMs' in fault) await new Promise(resolve => setTimeout(resolve, fault.delayMs));
    else if (fault && 'reset' in fault) return void request.socket.resetAndDestroy();
    else if (fault && 'status' in fault) return refuse(answer, fault);
    const upstream = await this.forward(request, body);
    if (fault && 'loseAnswer' in fault) {
      upstream.resume();
      return void request.socket.resetAndDestroy();
    }
    answer.writeHead(upstream.statusCode ?? 502, { 'content-type': upstream.headers['content-type'] ?? 'text/plain' });
    answer.flushHeaders();
    if (isWatch) this.follow(answer, upstream);
    else upstream.pipe(answer);
    return undefined;
  }

  private faultFor(call: ProxiedCall): Fault | undefined {
    const rule = this.rules.find(({ left, matches }) => left > 0 && matches(call));
    if (rule) rule.left -= 1;
    return rule?.fault;
  }

  private forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { server, tls, headers } = this.target;
    const send = server.startsWith('https:') ? https.request : http.request;
    const { host: _host, connection: _connection, authorization: _authorization, ...passed } = request.headers;
    return new Promise((resolve, reject) => {
      const upstream = send(
        `${server}${request.url}`,
        { ...tls, method: request.method, headers: { ...passed, ...headers } },
        resolve,
      );
      upstream.on('error', reject);
      upstream.end(body);
    });
  }

  private follow(answer: ServerResponse, upstream: IncomingMessage) {
    const watch = { answer, upstream };
    this.watches.add(watch);
    const later = (act: () => void) => {
      if (this.watchDelayMs) setTimeout(act, this.watchDelayMs);
      else act();
    };
    upstream.on('data', (chunk: Buffer) => later(() => this.watches.has(watch) && answer.write(chunk)));
    upstream.on('end', () => later(() => answer.end()));
    upstream.on('error', () => answer.destroy());
    answer.on('close', () => {
      this.watches.delete(watch);
      upstream.destroy();
    });
    if (this.isFrozen) upstream.pause();
  }
}

function headersOf({ rawHeaders }: IncomingMessage): ProxiedCall['headers'] {
  return rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name.toLowerCase(), rawHeaders[i + 1]]]));
}

function refuse(answer: ServerResponse, fault: Extract<Fault, { status: number }>) {
  const { status, reason = '', message = `refused by the test with ${status}`, retryAfterSeconds } = fault;
  answer.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  answer.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message }));
}
