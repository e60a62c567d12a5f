import { TREE, type ReadTrees, type TreeEntries } from './git-tree';

const NOTHING: TreeEntries = new Map();

interface Pair {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/**
 * Paths of the files that differ between two trees, whatever their mode; undefined when there are more than `limit`. Only
 * directories that differ are read, so the cost follows the difference and not the size of the trees.
 */
export async function changedPaths(readTrees: ReadTrees, before: string | undefined, after: string | undefined, limit: number): Promise<string[] | undefined> {
  const paths: string[] = [];
  for (let level: Pair[] = before === after ? [] : [{ path: '', before, after }]; level.length > 0; ) {
    const [olds, news] = [await readSome(readTrees, level.map(pair => pair.before)), await readSome(readTrees, level.map(pair => pair.after))];
    const found = level.flatMap(({ path }, index) => differing(path, olds[index] ?? NOTHING, news[index] ?? NOTHING));
    paths.push(...found.flatMap(each => (typeof each === 'string' ? [each] : [])));
    level = found.flatMap(each => (typeof each === 'string' ? [] : [each]));
    if (paths.length + level.length > limit) return undefined;
  }
  return paths;
}

async function readSome(readTrees: ReadTrees, ids: Array<string | undefined>): Promise<TreeEntries[]> {
  const read = await readTrees(ids.flatMap(id => (id === undefined ? [] : [id])));
  const queue = [...read];
  return ids.map(id => (id === undefined ? NOTHING : queue.shift() ?? NOTHING));
}

/** Names of one directory that differ: files as paths, directories as pairs to look into. */
function differing(directory: string, before: TreeEntries, after: TreeEntries): Array<string | Pair> {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name): Array<string | Pair> => {
    const [old, fresh] = [before.get(name), after.get(name)];
    if (old?.id === fresh?.id && old?.mode === fresh?.mode) return [];
    const path = directory === '' ? name : `${directory}/${name}`;
    const [oldTree, freshTree] = [old?.mode === TREE ? old.id : undefined, fresh?.mode === TREE ? fresh.id : undefined];
    const isFile = (old !== undefined && oldTree === undefined) || (fresh !== undefined && freshTree === undefined);
    const isFolder = oldTree !== undefined || freshTree !== undefined;
    return [...(isFile ? [path] : []), ...(isFolder ? [{ path, before: oldTree, after: freshTree }] : [])];
  });
}
