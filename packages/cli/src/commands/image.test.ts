import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openImages } from '@kratix-ts/local-cluster';
import { runCommand } from '../command';
import { imagesFolder } from '../dev/folders';
import { image } from './image';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'image-command-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function run(...args: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io = { stdout, stderr, stdin: new PassThrough(), signal: new AbortController().signal };
  const code = await runCommand([image], ['image', ...args, '--data', data], io);
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

it('adds a folder under a full name, lists it and removes it', async () => {
  const folder = join(data, 'files');
  mkdirSync(join(folder, 'app'), { recursive: true });
  writeFileSync(join(folder, 'app', 'run'), '#!/bin/sh\n');
  expect(await run('add', 'acme/tool:v1', '--folder', folder, '--host')).toMatchObject({ code: 0, out: 'added docker.io/acme/tool:v1\n' });
  expect(await openImages(imagesFolder(data)).resolve('docker.io/acme/tool:v1')).toBeDefined();
  expect((await run('list')).out).toMatch(/^docker\.io\/acme\/tool:v1\t/);
  expect(await run('remove', 'acme/tool:v1')).toMatchObject({ code: 0 });
  expect((await run('list')).out).toBe('');
});

it.each([
  [['add'], 2, 'add needs one image name'],
  [['add', 'a', 'b', '--host'], 2, 'add needs one image name'],
  [['add', 'a'], 2, 'say where the image comes from'],
  [['add', 'a', '--host', '--archive', 'a.tar'], 2, '--archive stands alone'],
  [['add', 'a', '--folder', '/nowhere/at/all'], 1, '/nowhere/at/all'],
  [['remove', 'a'], 1, 'there is no image a'],
  [['rename', 'a'], 2, 'add, list or remove, not "rename"'],
  [[], 2, 'add, list or remove'],
])('image %j ends with %d', async (args, code, words) => {
  const result = await run(...args);
  expect(result.code).toBe(code);
  expect(result.err).toContain(words);
});
