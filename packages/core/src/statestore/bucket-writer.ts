import { createHash } from 'node:crypto';
import { md5, Overtaken, type BucketClient, type Precondition } from './bucket-client';
import { bucketFailure } from './bucket-errors';
import { planBucket, type BucketPlan, type Edit, type Existing } from './bucket-plan';
import { KeyTree } from './key-tree';
import { StoreError, type ForeignChange, type StoreChange, type StoreLog, type StoreMetrics } from './store';
import type { BatchTarget, Outcome } from './writer';

const CHECK_KEY = '.kratix-write-permission-check';
const MAX_RACES = 20;
/** More than so many at once are not told apart: everything is looked at. */
const MAX_FOREIGN_PATHS = 20_000;
const PLAIN_ETAG = /^[0-9a-f]{32}$/u;

interface Known {
  etag: string;
  /** md5 of the content, where we know it though the ETag does not tell. */
  digest?: string;
}

export interface BucketWriterOptions {
  /** Name of the store, for messages. */
  name: string;
  /** For messages. */
  bucket: string;
  url: string;
  /** Prefix of all keys. */
  path: string;
  concurrency: number;
  abort: AbortController;
  log?: StoreLog;
  metrics?: StoreMetrics;
  onForeignChange?: (change: ForeignChange) => void;
}

/**
 * One prefix of one bucket as a target of batches. What is there is listed once and then known from our own writes, each
 * on condition that nobody else wrote meanwhile; after a write of unknown outcome it is listed anew. Source: B-SS-61.
 */
export class BucketWriter implements BatchTarget {
  private known: KeyTree<Known> | undefined;
  /** Whether ETags are md5 digests here: unknown until something was written or looked at. */
  private etagsAreDigests: boolean | undefined;

  constructor(private readonly client: BucketClient, private readonly options: BucketWriterOptions) {}

  async write(changes: readonly StoreChange[]): Promise<Outcome[]> {
    const plan = await this.plan(changes);
    const failures = new Map<StoreChange, StoreError>();
    const versions = new Map<string, string>();
    const began = performance.now();
    await this.run(plan, failures, versions);
    if (plan.edits.size + plan.first.length + plan.last.length > 0) this.options.metrics?.pushed((performance.now() - began) / 1000);
    return changes.map(change => failures.get(change) ?? { version: versionOf(change, plan, versions), differences: plan.differences.get(change) ?? [] });
  }

  async compare(changes: readonly StoreChange[]): Promise<Outcome[]> {
    const existing = this.existing(await this.listing());
    const outcomes: Outcome[] = [];
    for (const change of changes) {
      const { differences } = await this.saying('read', () => planBucket(existing, [change]));
      outcomes.push({ version: '', differences: differences.get(change) ?? [] });
    }
    return outcomes;
  }

  async read(directory: string): Promise<ReadonlyMap<string, string>> {
    const known = await this.listing();
    const nameOf = (path: string) => path.slice(directory === '' ? 0 : directory.length + 1);
    const paths = [...known.below(directory)].filter(path => !nameOf(path).includes('/'));
    const texts = new Map<string, string>();
    await this.each(paths, async path => {
      texts.set(nameOf(path), await this.saying('read', () => this.client.get(this.keyOf(path))));
    });
    return texts;
  }

  async check(): Promise<void> {
    await this.saying('write to', () => this.client.tryWrite(this.keyOf(CHECK_KEY)));
    await this.refetch();
  }

  async refetch(): Promise<void> {
    const before = this.known;
    const now = await this.list();
    this.known = now;
    if (!before) {
      this.options.onForeignChange?.({ version: '', paths: undefined });
      return;
    }
    const changed = [...now.below('')].filter(path => before.get(path)?.etag !== now.get(path)?.etag);
    const gone = [...before.below('')].filter(path => now.get(path) === undefined);
    for (const path of now.below('')) if (before.get(path)?.etag === now.get(path)?.etag) now.set(path, before.get(path) ?? { etag: '' });
    const paths = [...changed, ...gone];
    if (paths.length > 0) this.options.onForeignChange?.({ version: '', paths: paths.length > MAX_FOREIGN_PATHS ? undefined : paths });
  }

  async close(): Promise<void> {
    this.options.abort.abort();
    await this.client.close();
  }

  private async plan(changes: readonly StoreChange[]): Promise<BucketPlan> {
    const existing = this.existing(await this.listing());
    return this.saying('read', () => planBucket(existing, changes));
  }

  private async listing(): Promise<KeyTree<Known>> {
    this.known ??= await this.list();
    return this.known;
  }

  private async list(): Promise<KeyTree<Known>> {
    const { path } = this.options;
    const prefix = path === '' ? '' : `${path}/`;
    const tree = new KeyTree<Known>();
    const listed = await this.saying('read', () => this.client.list(prefix));
    for (const { key, etag } of listed) {
      const relative = key.slice(prefix.length);
      // a "folder" that a console made
      if (relative !== '' && !relative.endsWith('/')) tree.set(relative, { etag });
    }
    return tree;
  }

