import { chmodSync, chownSync, closeSync, linkSync, mkdirSync, openSync, readdirSync, rmSync, symlinkSync, utimesSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Parser, type ReadEntry } from 'tar';
import { lstatOrNone, makeFolderInRoot, resolveInRoot } from './rootpath';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const WHITEOUT_META = '.wh..wh.';

/** The archive is damaged, or wants to write where it may not. */
export class BadArchive extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadArchive';
  }
}

/** The parts of an entry's path; throws {@link BadArchive} when it names anything outside. */
export function entryPath(name: string): string[] {
  const parts = name.split('/').filter(part => part && part !== '.');
  if (name.startsWith('/') || name.includes('\0') || parts.includes('..')) {
    throw new BadArchive(`the entry "${name}" leaves the image's root; the archive is refused`);
  }
  return parts;
}

/** Throws {@link BadArchive} when a link climbs above the root. Absolute links begin at the image's own root, and may stay. */
export function checkLink(parts: string[], target: string): void {
  if (target.startsWith('/')) {
    return;
  }
  let depth = parts.length - 1;
  for (const part of target.split('/')) {
    if (part === '..') {
      depth -= 1;
    } else if (part && part !== '.') {
      depth += 1;
    }
    if (depth < 0) {
      throw new BadArchive(`the link "${parts.join('/')}" leads to "${target}", outside of the image's root; the archive is refused`);
    }
  }
}

/** Calls back for each entry of a tar stream (gzip is noticed). The callback must consume the entry at once. */
export function eachEntry(source: Readable, onEntry: (entry: ReadEntry) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = new Parser({ strict: true });
    const fail = (error: unknown) => {
      source.destroy();
      reject(error instanceof BadArchive ? error : new BadArchive(`the archive cannot be read: ${error instanceof Error ? error.message : String(error)}`));
    };
    let failed = false;
    parser.on('entry', (entry: ReadEntry) => {
      if (failed) {
        entry.resume();
        return;
      }
      try {
        onEntry(entry);
      } catch (error) {
        failed = true;
        fail(error);
        entry.resume();
      }
    });
    parser.on('error', fail);
    parser.on('end', () => resolve());
    source.on('error', fail);
    source.on('data', (chunk: Buffer) => {
      if (!parser.write(chunk)) {
        source.pause();
        parser.once('drain', () => source.resume());
      }
    });
    source.on('end', () => parser.end());
  });
}

/** Lays one layer over what the earlier ones left in `root`. As root owners are kept; device files are left out. */
export class LayerWriter {
  private readonly written = new Set<string>();
  private readonly folderModes: [string, number][] = [];
  private readonly isRoot = process.getuid?.() === 0;

  constructor(private readonly root: string) {}

  add(entry: ReadEntry): void {
    const parts = entryPath(entry.path);
    const base = parts.at(-1);
    if (base === undefined) {
      entry.resume();
      return;
    }
    const parent = this.parentOf(parts);
    if (base.startsWith(WHITEOUT)) {
      this.whiteOut(parent, base);
      entry.resume();
      return;
    }
    const target = path.join(parent, base);
    this.written.add(target);
    this.write(entry, parts, target);
  }

  /** Gives folders their modes, which may forbid what had to be written into them. */
  finish(): void {
    for (const [folder, mode] of this.folderModes.reverse()) {
      chmodSync(folder, mode);
    }
  }

  private parentOf(parts: string[]): string {
    try {
      return makeFolderInRoot(this.root, parts.slice(0, -1).join('/'));
    } catch (error) {
      throw new BadArchive(`the entry "${parts.join('/')}" stands below something that is no folder: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private whiteOut(parent: string, base: string): void {
    if (base === OPAQUE) {
      for (const child of readdirSync(parent)) {
        this.removeOlder(path.join(parent, child));
      }
    } else if (!base.startsWith(WHITEOUT_META)) {
      const name = base.slice(WHITEOUT.length);
      if (name === '' || name === '.' || name === '..') {
        throw new BadArchive(`the whiteout "${base}" names no file; the archive is refused`);
      }
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }

  private removeOlder(file: string): void {
    const isOurs = (candidate: string) => candidate === file || candidate.startsWith(`${file}/`);
    if (![...this.written].some(isOurs)) {
      rmSync(file, { recursive: true, force: true });
    } else if (lstatOrNone(file)?.isDirectory()) {
      readdirSync(file).forEach(child => this.removeOlder(path.join(file, child)));
    }
  }

  private write(entry: ReadEntry, parts: string[], target: string): void {
    const existing = lstatOrNone(target);
    if (existing && !(existing.isDirectory() && entry.type === 'Directory')) {
      rmSync(target, { recursive: true, force: true });
    }
    switch (entry.type) {
      case 'Directory':
        mkdirSync(target, { recursive: true });
        this.setOwner(entry, target);
        this.folderModes.push([target, this.isRoot ? (entry.mode ?? 0o755) & 0o7777 : ((entry.mode ?? 0o755) & 0o7777) | 0o700]);
        break;
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        this.writeFile(entry, target);
        return;
      case 'SymbolicLink':
        checkLink(parts, entry.linkpath ?? '');
        symlinkSync(entry.linkpath ?? '', target);
        this.setOwner(entry, target);
        break;
      case 'Link':
        linkSync(this.linkTarget(entry), target);
        break;
      default:
    }
    entry.resume();
  }

  private linkTarget(entry: ReadEntry): string {
    const wanted = entryPath((entry.linkpath ?? '').replace(/^\/+/, '')).join('/');
    const host = resolveInRoot(this.root, wanted, { keepLast: true });
    if (!lstatOrNone(host)) {
      throw new BadArchive(`the hard link "${entry.path}" leads to "${entry.linkpath}", which the image does not hold`);
    }
    return host;
  }

  private writeFile(entry: ReadEntry, target: string): void {
    const file = openSync(target, 'wx', 0o600);
    entry.on('data', (chunk: Buffer) => {
      writeSync(file, chunk);
    });
    entry.on('end', () => {
      closeSync(file);
      this.setOwner(entry, target);
      chmodSync(target, this.isRoot ? (entry.mode ?? 0o644) & 0o7777 : ((entry.mode ?? 0o644) & 0o7777) | 0o400);
      if (entry.mtime) {
        utimesSync(target, entry.mtime, entry.mtime);
      }
    });
  }

  private setOwner(entry: ReadEntry, target: string): void {
    if (this.isRoot && entry.type !== 'SymbolicLink') {
      chownSync(target, entry.uid ?? 0, entry.gid ?? 0);
    }
  }
}

/** Unpacks one layer, a tar stream, over what stands in `root`. */
export async function applyLayer(source: Readable, root: string): Promise<void> {
  const writer = new LayerWriter(root);
  await eachEntry(source, entry => writer.add(entry));
  writer.finish();
}
