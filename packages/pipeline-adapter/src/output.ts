import { constants, lstatSync, openSync, readdirSync, readFileSync, closeSync, Stats } from 'node:fs';
import { join } from 'node:path';
import { pathProblem, pathSetProblem } from '@kratix-ts/core/wire';
import { Failure, messageOf } from './failure';

export interface OutputFile {
  /** Relative to the output folder, with slashes. */
  path: string;
  content: Buffer;
}

export interface OutputLimits {
  files: number;
  /** Sum of the files' bytes, before they are compressed. */
  bytes: number;
}

export const OUTPUT_LIMITS: OutputLimits = { files: 10_000, bytes: 128 * 1024 * 1024 };

interface Found {
  path: string;
  size: number;
}

const LARGEST_NAMED = 3;

/** The largest files with their sizes, for a sentence that says that there is too much. */
export function largest(files: ReadonlyArray<{ path: string; size: number }>): string {
  return [...files].sort((a, b) => b.size - a.size).slice(0, LARGEST_NAMED).map(({ path, size }) => `${path} (${size} bytes)`).join(', ');
}

function kindProblem(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return 'is a symbolic link';
  if (stats.isFIFO()) return 'is a pipe';
  if (stats.isSocket()) return 'is a socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'is a device';
  if (stats.isFile() && stats.nlink > 1) return 'is a hard link';
  return stats.isFile() || stats.isDirectory() ? undefined : 'is neither a file nor a directory';
}

function nameOf(bytes: Buffer, folder: string): string {
  const name = bytes.toString('utf8');
  if (Buffer.compare(Buffer.from(name), bytes) !== 0) throw new Failure(`a file name in ${folder || 'the output'} is not valid UTF-8 (${JSON.stringify(name)}); rename it`);
  return name;
}

function look<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const mend = (error as NodeJS.ErrnoException).code === 'EACCES' ? '; let the container make it readable for everyone' : '';
    throw new Failure(`output file ${JSON.stringify(path)} cannot be read: ${messageOf(error)}${mend}`);
  }
}

function* walk(root: string, folder = ''): Generator<Found> {
  const names = look(folder || '.', () => readdirSync(join(root, folder), { encoding: 'buffer' })).map(bytes => nameOf(bytes, folder)).sort();
  for (const name of names) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const problem = pathProblem(path) ?? undefined;
    if (problem) throw new Failure(`output file ${JSON.stringify(path)} ${problem}; rename it`);
    const stats = look(path, () => lstatSync(join(root, path)));
    const kind = kindProblem(stats);
    if (kind) throw new Failure(`output file ${JSON.stringify(path)} ${kind}; only plain files and directories are delivered`);
    if (stats.isDirectory()) yield* walk(root, path);
    else yield { path, size: stats.size };
  }
}

function readPlain(root: string, path: string): Buffer {
  return look(path, () => {
    // O_NOFOLLOW: what was a plain file a moment ago must still be one.
    const file = openSync(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Every plain file under a folder, sorted by path; empty directories vanish. Throws {@link Failure} naming the file for
 * links, devices, unsafe names, and for more than the limits.
 */
export function readOutput(root: string, limits: OutputLimits = OUTPUT_LIMITS): OutputFile[] {
  const found: Found[] = [];
  let bytes = 0;
  for (const file of walk(root)) {
    found.push(file);
    bytes += file.size;
    if (found.length > limits.files) throw new Failure(`the output holds more than ${limits.files} files; write fewer, or one archive fetched from elsewhere`);
  }
  if (bytes > limits.bytes) throw new Failure(`the output holds ${bytes} bytes, and at most ${limits.bytes} are delivered; the largest files are ${largest(found)}`);
  const clash = pathSetProblem(found.map(({ path }) => path));
  if (clash) throw new Failure(`the output cannot be delivered: ${clash}; rename one of them`);
  return found.map(({ path }) => ({ path, content: readPlain(root, path) }));
}

/** Whether a directory of the output exists, even an empty one. */
export function hasDirectory(root: string, directory: string): boolean {
  return lstatSync(join(root, directory), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A small file of the pipeline's own protocol; undefined where there is none. Throws {@link Failure} for a link and for a huge one. */
export function readMetadata(root: string, name: string, limit = 4 * 1024 * 1024): string | undefined {
  const stats = lstatSync(join(root, name), { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (!stats.isFile()) throw new Failure(`${name} ${kindProblem(stats) ?? 'is a directory'}; write a plain file`);
  if (stats.size > limit) throw new Failure(`${name} holds ${stats.size} bytes, and at most ${limit} are read`);
  return readPlain(root, name).toString('utf8');
}
