import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const top = join(__dirname, '../..');
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.json': 'application/json' };

export interface Gallery {
  url: string;
  /** Folder of the files. */
  folder: string;
  stop(): Promise<void>;
}

/** Makes the pages of the plugin's dev app, whose backend is in the page, and serves them. */
export async function startGallery(name: string): Promise<Gallery> {
  const folder = join(top, '.cache', name);
  execFileSync(process.execPath, [join(top, 'scripts/lib/gallery.mjs'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const asked = join(folder, path);
    const file = existsSync(asked) && statSync(asked).isFile() ? asked : join(folder, 'index.html');
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise<void>(resolve => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}`, folder, stop };
}
