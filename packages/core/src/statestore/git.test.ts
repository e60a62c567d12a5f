import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGitStore, GitTuning } from './git';
import type { GitStoreSpec } from './git-spec';
import type { ForeignChange, StateStore, StoreChange } from './store';
import { BareRepository, git, scratchFolder } from './testing/git-fixtures';

jest.setTimeout(60_000);

const scratch = scratchFolder();
const open: StateStore[] = [];
let number = 0;

async function aRepository(): Promise<BareRepository> {
  number += 1;
  return BareRepository.create(join(scratch.path, `remote-${number}.git`));
}

function aStore(repository: BareRepository, spec: GitStoreSpec = {}, tuning: GitTuning = {}): StateStore {
  const store = createGitStore({ name: 'prod', spec: { url: repository.url, ...spec }, allowLocal: true, cacheDir: join(scratch.path, 'cache') }, tuning);
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

describe('C48: an empty repository and a missing branch', () => {
  it('gets its first commit with the first change', async () => {
    const repository = await aRepository();
    const { version } = await aStore(repository).submit(aChange('one', { 'a.yaml': 'a: 1\n' }));
    expect(await repository.head()).toBe(version);
    expect(await repository.read('apps/one/a.yaml')).toBe('a: 1');
    expect(await repository.commits()).toEqual(['Update from: one']);
  });

  it('gets the branch when others are there', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { 'README.md': 'hello' });
    await aStore(repository, { branch: 'deploy/eu' }).submit(aChange('one', { 'a.yaml': 'a: 1\n' }));
    expect(await repository.files('deploy/eu')).toEqual(['apps/one/a.yaml']);
    expect(await repository.files()).toEqual(['README.md']);
  });
});

