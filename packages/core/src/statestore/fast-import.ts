import type { ChildProcess } from 'node:child_process';
import { gitMissing, killGroup, startGit } from './git-process';
import type { Edits } from './git-tree';
import { StoreError } from './store';

export interface Commit {
  /** The commit to build on; undefined begins a history. */
  parent: string | undefined;
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

/** The stream that makes one commit, flushes it to disk and asks for its id. */
export function commitStream({ parent, author, time, message, edits }: Commit): Buffer {
  const data = (bytes: Buffer) => [`data ${bytes.length}\n`, bytes, '\n'];
  const removals = [...edits].filter(([, content]) => content === null).map(([path]) => `D ${quotePath(path)}\n`);
  const writes = [...edits].flatMap(([path, content]) => (content === null ? [] : [`M 100644 inline ${quotePath(path)}\n`, ...data(content)]));
  const parts = [
    ...(parent === undefined ? [`reset ${NEXT_REF}\n\n`] : []),
    `commit ${NEXT_REF}\nmark :1\nauthor ${author} ${time} +0000\ncommitter ${author} ${time} +0000\n`,
    ...data(Buffer.from(message)),
    ...(parent === undefined ? [] : [`from ${parent}\n`]),
    ...removals,
    ...writes,
    '\ncheckpoint\n\nget-mark :1\n',
  ];
  return Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part)));
}

const MAX_WORDS = 500;

/** One long-lived `git fast-import`. It takes one commit at a time. */
export class FastImport {
  private readonly child: ChildProcess;
  private stderr = '';
  private output = '';
  private ended: Error | undefined;
  private waiting: { resolve(id: string): void; reject(error: Error): void } | undefined;

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
    this.child.on('close', () => this.end(new StoreError('LocalFault', `git fast-import ended unexpectedly: ${this.stderr.trim() || 'without a word'}`)));
  }

  /** Process id, so that a test can end it. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Makes a commit; when this settles it is on disk. Gives back its id. */
  commit(commit: Commit): Promise<string> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.child.stdin?.write(commitStream(commit));
    });
  }

  close(): void {
    this.end(new StoreError('Closed', 'the store was closed'));
    killGroup(this.child);
  }

  private take(text: string): void {
    this.output += text;
    const lineEnd = this.output.indexOf('\n');
    if (lineEnd < 0) return;
    const id = this.output.slice(0, lineEnd);
    this.output = '';
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(id);
  }

  private end(error: Error): void {
    this.ended ??= error;
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
  }
}
