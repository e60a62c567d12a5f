// The folder that becomes the image of a pipeline pod's last container: Node, its libraries, the bundled helper, no shell.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const helperConfig = {
  entrypoint: ['/usr/local/bin/node', '/pipeline-adapter.mjs'],
  user: 65532,
  env: { NODE_ENV: 'production' },
  modes: { tmp: 0o1777 },
};

/** Paths of the shared libraries that a program needs, its loader included. */
export function sharedLibraries(program) {
  let text;
  try {
    text = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (/statically linked|not a dynamic executable/.test(`${error.stdout}${error.stderr}`)) return [];
    throw new Error(`the libraries of ${program} cannot be found (${error.message.split('\n')[0]}); build the image on Linux, or with deploy/docker/pipeline-adapter.Dockerfile`);
  }
  const missing = /^\s*(\S+) => not found/m.exec(text);
  if (missing) throw new Error(`${program} needs the library ${missing[1]}, which this machine does not have`);
  return [...text.matchAll(/(?:=>\s+|^\s*)(\/\S+) \(0x/gm)].map(match => match[1]);
}

function put(root, path, source) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(source), target);
  chmodSync(target, 0o755);
}

/** Fills the folder `root`. `node` is the Node program for the image, `bundle` the file that packages/pipeline-adapter/build.mjs writes. */
export function fillHelperRoot(root, { node = process.execPath, bundle }) {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing; run: node packages/pipeline-adapter/build.mjs`);
  put(root, 'usr/local/bin/node', node);
  for (const library of sharedLibraries(node)) put(root, library, library);
  copyFileSync(bundle, join(root, 'pipeline-adapter.mjs'));
  chmodSync(join(root, 'pipeline-adapter.mjs'), 0o644);
  for (const folder of ['etc', 'tmp', 'kratix', 'dev', 'proc', 'sys']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/sbin/nologin\nkratix:x:65532:65532:kratix:/tmp:/sbin/nologin\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nkratix:x:65532:\n');
}