describe('what a change does', () => {
  it('writes its record with its files, in one commit, reads it back, and takes it away', async () => {
    const repository = await aRepository();
    const store = aStore(repository, { path: 'env' });
    const record = { path: 'dev/.kratix/one.yaml', during: 'more', after: 'files' };
    expect(await store.read('dev/.kratix')).toEqual(new Map());
    await store.submit(aChange('one', {}, { owns: null, put: new Map([['dev/a.yaml', 'a: 1\n']]), record }));
    expect(await repository.files()).toEqual(['env/dev/.kratix/one.yaml', 'env/dev/a.yaml']);
    expect(await repository.commits()).toEqual(['Update from: one']);
    expect(await store.read('dev/.kratix')).toEqual(new Map([['one.yaml', 'files']]));
    expect(await store.read('dev')).toEqual(new Map([['a.yaml', 'a: 1\n']]));
    await store.submit(aChange('one', {}, { owns: null, put: new Map(), remove: ['dev/a.yaml'], record: { ...record, after: null } }));
    expect(await repository.files()).toEqual([]);
  });

  it('B-SS-30: replaces the owned directory exactly and leaves the rest alone', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { 'README.md': 'hello', 'apps/one/old/x.yaml': 'x', 'apps/one2/y.yaml': 'y' });
    const store = aStore(repository);
    await store.submit(aChange('one', { 'a.yaml': 'a: 1\n', 'deep/b.yaml': 'b: 1\n' }));
    expect(await repository.files()).toEqual(['README.md', 'apps/one/a.yaml', 'apps/one/deep/b.yaml', 'apps/one2/y.yaml']);
    await store.submit(aChange('one', { 'deep/c.yaml': 'c: 1\n' }));
    expect(await repository.files()).toEqual(['README.md', 'apps/one/deep/c.yaml', 'apps/one2/y.yaml']);
    await store.submit(aChange('one', {}));
    expect(await repository.files()).toEqual(['README.md', 'apps/one2/y.yaml']);
    expect(await repository.commits()).toEqual(['Delete from: one', 'Update from: one', 'Update from: one', 'first']);
  });

  it('writes and removes single files where nothing is owned', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { 'd/a': '1', 'd/b': '2', 'd/c': '3' });
    await aStore(repository, { path: '/d/' }).submit({ id: 'x', owns: null, put: new Map([['b', 'two'], ['e', 'new']]), remove: ['c', 'gone'] });
    expect(await repository.files()).toEqual(['d/a', 'd/b', 'd/e']);
    expect(await repository.read('d/b')).toBe('two');
  });

  it('turns a file into a directory and back within the owned directory', async () => {
    const repository = await aRepository();
    const store = aStore(repository);
    await store.submit(aChange('one', { x: '1' }));
    await store.submit(aChange('one', { 'x/y': '2' }));
    expect(await repository.files()).toEqual(['apps/one/x/y']);
    await store.submit(aChange('one', { x: '3' }));
    expect(await repository.files()).toEqual(['apps/one/x']);
  });

  it('B31: stores names and bytes exactly', async () => {
    const repository = await aRepository();
    const files = { 'with "quotes" and \'more\'': '1', '-rf': '2', 'é ü.yaml': '3', '$(touch x)': '4', [`${'n'.repeat(255)}`]: '5', [`${'d/'.repeat(100)}f`]: '6' };
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const change = aChange('one', files);
    await aStore(repository).submit({ ...change, put: new Map([...change.put, ['apps/one/binary', bytes], ['apps/one/empty', '']]) });
    expect((await repository.files()).sort()).toEqual([...Object.keys(files), 'binary', 'empty'].map(name => `apps/one/${name}`).sort());
    const size = await git(repository.path, 'cat-file', '-s', 'main:apps/one/binary');
    expect(size).toBe('256');
  });

  it('C49: makes no commit when nothing changes', async () => {
    const repository = await aRepository();
    const store = aStore(repository, {}, { freshMs: 0 });
    const first = await store.submit(aChange('one', { a: '1' }));
    const same = { version: first.version, differences: [] };
    expect(await store.submit(aChange('one', { a: '1' }))).toEqual(same);
    expect(await aStore(repository).submit(aChange('one', { a: '1' }))).toEqual(same);
    expect(await repository.commits()).toHaveLength(1);
  });

  it('says for whom, and lets no value forge a trailer', async () => {
    const repository = await aRepository();
    await aStore(repository, { gitAuthor: { name: 'Plat\nform <x>', email: 'p@example.com' } })
      .submit(aChange('one', { a: '1' }, { promise: 'redis', request: 'default/mine', requestedBy: 'user:default/eve\nPromise: forged' }));
    expect(await git(repository.path, 'log', '--format=%an <%ae>%n%B', 'main')).toBe(
      'Plat form  x <p@example.com>\nUpdate from: one\n\nPromise: redis\nRequest: default/mine\nRequested-by: user:default/eve Promise: forged',
    );
  });

  it.each([
    ['../escape', 'component ".."'],
    ['.git/config', 'git keeps for itself'],
    ['a\nb', 'control character'],
  ])('Q-9: refuses the file %j as a whole, before anything is written', async (name, words) => {
    const repository = await aRepository();
    const refused = aStore(repository).submit(aChange('one', { good: '1', [name]: '2' }));
    await expect(refused).rejects.toMatchObject({ reason: 'InvalidPath', message: expect.stringContaining(words) });
    await expect(repository.files()).rejects.toThrow();
  });

  it('refuses a file outside of the owned directory', async () => {
    const repository = await aRepository();
    const change = { ...aChange('one', {}), put: new Map([['apps/two/a', '1']]) };
    await expect(aStore(repository).submit(change)).rejects.toMatchObject({ reason: 'InvalidPath' });
  });

  it('refuses only the change that runs into somebody else\'s file', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { 'apps/one': 'a file' });
    const store = aStore(repository);
    const [bad, good] = await Promise.allSettled([store.submit(aChange('one', { a: '1' })), store.submit(aChange('two', { a: '1' }))]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { reason: 'PathConflict', message: expect.stringContaining('"apps/one" is a file') } });
    expect(good.status).toBe('fulfilled');
    expect(await repository.files()).toEqual(['apps/one', 'apps/two/a']);
  });
});

