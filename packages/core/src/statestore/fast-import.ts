import type { ChildProcess } from 'node:child_process';
import { gitMissing, killGroup, startGit } from './git-process';
import type { Edits } from './git-tree';
import { StoreError } from './store';

export interface Commit {
  /** `Name <email>`, of author and committer. */
  author: string;
  /** Seconds since 1970. */
  time: number;
  message: string;
  edits: Edits;
}

/** The ref that keeps what was committed, so that git does not throw it away. */
export const NEXT_REF = 'refs/kratix/next';

/** A path as fast-import reads it; always quoted, so that nothing in it has a meaning. */
export function quotePath(path: string): string {
  // eslint-disable-next-line no-control-regex
  return `"${path.replace(/["\\]/gu, char => `\\${char}`).replace(/[\u0000-\u001f\u007f]/gu, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
}

const data = (bytes: Buffer) => [`data ${bytes.length}\n`, bytes, '\n'];

function commitParts({ author, time, message, edits }: Commit, mark: number, from: string | undefined): Array<string | Buffer> {
  const removals = [...edits].filter(([, content]) => content === null).map(([path]) => `D ${quotePath(path)}\n`);
  const writes = [...edits].flatMap(([path, content]) => (content === null ? [] : [`M 100644 inline ${quotePath(path)}\n`, ...data(content)]));
  return [
    `commit ${NEXT_REF}\nmark :${mark}\nauthor ${author} ${time} +0000\ncommitter ${author} ${time} +0000\n`,
    ...data(Buffer.from(message)),
    ...(from === undefined ? [] : [`from ${from}\n`]),
    ...removals,
    ...writes,
    '\n',
  ];
}

/** The stream that makes commits, each on the one before, flushes them to disk and asks for their ids. Without a parent the first begins a history. */
export function commitStream(parent: string | undefined, commits: readonly Commit[]): Buffer {
  const parts = [
    ...(parent === undefined ? [`reset ${NEXT_REF}\n\n`] : []),
    ...commits.flatMap((commit, index) => commitParts(commit, index + 1, index === 0 ? parent : `:${index}`)),
    'checkpoint\n\n',
    ...commits.map((_, index) => `get-mark :${index + 1}\n`),
  ];
  return Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part)));
}

const MAX_WORDS = 500;

function endedBy(stderr: string): StoreError {
  const words = /^fatal: (.*)$/mu.exec(stderr)?.[1] ?? (stderr.trim() || 'without a word');
  const mend = /diskspace|space left/iu.test(words) ? "; make room in the engine's cache folder" : '';
  return new StoreError('LocalFault', `git fast-import ended unexpectedly: ${words}${mend}`);
}

/** One long-lived `git fast-import`. It takes one series of commits at a time. */
export class FastImport {
  private readonly child: ChildProcess;
  private stderr = '';
  private output = '';
  private ended: Error | undefined;
  private waiting: { count: number; resolve(ids: string[]): void; reject(error: Error): void } | undefined;

  constructor(gitDir: string, env: NodeJS.ProcessEnv) {
    this.child = startGit(['--git-dir', gitDir, 'fast-import', '--quiet', '--force', '--done', '--date-format=raw'], {
      cwd: gitDir, env, stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.on('error', () => undefined);
    this.child.stdout?.on('data', (chunk: Buffer) => this.take(chunk.toString('latin1')));
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr = `${this.stderr}${chunk.toString('utf8')}`.slice(0, MAX_WORDS);
    });
    this.child.on('error', error => this.end(gitMissing(error)));
    this.child.on('close', () => this.end(endedBy(this.stderr)));
  }

  /** Process id, so that a test can end it. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Makes commits, each on the one before; when this settles they are on disk. Gives back their ids. */
  commit(parent: string | undefined, commits: readonly Commit[]): Promise<string[]> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting = { count: commits.length, resolve, reject };
      this.child.stdin?.write(commitStream(parent, commits));
    });
  }

  close(): void {
    this.end(new StoreError('Closed', 'the store was closed'));
    killGroup(this.child);
  }

  private take(text: string): void {
    this.output += text;
    const lines = this.output.split('\n');
    const { waiting } = this;
    if (!waiting || lines.length <= waiting.count) return;
    this.output = '';
    this.waiting = undefined;
    waiting.resolve(lines.slice(0, waiting.count));
  }

  private end(error: Error): void {
    this.ended ??= error;
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
  }
}
