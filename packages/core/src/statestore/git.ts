import { setTimeout as delay } from 'node:timers/promises';
import { commitMessage } from './commit-message';
import { claimFolder, removeLeftOvers } from './git-cache';
import { gitCredentials } from './git-credentials';
import { GitRepository } from './git-repository';
import { checkGitSpec, GitStoreSpec, GitTarget } from './git-spec';
import { Edits, WorkingTree } from './git-tree';
import { StateStore, StateStoreType, StoreChange, StoreError, StoreLog, StoreOptions } from './store';
import { BatchLimits, BatchTarget, BatchWriter, Outcome } from './writer';

/** Times and limits; the defaults suit a server on the internet. */
export interface GitTuning {
  /** Milliseconds for one call to the server. */
  timeoutMs?: number;
  /** Milliseconds for the first fetch of a repository. */
  firstFetchTimeoutMs?: number;
  /** How often in a row others may push before us until a batch is given up. */
  maxLostRaces?: number;
  /** The longest pause after a lost race, in milliseconds; the real one is random, so that two writers part. */
  maxRaceDelayMs?: number;
  /** Milliseconds for which what we know of the server counts as fresh enough to say that nothing is to be written. */
  freshMs?: number;
  limits?: BatchLimits;
  /** After how many commits the local copy is packed. */
  commitsUntilRepack?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

const DEFAULTS = {
  timeoutMs: 90_000,
  firstFetchTimeoutMs: 600_000,
  maxLostRaces: 40,
  maxRaceDelayMs: 1_000,
  freshMs: 5_000,
  commitsUntilRepack: 200,
  now: () => Date.now(),
};

interface Planned {
  edits: Edits;
  /** Those changes that change something. */
  effective: StoreChange[];
  refused: Map<StoreChange, StoreError>;
}

const under = (directory: string, path: string) => (directory === '' ? path : `${directory}/${path}`);

/** Tries a change on a tree; gives back whether it changes anything. */
async function apply(tree: WorkingTree, { owns, put, remove }: StoreChange, root: string): Promise<boolean> {
  const wanted = new Map([...put].map(([path, content]) => [under(root, path), Buffer.from(content)]));
  const owned = owns === null ? [] : await tree.files(under(root, owns));
  const gone = [...owned, ...remove.map(path => under(root, path))].filter(path => !wanted.has(path));
  let isEffective = false;
  for (const path of gone) isEffective = (await tree.remove(path)) || isEffective;
  for (const [path, content] of wanted) isEffective = (await tree.put(path, content)) || isEffective;
  return isEffective;
}

/** One branch of one repository as a target of batches: one commit and one push for each batch. */
class GitTargetWriter implements BatchTarget {
  private hasCleaned = false;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly repository: GitRepository,
    private readonly target: GitTarget,
    private readonly tuning: typeof DEFAULTS,
    private readonly options: { name: string; cacheDir: string; log?: StoreLog; abort: AbortController },
  ) {}

  write(changes: readonly StoreChange[]): Promise<Outcome[]> {
    return this.mending(() => this.writeOnce(changes));
  }

  check(): Promise<void> {
    return this.mending(async () => {
      await this.repository.fetch();
      await this.repository.tryPush();
    });
  }

  async close(): Promise<void> {
    this.options.abort.abort();
    this.repository.endProcesses();
    await this.underWay;
    await this.repository.discard();
  }

