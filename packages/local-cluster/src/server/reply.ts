import type { ServerResponse } from 'node:http';
import { StatusError } from '../api';

/** What a handler answers: a body that is ready, or a stream that it writes itself. */
export type Reply = { status: number; json: string | Buffer; contentType?: string } | { status: number; object: unknown } | { stream: (response: ServerResponse) => Promise<void> };

export function object(value: unknown, status = 200): Reply {
  return { status, object: value };
}

export function text(value: string, status = 200): Reply {
  return { status, json: value, contentType: 'text/plain; charset=utf-8' };
}

/** Warnings as headers carry them (RFC 7234). */
export function warningHeaders(warnings: string[]): Record<string, string[]> {
  if (warnings.length === 0) return {};
  const quoted = [...new Set(warnings)].slice(0, 100).map(warning => `299 - ${JSON.stringify(warning.replace(/[^\x20-\x7e]/g, '?'))}`);
  return { Warning: quoted };
}

export function send(response: ServerResponse, reply: Exclude<Reply, { stream: unknown }>, warnings: string[], close = false): void {
  if (response.destroyed || response.headersSent) return;
  const body = 'json' in reply ? reply.json : JSON.stringify(reply.object);
  const contentType = 'json' in reply && reply.contentType ? reply.contentType : 'application/json';
  response.writeHead(reply.status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache, private',
    ...(close ? { Connection: 'close' } : {}),
    ...warningHeaders(warnings),
  });
  response.end(body);
}

/** Every failure becomes a Status object; what nobody foresaw is an internal error, with its cause in the log. */
export function replyFor(error: unknown, onUnexpected: (error: unknown) => void): { status: number; object: unknown } {
  if (error instanceof StatusError) return { status: error.code, object: error.toStatus() };
  onUnexpected(error);
  const internal = new StatusError(500, 'InternalError', `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`);
  return { status: 500, object: internal.toStatus() };
}
