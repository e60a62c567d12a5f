import type { GitStoreSpec } from './git-spec';
import { Edits, ReadTrees, WorkingTree } from './git-tree';
import { Difference, StoreChange, StoreError } from './store';

/** What one commit holds: everything that goes out together, what is of one Promise, or one placement. */
export type CommitGranularity = NonNullable<GitStoreSpec['commitGranularity']>;

/** What every plan needs to know. */
export interface PlanBase {
  /** Id of the tree to build on; undefined for an empty branch. */
  tree: string | undefined;
  readTrees: ReadTrees;
  /** Directory of the repository that all paths are under; empty for its root. */
  root: string;
}

export interface PlannedCommit {
  /** Those that change something, in order. */
  changes: StoreChange[];
  edits: Edits;
}

/** How a batch becomes commits. */
export interface Plan {
  /** Built one on the other, in this order. */
  commits: PlannedCommit[];
  /** What each change differs in from what is there, or why it cannot be written. */
  results: ReadonlyMap<StoreChange, Difference[] | StoreError>;
}

/** A path below a directory; the empty directory is the root. */
export const under = (directory: string, path: string) => (directory === '' ? path : `${directory}/${path}`);

/** One commit says all at once: the record is a file like others. */
export function withRecord({ owns, put, remove, record }: StoreChange): Pick<StoreChange, 'owns' | 'put' | 'remove'> {
  if (!record) return { owns, put, remove };
  if (record.after === null) return { owns, put, remove: [...remove, record.path] };
  return { owns, put: new Map([...put, [record.path, record.after]]), remove };
}

/** Tries a change on a tree; gives back what it had to change. */
async function apply(tree: WorkingTree, change: StoreChange, root: string): Promise<Difference[]> {
  const { owns, put, remove } = withRecord(change);
  const owned = owns === null ? [] : (await tree.files(under(root, owns))).map(path => (root === '' ? path : path.slice(root.length + 1)));
  const gone = [...owned, ...remove].filter(path => !put.has(path));
  const differences: Difference[] = [];
  for (const path of gone) {
    if (await tree.remove(under(root, path))) differences.push({ path, was: 'surplus' });
  }
  for (const [path, content] of put) {
    const was = await tree.put(under(root, path), Buffer.from(content));
    if (was) differences.push({ path, was });
  }
  return differences;
}

/** Changes that own no directory may be about the same files: they keep their order, so none is drawn forward. */
function groupsOf(changes: readonly StoreChange[], granularity: CommitGranularity): StoreChange[][] {
  if (granularity === 'batch') return changes.length ? [[...changes]] : [];
  const groups = new Map<string, StoreChange[]>();
  changes.forEach((change, index) => {
    const isAlone = granularity === 'object' || change.owns === null;
    const key = isAlone ? `${index}` : `of ${change.promise ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  });
  return [...groups.values()];
}

const isEffective = (result: Difference[] | StoreError | undefined) => Array.isArray(result) && result.length > 0;

async function tryAll(base: PlanBase, groups: readonly StoreChange[][], refused: ReadonlyMap<StoreChange, StoreError>): Promise<Plan | { change: StoreChange; error: StoreError }> {
  const tree = new WorkingTree(base.tree, base.readTrees);
  const results = new Map<StoreChange, Difference[] | StoreError>(refused);
  const commits: PlannedCommit[] = [];
  for (const group of groups) {
    for (const change of group.filter(each => !refused.has(each))) {
      try {
        results.set(change, await apply(tree, change, base.root));
      } catch (error) {
        if (error instanceof StoreError && error.reason === 'PathConflict') return { change, error };
        throw error;
      }
    }
    const edits = tree.takeEdits();
    const changes = group.filter(change => isEffective(results.get(change)));
    if (edits.size > 0) commits.push({ changes, edits });
  }
  return { commits, results };
}

/** Plans the commits of a batch. A change that runs into somebody else's file is refused, and the others planned without it. */
export async function planBatch(base: PlanBase, changes: readonly StoreChange[], granularity: CommitGranularity): Promise<Plan> {
  const refused = new Map<StoreChange, StoreError>();
  const groups = groupsOf(changes, granularity);
  for (;;) {
    const tried = await tryAll(base, groups, refused);
    if (!('error' in tried)) return tried;
    refused.set(tried.change, tried.error);
  }
}
