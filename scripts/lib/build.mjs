import { existsSync } from 'node:fs';
import { bootstrap } from './bootstrap.mjs';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { lastLines, mendFor } from './mend.mjs';
import { at } from './paths.mjs';
import { createProgress } from './progress.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';
import { targets } from './targets.mjs';

const stampOf = target => at('.cache', 'build', `${target.name.replace(/\W/g, '-')}.digest`);

const digestOfTarget = target =>
  digestOf([...target.inputs, 'yarn.lock', 'scripts/lib/targets.mjs'].map(input => at(input)));

const isOutOfDate = target => !existsSync(at(target.output)) || readStamp(stampOf(target)) !== digestOfTarget(target);

async function buildTarget(target, { node, env }) {
  const digest = digestOfTarget(target);
  const { file, args, cwd = '.', env: more } = target.command;
  const { code, output } = await exec(node, [at(file), ...args], { cwd: at(cwd), env: { ...env, ...more } });
  if (code !== 0 || !existsSync(at(target.output))) {
    const mend = /ENOSPC/.test(output) ? mendFor(output) : undefined;
    throw new Failure(mend ?? `Building the ${target.name} failed:\n${lastLines(output, 30)}`);
  }
  writeStamp(stampOf(target), digest);
}

/** Builds what is missing or was made from other sources, of all targets or the named; resolves with the names of what was built. */
export async function build(toolchain, progress, names) {
  const wanted = targets.filter(target => (!names || names.includes(target.name)) && isOutOfDate(target));
  if (wanted.length === 0) return [];
  await progress.step(`Building ${wanted.map(target => target.name).join(', ')}`, async note => {
    const open = new Set(wanted.map(target => target.name));
    const tell = () => note([...open].join(', '));
    tell();
    const results = await Promise.allSettled(
      wanted.map(async target => {
        await buildTarget(target, toolchain);
        open.delete(target.name);
        tell();
      }),
    );
    const failed = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    if (failed.some(reason => !(reason instanceof Failure))) throw failed[0];
    if (failed.length > 0) throw new Failure(failed.map(({ message }) => message).join('\n\n'));
  });
  return wanted.map(target => target.name);
}

export async function main() {
  const progress = createProgress();
  const built = await build(await bootstrap(progress), progress);
  if (built.length === 0) progress.line('Everything is up to date.');
}
