import { setTimeout as delay } from 'node:timers/promises';
import { commitMessage } from './commit-message';
import { removeLeftOvers } from './git-cache';
import { compareEach } from './git-compare';
import { CommitGranularity, Plan, PlanBase, planBatch } from './git-plan';
import type { GitRepository } from './git-repository';
import type { GitTarget } from './git-spec';
import { WorkingTree } from './git-tree';
import type { PushBudget } from './push-budget';
import { Difference, ForeignChange, StoreChange, StoreError, StoreLog, StoreMetrics } from './store';
import { changedPaths } from './tree-diff';
import { BatchTarget, Outcome } from './writer';

/** More than so many files at once are not told apart: everything is looked at. */
const MAX_FOREIGN_PATHS = 20_000;

export interface GitWriterOptions {
  /** Name of the store, for messages. */
  name: string;
  cacheDir: string;
  abort: AbortController;
  granularity: CommitGranularity;
  /** First line of commits. */
  template: string | undefined;
  budget: PushBudget;
  maxLostRaces: number;
  /** Milliseconds. */
  maxRaceDelayMs: number;
  /** Milliseconds for which what we know of the server counts as fresh. */
  freshMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
  log?: StoreLog;
  metrics?: StoreMetrics;
  onForeignChange?: (change: ForeignChange) => void;
}

/** One branch of one repository as a target of batches: one push for each batch. */
export class GitWriter implements BatchTarget {
  private hasCleaned = false;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(private readonly repository: GitRepository, private readonly target: GitTarget, private readonly options: GitWriterOptions) {}

  write(changes: readonly StoreChange[]): Promise<Outcome[]> {
    return this.mending(() => this.writeOnce(changes));
  }

  compare(changes: readonly StoreChange[]): Promise<Outcome[]> {
    return this.mending(async () => {
      if (!this.isFresh) await this.look();
      const results = await compareEach(await this.base(), changes);
      return outcomesOf(changes, results, () => this.repository.head ?? '');
    });
  }

  read(directory: string): Promise<ReadonlyMap<string, string>> {
    return this.mending(async () => {
      if (!this.isFresh) await this.look();
      const { tree, readTrees, root } = await this.base();
      const folder = [root, directory].filter(part => part !== '').join('/');
      const nameOf = (path: string) => path.slice(folder === '' ? 0 : folder.length + 1);
      const paths = (await new WorkingTree(tree, readTrees).files(folder)).filter(path => !nameOf(path).includes('/'));
      const texts = await this.repository.readFiles(paths);
      return new Map(paths.map((path, index) => [nameOf(path), texts[index] ?? '']));
    });
  }

  check(): Promise<void> {
    return this.mending(async () => {
      await this.look();
      await this.repository.tryPush();
    });
  }

  refetch(): Promise<void> {
    return this.mending(() => this.look());
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
    const { name, cacheDir, abort, log } = this.options;
    if (!this.hasCleaned) await removeLeftOvers(cacheDir);
    this.hasCleaned = true;
    try {
      return await work();
    } catch (error) {
      const isBroken = !(error instanceof StoreError) || error.reason === 'LocalFault';
      if (!isBroken || abort.signal.aborted) throw error;
      log?.warn({ store: name, error: String(error) }, 'The local copy of a git store is broken and is made anew');
      await this.repository.discard();
      return work().catch(again => {
        throw again instanceof StoreError ? again : new StoreError('LocalFault', `GitStateStore "${name}": ${(again as Error).message}`, { cause: again });
      });
    }
  }

  private get isFresh(): boolean {
    const { lastContact } = this.repository;
    return lastContact !== undefined && performance.now() - lastContact <= this.options.freshMs;
  }

