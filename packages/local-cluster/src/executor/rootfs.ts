import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Image } from '../images';
import { followLinks, inLayers, lstatOrNone, type Found, type Lookup } from '../images/rootpath';
import { StartError, type ContainerSpec, type ContainerUser, type Mount } from './types';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Everything that is laid over the image's layers, the outermost target first. */
export function allMounts(image: Image, mounts: Mount[]): Mount[] {
  const binds = image.binds.map(bind => ({ ...bind, readOnly: true }));
  return [...binds, ...mounts].sort((a, b) => a.target.split('/').length - b.target.split('/').length);
}

/** Looks up paths as they stand in the running container: mounts first, then the image. */
export function inContainer(image: Image, mounts: Mount[]): Lookup {
  const layers = inLayers(image.layers);
  const deepestFirst = allMounts(image, mounts)
    .map(mount => ({ source: mount.source, parts: mount.target.split('/').filter(Boolean) }))
    .sort((a, b) => b.parts.length - a.parts.length);
  return parts => {
    const mount = deepestFirst.find(m => m.parts.every((part, i) => parts[i] === part));
    if (!mount) {
      return layers(parts);
    }
    const host = path.join(mount.source, ...parts.slice(mount.parts.length));
    const stats = lstatOrNone(host);
    return stats && { host, stats };
  };
}

function find(lookup: Lookup, file: string): Found | undefined {
  return lookup(followLinks(lookup, file));
}

/** Throws {@link StartError}, in runc's words, unless the container's program exists and may be run. */
export function checkProgram(spec: ContainerSpec): void {
  const [program] = spec.command;
  const lookup = inContainer(spec.image, spec.mounts);
  const failed = (why: string) => new StartError(`failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${program}": ${why}: unknown`);
  const isRunnable = (found: Found | undefined) => Boolean(found?.stats.isFile() && found.stats.mode & 0o111);
  if (program.includes('/')) {
    const found = find(lookup, path.posix.resolve(spec.workingDir, program));
    if (!found) {
      throw failed(`stat ${program}: no such file or directory`);
    }
    if (!isRunnable(found)) {
      throw failed(found.stats.isDirectory() ? 'is a directory' : 'permission denied');
    }
    return;
  }
  const folders = (spec.env.PATH ?? DEFAULT_PATH).split(':').filter(Boolean);
  if (!folders.some(folder => isRunnable(find(lookup, path.posix.resolve(spec.workingDir, folder, program))))) {
    throw failed('executable file not found in $PATH');
  }
}

interface PasswdEntry {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

function table(image: Image, file: string): string[][] {
  const found = find(inContainer(image, []), file);
  if (!found?.stats.isFile()) {
    return [];
  }
  return readFileSync(found.host, 'utf8').split('\n').map(line => line.split(':'));
}

function passwd(image: Image): PasswdEntry[] {
  return table(image, '/etc/passwd').flatMap(([name, , uid, gid, , home]) => (home === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid), home }]));
}

/**
 * The user that an image's `User` means (`name`, `uid`, either with `:group`), looked up in the image's own files.
 * Throws {@link StartError} for a name that the image does not know.
 */
export function userOfImage(image: Image, text = image.config.user): ContainerUser {
  const [userPart, groupPart] = text.split(':');
  const entries = passwd(image);
  const entry = entries.find(e => e.name === userPart || String(e.uid) === (userPart || '0'));
  const uid = entry?.uid ?? Number(userPart || '0');
  if (!Number.isInteger(uid)) {
    throw new StartError(`unable to find user ${userPart}: no matching entries in passwd file`);
  }
  if (!groupPart) {
    return { uid, gid: entry?.gid ?? 0, groups: [] };
  }
  const group = table(image, '/etc/group').find(([name, , gid]) => name === groupPart || gid === groupPart);
  const gid = Number(group?.[2] ?? groupPart);
  if (!Number.isInteger(gid)) {
    throw new StartError(`unable to find group ${groupPart}: no matching entries in group file`);
  }
  return { uid, gid, groups: [] };
}

/** The home folder of a user by the image's passwd file; `/` when it has none. */
export function homeOf(image: Image, uid: number): string {
  return passwd(image).find(entry => entry.uid === uid)?.home || '/';
}
