import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen, shut } from './http';

const VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/** A small forward proxy: tunnels by CONNECT, and passes on plain requests. */
export class ConnectProxy {
  private before: Record<string, string | undefined> = {};

  /** `asked` holds `CONNECT host:port`, or method and URL, of each request. */
  private constructor(readonly url: string, readonly asked: string[], private readonly stopServer: () => Promise<void>) {}

  static async start(): Promise<ConnectProxy> {
    const asked: string[] = [];
    const tunnels = new Set<Socket>();
    const server = createServer((incoming, outgoing) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      passOn(incoming, outgoing);
    });
    server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      asked.push(`CONNECT ${incoming.url}`);
      const [, host, port] = /^\[?([^\]]*?)\]?:(\d+)$/u.exec(incoming.url ?? '') ?? [];
      const there = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        there.write(head);
        there.pipe(socket).pipe(there);
      });
      for (const each of [there, socket]) {
        tunnels.add(each);
        each.on('error', () => each.destroy()).on('close', () => [there, socket].forEach(end => end.destroy()));
      }
    });
    const url = await listen(server);
    return new ConnectProxy(url, asked, async () => {
      for (const tunnel of tunnels) tunnel.destroy();
      await shut(server);
    });
  }

  /** Puts itself into the environment, for both schemes, in place of what is there. */
  announce(noProxy = ''): void {
    this.withdraw();
    this.before = Object.fromEntries(VARIABLES.map(name => [name, process.env[name]]));
    for (const name of VARIABLES) delete process.env[name];
    // curl, and so git, takes the one for plain HTTP in small letters alone
    Object.assign(process.env, { http_proxy: this.url, HTTPS_PROXY: this.url, ...(noProxy && { NO_PROXY: noProxy }) });
  }

  withdraw(): void {
    if (Object.keys(this.before).length === 0) return;
    for (const name of VARIABLES) {
      if (this.before[name] === undefined) delete process.env[name];
      else process.env[name] = this.before[name];
    }
    this.before = {};
  }

  async stop(): Promise<void> {
    this.withdraw();
    await this.stopServer();
  }
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const asked = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers }, answer => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  asked.on('error', () => outgoing.writeHead(502).end());
  incoming.pipe(asked);
}
