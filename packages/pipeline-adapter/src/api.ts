import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { API_VERSION, PIPELINE_FIELD_MANAGER } from '@kratix-ts/core/wire';
import { Failure, messageOf } from './failure';
import type { Written } from './work';

/** The API server of the cluster that the pod runs in. */
export interface ApiServer {
  host: string;
  port: string;
  /** Folder with `token` and `ca.crt`. */
  credentials: string;
}

export interface Retries {
  /** Further tries after the first one. */
  count: number;
  /** Milliseconds before the second try; they double each time. */
  firstDelayMs: number;
  /** Milliseconds for one try. */
  timeoutMs: number;
}

export const RETRIES: Retries = { count: 6, firstDelayMs: 250, timeoutMs: 20_000 };

const MAX_DELAY_MS = 10_000;

interface Answer {
  code: number;
  body: string;
  retryAfterMs: number | undefined;
}

function credential(server: ApiServer, name: string): string {
  try {
    return readFileSync(join(server.credentials, name), 'utf8');
  } catch (error) {
    throw new Failure(`the cluster gave this pod no ${name}: ${messageOf(error)}`);
  }
}

function send(server: ApiServer, path: string, body: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: server.host,
      port: server.port,
      path,
      method: 'PATCH',
      ca: credential(server, 'ca.crt'),
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        authorization: `Bearer ${credential(server, 'token').trim()}`,
        'content-type': 'application/apply-patch+yaml',
        'content-length': Buffer.byteLength(body),
        accept: 'application/json',
        'user-agent': 'kratix-ts-pipeline-adapter',
      },
    }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const seconds = Number(response.headers['retry-after']);
        resolve({
          code: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

function statusMessage(body: string): string {
  try {
    return String(JSON.parse(body).message ?? body);
  } catch {
    return body.slice(0, 500);
  }
}

// A certificate that is not trusted will not be trusted at the next try either.
const isFinal = (error: unknown) => /CERT|SSL|TLS|UNABLE_TO_|SELF_SIGNED/u.test(String((error as NodeJS.ErrnoException).code ?? ''));
const isPassing = (code: number) => code === 429 || code >= 500;

/**
 * Writes a Work by server-side apply and gives back what the server stored. It is tried again for a while when the
 * server cannot be reached, is overloaded or fails. Throws {@link Failure} with the server's own words.
 */
export async function applyWork(server: ApiServer, { metadata, body }: Written, retries = RETRIES): Promise<unknown> {
  const { namespace, name } = metadata;
  const path = `/apis/${API_VERSION}/namespaces/${encodeURIComponent(namespace)}/works/${encodeURIComponent(name)}?fieldManager=${PIPELINE_FIELD_MANAGER}&force=true`;
  let words = '';
  let isHopeless = false;
  for (let tries = 0; tries <= retries.count; tries += 1) {
    let retryAfterMs: number | undefined;
    try {
      const answer = await send(server, path, body, retries.timeoutMs);
      if (answer.code >= 200 && answer.code < 300) return JSON.parse(answer.body);
      words = `${statusMessage(answer.body)} (${answer.code})`;
      // rights may be on their way: refused now, but perhaps not the next pod
      isHopeless = !isPassing(answer.code) && ![401, 403].includes(answer.code);
      if (!isPassing(answer.code)) break;
      ({ retryAfterMs } = answer);
    } catch (error) {
      if (error instanceof Failure) throw error;
      words = messageOf(error) || String((error as NodeJS.ErrnoException).code);
      isHopeless = isFinal(error);
      if (isHopeless) break;
    }
    if (tries < retries.count) await delay(Math.min(retryAfterMs ?? retries.firstDelayMs * 2 ** tries * (0.5 + Math.random()), MAX_DELAY_MS));
  }
  throw new Failure(`Work ${namespace}/${name} could not be written: ${words}`, !isHopeless);
}
