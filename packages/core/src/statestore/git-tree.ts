import { createHash } from 'node:crypto';
import { StoreError } from './store';

/** One name in a tree object. */
export interface TreeEntry {
  mode: string;
  id: string;
}

export type TreeEntries = ReadonlyMap<string, TreeEntry>;

/** Reads the entries of tree objects by id. */
export type ReadTrees = (ids: readonly string[]) => Promise<TreeEntries[]>;

/** Modes of a directory and of a plain file. */
export const TREE = '40000';
export const FILE = '100644';
const ID_BYTES = 20;

/** Entries of a raw tree object: `<mode> <name>\0<id>`, over and over. Names that are not UTF-8 stay apart by their bytes. */
export function parseTree(content: Buffer): TreeEntries {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0 || end + ID_BYTES >= content.length + 1) throw new StoreError('LocalFault', 'a tree object of the local copy is corrupt');
    const id = content.toString('hex', end + 1, end + 1 + ID_BYTES);
    entries.set(content.toString('utf8', space + 1, end), { mode: content.toString('latin1', at, space), id });
    at = end + 1 + ID_BYTES;
  }
  return entries;
}

/** The id that git gives to a file of these bytes. */
export function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** A file to write (`content`), or to remove (null). */
export type Edits = ReadonlyMap<string, Buffer | null>;

type Leaf = TreeEntry;

interface Written {
  id: string;
  content: Buffer;
}

class Folder {
  private children: Map<string, Folder | Leaf> | undefined;

  constructor(readonly id: string | undefined) {}

  /** Present after {@link WorkingTree.open}. */
  get entries(): Map<string, Folder | Leaf> {
    if (!this.children) throw new Error('folder is read before it is opened');
    return this.children;
  }

  get isOpen() {
    return this.children !== undefined;
  }

  fill(entries: TreeEntries): void {
    this.children = new Map([...entries].map(([name, { mode, id }]) => [name, mode === TREE ? new Folder(id) : { mode, id }]));
  }
}

/**
 * The tree of one commit, in memory as far as it was looked at, that changes can be tried on. It remembers what differs
 * from the commit, so that what ends as it began is no edit.
 */
export class WorkingTree {
  private readonly root: Folder;
  private readonly touched = new Map<string, { before: Leaf | undefined; after: Written | null }>();

  constructor(rootId: string | undefined, private readonly readTrees: ReadTrees) {
    this.root = new Folder(rootId);
  }

  /** What has to be written to turn the commit, or what the last call left, into this tree. */
  takeEdits(): Edits {
    const real = [...this.touched].filter(([, { before, after }]) =>
      after === null ? before !== undefined : before?.mode !== FILE || before.id !== after.id);
    this.touched.clear();
    return new Map(real.map(([path, { after }]) => [path, after?.content ?? null]));
  }

  /** Every file under a directory: its path, whatever its mode. Empty where there is none, or something else than a directory. */
  async files(directory: string): Promise<string[]> {
    const folder = await this.folderAt(directory);
    if (!folder) return [];
    await this.openDeep(folder);
    const found: string[] = [];
    const walk = (at: Folder, prefix: string) => {
      for (const [name, child] of at.entries) {
        const path = prefix === '' ? name : `${prefix}/${name}`;
        if (child instanceof Folder) walk(child, path);
        else found.push(path);
      }
    };
    walk(folder, directory);
    return found;
  }

  /** Gives back how the file was before, or undefined when it was like that. Throws StoreError `PathConflict` where a file stands in the way of a directory, or the other way round. */
  async put(path: string, content: Buffer): Promise<'missing' | 'different' | undefined> {
    const names = path.split('/');
    const name = names.pop() ?? '';
    let folder = this.root;
    for (const [index, part] of names.entries()) {
      await this.open([folder]);
      const child = folder.entries.get(part) ?? new Folder(undefined);
      if (!(child instanceof Folder)) {
        throw new StoreError('PathConflict', `"${names.slice(0, index + 1).join('/')}" is a file in the repository, and "${path}" needs a directory of that name; move the file away`);
      }
      folder.entries.set(part, child);
      folder = child;
    }
    await this.open([folder]);
    const existing = folder.entries.get(name);
    if (existing instanceof Folder && (await this.files(path)).length > 0) {
      throw new StoreError('PathConflict', `"${path}" is a directory in the repository; move it away`);
    }
    const id = blobId(content);
    const before = existing instanceof Folder ? undefined : existing;
    if (before?.id === id && before.mode === FILE) return undefined;
    this.note(path, before, { id, content });
    folder.entries.set(name, { mode: FILE, id });
    return before ? 'different' : 'missing';
  }

  /** Gives back whether there was such a file. */
  async remove(path: string): Promise<boolean> {
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? this.root : await this.folderAt(path.slice(0, slash));
    if (!folder) return false;
    await this.open([folder]);
    const name = path.slice(slash + 1);
    const existing = folder.entries.get(name);
    if (!existing || existing instanceof Folder) return false;
    this.note(path, existing, null);
    folder.entries.delete(name);
    return true;
  }

  private note(path: string, existing: Leaf | undefined, after: Written | null): void {
    const known = this.touched.get(path);
    this.touched.set(path, { before: known ? known.before : existing, after });
  }

  private async folderAt(directory: string): Promise<Folder | undefined> {
    let folder = this.root;
    for (const name of directory === '' ? [] : directory.split('/')) {
      await this.open([folder]);
      const child = folder.entries.get(name);
      if (!(child instanceof Folder)) return undefined;
      folder = child;
    }
    return folder;
  }

  private async open(folders: readonly Folder[]): Promise<void> {
    const closed = folders.filter(folder => !folder.isOpen);
    const [stored, fresh] = [closed.filter(({ id }) => id !== undefined), closed.filter(({ id }) => id === undefined)];
    fresh.forEach(folder => folder.fill(new Map()));
    if (stored.length === 0) return;
    const trees = await this.readTrees(stored.map(({ id }) => id ?? ''));
    stored.forEach((folder, index) => folder.fill(trees[index] ?? new Map()));
  }

  private async openDeep(folder: Folder): Promise<void> {
    for (let level: Folder[] = [folder]; level.length > 0; ) {
      await this.open(level);
      level = level.flatMap(({ entries }) => [...entries.values()].filter((child): child is Folder => child instanceof Folder));
    }
  }
}
