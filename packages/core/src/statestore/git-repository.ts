import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Commit, FastImport } from './fast-import';
import type { GitCredentials } from './credentials';
import { gitFailure, lostRace } from './git-errors';
import { gitEnvironment, GitResult, runGit } from './git-process';
import { GitReader } from './git-reader';
import { identityVariables, signCommits } from './git-signing';
import type { GitTarget } from './git-spec';
import { parseTree, ReadTrees, TreeEntries } from './git-tree';
import { StoreError } from './store';

export interface RepositoryOptions {
  /** Name of the store, for messages. */
  name: string;
  target: GitTarget;
  credentials: GitCredentials;
  /** Commits are signed with this SSH key. */
  signingKey?: string;
  /** A folder that belongs to this repository alone. */
  folder: string;
  /** Milliseconds for one call to the server. */
  timeoutMs: number;
  /** Milliseconds for the first fetch. */
  firstFetchTimeoutMs: number;
  /** After how many commits the copy is packed. */
  commitsUntilRepack: number;
  signal: AbortSignal;
}

const BASE_REF = 'refs/kratix/base';
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const MAX_TREES = 20_000;

export type PushOutcome = 'pushed' | 'lost-race';

/**
 * The local copy of one branch: bare, and without history. It is only a means to make commits: it holds nothing that the
 * server does not have, and may be thrown away at any time. It is not a partial clone, because git before 2.45 answers a
 * broken object of a partial clone with fetches that start each other without end.
 */
export class GitRepository {
  private readonly gitDir: string;
  private readonly home: string;
  private readonly trees = new Map<string, TreeEntries>();
  private reader: GitReader | undefined;
  private importer: FastImport | undefined;
  private isMade = false;
  private commits = 0;

  /** The server's head as far as we know; undefined for a branch that is not there yet. */
  head: string | undefined;
  /** When the server was last asked, in milliseconds as of performance.now(); undefined before the first time. */
  lastContact: number | undefined;

  constructor(private readonly options: RepositoryOptions) {
    this.gitDir = join(options.folder, 'repository.git');
    this.home = join(options.folder, 'home');
  }

