import { createHash, randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unpackArchive } from './archive';
import { hostConflict, writeHostRoot } from './host';
import { normaliseImageName } from './names';
import type { Image, ImageConfig, ImageSource } from './types';

const DEFAULT_CONFIG: ImageConfig = { entrypoint: [], cmd: [], env: [], workingDir: '/', user: '' };
const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What another process may still be unpacking is left alone for this long (milliseconds). */
const STALE_MS = 3_600_000;

/** A store of unpacked images in a folder. Several processes may use one folder at the same time. */
export interface Images {
  /** Adds an image, or puts another one in the place of the one with this name. Nothing is half there when it fails. */
  addImage(name: string, source: ImageSource): Promise<Image>;
  list(): Promise<Image[]>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Throws InvalidImageName for what is no name. */
  resolve(name: string): Promise<Image | undefined>;
  /** Calls back when an image came or went, whichever process did it. Returns how to stop. */
  onChange(handler: () => void): () => void;
  /** Removes content that no name leads to. Only while no container runs. */
  prune(): Promise<void>;
}

/** A record as it stands on disk: folders are relative to the store, so that it can be moved. */
type StoredImage = Image;

function fileOf(name: string): string {
  return `${createHash('sha256').update(name).digest('hex').slice(0, 40)}.json`;
}

function withDefaults(config: Partial<ImageConfig>): ImageConfig {
  const full = { ...DEFAULT_CONFIG, ...config };
  return { ...full, env: full.env.some(entry => entry.startsWith('PATH=')) ? full.env : [DEFAULT_PATH, ...full.env] };
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

class ImageStore implements Images {
  private readonly refs: string;
  private readonly content: string;

  constructor(private readonly dir: string) {
    this.refs = path.join(dir, 'refs');
    this.content = path.join(dir, 'content');
  }

  async addImage(name: string, source: ImageSource): Promise<Image> {
    const full = normaliseImageName(name);
    const id = randomUUID();
    const work = path.join(this.content, `.${id}`);
    const root = path.join(work, 'root');
    await mkdir(root, { recursive: true });
    try {
      const made = await this.fill(name, source, work, root);
      await rename(work, path.join(this.content, id));
      const image: StoredImage = { name: full, id, ...made, layers: made.layers.map(layer => path.join('content', id, layer)), addedAt: new Date().toISOString() };
      await this.writeRecord(image);
      return this.absolute(image);
    } catch (error) {
      await rm(work, { recursive: true, force: true });
      throw error;
    }
  }

  async list(): Promise<Image[]> {
    const names = await readdir(this.refs).catch(() => []);
    const records = await Promise.all(names.filter(n => n.endsWith('.json')).map(n => this.read(n)));
    return records.flatMap(r => (r ? [r] : [])).sort((a, b) => a.name.localeCompare(b.name));
  }

  async remove(name: string): Promise<boolean> {
    try {
      await rm(path.join(this.refs, fileOf(normaliseImageName(name))));
      return true;
    } catch (error) {
      if (isMissing(error)) {
        return false;
      }
      throw error;
    }
  }

  async resolve(name: string): Promise<Image | undefined> {
    return this.read(fileOf(normaliseImageName(name)));
  }

  onChange(handler: () => void): () => void {
    let stopped = false;
    let stopWatching = () => {};
    const begin = () => {
      if (!stopped) {
        const watcher = watch(this.refs, { persistent: false }, () => handler());
        watcher.on('error', () => watcher.close());
        stopWatching = () => watcher.close();
        handler();
      }
    };
    // A folder that cannot be made holds no images to tell of.
    mkdir(this.refs, { recursive: true }).then(begin).catch(() => {});
    return () => {
      stopped = true;
      stopWatching();
    };
  }

  async prune(): Promise<void> {
    const used = new Set((await this.list()).map(image => image.id));
    for (const entry of await readdir(this.content).catch(() => [])) {
      const folder = path.join(this.content, entry);
      const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (!used.has(entry) && age > STALE_MS) {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }

  /** Puts the image's files below `work`; answers its layers, relative to `work`. */
  private async fill(name: string, source: ImageSource, work: string, root: string): Promise<Pick<Image, 'layers' | 'binds' | 'config'>> {
    if ('archive' in source) {
      const config = await unpackArchive(source.archive, root, path.join(work, 'archive'));
      return { layers: ['root'], binds: [], config: withDefaults(config) };
    }
    const config = withDefaults(source.config ?? {});
    if (!('folder' in source)) {
      return { layers: ['root'], binds: writeHostRoot(root), config };
    }
    if (!(await stat(source.folder).catch(() => undefined))?.isDirectory()) {
      throw new Error(`image ${name}: ${source.folder} is no folder`);
    }
    await cp(source.folder, root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    if (!source.host) {
      return { layers: ['root'], binds: [], config };
    }
    const conflict = hostConflict(source.folder);
    if (conflict) {
      throw new Error(`image ${name}: ${conflict}`);
    }
    const hostRoot = path.join(work, 'host');
    await mkdir(hostRoot);
    return { layers: ['root', 'host'], binds: writeHostRoot(hostRoot), config };
  }

  private async writeRecord(image: StoredImage): Promise<void> {
    await mkdir(this.refs, { recursive: true });
    const temporary = path.join(this.refs, `.${image.id}`);
    await writeFile(temporary, JSON.stringify(image, null, 2));
    await rename(temporary, path.join(this.refs, fileOf(image.name)));
  }

  private async read(file: string): Promise<Image | undefined> {
    try {
      return this.absolute(JSON.parse(await readFile(path.join(this.refs, file), 'utf8')) as StoredImage);
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  private absolute(image: StoredImage): Image {
    return { ...image, layers: image.layers.map(layer => path.resolve(this.dir, layer)) };
  }
}

/** Opens the store in `dir`, which need not exist yet. */
export function openImages(dir: string): Images {
  return new ImageStore(path.resolve(dir));
}