  private existing(known: KeyTree<Known>): Existing {
    return {
      has: path => known.get(path) !== undefined,
      below: directory => known.below(directory),
      holds: async (path, content) => (await this.digestOf(path, known, md5(content))) === md5(content),
    };
  }

  /** The md5 of what is there. Where ETags are none the object is asked once, for what we noted with it. */
  private async digestOf(path: string, known: KeyTree<Known>, wanted: string): Promise<string | undefined> {
    const entry = known.get(path);
    if (!entry || entry.digest) return entry?.digest;
    const isPlain = PLAIN_ETAG.test(entry.etag);
    if (isPlain && (this.etagsAreDigests || entry.etag === wanted)) return entry.etag;
    const head = await this.client.head(this.keyOf(path));
    if (head?.digest && head.etag === entry.etag) {
      this.etagsAreDigests = isPlain && head.digest === head.etag;
      known.set(path, { ...entry, digest: head.digest });
      return head.digest;
    }
    return isPlain ? entry.etag : undefined;
  }

  /** Records first, then files, then what goes, then records again; what failed is not carried on. */
  private async run(plan: BucketPlan, failures: Map<StoreChange, StoreError>, versions: Map<string, string>): Promise<void> {
    const edits = [...plan.edits];
    const written = edits.filter(([, { content }]) => content !== null);
    const removed = edits.filter(([, { content }]) => content === null);
    const recorded = (records: BucketPlan['first']) => records.map((edit): [string, Edit] => [edit.path, edit]);
    const stages = [recorded(plan.first), written, removed, recorded(plan.last)];
    for (const stage of stages) {
      await this.each(stage, async ([path, edit]) => {
        if (![...edit.changes].every(change => failures.has(change))) await this.apply(path, edit, failures, versions);
      });
    }
  }

  private async apply(path: string, edit: Edit, failures: Map<StoreChange, StoreError>, versions: Map<string, string>): Promise<void> {
    try {
      if (edit.content === null) await this.remove(path);
      else versions.set(path, await this.put(path, edit.content));
    } catch (error) {
      // it may have happened all the same
      this.known = undefined;
      const failure = this.failure('write', error, path);
      for (const change of edit.changes) failures.set(change, failure);
    }
  }

  private async remove(path: string): Promise<void> {
    await this.client.delete(this.keyOf(path));
    this.known?.delete(path);
  }

  /** Gives back the version's id. The precondition is what we know; when it does not hold we learn, and try again. */
  private async put(path: string, content: Buffer): Promise<string> {
    const key = this.keyOf(path);
    const digest = md5(content);
    let condition: Precondition = this.conditionOf(this.known?.get(path));
    for (let races = 0; races < MAX_RACES; races += 1) {
      try {
        const { etag, versionId } = await this.client.put(key, content, digest, condition);
        this.etagsAreDigests = etag === digest;
        this.known?.set(path, { etag, digest });
        return versionId;
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
        this.options.metrics?.conflict();
        const head = await this.client.head(key);
        if ((head?.digest ?? head?.etag) === digest && head) {
          this.known?.set(path, { etag: head.etag, digest });
          return '';
        }
        condition = this.conditionOf(head);
      }
    }
    throw new StoreError('Contended', `BucketStateStore "${this.options.name}": somebody else wrote "${path}" ${MAX_RACES} times in a row while we tried; it will be tried again`);
  }

  private conditionOf(known: Known | undefined): Precondition {
    return known ? { etag: known.etag } : 'absent';
  }

  private keyOf(path: string): string {
    return this.options.path === '' ? path : `${this.options.path}/${path}`;
  }

  /** So many at a time, until all are done. */
  private async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const rest = items.values();
    const worker = async () => {
      for (const item of rest) await work(item);
    };
    await Promise.all(Array.from({ length: Math.min(items.length, this.options.concurrency) }, worker));
  }

  private async saying<T>(verb: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(verb, error);
    }
  }

  private failure(verb: string, error: unknown, path?: string): StoreError {
    const { name, bucket, url, abort } = this.options;
    if (abort.signal.aborted) return new StoreError('Closed', 'the store was closed');
    return bucketFailure(`BucketStateStore "${name}" cannot ${verb} ${path === undefined ? '' : `"${path}" in `}bucket "${bucket}" at ${url}`, error);
  }
}

/** Chained over the versions of what was written, in order; empty where nothing was. Source: B-SS-62. */
function versionOf(change: StoreChange, plan: BucketPlan, versions: ReadonlyMap<string, string>): string {
  const written = (plan.differences.get(change) ?? []).map(({ path }) => versions.get(path)).filter(version => version !== undefined);
  return written.reduce((chain, version) => createHash('sha256').update(chain + version).digest('hex'), '');
}
