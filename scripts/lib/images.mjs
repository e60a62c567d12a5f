import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeImage } from '../image-archive.mjs';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { closureOf, prune, requireDebian, unpackPackages } from './debian.mjs';
import { exec } from './exec.mjs';
import { at } from './paths.mjs';
import { createProgress } from './progress.mjs';

const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).version;

/** Git may write nothing but its local copies, which lie under /tmp; nobody there has a home. */
const environment = { NODE_ENV: 'production', HOME: '/tmp', GIT_CONFIG_NOSYSTEM: '1', SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt' };

/**
 * Left to itself, Node lets the space for new objects grow to more than a hundred megabytes before it looks for rubbish
 * in it, and the space for old ones to twice what it holds.
 */
const engineFlags = JSON.parse(readFileSync(at('deploy', 'docker', 'engine-flags.json'), 'utf8'));

/** What each image holds. `programs` are our bundles, by the path that they have in the image. */
export const images = [
  {
    name: `docker.io/kratix-ts/engine:v${version}`,
    archive: at('.cache', 'images', 'engine.tar'),
    packages: ['ca-certificates', 'dash', 'git', 'libc6', 'libgcc-s1', 'libstdc++6', 'openssh-client'],
    programs: { 'app/kratix-engine.mjs': ['packages/cli/dist/engine'] },
    entrypoint: ['/usr/local/bin/node', ...engineFlags, '/app/kratix-engine.mjs'],
    command: ['engine'],
  },
  {
    name: `docker.io/kratix-ts/pipeline-adapter:v${version}`,
    archive: at('.cache', 'images', 'pipeline-adapter.tar'),
    packages: ['libc6', 'libgcc-s1', 'libstdc++6'],
    programs: { 'pipeline-adapter.mjs': ['packages/pipeline-adapter/dist/pipeline-adapter.mjs'] },
    entrypoint: ['/usr/local/bin/node', '/pipeline-adapter.mjs'],
  },
];

/** Debian lets each machine gather its certificates at installation; here that is done once. */
function gatherCertificates(root) {
  const folder = join(root, 'usr/share/ca-certificates/mozilla');
  if (!existsSync(folder)) return;
  const certificates = readdirSync(folder).sort().map(name => readFileSync(join(folder, name), 'utf8').trim());
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), `${certificates.join('\n')}\n`);
}

/** Git asks this program for passwords that it was not given, and gets none. */
function putTrue(root) {
  if (!existsSync(join(root, 'bin/sh')) || existsSync(join(root, 'bin/true'))) return;
  writeFileSync(join(root, 'bin/true'), '#!/bin/sh\n');
  chmodSync(join(root, 'bin/true'), 0o755);
}

function writeAccounts(root) {
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/sbin/nologin\nkratix:x:65532:65532:kratix:/tmp:/sbin/nologin\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nkratix:x:65532:\n');
}

/** Node without the names of its functions, where `strip` is at hand: a fifth smaller. */
async function putNode(root, node) {
  const target = join(root, 'usr/local/bin/node');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(node, target);
  chmodSync(target, 0o755);
  await exec('strip', ['--strip-unneeded', target]);
}

function putPrograms(root, programs) {
  for (const [path, [source]] of Object.entries(programs)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (source.endsWith('.mjs')) copyFileSync(at(source), target);
    else for (const file of readdirSync(at(source))) copyFileSync(at(source, file), join(dirname(target), file));
  }
}

async function makeImage(image, node) {
  const root = mkdtempSync(join(tmpdir(), 'image-root-'));
  try {
    await unpackPackages(await closureOf(image.packages), root);
    prune(root);
    gatherCertificates(root);
    putTrue(root);
    writeAccounts(root);
    await putNode(root, node);
    putPrograms(root, image.programs);
    for (const folder of ['dev', 'proc', 'sys', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
    mkdirSync(dirname(image.archive), { recursive: true });
    const { entrypoint, command } = image;
    const config = { entrypoint, command, user: '65532:65532', env: environment, modes: { tmp: 0o1777 } };
    return writeImage({ root, config, name: image.name, compress: true, out: image.archive });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Builds both images; answers with what was written, and shows sizes. */
export async function makeImages(toolchain, progress) {
  await requireDebian();
  await build(toolchain, progress, ['helper', 'engine']);
  const made = [];
  for (const image of images) {
    await progress.step(`Image ${image.name}`, async () => {
      made.push({ ...image, ...(await makeImage(image, toolchain.node)) });
    });
    const { archive, size, digest } = made.at(-1);
    progress.line(`  ${archive}: ${(size / 1e6).toFixed(1)} MB compressed, ${digest}`);
  }
  return made;
}

export async function main() {
  const progress = createProgress();
  await makeImages(await bootstrap(progress), progress);
}
