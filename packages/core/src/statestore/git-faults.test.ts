import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createGitStore, GitTuning } from './git';
import { gitEnvironment } from './git-process';
import type { StateStore, StoreChange, StoreError } from './store';
import { BareRepository, Fault, git, scratchFolder, startHttpServer } from './testing/git-fixtures';

jest.setTimeout(60_000);

const scratch = scratchFolder();
const root = join(scratch.path, 'repositories');
const closing: Array<() => Promise<unknown>> = [];
let number = 0;

const aChange = (id: string, text: string | Buffer = 'a: 1\n'): StoreChange => ({ id, owns: `apps/${id}`, put: new Map([[`apps/${id}/a.yaml`, text]]), remove: [] });

async function aRepository() {
  number += 1;
  const path = `r${number}.git`;
  return { repository: await BareRepository.create(join(root, path)), path };
}

function aStore(url: string, tuning: GitTuning = {}, cacheDir = join(scratch.path, 'cache')): StateStore {
  const store = createGitStore({ name: 'prod', spec: { url, insecure: true }, allowLocal: true, cacheDir }, tuning);
  closing.push(() => store.close());
  return store;
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => scratch.remove());

/** Sends only the first bytes of an answer, then cuts the connection. */
function cutAfter(response: ServerResponse, bytes: number): void {
  const write = response.write.bind(response);
  const { socket } = response;
  let left = bytes;
  response.write = ((chunk: Buffer) => {
    write(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) setImmediate(() => socket?.destroy());
    return true;
  }) as typeof response.write;
}

describe('C47: an answer that is cut', () => {
  it.each([
    ['the list of branches', 'info/refs?service=git-upload-pack'],
    ['what is fetched', 'POST git-upload-pack'],
    ['the list of branches to push to', 'info/refs?service=git-receive-pack'],
    ['what is said to a push', 'POST git-receive-pack'],
  ])('%s, after 0 to 200 bytes: an error that names the store, and nothing lost or doubled', async (_, which) => {
    const { repository, path } = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    let cut: number | undefined;
    const fault: Fault = (request, response) => {
      const isMeant = which.startsWith('POST') ? request.method === 'POST' && request.url?.endsWith(which.slice(5)) : request.url?.includes(which);
      if (isMeant && cut !== undefined) cutAfter(response, cut);
      return false;
    };
    const server = await startHttpServer(root, { fault });
    closing.push(() => server.stop());
    const refusals: StoreError[] = [];
    for (const bytes of [0, 1, 30, 200]) {
      const store = aStore(`${server.url}/${path}`);
      cut = bytes;
      const id = `after-${bytes}`;
      await store.submit(aChange(id)).catch(error => refusals.push(error));
      cut = undefined;
      await store.submit(aChange(id));
      expect((await repository.commits()).filter(subject => subject === `Update from: ${id}`)).toHaveLength(1);
    }
    expect(await repository.files()).toHaveLength(5);
    expect(refusals.length).toBeGreaterThan(0);
    for (const { name, message } of refusals) expect([name, message]).toEqual(['StoreError', expect.stringContaining('GitStateStore "prod" cannot')]);
  });

  it('one that trickles is left after the time limit', async () => {
    const { path } = await aRepository();
    const timers: NodeJS.Timeout[] = [];
    const server = await startHttpServer(root, {
      fault: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
        timers.push(setInterval(() => response.write('0'), 100));
        return true;
      },
    });
    closing.push(() => server.stop(), async () => timers.forEach(clearInterval));
    await expect(aStore(`${server.url}/${path}`, { firstFetchTimeoutMs: 1_000 }).check()).rejects.toMatchObject({ reason: 'TimedOut' });
  });
});

describe('C48: unusual repositories', () => {
  it('shallow on the server', async () => {
    const { repository } = await aRepository();
    for (const count of [1, 2, 3]) await repository.commitAs(`number ${count}`, { README: `${count}` });
    const shallow = join(root, `shallow-${number}.git`);
    await git(root, 'clone', '--quiet', '--bare', '--depth=1', repository.url, shallow);
    await aStore(`file://${shallow}`).submit(aChange('one'));
    expect(await new BareRepository(shallow).files()).toEqual(['README', 'apps/one/a.yaml']);
  });

  it('with LFS and odd modes: what is not ours stays byte for byte', async () => {
    const { repository } = await aRepository();
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n';
    await repository.commitAs('first', { '.gitattributes': '* filter=lfs text eol=crlf ident\n', 'big.bin': pointer });
    const work = join(scratch.path, `work-${number}`);
    await git(scratch.path, 'clone', '--quiet', repository.url, work);
    writeFileSync(join(work, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('ln', ['-s', 'run.sh', join(work, 'link')]);
    await git(work, 'add', 'run.sh', 'link');
    await git(work, 'update-index', '--add', '--cacheinfo', `160000,${await repository.head()},module`);
    await git(work, 'commit', '--quiet', '-m', 'odd');
    await git(work, 'push', '--quiet');
    const before = await git(repository.path, 'ls-tree', 'main');
    await aStore(repository.url).submit(aChange('one', 'a: 1\r\n$Id$\n'));
    const after = await git(repository.path, 'ls-tree', 'main');
    expect(after.split('\n').filter(line => !line.endsWith('\tapps'))).toEqual(before.split('\n'));
    expect(await repository.read('apps/one/a.yaml')).toBe('a: 1\r\n$Id$');
  });
});

describe('C48: a large repository', () => {
  /** Bytes of all files below a folder. */
  const sizeOf = (folder: string) => Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0]);

  it('20,000 files and a long past, a tenth and a hundredth of the item: the past is not fetched, and a change asks for few trees', async () => {
    const { repository } = await aRepository();
    const noise = () => Array.from({ length: 40 }, () => `${randomUUID()}${randomUUID()}\n`).join('');
    for (let count = 0; count < 20; count += 1) await repository.commitAs(`past ${count}`, { past: Array.from({ length: 300 }, noise).join('') });
    const files = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`apps/${index % 200}/${index}.yaml`, 'a: 1\n']));
    await repository.commitAs('present', { past: null, ...files });
    const folder = join(scratch.path, 'large');
    const store = aStore(repository.url, {}, folder);
    const began = performance.now();
    await store.check();
    await store.submit(aChange('one'));
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(sizeOf(repository.path)).toBeGreaterThan(5_000_000);
    expect(sizeOf(folder)).toBeLessThan(2_500_000);
    expect(await repository.files()).toHaveLength(20_001);
  });
});

