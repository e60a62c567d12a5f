import type { ChildProcess } from 'node:child_process';
import { gitMissing, killGroup, startGit } from './git-process';
import { StoreError } from './store';

export interface GitObject {
  type: string;
  id: string;
  content: Buffer;
}

interface Waiting {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

/** Reads objects of a local repository through one long-lived `git cat-file --batch`. Answers come in the order of the questions. */
export class GitReader {
  private readonly child: ChildProcess;
  private readonly waiting: Waiting[] = [];
  private chunks: Buffer[] = [];
  private have = 0;
  private need = 0;
  private ended: Error | undefined;

  constructor(gitDir: string, env: NodeJS.ProcessEnv) {
    this.child = startGit(['--git-dir', gitDir, 'cat-file', '--batch'], { cwd: gitDir, env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdin?.on('error', () => undefined);
    this.child.stdout?.on('data', (chunk: Buffer) => this.take(chunk));
    this.child.on('error', error => this.end(gitMissing(error)));
    this.child.on('close', () => this.end(new StoreError('LocalFault', 'git cat-file ended unexpectedly')));
  }

  /** The object that a name such as `HEAD^{tree}` or an id stands for; undefined where there is none. */
  read(name: string): Promise<GitObject | undefined> {
    return this.readAll([name]).then(([object]) => object);
  }

  /** Many objects with one question. */
  readAll(names: readonly string[]): Promise<Array<GitObject | undefined>> {
    if (this.ended) return Promise.reject(this.ended);
    const answers = names.map(() => new Promise<GitObject | undefined>((resolve, reject) => this.waiting.push({ resolve, reject })));
    this.child.stdin?.write(`${names.join('\n')}\n`);
    return Promise.all(answers);
  }

  close(): void {
    this.end(new StoreError('Closed', 'the store was closed'));
    killGroup(this.child);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.have += chunk.length;
    if (this.have < this.need) return;
    let buffer = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    for (let size = this.answer(buffer); size > 0; size = this.answer(buffer)) buffer = buffer.subarray(size);
    this.chunks = [buffer];
    this.have = buffer.length;
  }

  /** Settles the first question if its answer is complete; gives back how many bytes that took, and notes how many are needed. */
  private answer(buffer: Buffer): number {
    const lineEnd = buffer.indexOf(10);
    this.need = 0;
    if (lineEnd < 0) return 0;
    const header = buffer.toString('utf8', 0, lineEnd);
    const [, id, type, length] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/u.exec(header) ?? [];
    if (id === undefined || type === undefined) {
      this.waiting.shift()?.resolve(undefined);
      return lineEnd + 1;
    }
    const size = Number(length);
    const total = lineEnd + 1 + size + 1;
    if (buffer.length < total) {
      this.need = total;
      return 0;
    }
    this.waiting.shift()?.resolve({ id, type, content: Buffer.from(buffer.subarray(lineEnd + 1, lineEnd + 1 + size)) });
    return total;
  }
}
