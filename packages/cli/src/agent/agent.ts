import type { KubeClient } from '@kratix-ts/core/kube';
import { Applier } from '../kube/apply';
import { isManifest, nameOf, type ObjectId, objectsIn } from './documents';
import { InventoryStore } from './inventory';
import { type Application, type FileContent, type Inventory, inventoryAfter, type Plan, planSync } from './plan';
import { messageOf, type Repository, type Tree } from './repository';

export const FIELD_MANAGER = 'kratix-ts-destination-agent';
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

export interface AgentLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface AgentOptions {
  kube: KubeClient;
  repository: Repository;
  /** Folders of the repository that this cluster takes its objects from; all of them unless given. */
  paths?: string[];
  /** Where the inventory is kept; the namespace must exist. */
  inventory: { namespace: string; name: string };
  log: AgentLog;
}

/** What one pass did. */
export interface SyncResult {
  commit?: string;
  applied: number;
  pruned: number;
  problems: string[];
}

/**
 * Applies what lands in a repository to a cluster, as a GitOps tool does: each new or changed document is applied, each
 * removed one is deleted. One pass at a time; what fails is tried again with back-off, and with every new commit.
 */
export class DestinationAgent {
  private readonly inventoryStore: InventoryStore;
  private readonly applier: Applier;
  private inventory: Inventory | undefined;
  /** What each file held when all of it had been applied. */
  private readonly settled = new Map<string, string>();
  private reported = new Set<string>();
  private stopWatching: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private isWanted = false;
  private isStopped = false;
  private failures = 0;
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: AgentOptions) {
    this.inventoryStore = new InventoryStore(options.kube, options.inventory, FIELD_MANAGER);
    this.applier = new Applier(options.kube, FIELD_MANAGER);
  }

  /** Begins to follow the repository; the first pass is under way when this returns. */
  start(): void {
    this.stopWatching = this.options.repository.watch(() => this.wake());
    this.wake();
  }

  /** Ends after the pass that is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopWatching?.();
    clearTimeout(this.retry);
    await this.running;
  }

  private wake(): void {
    if (this.isStopped) return;
    this.isWanted = true;
    this.running ??= this.work().finally(() => {
      this.running = undefined;
    });
  }

  private async work(): Promise<void> {
    while (this.isWanted && !this.isStopped) {
      this.isWanted = false;
      clearTimeout(this.retry);
      const problems = await this.attempt();
      this.report(problems);
      this.failures = problems.length > 0 ? this.failures + 1 : 0;
      if (this.failures > 0) this.retryLater();
    }
  }

  private async attempt(): Promise<string[]> {
    try {
      return (await this.sync()).problems;
    } catch (error) {
      return [messageOf(error)];
    }
  }

  private retryLater(): void {
    const delay = Math.min(FIRST_RETRY_MS * 2 ** (this.failures - 1), LAST_RETRY_MS);
    this.retry = setTimeout(() => this.wake(), delay);
  }

  /** Says each problem once, and once more when it is over. */
  private report(problems: string[]): void {
    for (const problem of problems) {
      if (!this.reported.has(problem)) this.options.log.warn(problem);
    }
    if (this.reported.size > 0 && problems.length === 0) this.options.log.info('nothing is left that failed before');
    this.reported = new Set(problems);
  }

  /** One pass: brings the cluster to the newest commit. Problems of single files are in the result, not thrown. */
  async sync(): Promise<SyncResult> {
    const { repository } = this.options;
    const inventory = (this.inventory ??= await this.inventoryStore.load());
    const commit = await repository.head();
    if (!commit) return { applied: 0, pruned: 0, problems: [] };
    const tree = this.ours(await repository.tree(commit));
    const changed = await this.changedFiles(tree);
    const gone = [...new Set([...inventory.keys(), ...this.settled.keys()])].filter(path => !tree.has(path));
    const plan = planSync(inventory, changed, gone);
    if (plan.apply.length > 0) await this.inventoryStore.save(plan.before);
    const problems = problemsOf(changed);
    const failed = await this.applyAll(plan, problems);
    const failedPrunes = await this.pruneAll(plan, problems);
    this.inventory = inventoryAfter(plan, failedPrunes);
    await this.inventoryStore.save(this.inventory);
    this.settle(tree, changed, new Set(failed.map(({ path }) => path)), gone);
    const result = {
      commit,
      applied: plan.apply.length - failed.length,
      pruned: plan.prune.length - failedPrunes.size,
      problems,
    };
    if (result.applied + result.pruned > 0) {
      this.options.log.info(`${commit.slice(0, 7)}: applied ${result.applied}, deleted ${result.pruned}`);
    }
    return result;
  }

  private ours(tree: Tree): Tree {
    const { paths } = this.options;
    const folders = paths?.map(path => `${path.replace(/^\/+|\/+$/g, '')}/`);
    return new Map(
      [...tree].filter(([path]) => isManifest(path) && (!folders || folders.some(folder => path.startsWith(folder)))),
    );
  }

  private async changedFiles(tree: Tree): Promise<Map<string, FileContent>> {
    const paths = [...tree].filter(([path, id]) => this.settled.get(path) !== id);
    const contents = await this.options.repository.read(paths.map(([, id]) => id));
    return new Map(paths.map(([path, id]) => [path, readFile(path, contents.get(id) ?? '')]));
  }

  /** Returns what could not be applied. */
  private async applyAll(plan: Plan, problems: string[]): Promise<Application[]> {
    const failed: Application[] = [];
    for (const application of plan.apply) {
      const { path, id, object } = application;
      try {
        await this.applier.apply(object);
      } catch (error) {
        failed.push(application);
        problems.push(`${path}: ${describe(id)}: ${messageOf(error)}`);
      }
    }
    return failed;
  }

  private async pruneAll(plan: Plan, problems: string[]): Promise<Set<ObjectId>> {
    const failed = new Set<ObjectId>();
    for (const { id } of plan.prune) {
      try {
        await this.applier.delete(nameOf(id));
      } catch (error) {
        failed.add(id);
        problems.push(`${describe(id)} is in no file any more, but was not deleted: ${messageOf(error)}`);
      }
    }
    return failed;
  }

  private settle(tree: Tree, changed: ReadonlyMap<string, FileContent>, failed: Set<string>, gone: string[]): void {
    for (const [path, content] of changed) {
      const id = tree.get(path);
      if (id && !failed.has(path) && 'objects' in content) this.settled.set(path, id);
    }
    for (const path of gone) this.settled.delete(path);
  }
}

function readFile(path: string, text: string): FileContent {
  try {
    return { objects: objectsIn(path, text) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function problemsOf(changed: ReadonlyMap<string, FileContent>): string[] {
  return [...changed.values()].flatMap(content => ('problem' in content ? [content.problem] : []));
}

function describe(id: ObjectId): string {
  const { kind, namespace, name } = nameOf(id);
  return `${kind} "${namespace ? `${namespace}/` : ''}${name}"`;
}