describe('C46: a protected branch', () => {
  it('the server\'s words are the error, and other branches work', async () => {
    const { repository, path } = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    repository.hook('update', '[ "$1" = refs/heads/main ] && { echo "GH006: Protected branch update failed for refs/heads/main." >&2; echo "Changes must be made through a pull request." >&2; exit 1; }; exit 0');
    const server = await startHttpServer(root);
    closing.push(() => server.stop());
    await expect(aStore(`${server.url}/${path}`).submit(aChange('one'))).rejects.toMatchObject({
      reason: 'Rejected', message: expect.stringMatching(/GH006: Protected branch update failed for refs\/heads\/main\.; Changes must be made through a pull request\./),
    });
    const other = createGitStore({ name: 'other', spec: { url: repository.url, branch: 'deploy' }, allowLocal: true, cacheDir: join(scratch.path, 'cache') });
    closing.push(() => other.close());
    await other.submit(aChange('one'));
    expect(await repository.files('deploy')).toEqual(['apps/one/a.yaml']);
  });
});

/** A folder on a file system of its own; undefined where this user may not mount one. */
function aSmallDisk(): { path: string; unmount(): void } | undefined {
  const path = join(scratch.path, 'small-disk');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' });
    return { path, unmount: () => execFileSync('umount', ['-l', path]) };
  } catch {
    return undefined;
  }
}

const disk = aSmallDisk();
(disk ? describe : describe.skip)('C52: a full disk (needs the right to mount one)', () => {
  afterAll(() => disk?.unmount());

  it('is an error of the engine\'s machine that says so, meets no other store, and is over when there is room', async () => {
    const [full, fine] = [await aRepository(), await aRepository()];
    const store = aStore(full.repository.url, {}, disk?.path);
    await store.submit(aChange('small'));
    const noise = Buffer.from(Array.from({ length: 3_000_000 }, () => Math.floor(Math.random() * 256)));
    const [tooMuch, other] = await Promise.allSettled([store.submit(aChange('big', noise)), aStore(fine.repository.url).submit(aChange('one'))]);
    expect(tooMuch).toMatchObject({ status: 'rejected', reason: { reason: 'LocalFault', message: expect.stringMatching(/out of diskspace; make room in the engine's cache folder|no space left on device/i) } });
    expect(other.status).toBe('fulfilled');
    await store.submit(aChange('small-too'));
    expect(await full.repository.files()).toEqual(['apps/small-too/a.yaml', 'apps/small/a.yaml']);
  });
});

describe('B-SS-45: removing', () => {
  it('what is not there is passed by, and nothing left to remove is no commit', async () => {
    const { repository } = await aRepository();
    await repository.commitAs('first', { 'apps/one/a.yaml': 'x', 'apps/one/deep/b.yaml': 'x', other: 'x' });
    const store = aStore(repository.url);
    const removal = { ...aChange('one'), put: new Map<string, string>(), remove: ['nowhere/c', 'other'] };
    await store.submit(removal);
    await store.submit(removal);
    await expect(repository.files()).resolves.toEqual([]);
    expect(await repository.commits()).toEqual(['Delete from: one', 'first']);
  });
});

describe('B-SS-46: the environment of git', () => {
  it('holds nothing of the user and the system, asks nobody, checks certificates, and keeps proxies', () => {
    const hostile = { GIT_SSL_NO_VERIFY: 'true', GIT_DIR: '/x', GIT_TRACE_CURL: '1', GIT_EXEC_PATH: '/x', GIT_PROXY_COMMAND: 'x', SSH_AUTH_SOCK: '/x', HTTPS_PROXY: 'http://proxy:1', no_proxy: 'localhost' };
    const before = { ...process.env };
    Object.assign(process.env, hostile);
    try {
      const environment = gitEnvironment('/home', { config: { 'user.x': 'y' }, variables: { GIT_ALLOW_PROTOCOL: 'https' } });
      expect(environment).toMatchObject({
        HOME: '/home', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: 'true', GIT_LFS_SKIP_SMUDGE: '1',
        HTTPS_PROXY: 'http://proxy:1', no_proxy: 'localhost', GIT_ALLOW_PROTOCOL: 'https',
      });
      for (const name of ['GIT_SSL_NO_VERIFY', 'GIT_DIR', 'GIT_TRACE_CURL', 'GIT_EXEC_PATH', 'GIT_PROXY_COMMAND', 'SSH_AUTH_SOCK']) expect(environment[name]).toBeUndefined();
      const settings = Object.fromEntries(Array.from({ length: Number(environment.GIT_CONFIG_COUNT) }, (_, index) => [environment[`GIT_CONFIG_KEY_${index}`], environment[`GIT_CONFIG_VALUE_${index}`]]));
      expect(settings).toMatchObject({ 'http.sslVerify': 'true', 'credential.helper': '', 'core.hooksPath': '/dev/null', 'http.followRedirects': 'false', 'user.x': 'y' });
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});
