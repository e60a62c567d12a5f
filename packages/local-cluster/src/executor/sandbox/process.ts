import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StartError, type ExitState, type OutputHandler, type RunningContainer } from '../types';
import type { ControlGroup } from './cgroup';

/** How long putting a container together may take before it is given up (milliseconds). */
const START_DEADLINE_MS = 15_000;
const ASK_AGAIN_MS = 10;
const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
const KILLED_EXIT_CODE = 137;

/** The line that a set-up script writes to its standard error when nothing of its own can fail any more. */
export const STARTED = 'started';

function parentOf(pid: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** The processes that `pid` started, the oldest first. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
    .sort((a, b) => a - b);
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) {
      process.kill(pid, name);
    }
  } catch {
    // It ended meanwhile, which is what was wanted.
  }
}

/**
 * A container as a tree of processes: the one that was spawned, below it the first of the container's own process
 * namespace, below that the program. When the middle one dies, the kernel ends everything inside.
 */
class ProcessTree implements RunningContainer {
  readonly exited: Promise<ExitState>;
  private killTimer?: NodeJS.Timeout;
  private askTimer?: NodeJS.Timeout;
  private isKilled = false;

  constructor(private readonly child: ChildProcess, ended: Promise<number>, private readonly group: ControlGroup | undefined) {
    this.exited = ended.then(code => this.finish(code));
  }

  stop(graceMs: number): void {
    clearTimeout(this.killTimer);
    this.killTimer = setTimeout(() => this.kill(), graceMs);
    this.askToEnd();
  }

  /** The program may be a moment away from being there: bwrap says nothing of when it is. */
  private askToEnd(): void {
    const [init] = childrenOf(this.child.pid ?? -1);
    const [program] = init === undefined ? [] : childrenOf(init);
    clearTimeout(this.askTimer);
    if (program !== undefined) {
      signal(program, 'SIGTERM');
    } else if (this.child.exitCode === null && this.child.signalCode === null) {
      this.askTimer = setTimeout(() => this.askToEnd(), ASK_AGAIN_MS);
    }
  }

  kill(): void {
    this.isKilled = true;
    const [init] = childrenOf(this.child.pid ?? -1);
    signal(init ?? this.child.pid, 'SIGKILL');
  }

  private finish(code: number): ExitState {
    clearTimeout(this.killTimer);
    clearTimeout(this.askTimer);
    const oomKilled = code !== 0 && (this.group?.wasOutOfMemory() ?? false);
    this.group?.remove();
    // Some versions of unshare answer 1 when what they started was killed.
    return { exitCode: oomKilled || this.isKilled ? KILLED_EXIT_CODE : code, oomKilled };
  }
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'on' in stream;
}

/** Settles once the set-up says that all is well; rejects with what it said otherwise. */
function whenStarted(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string) => reject(new StartError(why.trim() || 'the container could not be put together'));
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`${text}\nthe container was not put together within ${START_DEADLINE_MS / 1000} s`);
    }, START_DEADLINE_MS);
    const settle = (act: () => void) => {
      clearTimeout(deadline);
      act();
    };
    child.on('error', error => settle(() => fail(error.message)));
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.includes(`${STARTED}\n`)) {
        settle(resolve);
      }
    });
    // Not at its exit: what it said may still be on its way.
    child.on('close', () => settle(() => fail(text)));
  });
}

export interface Launch {
  command: string[];
  /** The environment of the set-up programs, which run outside of the container. */
  env: Record<string, string>;
  group?: ControlGroup;
}

/** Starts the programs that put a container together and become it. Throws {@link StartError} with what they said. */
export async function launch({ command, env, group }: Launch, onOutput: OutputHandler): Promise<RunningContainer> {
  const [program, ...args] = command;
  // What the set-up says stays apart from what the container says: its output has descriptors of its own.
  const child = spawn(program, args, { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number>(resolve => {
    child.on('error', () => resolve(KILLED_EXIT_CODE));
    child.on('close', (code, name) => resolve(code ?? 128 + ((name && SIGNALS[name]) ?? 9)));
  });
  (['stdout', 'stderr'] as const).forEach((stream, i) => {
    const output = child.stdio[3 + i];
    if (isReadable(output)) {
      output.on('data', (chunk: Buffer) => onOutput(stream, chunk));
      output.on('error', () => {});
    }
  });
  const tree = new ProcessTree(child, ended, group);
  try {
    await whenStarted(child);
  } catch (error) {
    tree.kill();
    await tree.exited;
    throw error;
  }
  return tree;
}
