import { execFile, spawn } from 'node:child_process';
import { FSWatcher, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_LISTING_BYTES = 256 * 1024 * 1024;

/** A commit's files: path → id of the content. */
export type Tree = ReadonlyMap<string, string>;

/** Neither the user's nor the system's git settings have a say. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };
}

/** Reads one branch of a bare repository on this machine. */
export class Repository {
  constructor(readonly folder: string, readonly branch = 'main') {}

  /** The branch's newest commit; undefined while it has none. */
  async head(): Promise<string | undefined> {
    try {
      const { stdout } = await this.git('rev-parse', '--verify', '--quiet', `refs/heads/${this.branch}^{commit}`);
      return stdout.trim();
    } catch (error) {
      if (exitCodeOf(error) === 1) return undefined;
      throw new Error(`${this.folder}: cannot read branch "${this.branch}": ${messageOf(error)}`);
    }
  }

  /** Plain files only: links and submodules are left out. */
  async tree(commit: string): Promise<Tree> {
    const { stdout } = await this.git('ls-tree', '-r', '-z', '--full-tree', commit);
    const files = new Map<string, string>();
    for (const line of stdout.split('\0')) {
      const found = /^100\d{3} blob ([0-9a-f]+)\t([^]+)$/.exec(line);
      if (found) files.set(found[2], found[1]);
    }
    return files;
  }

  /** The contents behind ids of {@link tree}, by id. */
  async read(ids: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const child = spawn('git', ['--git-dir', this.folder, 'cat-file', '--batch'], { env: environment() });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.end(`${wanted.join('\n')}\n`);
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', code => (code === 0 ? resolve() : reject(new Error(`git cat-file ended with ${code}`))));
    });
    return parseBatch(Buffer.concat(chunks));
  }

  /** Calls back soon after the branch may have moved; several moves within the delay are one call. Returns how to stop. */
  watch(onChange: () => void, delayMs = 30): () => void {
    let timer: NodeJS.Timeout | undefined;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(onChange, delayMs);
    };
    const refs = join(this.folder, 'refs', 'heads');
    mkdirSync(refs, { recursive: true });
    const watchers: FSWatcher[] = [watch(refs, { recursive: true }, later), watch(this.folder, later)];
    for (const watcher of watchers) watcher.on('error', later);
    return () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    };
  }

  private git(...args: string[]) {
    return run('git', ['--git-dir', this.folder, ...args], { env: environment(), maxBuffer: MAX_LISTING_BYTES });
  }
}

/** The answer of `git cat-file --batch`: `<id> <type> <size>`, a newline, the content, a newline, and so on. */
export function parseBatch(answer: Buffer): Map<string, string> {
  const contents = new Map<string, string>();
  let position = 0;
  while (position < answer.length) {
    const end = answer.indexOf('\n', position);
    const [id, type, size] = answer.toString('utf8', position, end).split(' ');
    position = end + 1;
    if (type === 'missing') continue;
    contents.set(id, answer.toString('utf8', position, position + Number(size)));
    position += Number(size) + 1;
  }
  return contents;
}

function exitCodeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes the bare repository if it is not there; its first commit comes with the first push. */
export async function createBareRepository(folder: string, branch = 'main'): Promise<void> {
  await run('git', ['init', '--quiet', '--bare', `--initial-branch=${branch}`, folder], { env: environment() });
}
