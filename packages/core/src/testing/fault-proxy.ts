import http, { IncomingMessage, Server, ServerResponse } from 'node:http';
import https from 'node:https';
import { bodyOf, kubeconfigFor, listen, shut } from './http';
import { isWrite, readCall, type ProxiedCall } from './proxied-call';
import { ProxiedWatch, type Lag, type WatchLine } from './proxied-watch';

/** What happens to a call instead of, or before, being passed on. */
export type Fault =
  | { status: number; reason?: string; message?: string; retryAfterSeconds?: number }
  | { reset: true }
  | { delayMs: number }
  /** The call is answered with this, as if it came from another time. */
  | { answer: unknown }
  /** The call is passed on and takes effect, and its answer is lost. */
  | { loseAnswer: true }
  /** From this call on nothing gets through; the call itself does, or does not. */
  | { kill: 'before' | 'after' }
  /** The call, and all that comes after it, waits until {@link FaultProxy.thaw}. */
  | { freeze: true };

interface Rule {
  matches: (call: ProxiedCall) => boolean;
  fault: Fault;
  left: number;
}

interface Miss {
  matches: (line: WatchLine, call: ProxiedCall) => boolean;
  forMs: number;
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
  private readonly watches = new Set<ProxiedWatch>();
  private readonly blind = new Set<ProxiedWatch>();
  private readonly expired = new Set<string>();
  private misses: Miss[] = [];
  private watchDelayMs = 0;
  private lag: Lag = { lines: 0, idleMs: 0 };
  private writes = 0;
  private lines = 0;
  private isDown = false;
  private isDead = false;
  private tellDeath: () => void = () => {};
  /** Settles when a fault has killed the proxy. */
  readonly death = new Promise<void>(resolve => {
    this.tellDeath = resolve;
  });
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

  /** How many writes came through; events and leases are not counted. */
  get writeCount(): number {
    return this.writes;
  }

  /** How many lines watches have brought. */
  get lineCount(): number {
    return this.lines;
  }

  /** Lets the next `times` calls that match fail. */
  fail(matches: (call: ProxiedCall) => boolean, fault: Fault, times = Infinity) {
    this.rules.push({ matches, fault, left: times });
  }

  /** Takes all faults away; what is frozen goes on. What was killed stays dead. */
  heal() {
    this.rules = [];
    this.misses = [];
    this.watchDelayMs = 0;
    this.lag = { lines: 0, idleMs: 0 };
    this.isDown = false;
    this.thaw();
  }

  /** What watches bring arrives this much later; calls stay fast. */
  delayWatches(ms: number) {
    this.watchDelayMs = ms;
  }

  /** Watches stay this far behind; calls are as new as ever. */
  lagWatches(lag: Lag) {
    this.lag = lag;
  }

  /**
   * The next line that matches, and what its watch brings for `forMs` after it, is lost: then the watch ends, and the
   * next one is told that its version is too old, as after a broken connection whose place the server has forgotten.
   */
  missEvents(matches: Miss['matches'], forMs: number) {
    this.misses.push({ matches, forMs });
  }

  /** Every open watch ends, and the next one for the same objects is told that its version is too old. */
  expireWatches() {
    for (const watch of this.watches) this.expire(watch);
  }

  /** Ends every open watch: by a reset, by an orderly end, or in the middle of a line. */
  cutWatches(how: 'reset' | 'end' | 'truncate' = 'reset') {
    for (const watch of this.watches) watch.cut(how);
    this.watches.clear();
  }

  /** Puts a line into every open watch. */
  inject(line: string) {
    for (const watch of this.watches) watch.inject(line);
  }

  /** The server is away until {@link heal}: connections break, and new ones are reset. */
  down() {
    this.isDown = true;
    this.cutWatches();
    this.listener.closeAllConnections();
  }

  /** All connections break at once, and nothing is let through ever again: to the server, its client has died. */
  kill() {
    this.isDead = true;
    this.down();
    this.thawNow();
    this.tellDeath();
  }

  /** Connections stay open and nothing comes any more, as when a machine in between has gone. */
  freeze() {
    if (this.isFrozen) return;
    this.isFrozen = true;
    this.thawed = new Promise(resolve => {
      this.thawNow = resolve;
    });
    for (const watch of this.watches) watch.pause();
  }

  thaw() {
    this.isFrozen = false;
    this.thawNow();
    for (const watch of this.watches) watch.resume();
  }

  async stop(): Promise<void> {
    this.heal();
    await shut(this.listener);
  }

  private async handle(request: IncomingMessage, answer: ServerResponse) {
    const call = readCall(request, this.server);
    if (isWrite(call)) {
      this.writes += 1;
      call.write = this.writes;
    }
    this.calls.push(call);
    const body = await bodyOf(request);
    const fault = this.faultFor(call);
    if (fault && 'freeze' in fault) this.freeze();
    if (fault && 'kill' in fault && fault.kill === 'before') this.kill();
    await this.thawed;
    if (fault && 'delayMs' in fault) await new Promise(resolve => setTimeout(resolve, fault.delayMs));
    if (this.isDown || this.isDead || (fault && 'reset' in fault)) return void request.socket.resetAndDestroy();
    if (fault && 'status' in fault) return refuse(answer, fault);
    if (fault && 'answer' in fault) return void answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(fault.answer));
    if (call.isWatch && this.expired.delete(keyOf(call))) return refuse(answer, { status: 410, reason: 'Expired', message: 'too old resource version' });
    const upstream = await this.forward(request, body);
    if (fault && 'kill' in fault) this.kill();
    if (this.isDead || (fault && 'loseAnswer' in fault)) {
      upstream.resume();
      return void request.socket.resetAndDestroy();
    }
    answer.writeHead(upstream.statusCode ?? 502, { 'content-type': upstream.headers['content-type'] ?? 'text/plain' });
    answer.flushHeaders();
    if (call.isWatch) this.follow(call, answer, upstream);
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

  private follow(call: ProxiedCall, answer: ServerResponse, upstream: IncomingMessage) {
    const watch: ProxiedWatch = new ProxiedWatch(
      call,
      answer,
      upstream,
      line => this.passes(watch, line),
      () => this.lag,
      () => this.watchDelayMs,
      () => {
        this.watches.delete(watch);
        this.blind.delete(watch);
      },
    );
    this.watches.add(watch);
    if (this.isFrozen) watch.pause();
  }

  private passes(watch: ProxiedWatch, line: WatchLine): boolean {
    if (line.type !== 'BOOKMARK') this.lines += 1;
    if (this.blind.has(watch)) return false;
    const miss = this.misses.find(({ matches }) => matches(line, watch.call));
    if (!miss) return true;
    this.misses = this.misses.filter(other => other !== miss);
    this.blind.add(watch);
    setTimeout(() => this.expire(watch), miss.forMs);
    return false;
  }

  private expire(watch: ProxiedWatch) {
    this.expired.add(keyOf(watch.call));
    watch.cut('end');
  }
}

/** Names what a watch is about. */
function keyOf({ path, query }: ProxiedCall): string {
  return [path, query.get('labelSelector'), query.get('fieldSelector')].join('?');
}

function refuse(answer: ServerResponse, fault: Extract<Fault, { status: number }>) {
  const { status, reason = '', message = `refused by the test with ${status}`, retryAfterSeconds } = fault;
  answer.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  answer.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message }));
}
