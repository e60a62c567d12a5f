import { createServer, request, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from '../runtime/listen';

/** An object and what it was before, each at most as large as the API server takes. */
const MAX_BODY = 8_000_000;
const PROBE_PATH = '/healthz';
const PROBE_MS = 2_000;
/** How long those who are being answered have when it closes. */
const GRACE_MS = 1_000;

export interface Identity {
  /** PEM. */
  key: string;
  /** PEM. */
  certificate: string;
  /** Whom to trust to reach this server; PEM. */
  authority: string;
}

/** Answers to a body that was posted; undefined where nothing is served. What it throws is the caller's fault. */
export type Handler = (path: string, body: string) => Promise<object | undefined>;

/** Serves webhooks over HTTPS. Its certificate can change while it serves; connections that are open stay. */
export class HttpsServer {
  private readonly server: Server;
  private identity?: Identity;

  constructor(private readonly address: string, private readonly handle: Handler) {
    this.server = createServer((incoming, outgoing) => {
      this.respond(incoming, outgoing).catch(() => outgoing.destroy());
    });
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 15_000;
  }

  get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Shows this certificate from now on. */
  use(identity: Identity): void {
    this.identity = identity;
    this.server.setSecureContext({ key: identity.key, cert: identity.certificate, minVersion: 'TLSv1.2' });
  }

  /** Settles when it listens. */
  async listen(): Promise<void> {
    await listen(this.server, this.address);
  }

  /** Asks itself as the API server would; answers with what went wrong, or nothing. */
  probe(): Promise<string | undefined> {
    const { identity, port } = this;
    if (!identity || !port) return Promise.resolve('it does not listen yet');
    return new Promise(resolve => {
      const asked = request({ host: '127.0.0.1', port, path: PROBE_PATH, ca: identity.authority, checkServerIdentity: () => undefined, agent: false, signal: AbortSignal.timeout(PROBE_MS) }, answered => {
        answered.resume();
        resolve(answered.statusCode === 200 ? undefined : `it answers with ${answered.statusCode}`);
      });
      asked.once('error', error => resolve(error.message));
      asked.end();
    });
  }

  close(): Promise<void> {
    return close(this.server, GRACE_MS);
  }

  private async respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [path] = (incoming.url ?? '').split('?');
    if (incoming.method === 'GET' && path === PROBE_PATH) return send(outgoing, 200);
    if (incoming.method !== 'POST') return send(outgoing, 405);
    const body = await bodyOf(incoming);
    if (body === undefined) return send(outgoing, 413);
    try {
      const answer = await this.handle(path, body);
      return answer ? send(outgoing, 200, JSON.stringify(answer)) : send(outgoing, 404);
    } catch (error) {
      return send(outgoing, 400, JSON.stringify({ message: (error as Error).message }));
    }
  }
}

/** Undefined when it is too large. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(outgoing: ServerResponse, status: number, body = ''): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  outgoing.end(body);
}
