import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Changes, until } from './until';

const program = resolve(__dirname, '../../../packages/cli/dist/engine/kratix-engine.mjs');

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** An engine as its image runs it, as a process of this machine. */
export class EngineUnderTest {
  readonly lines: LogLine[] = [];
  readonly changes = new Changes();
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;

  /** `command` runs the program; Node unless given. */
  constructor(args: string[], env: NodeJS.ProcessEnv = {}, command: string[] = [process.execPath]) {
    const [runtime, ...options] = command;
    const addresses = ['--health-probe-bind-address', '127.0.0.1:0', '--metrics-bind-address', '127.0.0.1:0'];
    this.child = spawn(runtime, [...options, program, 'engine', ...addresses, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const read = (line: string) => {
      this.lines.push(line.startsWith('{') ? JSON.parse(line) : { level: 'stderr', msg: line });
      this.changes.notify();
    };
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream) createInterface({ input: stream }).on('line', read);
    this.ended = new Promise(resolveEnd => {
      this.child.once('exit', (code, signal) => resolveEnd(code ?? (signal === 'SIGKILL' ? 137 : 1)));
    });
  }

  untilLine(what: string, isIt: (line: LogLine) => boolean): Promise<LogLine> {
    return until(this.changes, what, () => this.lines.find(isIt), { seen: () => this.lines.slice(-10) });
  }

  /** What it answers under a path of one of its endpoints. */
  async get(endpoint: 'probes' | 'metrics', path: string): Promise<{ status: number; text: string }> {
    const { port } = await this.untilLine(`${endpoint} to be served`, line => line.endpoint === endpoint);
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.child.kill(signal);
  }
}
