import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { engineFlags } from '../engineFlags';

const PROGRAM = join(process.cwd(), 'packages/cli/dist/engine/kratix-engine.mjs');
const TICKS_PER_SECOND = 100;

export interface EngineOptions {
  kubeconfig: string;
  helperImage: string;
  cacheDir: string;
}

/** The engine's own program as an ordinary process of this machine. */
export class BenchEngine {
  private constructor(private readonly child: ChildProcess) {}

  /** Settles when it works. */
  static async start({ kubeconfig, helperImage, cacheDir }: EngineOptions): Promise<BenchEngine> {
    const args = ['engine', '--kubeconfig', kubeconfig, '--helper-image', helperImage, '--cache-dir', cacheDir, '--leader-elect', '--allow-local-stores'];
    const child = spawn(process.execPath, [...engineFlags(), PROGRAM, ...args, '--health-probe-bind-address', '0', '--metrics-bind-address', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`the engine ended with ${code} while it started`)));
      createInterface({ input: child.stdout }).on('line', line => {
        if (process.env.BENCH_LOG) process.stderr.write(`${line}\n`);
        if (line.includes('"msg":"running"')) resolve();
      });
    });
    return new BenchEngine(child);
  }

  /** Resident memory now, in megabytes. */
  resident(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(this.read('status'))?.[1] ?? Number.NaN) / 1_024;
  }

  /** CPU time so far, with that of the git processes that have ended, in seconds. */
  cpuSeconds(): number {
    const fields = this.read('stat').replace(/^.*\) /, '').split(' ').map(Number);
    const [user, system, childUser, childSystem] = fields.slice(11, 15);
    return (user + system + childUser + childSystem) / TICKS_PER_SECOND;
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }

  private read(file: 'status' | 'stat'): string {
    return readFileSync(`/proc/${this.child.pid}/${file}`, 'utf8');
  }
}