describe('Q-5: many changes are one commit and one push', () => {
  it('puts 200 placements into one', async () => {
    const repository = await aRepository();
    const store = aStore(repository);
    const versions = await Promise.all(Array.from({ length: 200 }, (_, index) => store.submit(aChange(`app-${index}`, { 'a.yaml': `${index}` }, { promise: 'redis' }))));
    expect(new Set(versions.map(({ version }) => version)).size).toBe(1);
    expect(await repository.files()).toHaveLength(200);
    const message = await git(repository.path, 'log', '--format=%B', 'main');
    expect(message.split('\n')[0]).toBe('Update from: 200 placements');
    expect(message.match(/^Update from: app-\d+$/gm)).toHaveLength(200);
    expect(message.match(/^Promise: redis$/gm)).toHaveLength(1);
  });

  it('gathers what comes while a push is under way', async () => {
    const repository = await aRepository();
    const store = aStore(repository);
    const first = store.submit(aChange('first', { a: '1' }));
    await new Promise(resolve => {
      setImmediate(() => setImmediate(resolve));
    });
    await Promise.all([first, ...Array.from({ length: 50 }, (_, index) => store.submit(aChange(`app-${index}`, { a: '1' })))]);
    expect(await repository.commits()).toEqual(['Update from: 50 placements', 'Update from: first']);
  });

  it('keeps the order of changes to the same files, and makes nothing of what cancels out', async () => {
    const repository = await aRepository();
    const store = aStore(repository);
    await store.submit(aChange('one', { a: '1' }));
    await Promise.all([store.submit(aChange('one', { a: '2' })), store.submit(aChange('one', { b: '3' })), store.submit(aChange('one', { a: '1' }))]);
    expect(await repository.commits()).toHaveLength(1);
    await Promise.all([store.submit(aChange('one', { a: '2' })), store.submit(aChange('one', {})), store.submit(aChange('one', { c: '4' }))]);
    expect(await repository.files()).toEqual(['apps/one/c']);
  });
});

describe('spec.commitGranularity', () => {
  const submitAll = (store: StateStore) =>
    Promise.all(['a/1', 'b/1', 'a/2', 'b/2'].map(id => store.submit(aChange(id, { f: id }, { promise: id.slice(0, 1) }))));

  it('promise: one commit for each Promise, in one push', async () => {
    const repository = await aRepository();
    repository.hook('post-receive', 'echo x >> pushes');
    const versions = await submitAll(aStore(repository, { commitGranularity: 'promise', commitMessage: 'from {{promise}}' }));
    expect(await repository.commits()).toEqual(['from b', 'from a']);
    expect(statSync(join(repository.path, 'pushes')).size / 2).toBe(1);
    expect(versions.map(({ version }) => version)).toEqual([0, 1, 0, 1].map(index => versions[index].version));
    expect(versions[1].version).toBe(await repository.head());
    expect((await git(repository.path, 'show', '--format=', '--name-only', versions[0].version)).split('\n')).toEqual(['apps/a/1/f', 'apps/a/2/f']);
    expect(await repository.files()).toHaveLength(4);
  });

  it('object: one commit for each placement, and none for one that changes nothing', async () => {
    const repository = await aRepository();
    const store = aStore(repository, { commitGranularity: 'object' });
    await store.submit(aChange('b/1', { f: 'b/1' }));
    await submitAll(store);
    expect(await repository.commits()).toEqual(['Update from: b/2', 'Update from: a/2', 'Update from: a/1', 'Update from: b/1']);
    for (const name of ['a/1', 'a/2', 'b/1', 'b/2']) expect(await repository.read(`apps/${name}/f`)).toBe(name);
  });

  it('keeps the order of changes that own no directory', async () => {
    const repository = await aRepository();
    const store = aStore(repository, { commitGranularity: 'promise' });
    const shared = (promise: string, text: string): StoreChange => ({ id: text, promise, owns: null, put: new Map([['shared', text]]), remove: [] });
    await Promise.all([store.submit(shared('a', '1')), store.submit(shared('b', '2')), store.submit(shared('a', '3'))]);
    expect(await repository.read('shared')).toBe('3');
    expect(await repository.commits()).toEqual(['Update from: 3', 'Update from: 2', 'Update from: 1']);
  });
});

