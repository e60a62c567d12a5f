import { createServer, type Server } from 'node:http';
import { close, listen } from './listen';

export interface Answer {
  status: number;
  body: string;
  contentType?: string;
}

export interface HttpEndpointOptions {
  /** `host:port`, or `:port` for all addresses; port 0 takes any free one. */
  address: string;
  /** Path -> what a GET of it is answered with. */
  routes: ReadonlyMap<string, () => Promise<Answer>>;
}

/** A small HTTP server for probes and scrapes: GET only, nothing is read from the caller. */
export class HttpEndpoint {
  private readonly server: Server;

  constructor(private readonly options: HttpEndpointOptions) {
    const { routes } = options;
    this.server = createServer(async (request, response) => {
      const route = routes.get((request.url ?? '').split('?')[0]);
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const answer = !route || !isRead ? { status: route ? 405 : 404, body: '' } : await route().catch(failed);
      response.writeHead(answer.status, {
        'content-type': answer.contentType ?? 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    });
    // a caller that says nothing may not hold a connection for long
    this.server.headersTimeout = 5_000;
    this.server.requestTimeout = 5_000;
  }

  /** Settles with the port that it listens on. */
  start(): Promise<number> {
    return listen(this.server, this.options.address);
  }

  stop(): Promise<void> {
    return close(this.server);
  }
}

function failed(error: unknown): Answer {
  return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` };
}
