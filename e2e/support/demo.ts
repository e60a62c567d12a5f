import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const launcher = join(__dirname, '../../scripts/start.mjs');
/** How long the demo may take until it runs. Milliseconds. */
const startPatience = 150_000;

export interface Demo {
  portal: string;
  kubeconfig: string;
  /** Path of the bare repository. */
  store: string;
  /** Ends the launcher as Ctrl-C does; resolves with its exit code when it has ended. */
  stop(): Promise<number | null>;
  /** The processes that the launcher has started, by id. */
  children(): number[];
  remove(): Promise<void>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

const said = (output: string, word: string) => new RegExp(`^\\s*${word}\\s{2,}(\\S+)`, 'm').exec(output)?.[1];

/** Resolves with what the launcher printed when it says that everything runs. */
function untilRunning(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`The demo did not start in time. It said:\n${output}`)),
      startPatience,
    );
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.includes('Ctrl-C')) return;
      clearTimeout(timer);
      resolve(output);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', code => {
      clearTimeout(timer);
      reject(new Error(`The launcher ended with ${code}. It said:\n${output}`));
    });
  });
}

function childrenOf(pid: number): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}

/** Starts the demo as `npm start` does, on free ports and in a folder of its own. */
export async function startDemo(): Promise<Demo> {
  const data = await mkdtemp(join(tmpdir(), 'kratix-ts-e2e-'));
  const ports = { portal: await freePort(), api: await freePort() };
  const args = [launcher, '--data', data, '--port', String(ports.portal), '--api-port', String(ports.api)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>(resolve => child.once('exit', code => resolve(code)));
  const stop = () => {
    child.kill('SIGINT');
    return ended;
  };
  const remove = () => rm(data, { recursive: true, force: true });
  try {
    const output = await untilRunning(child);
    const [portal, kubeconfig, store] = ['Portal', 'Kubeconfig', 'State store'].map(word => said(output, word));
    if (!portal || !kubeconfig || !store) throw new Error(`The launcher did not print all addresses:\n${output}`);
    return { portal, kubeconfig, store, stop, remove, children: () => childrenOf(child.pid ?? 0) };
  } catch (error) {
    await stop();
    await remove();
    throw error;
  }
}
