import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGitStore } from './git';
import { firstBatch, lastFiles, lastWish, secondBatch } from './testing/batches';
import { BareRepository, git, scratchFolder } from './testing/git-fixtures';

jest.setTimeout(300_000);

const scratch = scratchFolder();
const program = join(scratch.path, 'killed-writer.cjs');
const source = join(__dirname, 'testing', 'killed-writer.ts');
let number = 0;

beforeAll(() => {
  const esbuild = require.resolve('esbuild/bin/esbuild');
  execFileSync(process.execPath, [esbuild, source, '--bundle', '--platform=node', '--format=cjs', `--outfile=${program}`, '--log-level=error']);
});
afterAll(() => scratch.remove());

async function aRepository() {
  number += 1;
  const repository = await BareRepository.create(join(scratch.path, `remote-${number}.git`));
  await repository.commitAs('first', { README: 'x' });
  const cacheDir = `${repository.path}-cache`;
  mkdirSync(cacheDir);
  return { repository, cacheDir };
}

async function run(repository: BareRepository, cacheDir: string, killAt: number) {
  const child = spawn(process.execPath, [program, repository.url, cacheDir, `${killAt}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', chunk => {
    text += chunk;
  });
  await once(child, 'exit');
  return { lines: text.trim().split('\n'), wasKilled: child.signalCode === 'SIGKILL' };
}

/** What was said to be there is there, and what comes after the kill brings everything to its end, once. */
async function checkAfter(repository: BareRepository, cacheDir: string, lines: string[]) {
  const subjects = await repository.commits();
  for (const line of lines.filter(each => each.startsWith('settled'))) {
    const [, id, generation] = line.split(' ');
    const of = [...firstBatch, ...secondBatch].filter(change => change.id === id);
    expect(subjects.filter(subject => subject.endsWith(` from: ${id}`)).length).toBeGreaterThanOrEqual(of.findIndex(change => `${change.generation}` === generation) + 1);
  }
  const store = createGitStore({ name: 'prod', spec: { url: repository.url, commitGranularity: 'object' }, allowLocal: true, cacheDir });
  const versions = await Promise.all(lastWish.map(change => store.submit(change)));
  expect(versions.map(({ version }) => version)).not.toContain('');
  const stored = await Promise.all((await repository.files()).map(async path => [path, await repository.read(path)]));
  expect(Object.fromEntries(stored)).toEqual({ README: 'x', ...lastFiles });
  const log = (await git(repository.path, 'log', '--format=%T %s', 'main')).split('\n');
  const trees = log.map(line => line.split(' ')[0]);
  expect(trees.filter((tree, index) => tree === trees[index + 1])).toEqual([]);
  for (const [id, most] of [['kept', 1], ['new', 1], ['edited', 2], ['removed', 2]] as const) {
    expect(log.filter(line => line.endsWith(` from: ${id}`)).length).toBeLessThanOrEqual(most);
  }
  await store.close();
  // a git that the killed process had started may have written into its folder until now
  const next = createGitStore({ name: 'prod', spec: { url: repository.url }, allowLocal: true, cacheDir });
  await next.check();
  await next.close();
  expect(readdirSync(cacheDir).filter(name => name.startsWith('git-'))).toEqual([]);
}

describe('D60, B-CR-6: kill -9 at every step of a batch loses nothing and doubles nothing', () => {
  it('walks the steps by number', async () => {
    const whole = await aRepository();
    const { lines } = await run(whole.repository, whole.cacheDir, 0);
    const steps = Number(/^steps (\d+)$/.exec(lines.at(-1) ?? '')?.[1]);
    expect(steps).toBeGreaterThan(15);
    expect(await whole.repository.commits()).toHaveLength(7);
    let kills = 0;
    const killAt = async (step: number) => {
      const { repository, cacheDir } = await aRepository();
      const killed = await run(repository, cacheDir, step);
      // answers that come together are one step: the last steps of a run are not always reached
      const hasEnded = /^steps \d+$/.test(killed.lines.at(-1) ?? '');
      expect([step, killed.wasKilled]).toEqual([step, !hasEnded]);
      kills += Number(killed.wasKilled);
      await checkAfter(repository, cacheDir, killed.lines);
    };
    for (let step = 1; step <= steps; step += 4) await Promise.all([step, step + 1, step + 2, step + 3].filter(each => each <= steps).map(killAt));
    expect(kills).toBeGreaterThan(15);
  });

  it.each(['pre-receive', 'update', 'post-receive'])('while the server is at its %s hook', async hook => {
    const { repository, cacheDir } = await aRepository();
    repository.hook(hook, `[ -e ${cacheDir}/killed ] || { touch ${cacheDir}/killed; kill -9 $(cat ${cacheDir}/pid); sleep 0.3; }; exit 0`);
    const { lines, wasKilled } = await run(repository, cacheDir, 0);
    expect(wasKilled).toBe(true);
    await checkAfter(repository, cacheDir, lines);
  });
});
