import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createBareRepository, parseBatch, Repository } from './repository';

let folder: string;
let repository: Repository;
const git = (...args: string[]) =>
  execFileSync('git', ['-C', join(folder, 'clone'), '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);

function commit(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'clone', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  git('add', '-A');
  git('commit', '-qm', 'change');
  git('push', '-q', 'origin', 'HEAD:refs/heads/main');
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'repository-'));
  await createBareRepository(join(folder, 'store.git'));
  repository = new Repository(join(folder, 'store.git'));
  execFileSync('git', ['clone', '-q', join(folder, 'store.git'), join(folder, 'clone')], { stdio: 'ignore' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('has no head before the first commit', async () => {
  expect(await repository.head()).toBeUndefined();
});

it('says which repository cannot be read', async () => {
  await expect(new Repository(join(folder, 'nowhere.git')).head()).rejects.toThrow(/nowhere\.git: cannot read branch "main"/);
});

it('lists plain files with odd names, and reads them', async () => {
  symlinkSync('/etc/passwd', join(folder, 'clone', 'link.yaml'));
  commit({ 'a b/ü\n.yaml': 'x: "ü"\n', 'empty.yaml': '', 'same.yaml': 'x: "ü"\n' });
  const tree = await repository.tree((await repository.head())!);
  expect([...tree.keys()].sort()).toEqual(['a b/ü\n.yaml', 'empty.yaml', 'same.yaml']);
  const contents = await repository.read(tree.values());
  expect(contents.get(tree.get('same.yaml')!)).toBe('x: "ü"\n');
  expect(contents.get(tree.get('empty.yaml')!)).toBe('');
});

it('calls back when the branch moves, and not after it was told to stop', async () => {
  let calls = 0;
  const moved = new Promise<void>(resolve => {
    const stop = repository.watch(() => {
      calls += 1;
      stop();
      resolve();
    });
  });
  commit({ 'a.yaml': 'a: 1' });
  await moved;
  commit({ 'a.yaml': 'a: 2' });
  const seenByAnother = new Promise<void>(resolve => {
    const stop = repository.watch(() => {
      stop();
      resolve();
    });
  });
  commit({ 'a.yaml': 'a: 3' });
  await seenByAnother;
  expect(calls).toBe(1);
});

it('reads contents that look like headers', () => {
  const text = 'abc blob 3\nx\n';
  const answer = Buffer.from(`aa blob ${text.length}\n${text}\nbb missing\ncc blob 0\n\n`);
  expect(parseBatch(answer)).toEqual(new Map([['aa', text], ['cc', '']]));
});
