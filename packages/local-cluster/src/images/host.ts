import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lstatOrNone } from './rootpath';
import type { ImageBind } from './types';

const PROGRAM_FOLDERS = ['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n';
const GROUP = 'root:x:0:\nnogroup:x:65534:\n';
/** What programs cannot do without: the loader's cache, certificates, and the links that Debian keeps for its programs. */
const ETC = ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'ssl/certs', 'ssl/openssl.cnf', 'pki', 'ca-certificates.conf', 'alternatives', 'protocols', 'services', 'nsswitch.conf', 'localtime', 'os-release'];

/** The names at the top of a file system that come from this machine in a host image. */
export function hostFolders(): string[] {
  return PROGRAM_FOLDERS.filter(name => existsSync(`/${name}`));
}

function copyEtc(root: string): void {
  const etc = path.join(root, 'etc');
  mkdirSync(etc, { recursive: true });
  for (const name of ETC) {
    const source = path.join('/etc', name);
    const stats = lstatOrNone(source);
    if (stats?.isDirectory()) {
      cpSync(source, path.join(etc, name), { recursive: true, verbatimSymlinks: true, errorOnExist: false });
    } else if (stats && existsSync(source)) {
      mkdirSync(path.dirname(path.join(etc, name)), { recursive: true });
      copyFileSync(source, path.join(etc, name));
    }
  }
  writeFileSync(path.join(etc, 'passwd'), PASSWD);
  writeFileSync(path.join(etc, 'group'), GROUP);
}

/** Writes the small part of a host image into `root`; what is large is named as binds. */
export function writeHostRoot(root: string): ImageBind[] {
  const binds: ImageBind[] = [];
  for (const name of hostFolders()) {
    const target = path.join(root, name);
    if (lstatOrNone(`/${name}`)?.isSymbolicLink()) {
      symlinkSync(readlinkSync(`/${name}`), target);
    } else {
      mkdirSync(target, { recursive: true });
      binds.push({ source: `/${name}`, target: `/${name}` });
    }
  }
  for (const [name, mode] of [['root', 0o700], ['home', 0o755], ['var', 0o755], ['run', 0o755], ['opt', 0o755]] as const) {
    mkdirSync(path.join(root, name), { recursive: true, mode });
  }
  copyEtc(root);
  return binds;
}

/** Why a folder cannot be laid over this machine's programs; undefined when it can. */
export function hostConflict(folder: string): string | undefined {
  const taken = hostFolders();
  const conflict = readdirSync(folder).find(name => taken.includes(name));
  return conflict && `${path.join(folder, conflict)} would hide this machine's own /${conflict}; put the files elsewhere, for example below ${path.join(folder, 'app')}`;
}
