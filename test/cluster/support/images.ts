import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(__dirname, '../../..');

export interface LoadableImage {
  name: string;
  archive: string;
}

/** Brings images into a cluster by a command that takes a name and an archive. */
export async function loadImages(loader: string, images: LoadableImage[]): Promise<void> {
  const [program, ...args] = loader.split(' ');
  for (const { name, archive } of images) await run(program, [...args, name, archive]);
}

const write = (...args: string[]) => run(process.execPath, [join(root, 'scripts/image.mjs'), ...args], { cwd: root });

/** The image of the pipelines' last container, as an archive in the folder `data`. */
export async function helperImage(data: string, name: string): Promise<LoadableImage> {
  const archive = join(data, 'helper.tar');
  await write('helper', '--out', archive, '--name', name);
  return { name, archive };
}

/** An image of a shell and the small tools, from this machine's static busybox, with a folder laid over it. */
export async function toolsImage(data: string, name: string, over?: string, entrypoint?: string): Promise<LoadableImage> {
  const folder = await mkdtemp(join(data, 'image-'));
  await writeTools(folder);
  if (over) await cp(over, folder, { recursive: true, verbatimSymlinks: true });
  const archive = `${folder}.tar`;
  await write('folder', folder, '--out', archive, '--name', name, ...(entrypoint ? ['--entrypoint', JSON.stringify([entrypoint])] : []));
  return { name, archive };
}

/** Whether a test can bring images of its own into the cluster under test. */
export function canBringImages(): boolean {
  return process.env.KRATIX_TEST_CLUSTER === 'embedded' || Boolean(process.env.LOAD_IMAGE);
}

/** Makes the images that published Promises name stand for the script `stand-in/bin/stand-in`. */
export async function bringStandIn(names: string[]): Promise<void> {
  const data = process.env.KRATIX_TEST_DATA ?? '';
  const { archive } = await toolsImage(data, 'docker.io/kratix-ts/stand-in:suite', join(__dirname, '../stand-in'), '/bin/stand-in');
  const images = names.map(name => ({ name, archive }));
  if (process.env.KRATIX_TEST_CLUSTER !== 'embedded') return loadImages(process.env.LOAD_IMAGE ?? '', images);
  for (const { name } of images) await run(process.execPath, [join(root, 'packages/cli/dist/kratix-ts.mjs'), 'image', 'add', name, '--archive', archive, '--data', data]);
}

async function writeTools(folder: string): Promise<void> {
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(existsSync);
  if (!busybox) throw new Error('there is no busybox on this machine; install the package busybox-static');
  for (const name of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'usr']) await mkdir(join(folder, name), { recursive: true });
  await cp(busybox, join(folder, 'bin/busybox'), { dereference: true });
  const { stdout } = await run(busybox, ['--list']);
  for (const tool of stdout.trim().split('\n')) {
    if (tool !== 'busybox') await symlink('busybox', join(folder, 'bin', tool));
  }
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnobody:x:65534:\n');
}
