import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { followLinks, inLayers, lstatOrNone, resolveInRoot, type Lookup } from '../../images/rootpath';
import { allMounts } from '../rootfs';
import { StartError, type ContainerSpec } from '../types';

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const existing = (files: string[]) => files.filter(file => existsSync(file));

/** Files of the machine that a container run by root may read, not write. */
export const protectedProc = () => existing(['/proc/sys', '/proc/sysrq-trigger', '/proc/irq', '/proc/bus', '/proc/fs']);
/** Files of the machine that no container may read. */
export const hiddenProc = () => existing(['/proc/kcore', '/proc/keys', '/proc/timer_list']);

/** A container's file system, ready to be put together by `mount`. All paths are of this machine. */
export interface Bundle {
  dir: string;
  /** Where the container's root comes to stand; empty until it is mounted. */
  root: string;
  /** A tmpfs that takes up what the container writes; gone with it. */
  scratch: string;
  /** The folders below the writable one, the first on top. */
  lower: string[];
  mounts: { source: string; target: string; readOnly: boolean }[];
}

/** Makes folders and files in `base` so that something can be mounted there; folders look as they do in the image. */
class MountPoints {
  private readonly isRoot = process.getuid?.() === 0;

  constructor(private readonly base: string, private readonly image: Lookup) {}

  folder(parts: string[], mode = 0o755): void {
    parts.forEach((_, i) => this.oneFolder(parts.slice(0, i + 1), mode));
  }

  file(parts: string[], content = ''): void {
    this.folder(parts.slice(0, -1));
    const host = path.join(this.base, ...parts);
    if (!lstatOrNone(host)) {
      writeFileSync(host, content);
    }
  }

  link(parts: string[], target: string): void {
    symlinkSync(target, path.join(this.base, ...parts));
  }

  private oneFolder(parts: string[], mode: number): void {
    const host = path.join(this.base, ...parts);
    const made = lstatOrNone(host);
    if (made && !made.isDirectory()) {
      throw new StartError(`/${parts.join('/')} is mounted as a file, and something else below it`);
    }
    if (made) {
      return;
    }
    mkdirSync(host);
    const like = this.image(parts)?.stats;
    chmodSync(host, like?.isDirectory() ? like.mode & 0o7777 : mode);
    if (this.isRoot && like) {
      chownSync(host, like.uid, like.gid);
    }
  }
}

function readHostFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const nothing: Lookup = () => undefined;

/** What all containers have at the same places, as a folder that they share. */
export function makeBase(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const points = new MountPoints(folder, nothing);
  ['dev', 'dev/shm', 'dev/pts', 'dev/mqueue', 'proc', 'sys'].forEach(name => points.folder(name.split('/')));
  points.folder(['tmp'], 0o1777);
  DEVICES.forEach(device => points.file(['dev', device]));
  points.link(['dev', 'fd'], '/proc/self/fd');
  points.link(['dev', 'ptmx'], 'pts/ptmx');
  ['stdin', 'stdout', 'stderr'].forEach((name, fd) => points.link(['dev', name], `/proc/self/fd/${fd}`));
}

function writeSystemFiles(points: MountPoints, spec: ContainerSpec): void {
  points.file(['etc', 'hostname'], `${spec.hostname}\n`);
  points.file(['etc', 'hosts'], `127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.0.1\t${spec.hostname}\n`);
  points.file(['etc', 'resolv.conf'], readHostFile('/etc/resolv.conf'));
}

/** Makes room for a mount inside what another mount put there: a folder of ours, in which links of a container may lie in wait. */
function makeNestedPoint(outer: { source: string; readOnly: boolean }, rest: string[], isFolder: boolean): void {
  const host = resolveInRoot(outer.source, rest.join('/'));
  if (existsSync(host)) {
    return;
  }
  mkdirSync(isFolder ? host : path.dirname(host), { recursive: true });
  if (!isFolder) {
    closeSync(openSync(host, 'a'));
  }
}

