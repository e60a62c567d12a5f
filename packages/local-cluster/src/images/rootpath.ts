import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';

const MAX_LINKS = 100;

export interface Found {
  /** Where it lies on this machine. */
  host: string;
  stats: Stats;
}

/** Says what stands at a path of a container's file system, given in parts and without links on the way. */
export type Lookup = (parts: string[]) => Found | undefined;

/** What stands at a path itself; undefined when nothing does. */
export function lstatOrNone(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

/** Looks into folders that are laid over each other, the first one on top. */
export function inLayers(layers: string[]): Lookup {
  return parts => {
    for (const layer of layers) {
      const host = path.join(layer, ...parts);
      const stats = lstatOrNone(host);
      if (stats) {
        return { host, stats };
      }
    }
    return undefined;
  };
}

function partsOf(file: string): string[] {
  return file.split('/').filter(part => part && part !== '.');
}

/**
 * The path without links, in parts. Links are followed as a process inside would see them: absolute ones begin at the
 * root, and no number of `..` leaves it. What does not exist is taken as it is written. With `keepLast` a link that the
 * path itself names is not followed. Throws when links lead in a circle.
 */
export function followLinks(lookup: Lookup, inside: string, options: { keepLast?: boolean } = {}): string[] {
  let pending = partsOf(inside);
  let current: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const [part, ...rest] = pending;
    pending = rest;
    if (part === '..') {
      current.pop();
      continue;
    }
    const found = lookup([...current, part]);
    if (!found?.stats.isSymbolicLink() || (options.keepLast && rest.length === 0)) {
      current.push(part);
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      throw new Error(`too many links on the way to ${inside}`);
    }
    const target = readlinkSync(found.host);
    current = target.startsWith('/') ? [] : current;
    pending = [...partsOf(target), ...rest];
  }
  return current;
}

/** Where a path of an image's file system really lies on this machine: always below `root`. */
export function resolveInRoot(root: string, inside: string, options: { keepLast?: boolean } = {}): string {
  return path.join(root, ...followLinks(inLayers([root]), inside, options));
}

/** Makes a folder of an image and those above it, without leaving `root` over a link. Returns where it lies. */
export function makeFolderInRoot(root: string, inside: string): string {
  const host = resolveInRoot(root, inside);
  mkdirSync(host, { recursive: true, mode: 0o755 });
  return host;
}
