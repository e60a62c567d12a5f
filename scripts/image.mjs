// Makes images without Docker or a registry.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { writeImage } from './image-archive.mjs';
import { fillHelperRoot, helperConfig } from './image-helper.mjs';

export { writeImage } from './image-archive.mjs';
export { fillHelperRoot, helperConfig, sharedLibraries } from './image-helper.mjs';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const BUNDLE = join(checkout, 'packages/pipeline-adapter/dist/pipeline-adapter.mjs');
export const HELPER_NAME = 'localhost/kratix-ts/pipeline-adapter:latest';

/** Writes the image of the pipelines' last container to the archive `out`. Gives back { name, digest, size }. */
export function writeHelperImage({ out, node = process.execPath, bundle = BUNDLE, name = HELPER_NAME, architecture }) {
  const root = mkdtempSync(join(tmpdir(), 'helper-root-'));
  try {
    fillHelperRoot(root, { node, bundle });
    return writeImage({ root, config: helperConfig, name, architecture, out });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const HELP = `node scripts/image.mjs helper --out FILE.tar [--name NAME] [--node PROGRAM] [--bundle FILE]
    the image of the pipelines' last container, as an OCI archive
node scripts/image.mjs helper --folder DIR [--node PROGRAM] [--bundle FILE]
    the same as a plain folder
node scripts/image.mjs folder DIR --out FILE.tar --name NAME [--entrypoint JSON] [--command JSON] [--user ID] [--workdir DIR] [--env NAME=VALUE]...
    an image from any folder`;

const options = {
  out: { type: 'string' }, folder: { type: 'string' }, name: { type: 'string' }, node: { type: 'string' }, bundle: { type: 'string' },
  entrypoint: { type: 'string' }, command: { type: 'string' }, user: { type: 'string' }, workdir: { type: 'string' },
  env: { type: 'string', multiple: true }, help: { type: 'boolean' },
};

class UsageError extends Error {}

function list(text, option) {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text);
    if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  } catch {
    // Told below, for every wrong form alike.
  }
  throw new UsageError(`--${option} ${text} is not a list in JSON, such as ["/bin/tool", "--flag"]`);
}

function need(value, option) {
  if (value === undefined) throw new UsageError(`--${option} is missing`);
  return value;
}

function archive(values) {
  const out = resolve(need(values.out, 'out'));
  mkdirSync(dirname(out), { recursive: true });
  return out;
}

function main(argv) {
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  const [what, folder] = positionals;
  if (values.help || what === undefined) return HELP;
  const helper = { ...(values.node && { node: resolve(values.node) }), bundle: values.bundle ? resolve(values.bundle) : BUNDLE };
  if (what === 'helper' && values.folder) {
    mkdirSync(resolve(values.folder), { recursive: true });
    fillHelperRoot(resolve(values.folder), helper);
    return JSON.stringify({ folder: resolve(values.folder), config: helperConfig });
  }
  if (what === 'helper') return JSON.stringify(writeHelperImage({ ...helper, ...(values.name && { name: values.name }), out: archive(values) }));
  if (what !== 'folder' || folder === undefined) throw new UsageError(`"${positionals.join(' ')}" is not known`);
  const env = Object.fromEntries((values.env ?? []).map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  const config = { entrypoint: list(values.entrypoint, 'entrypoint'), command: list(values.command, 'command'), user: values.user, workdir: values.workdir, env };
  return JSON.stringify(writeImage({ root: resolve(folder), config, name: need(values.name, 'name'), out: archive(values) }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(main(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') ? `image: ${error.message}\n\n${HELP}` : `image: ${error.message}`);
    process.exitCode = 1;
  }
}
