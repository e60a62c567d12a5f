import { under, withRecord, type PlanBase } from './git-plan';
import { blobId, FILE, ReadTrees, TREE, TreeEntries, TreeEntry } from './git-tree';
import type { Difference, StoreChange } from './store';

const NOTHING: TreeEntries = new Map();

/** A tree to look at only. What several ask for at once is read once. */
class StoredTree {
  private readonly asked = new Map<string, Promise<TreeEntries>>();

  constructor(private readonly root: string | undefined, private readonly readTrees: ReadTrees) {}

  /** What a path stands for; the empty path is the root. */
  async entryAt(path: string): Promise<TreeEntry | undefined> {
    let entry: TreeEntry | undefined = this.root === undefined ? undefined : { mode: TREE, id: this.root };
    for (const name of path === '' ? [] : path.split('/')) {
      entry = (await this.entriesOf(entry)).get(name);
    }
    return entry;
  }

  /** Every file under a directory, by its path. */
  async filesUnder(directory: string): Promise<Map<string, TreeEntry>> {
    const files = new Map<string, TreeEntry>();
    const walk = async (entry: TreeEntry | undefined, path: string): Promise<void> => {
      const folders: Array<Promise<void>> = [];
      for (const [name, child] of await this.entriesOf(entry)) {
        if (child.mode === TREE) folders.push(walk(child, under(path, name)));
        else files.set(under(path, name), child);
      }
      await Promise.all(folders);
    };
    await walk(await this.entryAt(directory), directory);
    return files;
  }

  private entriesOf(entry: TreeEntry | undefined): Promise<TreeEntries> {
    if (entry?.mode !== TREE) return Promise.resolve(NOTHING);
    const known = this.asked.get(entry.id) ?? this.readTrees([entry.id]).then(([entries]) => entries ?? NOTHING);
    this.asked.set(entry.id, known);
    return known;
  }
}

async function compare(tree: StoredTree, change: StoreChange, root: string): Promise<Difference[]> {
  const { owns, put, remove } = withRecord(change);
  const owned = owns === null ? new Map<string, TreeEntry>() : await tree.filesUnder(under(root, owns));
  const at = async (path: string) => owned.get(under(root, path)) ?? tree.entryAt(under(root, path));
  const differences: Difference[] = [];
  for (const full of owned.keys()) {
    const path = root === '' ? full : full.slice(root.length + 1);
    if (!put.has(path)) differences.push({ path, was: 'surplus' });
  }
  for (const path of remove) {
    const entry = put.has(path) ? undefined : await at(path);
    if (entry && entry.mode !== TREE && !owned.has(under(root, path))) differences.push({ path, was: 'surplus' });
  }
  for (const [path, content] of put) {
    const entry = await at(path);
    if (!entry || entry.mode === TREE) differences.push({ path, was: 'missing' });
    else if (entry.mode !== FILE || entry.id !== blobId(Buffer.from(content))) differences.push({ path, was: 'different' });
  }
  return differences;
}

/** What each change differs in from what is there, as if it were alone. */
export async function compareEach({ tree: id, readTrees, root }: PlanBase, changes: readonly StoreChange[]): Promise<Map<StoreChange, Difference[]>> {
  const tree = new StoredTree(id, readTrees);
  return new Map(await Promise.all(changes.map(async change => [change, await compare(tree, change, root)] as const)));
}
