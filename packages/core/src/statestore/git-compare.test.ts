import * as fc from 'fast-check';
import { compareEach } from './git-compare';
import { planBatch } from './git-plan';
import { blobId, TreeEntries } from './git-tree';
import type { Difference, StoreChange, StoreError } from './store';

/** Trees in memory, as git would store these files. */
function treesOf(files: Record<string, string>) {
  const trees = new Map<string, TreeEntries>();
  const make = (prefix: string): string => {
    const names = new Set(Object.keys(files).filter(path => path.startsWith(prefix)).map(path => path.slice(prefix.length).split('/')[0]));
    const entries = new Map([...names].map(name => {
      const content = files[`${prefix}${name}`];
      return [name, content === undefined ? { mode: '40000', id: make(`${prefix}${name}/`) } : { mode: '100644', id: blobId(Buffer.from(content)) }];
    }));
    trees.set(prefix, entries);
    return prefix;
  };
  return { tree: make(''), readTrees: async (ids: readonly string[]) => ids.map(id => trees.get(id) ?? new Map()) };
}

const sorted = (differences: Difference[] | StoreError | undefined) => (Array.isArray(differences) ? differences.map(({ path, was }) => `${path} ${was}`).sort() : [`${differences?.reason}`]);

describe('what would be written', () => {
  it('is what a plan of the change alone writes, for any files and any change', async () => {
    const name = fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f/g/h');
    const files = fc.dictionary(name, fc.constantFrom('1', '2'));
    const change = fc.record({ owned: fc.boolean(), put: files, remove: fc.uniqueArray(name), recorded: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(files, fc.array(change, { minLength: 1, maxLength: 3 }), fc.constantFrom('', 'root'), async (there, wishes, root) => {
        const below = (directory: string, path: string) => [root, directory, path].filter(part => part !== '').join('/');
        const base = { ...treesOf(Object.fromEntries(Object.entries(there).map(([path, text]) => [below('own', path), text]))), root };
        const changes = wishes.map(({ owned, put, remove, recorded }, index): StoreChange => ({
          id: `${index}`, owns: owned ? 'own' : null, put: new Map(Object.entries(put).map(([path, text]) => [`own/${path}`, text])), remove: remove.map(path => `own/${path}`),
          ...(recorded && { record: { path: 'own/record', during: '', after: 'r' } }),
        }));
        const found = await compareEach(base, changes);
        for (const each of changes) {
          const { results } = await planBatch(base, [each], 'batch');
          expect(sorted(found.get(each))).toEqual(sorted(results.get(each)));
        }
      }),
    );
  });
});
