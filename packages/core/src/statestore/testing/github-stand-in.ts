import { createVerify, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { AddressInfo } from 'node:net';

/** Answers as GitHub does where an app asks for a token, and knows which tokens it gave. */
export interface GitHubStandIn {
  /** `http://…/api/v3` */
  apiUrl: string;
  /** The app's key, in both forms in which GitHub and others hand it out. */
  privateKeys: { pkcs1: string; pkcs8: string };
  /** One for each call: what the JWT said, and what was asked for. */
  calls: Array<{ path: string; header: Record<string, unknown>; claims: Record<string, unknown>; body: unknown }>;
  /** Whether a token was given out and not taken back. */
  knows(token: string): boolean;
  takeBack(): void;
  /** Milliseconds for which tokens are good. */
  lifeMs: number;
  /** Instead of a token. */
  refusal?: { status: number; message: string };
  stop(): Promise<void>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

/** `now` in milliseconds since 1970. */
export async function startGitHubStandIn(now: () => number): Promise<GitHubStandIn> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (type: 'pkcs1' | 'pkcs8') => privateKey.export({ type, format: 'pem' }).toString();
  const tokens = new Set<string>();
  let count = 0;
  const standIn: Omit<GitHubStandIn, 'apiUrl' | 'stop'> = {
    privateKeys: { pkcs1: pem('pkcs1'), pkcs8: pem('pkcs8') },
    calls: [],
    lifeMs: 60 * 60_000,
    knows: token => tokens.has(token),
    takeBack: () => tokens.clear(),
  };
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const jwt = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const [header, claims, signature = ''] = jwt.split('.');
    const isSigned = createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url');
    if (!isSigned) return answer(401, { message: 'A JSON web token could not be decoded' });
    standIn.calls.push({ path: `${request.method} ${request.url}`, header: decoded(header), claims: decoded(claims), body: JSON.parse(await textOf(request)) });
    if (standIn.refusal) return answer(standIn.refusal.status, { message: standIn.refusal.message });
    count += 1;
    const token = `ghs_token_number_${count}`;
    tokens.add(token);
    return answer(201, { token, expires_at: new Date(now() + standIn.lifeMs).toISOString(), permissions: { contents: 'write' } });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(standIn, {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