  /** A local copy that is broken is thrown away, and the work done once more with a new one. */
  private mending<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tryTwice(work);
    this.underWay = result.catch(() => undefined);
    return result;
  }

  private async tryTwice<T>(work: () => Promise<T>): Promise<T> {
    if (!this.hasCleaned) await removeLeftOvers(this.options.cacheDir);
    this.hasCleaned = true;
    try {
      return await work();
    } catch (error) {
      const isBroken = !(error instanceof StoreError) || error.reason === 'LocalFault';
      if (!isBroken || this.options.abort.signal.aborted) throw error;
      this.options.log?.warn({ store: this.options.name, error: String(error) }, 'The local copy of a git store is broken and is made anew');
      await this.repository.discard();
      return work().catch(again => {
        throw again instanceof StoreError ? again : new StoreError('LocalFault', `GitStateStore "${this.options.name}": ${(again as Error).message}`, { cause: again });
      });
    }
  }

  private async writeOnce(changes: readonly StoreChange[]): Promise<Outcome[]> {
    const { repository } = this;
    if (repository.lastContact === undefined) await repository.fetch();
    for (let lost = 0; lost <= this.tuning.maxLostRaces; lost += 1) {
      const planned = await this.planOnFreshHead(changes);
      const version = planned.edits.size === 0 ? repository.head ?? '' : await this.land(planned);
      if (version !== undefined) return changes.map(change => planned.refused.get(change) ?? { version });
      await this.pause(lost);
      await repository.fetch();
    }
    throw new StoreError('Contended', `GitStateStore "${this.options.name}": others pushed to branch "${this.target.branch}" ${this.tuning.maxLostRaces + 1} times in a row while we tried; it will be tried again`);
  }

  /** The new head, or undefined when somebody else was quicker. */
  private async land({ edits, effective }: Planned): Promise<string | undefined> {
    const { repository, target, tuning } = this;
    const commit = await repository.commit({
      parent: repository.head,
      author: target.author,
      time: Math.floor(tuning.now() / 1000),
      message: commitMessage(effective),
      edits,
    });
    return (await repository.push(commit)) === 'pushed' ? commit : undefined;
  }

  /** "Nothing to do" is only said of a head that the server confirmed just now. */
  private async planOnFreshHead(changes: readonly StoreChange[]): Promise<Planned> {
    const planned = await this.plan(changes);
    const { lastContact } = this.repository;
    const isFresh = lastContact !== undefined && performance.now() - lastContact <= this.tuning.freshMs;
    if (planned.edits.size > 0 || isFresh) return planned;
    await this.repository.fetch();
    return this.plan(changes);
  }

  private async plan(changes: readonly StoreChange[]): Promise<Planned> {
    const refused = new Map<StoreChange, StoreError>();
    const { head } = this.repository;
    const root = head === undefined ? undefined : await this.repository.treeOf(head);
    for (;;) {
      const tree = new WorkingTree(root, this.repository.readTrees);
      const result = await this.applyAll(tree, changes.filter(change => !refused.has(change)));
      if (!('error' in result)) return { edits: tree.edits(), effective: result.effective, refused };
      refused.set(result.change, result.error);
    }
  }

  private async applyAll(tree: WorkingTree, changes: readonly StoreChange[]): Promise<{ effective: StoreChange[] } | { change: StoreChange; error: StoreError }> {
    const effective: StoreChange[] = [];
    for (const change of changes) {
      try {
        if (await apply(tree, change, this.target.path)) effective.push(change);
      } catch (error) {
        if (error instanceof StoreError && error.reason === 'PathConflict') return { change, error };
        throw error;
      }
    }
    return { effective };
  }

  private async pause(lost: number): Promise<void> {
    const longest = Math.min(this.tuning.maxRaceDelayMs, 10 * 2 ** lost);
    try {
      await delay(Math.random() * longest, undefined, { signal: this.options.abort.signal });
    } catch {
      throw new StoreError('Closed', 'the store was closed');
    }
  }
}

/**
 * A store that writes to one branch of a git repository, through the git program. Throws StoreError `InvalidSpec`,
 * naming the field or the Secret's key, when spec or Secret cannot work; the network is not touched before the first
 * `check()` or `submit()`.
 */
export function createGitStore(options: StoreOptions<GitStoreSpec>, tuning: GitTuning = {}): StateStore {
  const { name, spec, secret = {}, allowLocal, cacheDir, log } = options;
  const target = checkGitSpec(spec, allowLocal);
  const credentials = gitCredentials(target, spec.authMethod ?? 'basicAuth', secret, name);
  const abort = new AbortController();
  const settings = { ...DEFAULTS, ...tuning };
  const repository = new GitRepository({
    name, target, credentials,
    folder: claimFolder(cacheDir, name),
    timeoutMs: settings.timeoutMs,
    firstFetchTimeoutMs: settings.firstFetchTimeoutMs,
    commitsUntilRepack: settings.commitsUntilRepack,
    signal: abort.signal,
  });
  return new BatchWriter(new GitTargetWriter(repository, target, settings, { name, cacheDir, log, abort }), tuning.limits);
}

/** Kind GitStateStore, for the registry of stores. */
export const gitStateStoreType: StateStoreType<GitStoreSpec> = { kind: 'GitStateStore', create: options => createGitStore(options) };
