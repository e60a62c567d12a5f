import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';

const MAX_LINKS = 100;

/** What stands at a path itself; undefined when nothing does. */
export function lstatOrNone(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}

/**
 * Where a path of an image's file system really lies on this machine. Links are followed as a process inside would see
 * them: absolute ones begin at `root`, and no number of `..` leaves it. What does not exist is taken as it is written.
 * With `keepLast` a link that the path itself names is not followed.
 */
export function resolveInRoot(root: string, inside: string, options: { keepLast?: boolean } = {}): string {
  let pending = inside.split('/').filter(part => part && part !== '.');
  let current: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const [part, ...rest] = pending;
    pending = rest;
    if (part === '..') {
      current.pop();
      continue;
    }
    const host = path.join(root, ...current, part);
    const isLink = lstatOrNone(host)?.isSymbolicLink() ?? false;
    if (!isLink || (options.keepLast && rest.length === 0)) {
      current.push(part);
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      throw new Error(`too many links on the way to ${inside}`);
    }
    const target = readlinkSync(host);
    current = target.startsWith('/') ? [] : current;
    pending = [...target.split('/').filter(p => p && p !== '.'), ...rest];
  }
  return path.join(root, ...current);
}

/** Like {@link resolveInRoot}, over several folders that are laid over each other, the first one on top. */
export function resolveInLayers(layers: string[], inside: string): { inside: string; host: string; stats: Stats } | undefined {
  let pending = inside.split('/').filter(part => part && part !== '.');
  let current: string[] = [];
  let found: { host: string; stats: Stats } | undefined;
  let links = 0;
  while (pending.length > 0) {
    const [part, ...rest] = pending;
    pending = rest;
    if (part === '..') {
      current.pop();
      continue;
    }
    found = firstOf(layers, [...current, part]);
    if (!found) {
      return undefined;
    }
    if (!found.stats.isSymbolicLink()) {
      current.push(part);
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      return undefined;
    }
    const target = readlinkSync(found.host);
    current = target.startsWith('/') ? [] : current;
    pending = [...target.split('/').filter(p => p && p !== '.'), ...rest];
  }
  const end = firstOf(layers, current);
  return end && { inside: `/${current.join('/')}`, ...end };
}

function firstOf(layers: string[], parts: string[]): { host: string; stats: Stats } | undefined {
  for (const layer of layers) {
    const host = path.join(layer, ...parts);
    const stats = lstatOrNone(host);
    if (stats) {
      return { host, stats };
    }
  }
  return undefined;
}

/** Makes a folder of an image and those above it, without leaving `root` over a link. Returns where it lies. */
export function makeFolderInRoot(root: string, inside: string): string {
  const host = resolveInRoot(root, inside);
  mkdirSync(host, { recursive: true, mode: 0o755 });
  return host;
}
