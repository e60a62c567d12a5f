import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

const isMissing = error => error.code === 'ENOENT' || error.code === 'ENOTDIR';

/** What conditions show, with one of the engine's reasons. */
export function storeError(reason, message) {
  return Object.assign(new Error(message), { name: 'StoreError', reason });
}

/** Files below one folder, by paths with slashes. */
export class Folder {
  constructor(root) {
    this.root = root;
  }

  /** Refuses what would leave the folder. */
  at(path) {
    const absolute = join(this.root, path);
    if (absolute !== this.root && !absolute.startsWith(this.root + sep)) throw storeError('InvalidPath', `${JSON.stringify(path)} leaves the folder`);
    return absolute;
  }

  /** Undefined when there is no such file. */
  async read(path) {
    try {
      return await readFile(this.at(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Whoever reads meanwhile sees the old file or the new one, never half of it. */
  async write(path, content) {
    const target = this.at(path);
    await mkdir(dirname(target), { recursive: true });
    const draft = `${target}.${process.pid}.draft`;
    await writeFile(draft, content);
    await rename(draft, target);
  }

  /** Removes a file, and the folders above it that are empty then. */
  async remove(path) {
    await rm(this.at(path), { force: true });
    for (let above = dirname(this.at(path)); above !== this.root; above = dirname(above)) {
      try {
        await rmdir(above);
      } catch {
        return;
      }
    }
  }

  /** Paths of all files below a directory. */
  async list(directory) {
    try {
      const entries = await readdir(this.at(directory), { recursive: true, withFileTypes: true });
      return entries.filter(entry => entry.isFile()).map(entry => relative(this.root, join(entry.parentPath, entry.name)).split(sep).join('/'));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}