  /** Asks the server for the head of the branch. */
  async fetch(): Promise<void> {
    await this.make();
    const { branch } = this.options.target;
    const args = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-auto-maintenance', 'origin', `+refs/heads/${branch}:${BASE_REF}`];
    const isFirst = this.lastContact === undefined;
    const result = await this.network(args, isFirst ? this.options.firstFetchTimeoutMs : this.options.timeoutMs);
    if (result.code === 0) this.head = await this.resolve(`${BASE_REF}^{commit}`);
    else if (/couldn't find remote ref/iu.test(result.stderr)) this.head = undefined;
    else throw this.failure('read', result);
    this.lastContact = performance.now();
  }

  /** The tree of a commit, and who made it. */
  async commitOf(id: string): Promise<{ tree: string; author: string }> {
    const [commit, tree] = await this.read().readAll([id, `${id}^{tree}`]);
    if (commit?.type !== 'commit' || tree?.type !== 'tree') throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" lacks commit ${id}`);
    this.remember(tree.id, parseTree(tree.content));
    return { tree: tree.id, author: /^author (.*?) <[^>]*> \d/mu.exec(commit.content.toString('utf8'))?.[1] ?? '' };
  }

  /** Entries of trees, from memory where they were read before: a tree's id says all that is in it. */
  readonly readTrees: ReadTrees = async ids => {
    const missing = [...new Set(ids.filter(id => !this.trees.has(id)))];
    const found = missing.length ? await this.read().readAll(missing) : [];
    const fresh = new Map<string, TreeEntries>();
    missing.forEach((id, index) => {
      const object = found[index];
      if (object?.type !== 'tree') throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" lacks tree ${id}`);
      fresh.set(id, parseTree(object.content));
    });
    const entries = ids.map(id => fresh.get(id) ?? this.trees.get(id) ?? new Map());
    ids.forEach((id, index) => this.remember(id, entries[index] ?? new Map()));
    return entries;
  };

  /** Files of the head, as texts. */
  async readFiles(paths: readonly string[]): Promise<string[]> {
    const found = paths.length ? await this.read().readAll(paths.map(path => `${this.head}:${path}`)) : [];
    return found.map((object, index) => {
      if (object?.type !== 'blob') throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" lacks file ${paths[index]}`);
      return object.content.toString('utf8');
    });
  }

  /** Makes commits here, each on the one before, the first on the head; nobody sees them before {@link push}. Gives back their ids. */
  async commit(commits: readonly Commit[]): Promise<string[]> {
    await this.make();
    if (this.commits >= this.options.commitsUntilRepack) await this.repack();
    this.commits += commits.length;
    this.importer ??= new FastImport(this.gitDir, this.environment());
    const ids = await this.importer.commit(this.head, commits);
    const { signingKey, folder } = this.options;
    if (signingKey === undefined) return ids;
    const trees = await this.read().readAll(ids.map(id => `${id}^{tree}`));
    const withTrees = commits.map((commit, index) => ({ ...commit, tree: trees[index]?.id ?? '' }));
    return signCommits(signingKey, folder, this.head, withTrees, (args, input, { config, variables }) => this.git(args, this.gitDir, input, variables, config));
  }

  /** Gives a commit to the server, on condition that its branch still stands where we last saw it. */
  async push(commit: string): Promise<PushOutcome> {
    const ref = `refs/heads/${this.options.target.branch}`;
    const args = ['push', '--porcelain', '--no-verify', '--no-thin', '--no-signed', `--force-with-lease=${ref}:${this.head ?? ''}`, 'origin', `${commit}:${ref}`];
    const result = await this.network(args, this.options.timeoutMs);
    if (result.code !== 0) {
      if (lostRace(result.stdout)) return 'lost-race';
      throw this.failure('write', result);
    }
    this.head = commit;
    this.lastContact = performance.now();
    return 'pushed';
  }

  /** Asks the server whether we might push, without pushing. */
  async tryPush(): Promise<void> {
    const commit = this.head ?? (await this.emptyCommit());
    const ref = `refs/heads/${this.options.target.branch}`;
    const result = await this.network(['push', '--dry-run', '--porcelain', '--no-verify', 'origin', `${commit}:${ref}`], this.options.timeoutMs);
    if (result.code !== 0 && !lostRace(result.stdout)) throw this.failure('write', result);
  }

  /** Ends the processes and removes the local copy; the next call makes a new one. */
  async discard(): Promise<void> {
    this.endProcesses();
    this.trees.clear();
    this.head = undefined;
    this.lastContact = undefined;
    this.isMade = false;
    await rm(this.options.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  /** Ends what reads and writes the local copy; the next call starts it again. */
  endProcesses(): void {
    this.reader?.close();
    this.importer?.close();
    this.reader = undefined;
    this.importer = undefined;
  }

  private async make(): Promise<void> {
    if (this.isMade) return;
    await rm(this.options.folder, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(this.home, { recursive: true, mode: 0o700 });
    const result = await this.git(['init', '--quiet', '--bare', '--template=', this.gitDir], this.options.folder);
    if (result.code !== 0) throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" cannot be made: ${result.stderr.trim()}`);
    this.commits = 0;
    this.isMade = true;
  }

  private async emptyCommit(): Promise<string> {
    const tree = await this.git(['hash-object', '-t', 'tree', '-w', '--stdin'], this.gitDir, '');
    const identity = identityVariables(this.options.target.author, 0);
    const result = await this.git(['commit-tree', '-m', 'write check', tree.stdout.trim() || EMPTY_TREE], this.gitDir, undefined, identity);
    if (result.code !== 0) throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" takes no commit: ${result.stderr.trim()}`);
    return result.stdout.trim();
  }

  /** Small packs and loose objects of many batches become one pack; what nobody needs any more goes. */
  private async repack(): Promise<void> {
    this.endProcesses();
    const result = await this.git(['repack', '-a', '-d', '-q', '--no-write-bitmap-index'], this.gitDir);
    if (result.code !== 0) throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" cannot be packed: ${result.stderr.trim()}`);
    this.commits = 0;
  }

  private async resolve(name: string): Promise<string> {
    const object = await this.read().read(name);
    if (!object) throw new StoreError('LocalFault', `the local copy of store "${this.options.name}" lacks ${name}`);
    return object.id;
  }

  private read(): GitReader {
    this.reader ??= new GitReader(this.gitDir, this.environment());
    return this.reader;
  }

  /** The tree that was not asked for the longest time is forgotten first. */
  private remember(id: string, entries: TreeEntries): void {
    this.trees.delete(id);
    this.trees.set(id, entries);
    const [oldest] = this.trees.keys();
    if (this.trees.size > MAX_TREES && oldest !== undefined) this.trees.delete(oldest);
  }

  private environment(config: Record<string, string> = {}, variables: Record<string, string> = {}): NodeJS.ProcessEnv {
    const local = { 'remote.origin.url': this.options.target.url, 'fastimport.unpackLimit': '100' };
    return gitEnvironment(this.home, { config: { ...local, ...config }, variables });
  }

  private git(args: string[], cwd: string, input?: string, variables: Record<string, string> = {}, config: Record<string, string> = {}): Promise<GitResult> {
    const { timeoutMs, signal } = this.options;
    return runGit({ args, cwd, input, env: this.environment(config, variables), timeoutMs, signal });
  }

  private network(args: string[], timeoutMs: number): Promise<GitResult> {
    const { credentials, folder, signal } = this.options;
    return credentials.use(folder, ({ config, variables }) =>
      runGit({ args, cwd: this.gitDir, env: this.environment(config, variables), timeoutMs, signal }));
  }

  private failure(verb: 'read' | 'write', result: GitResult): StoreError {
    const { name, target, credentials } = this.options;
    const error = gitFailure(`GitStateStore "${name}" cannot ${verb} branch "${target.branch}" of ${target.url}`, result, credentials.secrets());
    if (error.reason !== 'AuthenticationFailed') return error;
    credentials.refused?.();
    return credentials.mend ? new StoreError(error.reason, `${error.message}; ${credentials.mend}`) : error;
  }
}
