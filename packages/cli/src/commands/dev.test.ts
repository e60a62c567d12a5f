import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runCommand } from '../command';
import { dev } from './dev';

let folder: string;
let kubeconfig: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-command-'));
  kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const stderr = new PassThrough();
  const io = { stdout: new PassThrough(), stderr, stdin: new PassThrough(), signal: new AbortController().signal };
  const code = await runCommand([dev], ['dev', '--data', folder, ...args], io);
  return { code, err: String(stderr.read() ?? '') };
}

it.each([
  ['a word too many', ['now'], '"now" is one word too many'],
  ['a port that is none', ['--port', '70000'], '--port 70000'],
  ['a kubeconfig that is not there', ['--kubeconfig', '/nowhere'], '--kubeconfig /nowhere: there is no such file'],
  ['examples that are not there', ['--examples', '/nowhere'], '--examples /nowhere: there is no such folder'],
])('refuses %s', async (_, args, words) => {
  const { code, err } = await run(...args);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

it('needs an image that a foreign cluster can pull', async () => {
  expect((await run('--kubeconfig', kubeconfig)).err).toContain('--helper-image');
});

it('says what it would install into a foreign cluster, and wants consent', async () => {
  const { code, err } = await run('--kubeconfig', kubeconfig, '--helper-image', 'registry.example.com/helper:v1');
  expect(code).toBe(2);
  expect(err).toContain('platform.kratix.io');
  expect(err).toContain('--yes');
});
