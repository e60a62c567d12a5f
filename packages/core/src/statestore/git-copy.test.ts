import { appendFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { FastImport } from './fast-import';
import { createGitStore, GitTuning } from './git';
import type { StateStore, StoreChange } from './store';
import { BareRepository, scratchFolder } from './testing/git-fixtures';

jest.setTimeout(60_000);

const scratch = scratchFolder();
const open: StateStore[] = [];
let number = 0;

async function aRepository(): Promise<BareRepository> {
  number += 1;
  return BareRepository.create(join(scratch.path, `remote-${number}.git`));
}

function aStore(repository: BareRepository, tuning: GitTuning = {}): StateStore {
  const store = createGitStore({ name: 'prod', spec: { url: repository.url }, allowLocal: true, cacheDir: join(scratch.path, 'cache') }, tuning);
  open.push(store);
  return store;
}

function aChange(id: string, files: Record<string, string>, more: Partial<StoreChange> = {}): StoreChange {
  return { id, owns: `apps/${id}`, put: new Map(Object.entries(files).map(([path, text]) => [`apps/${id}/${path}`, text])), remove: [], ...more };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(store => store.close()));
});
afterAll(() => scratch.remove());

describe('C52: a broken local copy is thrown away and made anew', () => {
  const copies = (cacheDir: string) => readdirSync(cacheDir).map(name => join(cacheDir, name, 'repository.git'));
  const objectFiles = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? objectFiles(join(folder, entry.name)) : [join(folder, entry.name)]));

  async function broken(breakIt: (gitDir: string) => void): Promise<BareRepository> {
    const repository = await aRepository();
    const cacheDir = join(scratch.path, `cache-${number}`);
    const store = createGitStore({ name: 'prod', spec: { url: repository.url }, allowLocal: true, cacheDir });
    open.push(store);
    await store.submit(aChange('one', { a: '1' }));
    await repository.commitAs('foreign', { README: 'x' });
    copies(cacheDir).forEach(breakIt);
    await store.submit(aChange('two', { a: '1' }));
    return repository;
  }

  it('git fast-import killed in the middle of a commit', async () => {
    const repository = await aRepository();
    const store = aStore(repository);
    await store.submit(aChange('one', { a: '1' }));
    const commit = jest.spyOn(FastImport.prototype, 'commit').mockImplementationOnce(function killed(this: FastImport, ...wanted) {
      process.kill(this.pid ?? 0, 'SIGKILL');
      return this.commit(...wanted);
    });
    await store.submit(aChange('two', { a: '1' }));
    expect(commit).toHaveBeenCalledTimes(3);
    commit.mockRestore();
    expect(await repository.files()).toEqual(['apps/one/a', 'apps/two/a']);
  });

  it('gives up on a copy that cannot be made', async () => {
    const repository = await aRepository();
    const cacheDir = join(scratch.path, 'not-a-folder');
    appendFileSync(cacheDir, '');
    const store = createGitStore({ name: 'prod', spec: { url: repository.url }, allowLocal: true, cacheDir });
    open.push(store);
    await expect(store.submit(aChange('one', { a: '1' }))).rejects.toMatchObject({ reason: 'LocalFault' });
  });

  it.each<[string, (gitDir: string) => void]>([
    ['objects truncated', gitDir => objectFiles(join(gitDir, 'objects')).forEach(file => truncateSync(file, 3))],
    ['objects filled with noise', gitDir => objectFiles(join(gitDir, 'objects')).forEach(file => appendFileSync(file, 'noise'))],
    ['config broken', gitDir => appendFileSync(join(gitDir, 'config'), '[[[')],
    ['a stale lock', gitDir => appendFileSync(join(gitDir, 'refs', 'kratix', 'base.lock'), '')],
    ['HEAD emptied', gitDir => truncateSync(join(gitDir, 'HEAD'), 0)],
  ])('%s', async (_, breakIt) => {
    const repository = await broken(breakIt);
    expect(await repository.files()).toEqual(['README', 'apps/one/a', 'apps/two/a']);
  });
});

it('packs the local copy now and then, and goes on', async () => {
  const repository = await aRepository();
  const store = aStore(repository, { commitsUntilRepack: 2 });
  for (let index = 0; index < 7; index += 1) await store.submit(aChange(`app-${index}`, { a: `${index}` }));
  expect(await repository.files()).toHaveLength(7);
  expect(await repository.commits()).toHaveLength(7);
});

it('any sequence of batches leaves exactly what a plain map of files would hold', async () => {
  const name = fc.constantFrom('a', 'b', 'c/d', 'c/e', 'c', 'f/g/h');
  const files = fc.dictionary(name, fc.string({ maxLength: 5 })).filter(found => !('c' in found && ('c/d' in found || 'c/e' in found)));
  const batches = fc.array(fc.array(fc.tuple(fc.constantFrom('one', 'two', 'three'), files), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(batches, async sequence => {
      const repository = await aRepository();
      await repository.commitAs('first', { 'apps/README': 'x' });
      const store = aStore(repository, { freshMs: 60_000 });
      const model = new Map([['apps/README', 'x']]);
      for (const batch of sequence) {
        for (const [id, content] of batch) {
          [...model.keys()].filter(path => path.startsWith(`apps/${id}/`)).forEach(path => model.delete(path));
          Object.entries(content).forEach(([path, text]) => model.set(`apps/${id}/${path}`, text));
        }
        await Promise.all(batch.map(([id, content]) => store.submit(aChange(id, content))));
      }
      const stored = await Promise.all((await repository.files()).map(async path => [path, await repository.read(path)] as const));
      const trimmed = [...model].map(([path, text]) => [path, text.trim()] as const);
      expect(stored.map(([path, text]) => [path, text.trim()]).sort()).toEqual(trimmed.sort());
      await store.close();
    }),
    { numRuns: 8 },
  );
});
