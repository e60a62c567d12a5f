import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { requireSpace } from './data.mjs';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { lastLines, mendFor } from './mend.mjs';
import { environmentWith, fetchNode, nodeVersion, presentNode } from './node.mjs';
import { registryEnvironment } from './npm.mjs';
import { at, root } from './paths.mjs';
import { createProgress } from './progress.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const stampFile = at('node_modules', '.kratix-ts-install');
const stateFile = at('node_modules', '.yarn-state.yml');

/** What decides whether the installed packages are the wanted ones. */
function installInputs() {
  const manifests = ['packages', 'plugins'].flatMap(folder =>
    readdirSync(at(folder)).map(name => at(folder, name, 'package.json')),
  );
  return [at('package.json'), at('yarn.lock'), at('.yarnrc.yml'), ...manifests].filter(file => existsSync(file));
}

/** True when somebody ran yarn by hand after the last change of the inputs. */
const installedByHand = () =>
  existsSync(stateFile) && installInputs().every(file => statSync(file).mtimeMs <= statSync(stateFile).mtimeMs);

export function yarnPath() {
  const found = /^yarnPath:\s*(\S+)/m.exec(readFileSync(at('.yarnrc.yml'), 'utf8'));
  if (!found) throw new Failure('.yarnrc.yml names no yarnPath.');
  return at(found[1]);
}

async function install(node, note) {
  const { registry, env } = await registryEnvironment();
  const { code, output } = await exec(node, [yarnPath(), 'install', '--immutable'], {
    cwd: at(),
    env: environmentWith(node, { YARN_ENABLE_PROGRESS_BARS: '0', ...env }),
    onLine: line => {
      const step = /┌ (\w+) step/.exec(line)?.[1];
      if (step) note(step.toLowerCase());
    },
  });
  if (code === 0) return;
  const mend = mendFor(output, { registry });
  throw new Failure(mend ?? `Installing the packages failed:\n${lastLines(output)}`);
}

/** Node 24, and an environment in which yarn finds its registry: what changes the packages needs none of them. */
export async function nodeAlone(progress) {
  const node = presentNode() ?? (await progress.step(`Fetching Node ${nodeVersion}`, fetchNode));
  const { env } = await registryEnvironment();
  return { node, env: environmentWith(node, env) };
}

/**
 * Brings along what the machine lacks: Node 24 and the packages of yarn.lock. Takes milliseconds when nothing changed.
 * Resolves with the path of Node 24 and an environment in which `node` is that one.
 */
export async function bootstrap(progress = createProgress()) {
  requireSpace(root, existsSync(stateFile) ? 0.3 : 3);
  const node = presentNode() ?? (await progress.step(`Fetching Node ${nodeVersion}`, fetchNode));
  const digest = digestOf(installInputs(), `${process.platform}-${process.arch}`);
  const installed = existsSync(stateFile) && (readStamp(stampFile) === digest || installedByHand());
  if (!installed) {
    await progress.step('Installing packages (a minute or two the first time)', note => install(node, note));
  }
  if (readStamp(stampFile) !== digest) writeStamp(stampFile, digest);
  return { node, env: environmentWith(node) };
}

export async function main() {
  const { node } = await bootstrap();
  process.stdout.write(`${node}\n`);
}
