import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../runtime';
import { close, listen } from '../runtime/listen';
import { proofOf, Verification } from './proof';

/** What GitHub sends at most; the others send less. */
const MAX_BODY = 25 * 1024 * 1024;
/** A larger body is checked, and not read. */
const MAX_READ = 1024 * 1024;
const MAX_CONNECTIONS = 64;

/** What becomes of an event whose sender knows the secret. */
export type Verdict = 'taken' | 'passed by' | 'no such store' | 'not here';

const STATUS: Record<Verdict, number> = { taken: 202, 'passed by': 200, 'no such store': 404, 'not here': 503 };

export interface ReceiverOptions {
  /** `host:port` to listen at. */
  address: string;
  /** Secrets of which a sender must know one; none lets nobody in. */
  secrets: () => readonly string[];
  /** Told of each event whose sender knows a secret; `body` is empty where it was too large to be read. */
  take: (path: string, body: string) => Verdict;
  log: Logger;
}

/** Receives the events that git hosts send when somebody pushes: `POST /KIND/NAME` of a state store. */
export class PushEventReceiver {
  private readonly server: Server;

  constructor(private readonly options: ReceiverOptions) {
    this.server = createServer((request, response) => {
      this.respond(request, response).catch(() => response.destroy());
    });
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.headersTimeout = 5_000;
    this.server.requestTimeout = 15_000;
  }

  /** Settles with the port that it listens on. */
  start(): Promise<number> {
    return listen(this.server, this.options.address);
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    if (request.method !== 'POST') return send(response, 405, 'only POST is taken');
    const proof = proofOf(request.headers);
    const secrets = this.options.secrets();
    const verification = proof && new Verification(proof, secrets);
    const body = await read(request, verification);
    if (body === undefined) return send(response, 413, 'the body is too large');
    if (secrets.length === 0) return send(response, 503, 'no secret is set up here');
    if (!verification?.holds()) {
      this.options.log.warn({ path, reason: proof ? 'wrong' : 'missing' }, 'a push event was refused: its signature or token is not right');
      return send(response, 401, 'the signature or token is missing or wrong');
    }
    const verdict = this.options.take(path, body);
    return send(response, STATUS[verdict], verdict);
  }
}

/** Undefined when it is too large. */
async function read(request: IncomingMessage, verification: Verification | undefined): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    verification?.add(chunk);
    if (size <= MAX_READ) chunks.push(chunk);
    else chunks.length = 0;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close' }).end(`${text}\n`);
}