describe('Q-56: what others do to a store', () => {
  function watched(repository: BareRepository, spec: GitStoreSpec = {}) {
    const seen: ForeignChange[] = [];
    const store = createGitStore({ name: 'prod', spec: { url: repository.url, ...spec }, allowLocal: true, cacheDir: join(scratch.path, 'cache'), onForeignChange: change => seen.push(change) });
    open.push(store);
    return { store, seen };
  }

  it('is told with paths, commit and author at the next look, and our own writes are no news', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    const { store, seen } = watched(repository);
    await store.submit(aChange('one', { a: '1', 'deep/b': '2' }));
    expect(seen.splice(0)).toEqual([{ version: expect.any(String), author: 'Somebody', paths: undefined }]);
    await store.refetch();
    await store.submit(aChange('two', { a: '1' }));
    expect(seen).toEqual([]);
    await repository.commitAs('by hand', { 'apps/one/a': 'edited', 'apps/one/deep/b': null, 'apps/one/new/c': 'x', README: 'y' });
    await store.refetch();
    const head = await repository.head();
    expect(seen).toEqual([{ version: head, author: 'Somebody', paths: expect.arrayContaining(['README', 'apps/one/a', 'apps/one/deep/b', 'apps/one/new/c']) }]);
    expect(seen[0].paths).toHaveLength(4);
    expect(await store.compare(aChange('one', { a: '1', 'deep/b': '2' }))).toEqual({
      version: head,
      differences: [{ path: 'apps/one/new/c', was: 'surplus' }, { path: 'apps/one/a', was: 'different' }, { path: 'apps/one/deep/b', was: 'missing' }],
    });
    expect(await repository.head()).toBe(head);
  });

  it('is told when a write meets it, and names paths below spec.path only', async () => {
    const repository = await aRepository();
    const { store, seen } = watched(repository, { path: 'sub' });
    await store.submit(aChange('one', { a: '1' }));
    seen.splice(0);
    await repository.commitAs('by hand', { 'sub/apps/one/a': 'edited', 'apps/one/a': 'elsewhere' });
    await store.submit(aChange('two', { a: '1' }));
    expect(seen).toEqual([{ version: expect.any(String), author: 'Somebody', paths: ['apps/one/a'] }]);
    await repository.commitAs('elsewhere', { OTHER: 'x' });
    await store.refetch();
    expect(seen).toHaveLength(1);
  });

  it('C44: a branch that was rewound or deleted is news of every file that went', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    const first = await repository.head();
    const { store, seen } = watched(repository);
    await store.submit(aChange('one', { a: '1' }));
    seen.splice(0);
    await git(repository.path, 'update-ref', 'refs/heads/main', first);
    await store.refetch();
    expect(seen.splice(0)).toEqual([{ version: first, author: 'Somebody', paths: ['apps/one/a'] }]);
    await git(repository.path, 'update-ref', '-d', 'refs/heads/main');
    await store.refetch();
    expect(seen).toEqual([{ version: '', paths: ['README'] }]);
  });
});

describe('other writers', () => {
  it('B-CR-7, C45: survives 20 lost races in a row and keeps both writers\' commits', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    // Each of the first 20 pushes finds that somebody else was quicker, at the last moment.
    repository.hook('pre-receive', [
      'n=$(cat count 2>/dev/null || echo 0)',
      '[ "$n" -ge 20 ] && exit 0',
      'echo $((n+1)) > count',
      'unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES',
      'printf "commit refs/heads/main\\ncommitter S <s@e> 1 +0000\\ndata 7\\nforeign\\nfrom refs/heads/main^0\\nM 100644 inline other/$n\\ndata 1\\nx\\n" | git fast-import --quiet',
    ].join('\n'));
    const counted = { conflicts: 0, pushes: 0 };
    const metrics = { queued: () => {}, batch: () => {}, repaired: () => {}, conflict: () => void (counted.conflicts += 1), pushed: () => void (counted.pushes += 1) };
    const store = createGitStore({ name: 'prod', spec: { url: repository.url }, allowLocal: true, cacheDir: join(scratch.path, 'cache'), metrics }, { maxRaceDelayMs: 20 });
    open.push(store);
    await store.submit(aChange('one', { a: '1' }));
    expect(counted).toEqual({ conflicts: 20, pushes: 21 });
    const commits = await repository.commits();
    expect(commits.filter(subject => subject === 'foreign')).toHaveLength(20);
    expect(commits.filter(subject => subject === 'Update from: one')).toHaveLength(1);
    expect(await repository.files()).toHaveLength(22);
  });

  it('gives up in words when it never wins', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    repository.hook('pre-receive', 'unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\nprintf "commit refs/heads/main\\ncommitter S <s@e> 1 +0000\\ndata 1\\nf\\nfrom refs/heads/main^0\\n" | git fast-import --quiet');
    await expect(aStore(repository, {}, { maxLostRaces: 2 }).submit(aChange('one', { a: '1' }))).rejects.toMatchObject({ reason: 'Contended', message: expect.stringContaining('3 times in a row') });
  });

  it('C44: builds on a branch that was rewound or replaced, and brings nothing back', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    const first = await repository.head();
    const store = aStore(repository);
    await store.submit(aChange('one', { a: '1' }));
    await git(repository.path, 'update-ref', 'refs/heads/main', first);
    await store.submit(aChange('two', { a: '1' }));
    expect(await repository.files()).toEqual(['README', 'apps/two/a']);
    await git(repository.path, 'update-ref', '-d', 'refs/heads/main');
    await repository.commitAs('other history', { OTHER: 'x' });
    await store.submit(aChange('three', { a: '1' }));
    expect(await repository.commits()).toEqual(['Update from: three', 'other history']);
    await git(repository.path, 'update-ref', '-d', 'refs/heads/main');
    await store.submit(aChange('four', { a: '1' }));
    expect(await repository.files()).toEqual(['apps/four/a']);
  });
});

