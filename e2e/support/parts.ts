import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './demo';
import { until } from './until';

const top = join(__dirname, '../..');
/** How long a part may take until it answers, on a slow and busy machine. Milliseconds. */
const startPatience = 150_000;
/** How long a part may take to end by itself; after that it is killed: a portal would wait for every open page. Milliseconds. */
const endPatience = { cluster: 30_000, portal: 2_000 };

interface Part {
  /** Asks it to end, as an operator does, and resolves when it has. */
  stop(): Promise<void>;
}

export interface Cluster extends Part {
  kubeconfig: string;
}

export interface Portal extends Part {
  url: string;
}

/** The parts of the demo, each a process of its own, over the same data. */
export interface Parts {
  /** Cluster and engine; started anew it has the address and the data that it had. */
  cluster(): Promise<Cluster>;
  /** A portal; `policy` is a file that stands in for the policy that allows everything. */
  portal(options?: { policy?: string }): Promise<Portal>;
  /** Ends what still runs and takes the data away. */
  remove(): Promise<void>;
}

export async function makeParts(): Promise<Parts> {
  const data = await mkdtemp(join(tmpdir(), 'kratix-ts-parts-'));
  const apiPort = await freePort();
  const running = new Set<Part>();

  const cluster = async (): Promise<Cluster> => {
    const command = [join(top, 'packages/cli/dist/kratix-ts.mjs'), 'dev', '--data', data, '--port', String(apiPort)];
    const process_ = run('cluster', command, {}, running);
    await process_.untilSaid('"ready":true');
    return { ...process_, kubeconfig: join(data, 'kubeconfig') };
  };

  const portal = async ({ policy }: { policy?: string } = {}): Promise<Portal> => {
    const port = await freePort();
    const instead = policy ? ['--import', join(__dirname, 'withPolicy.mjs')] : [];
    const backend = join(top, 'packages/backend/dist/index.cjs');
    const process_ = run(
      'portal',
      [...instead, backend, '--config', join(top, 'app-config.yaml')],
      {
        NODE_ENV: 'production',
        PORTAL_PORT: String(port),
        PORTAL_DATA: join(data, `portal-${port}`),
        KRATIX_KUBECONFIG: join(data, 'kubeconfig'),
        ...(policy && { KRATIX_TS_POLICY: policy }),
      },
      running,
    );
    const url = `http://localhost:${port}`;
    await process_.until('the portal to be ready', () =>
      answers(`http://127.0.0.1:${port}/.backstage/health/v1/readiness`),
    );
    return { ...process_, url };
  };

  const remove = async () => {
    await Promise.all([...running].map(part => part.stop()));
    await rm(data, { recursive: true, force: true });
  };
  return { cluster, portal, remove };
}

async function answers(url: string): Promise<true | undefined> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok || undefined;
  } catch {
    return undefined;
  }
}

/** Runs a program by this Node; it ends at the latest with the one that runs the tests. */
function run(name: keyof typeof endPatience, args: string[], env: Record<string, string>, running: Set<Part>) {
  const watched = ['--import', join(top, 'scripts/lib/stop-with-parent.mjs')];
  const child: ChildProcess = spawn(process.execPath, [...watched, ...args], {
    cwd: top,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-20_000);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  const stop = async () => {
    if (!hasEnded()) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), endPatience[name]);
    await ended;
    clearTimeout(timer);
    running.delete(part);
  };
  const part: Part = { stop };
  running.add(part);

  const wait = async (what: string, ask: () => true | undefined | Promise<true | undefined>) => {
    const asked = async () => {
      if (hasEnded()) throw new Error(`The ${name} ended too soon.`);
      return ask();
    };
    try {
      await until(what, asked, startPatience);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error} The ${name} said:\n${output}`);
    }
  };
  return {
    stop,
    until: wait,
    untilSaid: (words: string) => wait(`the ${name} to say ${words}`, () => output.includes(words) || undefined),
  };
}
