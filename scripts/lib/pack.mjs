import { mkdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { yarnPath } from './bootstrap.mjs';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { at } from './paths.mjs';

/** What a Backstage app installs, in the order in which they build upon each other. */
const published = ['packages/core', 'plugins/kratix-common', 'plugins/kratix-backend', 'plugins/kratix-frontend', 'plugins/scaffolder-actions'];

/** `pack [FOLDER]`: builds the packages as they are published, and writes each into an archive of that folder. */
export async function pack({ node, env }, [folder = at('dist', 'packages')], progress) {
  const out = resolve(process.env.INIT_CWD ?? at(), folder);
  mkdirSync(out, { recursive: true });
  const step = async (what, cwd, args) => {
    const { code, output } = await exec(node, args, { cwd, env });
    if (code !== 0) throw new Failure(`${what} failed:\n${output.trimEnd()}`);
  };
  await progress.step('Types', async () => {
    rmSync(at('dist-types'), { recursive: true, force: true });
    const emit = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--incremental', 'false'];
    await step('tsc', at(), [at('node_modules/typescript/bin/tsc'), ...emit]);
  });
  for (const place of published) {
    await progress.step(place, async () => {
      await step(`${place}: build`, at(place), [at('node_modules/@backstage/cli/bin/backstage-cli'), 'package', 'build']);
      await step(`${place}: pack`, at(place), [yarnPath(), 'pack', '--out', join(out, `${basename(place)}.tgz`)]);
    });
  }
  process.stdout.write(`${out}\n`);
  return 0;
}