describe('refusals', () => {
  it('C46: gives the words of a hook, and fails only the change that it refuses', async () => {
    const repository = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    repository.hook('pre-receive', 'while read old new ref; do git diff-tree -r --name-only $old $new | grep -q "apps/bad" && { echo "policy 7: no bad apps" >&2; exit 1; }; done; exit 0');
    const store = aStore(repository);
    const names = ['a', 'b', 'c', 'bad', 'd', 'e', 'f', 'g'];
    const results = await Promise.allSettled(names.map(name => store.submit(aChange(name, { x: '1' }))));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(results[3]).toMatchObject({ reason: { reason: 'Rejected', message: expect.stringMatching(/GitStateStore "prod" cannot write branch "main".*policy 7: no bad apps/) } });
    expect(await repository.files()).toHaveLength(8);
  });

  it('asks a server that refuses everything only a few times', async () => {
    const repository = await aRepository();
    repository.hook('pre-receive', 'echo x >> asked; echo "branch is protected" >&2; exit 1');
    const store = aStore(repository);
    const results = await Promise.allSettled(Array.from({ length: 64 }, (_, index) => store.submit(aChange(`app-${index}`, { x: '1' }))));
    expect(results.every(result => result.status === 'rejected' && String(result.reason).includes('branch is protected'))).toBe(true);
    expect(statSync(join(repository.path, 'asked')).size / 2).toBeLessThan(20);
    repository.removeHook('pre-receive');
    await store.submit(aChange('later', { x: '1' }));
    expect(await repository.files()).toEqual(['apps/later/x']);
  });

  it('says that a repository is missing', async () => {
    const store = createGitStore({ name: 'prod', spec: { url: `file://${scratch.path}/nowhere.git` }, allowLocal: true, cacheDir: join(scratch.path, 'cache') });
    open.push(store);
    await expect(store.check()).rejects.toMatchObject({ reason: 'NotFound', message: expect.stringContaining('cannot read branch "main"') });
  });

  it('check() writes nothing, on an empty repository and on a full one', async () => {
    const repository = await aRepository();
    await aStore(repository).check();
    expect(await git(repository.path, 'for-each-ref')).toBe('');
    await repository.commitAs('first', { README: 'x' });
    await aStore(repository).check();
    expect(await repository.commits()).toEqual(['first']);
  });

  it('closed stores refuse, and leave no folder', async () => {
    const repository = await aRepository();
    const cacheDir = join(scratch.path, 'cache-of-its-own');
    const store = createGitStore({ name: 'prod', spec: { url: repository.url }, allowLocal: true, cacheDir });
    await store.submit(aChange('one', { a: '1' }));
    expect(readdirSync(cacheDir)).toHaveLength(1);
    const late = store.submit(aChange('two', { a: '1' }));
    await Promise.all([expect(late).rejects.toMatchObject({ reason: 'Closed' }), store.close()]);
    await expect(store.submit(aChange('three', { a: '1' }))).rejects.toMatchObject({ reason: 'Closed' });
    expect(readdirSync(cacheDir)).toEqual([]);
  });
});