/** Writes the mount points into the container's folder, and says what is to be mounted where. `base` is what {@link makeBase} made. */
export function makeBundle(spec: ContainerSpec, base: string): Bundle {
  const bundle: Bundle = {
    dir: spec.dir,
    root: path.join(spec.dir, 'root'),
    scratch: path.join(spec.dir, 'scratch'),
    lower: [path.join(spec.dir, 'points'), base, ...spec.image.layers],
    mounts: [],
  };
  bundle.lower.slice(0, 1).concat(bundle.root, bundle.scratch).forEach(folder => mkdirSync(folder, { recursive: true }));
  const image = inLayers([base, ...spec.image.layers]);
  const points = new MountPoints(bundle.lower[0], image);
  writeSystemFiles(points, spec);
  const placed: { parts: string[]; source: string; readOnly: boolean }[] = [];
  for (const mount of allMounts(spec.image, spec.mounts)) {
    const parts = followLinks(image, mount.target);
    const isFolder = lstatOrNone(mount.source)?.isDirectory() ?? false;
    const outer = placed.filter(p => p.parts.length < parts.length && p.parts.every((part, i) => parts[i] === part)).at(-1);
    if (outer) {
      makeNestedPoint(outer, parts.slice(outer.parts.length), isFolder);
    } else if (isFolder) {
      points.folder(parts);
    } else if (parts[0] !== 'dev' || !DEVICES.includes(parts[1])) {
      points.file(parts);
    }
    placed.push({ parts, source: mount.source, readOnly: mount.readOnly });
    bundle.mounts.push({ source: mount.source, target: path.join(bundle.root, ...parts), readOnly: mount.readOnly });
  }
  const workingDir = followLinks(image, spec.workingDir);
  const volume = placed.filter(p => p.parts.every((part, i) => workingDir[i] === part)).at(-1);
  if (!volume) {
    points.folder(workingDir);
  } else if (!volume.readOnly) {
    makeNestedPoint(volume, workingDir.slice(volume.parts.length), true);
  }
  return bundle;
}

/** A field of an fstab: white space and backslashes as octal numbers. */
function field(text: string): string {
  return text.replace(/[\s\\#]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function line(source: string, target: string, type: string, options: string): string {
  return `${field(source)} ${field(target)} ${type} ${field(options)} 0 0\n`;
}

/** The first table for `mount -a`: the room in memory for what the container writes. */
export function scratchTable(bundle: Bundle): string {
  return line('tmpfs', bundle.scratch, 'tmpfs', 'mode=0755');
}

/** The second table: the root, devices and volumes; with `proc`, also /proc, for which its process namespace must be there. */
export function rootTable(bundle: Bundle, options: { readOnlyRoot: boolean; proc: boolean; protectProc: boolean }): string {
  const inRoot = (file: string) => path.join(bundle.root, file);
  const layers = `lowerdir=${bundle.lower.join(':')}`;
  const writable = `,upperdir=${bundle.scratch}/upper,workdir=${bundle.scratch}/work`;
  const lines = [
    line('overlay', bundle.root, 'overlay', options.readOnlyRoot ? `ro,${layers}` : layers + writable),
    ...DEVICES.map(device => line(`/dev/${device}`, inRoot(`dev/${device}`), 'none', 'bind')),
    line('devpts', inRoot('dev/pts'), 'devpts', 'newinstance,ptmxmode=0666,mode=0620'),
    line('tmpfs', inRoot('dev/shm'), 'tmpfs', 'mode=1777,nosuid,nodev'),
    ...bundle.mounts.map(mount => line(mount.source, mount.target, 'none', mount.readOnly ? 'bind,ro' : 'bind')),
  ];
  if (options.proc) {
    lines.push(line('proc', inRoot('proc'), 'proc', 'nosuid,nodev,noexec'));
  }
  if (options.proc && options.protectProc) {
    lines.push(...protectedProc().map(file => line(inRoot(file), inRoot(file), 'none', 'bind,ro')));
    lines.push(...hiddenProc().map(file => line('/dev/null', inRoot(file), 'none', 'bind')));
  }
  return lines.join('');
}
