import { fork, type ChildProcess } from 'node:child_process';
import { engineFlags } from '../engineFlags';

/** What a child is asked, and what it answers; one question at a time. */
export type Question = 'figures' | 'quiet' | 'stop';

/** What an engine's process has used so far. */
export interface Figures {
  /** Bytes. */
  resident: number;
  /** Seconds of a core, since it began. */
  cpu: number;
  /** API calls outside its watches, by method; events and leases are left out. */
  reads: number;
  writes: number;
}

const PATIENCE = 600_000;

/** A part of the benchmark that runs in a process of its own, so that what it uses is counted apart. */
export class Child {
  private constructor(private readonly process: ChildProcess) {}

  /** Starts this very program in the given role; settles with its first answer. */
  static async start<T>(role: string, ...args: string[]): Promise<{ child: Child; ready: T }> {
    const child = new Child(fork(process.argv[1], [role, ...args], { execArgv: role === 'engine' ? engineFlags() : [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    return { child, ready: await child.answer<T>(role) };
  }

  async ask<T>(question: Question): Promise<T> {
    const answer = this.answer<T>(question);
    this.process.send(question);
    return answer;
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.process.once('exit', resolve));
    this.process.send('stop' satisfies Question);
    await ended;
  }

  private answer<T>(what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${what} within ${PATIENCE / 1_000} s`)), PATIENCE);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.process.off('exit', onExit);
        this.process.off('message', onMessage);
        act();
      };
      const onExit = (code: number | null) => settle(() => reject(new Error(`the process that was asked for ${what} ended with ${code}`)));
      const onMessage = (message: unknown) => settle(() => resolve(message as T));
      this.process.once('exit', onExit);
      this.process.once('message', onMessage);
    });
  }
}