  /** Asks the server for its head, and tells what others did since we knew it last. */
  private async look(): Promise<void> {
    const { repository } = this;
    const before = { head: repository.head, isKnown: repository.lastContact !== undefined };
    await repository.fetch();
    if (before.isKnown && before.head === repository.head) return;
    const { head } = repository;
    const author = head === undefined ? undefined : (await repository.commitOf(head)).author;
    const paths = before.isKnown ? await this.pathsSince(before.head) : undefined;
    if (paths?.length !== 0) this.options.onForeignChange?.({ version: head ?? '', ...(author && { author }), paths });
  }

  /** Files under the store's path that differ between a commit and the head. */
  private async pathsSince(commit: string | undefined): Promise<string[] | undefined> {
    const { repository, target } = this;
    const tree = async (id: string | undefined) => (id === undefined ? undefined : (await repository.commitOf(id)).tree);
    const paths = await changedPaths(repository.readTrees, await tree(commit), await tree(repository.head), MAX_FOREIGN_PATHS);
    if (target.path === '') return paths;
    return paths?.filter(path => path.startsWith(`${target.path}/`)).map(path => path.slice(target.path.length + 1));
  }

  private async writeOnce(changes: readonly StoreChange[]): Promise<Outcome[]> {
    const { name, maxLostRaces, metrics } = this.options;
    if (this.repository.lastContact === undefined) await this.look();
    for (let lost = 0; lost <= maxLostRaces; lost += 1) {
      const plan = await this.planOnFreshHead(changes);
      const versions = await this.land(plan);
      if (versions) return outcomesOf(changes, plan.results, change => versions.get(change) ?? this.repository.head ?? '');
      metrics?.conflict();
      await this.pause(lost);
      await this.look();
    }
    throw new StoreError('Contended', `GitStateStore "${name}": others pushed to branch "${this.target.branch}" ${maxLostRaces + 1} times in a row while we tried; it will be tried again`);
  }

  /** The commits of the changes, or undefined when somebody else was quicker. */
  private async land({ commits }: Plan): Promise<Map<StoreChange, string> | undefined> {
    const { repository, target, options } = this;
    const last = commits.at(-1);
    if (!last) return new Map();
    const time = Math.floor(options.now() / 1000);
    const ids = await repository.commit(commits.map(({ changes, edits }) => ({ author: target.author, time, message: commitMessage(changes, options.template), edits })));
    options.budget.spend();
    const began = performance.now();
    const outcome = await repository.push(ids.at(-1) ?? '').finally(() => options.metrics?.pushed((performance.now() - began) / 1000));
    if (outcome === 'lost-race') return undefined;
    return new Map(commits.flatMap(({ changes }, index) => changes.map(change => [change, ids[index] ?? ''] as const)));
  }

  /** "Nothing to do" is only said of a head that the server confirmed just now. */
  private async planOnFreshHead(changes: readonly StoreChange[]): Promise<Plan> {
    const { granularity } = this.options;
    const plan = await planBatch(await this.base(), changes, granularity);
    if (plan.commits.length > 0 || this.isFresh) return plan;
    await this.look();
    return planBatch(await this.base(), changes, granularity);
  }

  private async base(): Promise<PlanBase> {
    const { repository, target } = this;
    const tree = repository.head === undefined ? undefined : (await repository.commitOf(repository.head)).tree;
    return { tree, readTrees: repository.readTrees, root: target.path };
  }

  private async pause(lost: number): Promise<void> {
    const longest = Math.min(this.options.maxRaceDelayMs, 10 * 2 ** lost);
    try {
      await delay(Math.random() * longest, undefined, { signal: this.options.abort.signal });
    } catch {
      throw new StoreError('Closed', 'the store was closed');
    }
  }
}

function outcomesOf(changes: readonly StoreChange[], results: ReadonlyMap<StoreChange, Difference[] | StoreError>, versionOf: (change: StoreChange) => string): Outcome[] {
  return changes.map(change => {
    const result = results.get(change) ?? [];
    return Array.isArray(result) ? { version: versionOf(change), differences: result } : result;
  });
}
