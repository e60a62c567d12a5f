import { Agent, request } from 'node:https';
import { isIP, isIPv6 } from 'node:net';
import type { Endpoint } from './endpoint';

/** Asks a webhook: sends the review and gives back what came, parsed. Throws an Error in the words of Kubernetes. */
export type Ask = (endpoint: Endpoint, review: object, timeoutSeconds: number) => Promise<unknown>;

const LARGEST_ANSWER = 16e6;

/** Asks webhooks over HTTPS and keeps the connections for the next question. */
export function webhookCaller(): { ask: Ask; close(): void } {
  const agent = new Agent({ keepAlive: true, timeout: 90_000 });
  return { ask: (endpoint, review, seconds) => post(agent, endpoint, JSON.stringify(review), seconds), close: () => agent.destroy() };
}

function post(agent: Agent, { url, path, serverName, host, port, ca }: Endpoint, body: string, timeoutSeconds: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`failed to call webhook: ${why}`));
    const sent = request(
      {
        agent,
        method: 'POST',
        host,
        port,
        path,
        ...(isIP(serverName) ? {} : { servername: serverName }),
        ...(ca ? { ca } : {}),
        headers: { Host: `${isIPv6(serverName) ? `[${serverName}]` : serverName}:${port}`, 'Content-Type': 'application/json', Accept: 'application/json', 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      },
      response => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > LARGEST_ANSWER) sent.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        response.on('error', error => fail(`Post ${JSON.stringify(url)}: ${wordsOf(error, host, port)}`));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode !== 200) return fail(rejection(response.statusCode ?? 0, text));
          try {
            return resolve(JSON.parse(text));
          } catch (error) {
            return fail(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
          }
        });
      },
    );
    sent.on('error', error => fail(`Post ${JSON.stringify(url)}: ${wordsOf(error, host, port)}`));
    sent.end(body);
  });
}

function rejection(status: number, text: string): string {
  if (status === 404) return 'the server could not find the requested resource';
  if (status >= 500) return `an error on the server (${JSON.stringify(text.trim() || 'unknown')}) has prevented the request from succeeding`;
  return 'the server rejected our request for an unknown reason';
}

/** A network error as Go's client words it, where there is such a word. */
function wordsOf(error: Error & { code?: string }, host: string, port: number): string {
  const { code = '', name } = error;
  if (name === 'TimeoutError' || name === 'AbortError') return 'context deadline exceeded';
  if (code === 'ECONNREFUSED') return `dial tcp ${host}:${port}: connect: connection refused`;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'ECONNRESET') return 'EOF';
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `tls: failed to verify certificate: x509: ${error.message}`;
  return error.message;
}
