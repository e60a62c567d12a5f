import type { Response } from 'express';
import { once } from 'node:events';

/** A refusal comes within this time; then the answer begins, so that the reader sees that it is connected. */
const FIRST_CHUNK_MS = 250;

function begin(response: Response): void {
  if (response.headersSent) return;
  response.status(200).set({
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    // no-transform keeps a compressing proxy from holding lines back.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
}

/** Sends text as it comes, no faster than the client reads. Stops the source when the client goes away. */
export async function sendStream(response: Response, open: (signal: AbortSignal) => AsyncIterable<string>): Promise<void> {
  const abort = new AbortController();
  const gone = () => abort.abort();
  response.on('close', gone);
  const timer = setTimeout(() => begin(response), FIRST_CHUNK_MS);
  try {
    for await (const chunk of open(abort.signal)) {
      begin(response);
      if (!response.write(chunk)) await once(response, 'drain', { signal: abort.signal });
    }
    begin(response);
    response.end();
  } catch (error) {
    if (abort.signal.aborted) return;
    if (!response.headersSent) throw error;
    const words = error instanceof Error ? error.message : String(error);
    response.end(`\n[The log ends here: ${words}]\n`);
  } finally {
    clearTimeout(timer);
    response.off('close', gone);
  }
}
