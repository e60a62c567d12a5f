import type { Difference, StoreChange } from './store';

/** What a batch does to one key in the end. */
export interface Edit {
  /** Null removes the object. */
  content: Buffer | null;
  /** On whose behalf. */
  changes: Set<StoreChange>;
}

/** A record that has to say more while its change is under way. */
export interface RecordEdit extends Edit {
  path: string;
}

export interface BucketPlan {
  /** Written before anything else. */
  first: RecordEdit[];
  /** By path: written, then removed. */
  edits: Map<string, Edit>;
  /** Written when all else is done. */
  last: RecordEdit[];
  differences: Map<StoreChange, Difference[]>;
}

/** What is there, as far as a plan asks. */
export interface Existing {
  has(path: string): boolean;
  below(directory: string): Iterable<string>;
  /** Whether the object holds this content. */
  holds(path: string, content: Buffer): Promise<boolean>;
}

/** What is there with the changes before this one applied. */
class Overlay {
  readonly edits = new Map<string, Edit>();

  constructor(private readonly existing: Existing) {}

  has(path: string): boolean {
    const edit = this.edits.get(path);
    return edit ? edit.content !== null : this.existing.has(path);
  }

  *below(directory: string): Generator<string> {
    for (const path of this.existing.below(directory)) if (this.has(path)) yield path;
    for (const [path, { content }] of this.edits) if (content !== null && path.startsWith(`${directory}/`) && !this.existing.has(path)) yield path;
  }

  async holds(path: string, content: Buffer): Promise<boolean> {
    const edit = this.edits.get(path);
    return edit ? edit.content?.equals(content) ?? false : this.existing.has(path) && this.existing.holds(path, content);
  }

  edit(path: string, content: Buffer | null, change: StoreChange): void {
    const before = this.edits.get(path);
    this.edits.set(path, { content, changes: new Set([...(before?.changes ?? []), change]) });
  }
}

/** Plans what a batch of changes, applied one after the other, does to a bucket. */
export async function planBucket(existing: Existing, changes: readonly StoreChange[]): Promise<BucketPlan> {
  const overlay = new Overlay(existing);
  const plan: BucketPlan = { first: [], edits: overlay.edits, last: [], differences: new Map() };
  for (const change of changes) plan.differences.set(change, await planOne(overlay, change, plan));
  return plan;
}

async function planOne(overlay: Overlay, change: StoreChange, plan: BucketPlan): Promise<Difference[]> {
  const { owns, put, remove, record } = change;
  const differences: Difference[] = [];
  const owned = owns === null ? [] : [...overlay.below(owns)];
  for (const path of new Set([...owned, ...remove])) {
    if (put.has(path) || !overlay.has(path)) continue;
    overlay.edit(path, null, change);
    differences.push({ path, was: 'surplus' });
  }
  for (const [path, given] of put) {
    const content = Buffer.from(given);
    if (await overlay.holds(path, content)) continue;
    differences.push({ path, was: overlay.has(path) ? 'different' : 'missing' });
    overlay.edit(path, content, change);
  }
  if (record) await planRecord(overlay, change, record, differences, plan);
  return differences;
}

async function planRecord(overlay: Overlay, change: StoreChange, { path, during, after }: NonNullable<StoreChange['record']>, differences: Difference[], plan: BucketPlan) {
  const changes = new Set([change]);
  const wasThere = overlay.has(path);
  const isDone = after === null ? !wasThere : await overlay.holds(path, Buffer.from(after));
  if (isDone && differences.length === 0) return;
  if (!(await overlay.holds(path, Buffer.from(during)))) plan.first.push({ path, content: Buffer.from(during), changes });
  if (during !== after) plan.last.push({ path, content: after === null ? null : Buffer.from(after), changes });
  if (isDone) return;
  if (after === null) differences.push({ path, was: 'surplus' });
  else differences.push({ path, was: wasThere ? 'different' : 'missing' });
}
