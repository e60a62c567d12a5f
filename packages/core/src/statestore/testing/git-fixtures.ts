import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const GIT_ENV = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };

/** A folder of the test's own, gone with `remove()`. */
export function scratchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'kratix-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A plain git, as somebody else would use it. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=else@example.com'];
  return (await run('git', [...identity, ...args], { cwd, env: GIT_ENV, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

/** A bare repository, as a server keeps it. */
export class BareRepository {
  constructor(readonly path: string) {}

  static async create(path: string): Promise<BareRepository> {
    mkdirSync(path, { recursive: true });
    await git(path, 'init', '--quiet', '--bare', '--initial-branch=main', '.');
    await git(path, 'config', 'http.receivepack', 'true');
    await git(path, 'config', 'receive.fsckObjects', 'true');
    await git(path, 'config', 'uploadpack.allowFilter', 'true');
    await git(path, 'config', 'receive.autogc', 'false');
    return new BareRepository(path);
  }

  get url() {
    return `file://${this.path}`;
  }

  /** Paths of all files of a branch. */
  async files(branch = 'main'): Promise<string[]> {
    return (await git(this.path, 'ls-tree', '-r', '-z', '--name-only', branch)).split('\0').filter(name => name !== '');
  }

  read(path: string, branch = 'main'): Promise<string> {
    return git(this.path, 'show', `${branch}:${path}`);
  }

  async commits(branch = 'main'): Promise<string[]> {
    return (await git(this.path, 'log', '--format=%s', branch)).split('\n').filter(line => line !== '');
  }

  head(branch = 'main'): Promise<string> {
    return git(this.path, 'rev-parse', branch);
  }

  /** Somebody else commits files straight into the repository; `null` removes one. */
  async commitAs(message: string, files: Record<string, string | null>, branch = 'main'): Promise<void> {
    const parent = await git(this.path, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).catch(() => '');
    const lines = Object.entries(files).map(([path, content]) =>
      (content === null ? `D ${path}\n` : `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`));
    const stream = `commit refs/heads/${branch}\ncommitter Somebody <else@example.com> ${Math.floor(Date.now() / 1000)} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n${parent ? `from ${parent}\n` : ''}${lines.join('')}\n`;
    const child = spawn('git', ['fast-import', '--quiet'], { cwd: this.path, env: GIT_ENV, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(stream);
    await once(child, 'close');
  }

  /** Installs a hook that is a shell script. */
  hook(name: string, script: string): void {
    mkdirSync(join(this.path, 'hooks'), { recursive: true });
    writeFileSync(join(this.path, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  removeHook(name: string): void {
    rmSync(join(this.path, 'hooks', name), { force: true });
  }
}

export interface TestServer {
  url: string;
  /** One line for each request: method and path. */
  requests: string[];
  stop(): Promise<void>;
}

const BACKEND = (() => {
  try {
    return join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  } catch {
    return '';
  }
})();

function answerAsCgi(response: ServerResponse, output: NodeJS.ReadableStream): void {
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    output.removeListener('data', onData);
    const lines = head.toString('latin1', 0, end).split('\r\n').map(line => line.split(': ', 2) as [string, string]);
    const status = Number(lines.find(([name]) => name === 'Status')?.[1].slice(0, 3) ?? 200);
    response.writeHead(status, Object.fromEntries(lines.filter(([name]) => name !== 'Status')));
    response.write(head.subarray(end + 4));
    output.pipe(response);
  };
  output.on('data', onData);
}

function serveBackend(root: string, request: IncomingMessage, response: ServerResponse, user: string | undefined): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  const child = spawn(BACKEND, [], {
    env: {
      PATH: process.env.PATH ?? '', GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: searchParams.toString(), REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '', CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '', GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', ...(user ? { REMOTE_USER: user } : {}),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  answerAsCgi(response, child.stdout);
}

/** What a faulty server does instead of serving; gives back whether it dealt with the request. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface HttpServerOptions {
  user?: string;
  password?: string;
  /** Whether these credentials let somebody in; instead of one user and password. */
  lets?: (user: string, password: string) => boolean;
  tls?: { key: string; cert: string };
  fault?: Fault;
}

function credentialsOf({ headers }: IncomingMessage): [user: string, password: string] {
  const [user = '', ...password] = Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString().split(':');
  return [user, password.join(':')];
}

/** git's own http-backend behind Node's server, with basic auth where a user is given. */
export async function startHttpServer(root: string, options: HttpServerOptions = {}): Promise<TestServer> {
  const expected = options.user ? `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}` : undefined;
  const requests: string[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    if (options.fault?.(request, response)) return;
    if (expected ? request.headers.authorization !== expected : options.lets && !options.lets(...credentialsOf(request))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?');
      return;
    }
    serveBackend(root, request, response, options.user ?? (options.lets && 'somebody'));
  };
  const server = options.tls ? createHttpsServer(options.tls, handle) : createHttpServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${options.tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

export const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'].find(path => existsSync(path));

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface SshServer {
  /** `ssh://user@127.0.0.1:port` */
  url: string;
  sshPrivateKey: string;
  knownHosts: string;
  /** A known_hosts line with a key that is not the server's. */
  wrongHosts: string;
  stop(): Promise<void>;
}

/** A real sshd on the loopback that lets this user in with a key of the test's own. */
export async function startSshServer(folder: string): Promise<SshServer> {
  const keygen = (name: string) => execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', join(folder, name)]);
  ['host', 'user', 'other'].forEach(keygen);
  const text = (name: string) => execFileSync('cat', [join(folder, name)], { encoding: 'utf8' });
  writeFileSync(join(folder, 'authorized_keys'), text('user.pub'), { mode: 0o600 });
  const port = await freePort();
  writeFileSync(join(folder, 'sshd_config'), [
    `Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(folder, 'host')}`, `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no', 'PasswordAuthentication no', 'UsePAM no', 'PermitRootLogin yes', `PidFile ${join(folder, 'sshd.pid')}`, '',
  ].join('\n'));
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(SSHD ?? 'sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    child.stderr.on('data', chunk => {
      log += chunk;
      if (log.includes('Server listening')) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd ended: ${log}`)));
  });
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    sshPrivateKey: text('user'),
    knownHosts: `[127.0.0.1]:${port} ${text('host.pub')}`,
    wrongHosts: `[127.0.0.1]:${port} ${text('other.pub')}`,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}
