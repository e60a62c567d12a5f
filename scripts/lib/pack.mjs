import { mkdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { yarnPath } from './bootstrap.mjs';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { at } from './paths.mjs';

/** What a Backstage app installs, in the order in which they build upon each other. */
const published = [
  'packages/core',
  'plugins/kratix-common',
  'plugins/kratix-backend',
  'plugins/kratix-frontend',
  'plugins/scaffolder-actions',
];

async function must(what, command, args, options) {
  const { code, output } = await exec(command, args, options);
  if (code !== 0) throw new Failure(`${what} failed:\n${output.trimEnd()}`);
}

/** Writes the types of all packages to `dist-types`, from which builds and reports take them. */
async function emitTypes({ node, env }) {
  rmSync(at('dist-types'), { recursive: true, force: true });
  const emit = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--incremental', 'false'];
  await must('tsc', node, [at('node_modules/typescript/bin/tsc'), ...emit], { cwd: at(), env });
}

/** What says little of an API, or depends on where the repository lies. */
const untold = ['ae-wrong-input-file-type', 'ae-missing-release-tag', 'ae-undocumented'];

/** Makes the reports from the types that were emitted last; with `--ci` it only compares. */
function makeReports({ node, env }, args) {
  const plugins = published.filter(place => place.startsWith('plugins/'));
  const tool = at('node_modules/@backstage/repo-tools/bin/backstage-repo-tools');
  const all = [tool, 'api-reports', ...plugins, '--allow-all-warnings', '--omit-messages', untold.join(','), ...args];
  return exec(node, all, { cwd: at(), env });
}

/** `api-reports`: writes what each plugin exports to its `report.api.md`. */
export async function apiReports(toolchain, args, progress) {
  await progress.step('Types', () => emitTypes(toolchain));
  const { code, output } = await progress.step('API reports', () => makeReports(toolchain, args));
  if (code !== 0) throw new Failure(`api-reports failed:\n${output.trimEnd()}`);
  return 0;
}

/** Checks the types of everything, and that the reports are those of these types; resolves with what is wrong. */
export async function typesAndReports(toolchain) {
  try {
    await emitTypes(toolchain);
  } catch (error) {
    return [error.message];
  }
  const { code, output } = await makeReports(toolchain, ['--ci']);
  if (code === 0) return [];
  // the tool goes no further than the first report that differs, and prints it whole
  const place = [...output.matchAll(/^## Processing (\S+)$/gm)].at(-1)?.[1];
  if (!place || !output.includes('changed the API signature')) return [output.trimEnd()];
  return [`The API report of ${place} is not what it exports: run "npm run api-reports" and commit what that changes.`];
}

/** `pack [FOLDER]`: builds the packages as they are published, and writes each into an archive of that folder. */
export async function pack(toolchain, [folder = at('dist', 'packages')], progress) {
  const { node, env } = toolchain;
  const out = resolve(process.env.INIT_CWD ?? at(), folder);
  mkdirSync(out, { recursive: true });
  await progress.step('Types', () => emitTypes(toolchain));
  for (const place of published) {
    await progress.step(place, async () => {
      const options = { cwd: at(place), env };
      await must(
        `${place}: build`,
        node,
        [at('node_modules/@backstage/cli/bin/backstage-cli'), 'package', 'build'],
        options,
      );
      await must(`${place}: pack`, node, [yarnPath(), 'pack', '--out', join(out, `${basename(place)}.tgz`)], options);
    });
  }
  process.stdout.write(`${out}\n`);
  return 0;
}
