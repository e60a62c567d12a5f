import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Images } from '@kratix-ts/local-cluster';
import type { Applied } from './applied';
import type { Example } from './examples';

const HELPER = 'localhost/kratix-ts/pipeline-adapter';

/**
 * Makes the image of the pipelines' last container from this machine's Node and the bundled helper; answers its name,
 * which changes with its content.
 */
export async function addHelperImage(images: Images, bundle: string): Promise<string> {
  const content = await readFile(bundle).catch(() => {
    throw new Error(`${bundle} is missing: build it with \`npm run build\``);
  });
  const digest = createHash('sha256').update(process.version).update(content).digest('hex').slice(0, 16);
  const name = `${HELPER}:${digest}`;
  if (await images.resolve(name)) return name;
  const folder = await mkdtemp(join(tmpdir(), 'helper-image-'));
  try {
    await mkdir(join(folder, 'app'));
    await copyFile(process.execPath, join(folder, 'app', 'node'));
    await copyFile(bundle, join(folder, 'app', 'pipeline-adapter.mjs'));
    const config = { entrypoint: ['/app/node', '/app/pipeline-adapter.mjs'], user: '65532' };
    await images.addImage(name, { folder, host: true, config });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return name;
}

/** Lays each example's files over this machine's programs, under the names that its pipelines use. */
export async function addExampleImages(images: Images, examples: Example[], applied: Applied): Promise<void> {
  for (const { imageFolder, images: names } of examples) {
    if (!imageFolder) continue;
    const digest = await digestOfFolder(imageFolder);
    for (const name of names) {
      if (applied.has(`image ${name}`, digest) && (await images.resolve(name))) continue;
      await images.addImage(name, { folder: imageFolder, host: true });
      await applied.add(`image ${name}`, digest);
    }
  }
}

/** Changes with the names, modes and contents of the files. */
async function digestOfFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`${relative(folder, file)} ${(await stat(file)).mode}\n`).update(await readFile(file));
  }
  return hash.digest('hex');
}
