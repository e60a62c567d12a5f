import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const BASE = '/sys/fs/cgroup';
const PARENT = 'kratix-ts';
const REMOVE_TRIES = 20;
const REMOVE_AGAIN_MS = 50;
const PERIOD_MICROSECONDS = 100_000;
/** A younger group may be one that another cluster is about to fill (milliseconds). */
const STALE_MS = 60_000;

/** The limits of one container, kept by the kernel. */
export interface ControlGroup {
  /** A process that writes `0` to these files is under the limits from then on. */
  procs: string[];
  /** Whether the kernel ended a process for want of memory. */
  wasOutOfMemory(): boolean;
  remove(): void;
}

export interface Limits {
  memoryLimit?: number;
  cpuLimit?: number;
}

function makeGroup(controller: string, id: string, values: Record<string, number | string>): string {
  const folder = path.join(BASE, controller, PARENT, id);
  mkdirSync(folder, { recursive: true });
  for (const [file, value] of Object.entries(values)) {
    writeFileSync(path.join(folder, file), String(value));
  }
  return folder;
}

function firstVersion(id: string, limits: Limits): string[] {
  const folders: string[] = [];
  if (limits.memoryLimit) {
    const folder = makeGroup('memory', id, { 'memory.limit_in_bytes': limits.memoryLimit });
    folders.push(folder);
    if (existsSync(path.join(folder, 'memory.memsw.limit_in_bytes'))) {
      writeFileSync(path.join(folder, 'memory.memsw.limit_in_bytes'), String(limits.memoryLimit));
    }
  }
  if (limits.cpuLimit) {
    folders.push(makeGroup('cpu', id, { 'cpu.cfs_period_us': PERIOD_MICROSECONDS, 'cpu.cfs_quota_us': Math.max(1000, Math.round(limits.cpuLimit * PERIOD_MICROSECONDS)) }));
  }
  return folders;
}

function secondVersion(id: string, limits: Limits): string[] {
  const parent = path.join(BASE, PARENT);
  mkdirSync(parent, { recursive: true });
  for (const folder of [BASE, parent]) {
    writeFileSync(path.join(folder, 'cgroup.subtree_control'), '+memory +cpu');
  }
  return [
    makeGroup('', id, {
      ...(limits.memoryLimit ? { 'memory.max': limits.memoryLimit } : {}),
      ...(limits.cpuLimit ? { 'cpu.max': `${Math.max(1000, Math.round(limits.cpuLimit * PERIOD_MICROSECONDS))} ${PERIOD_MICROSECONDS}` } : {}),
    }),
  ];
}

function readCount(folder: string, file: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path.join(folder, file), 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** A group is busy until its last process is gone, which may be a moment after the program's end was heard of. */
function removeGroup(folder: string, triesLeft = REMOVE_TRIES): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY' && triesLeft > 0) {
      setTimeout(() => removeGroup(folder, triesLeft - 1), REMOVE_AGAIN_MS).unref();
    }
  }
}

/** Puts limits in place where this machine lets us: as root, with cgroups of either version. Undefined where not, or without limits. */
export function limitGroup(id: string, limits: Limits): ControlGroup | undefined {
  if ((!limits.memoryLimit && !limits.cpuLimit) || process.getuid?.() !== 0) {
    return undefined;
  }
  try {
    const folders = existsSync(path.join(BASE, 'cgroup.controllers')) ? secondVersion(id, limits) : firstVersion(id, limits);
    return {
      procs: folders.map(folder => path.join(folder, 'cgroup.procs')),
      wasOutOfMemory: () => folders.some(folder => readCount(folder, 'memory.oom_control') > 0 || readCount(folder, 'memory.events') > 0),
      remove: () => folders.forEach(folder => removeGroup(folder)),
    };
  } catch {
    return undefined;
  }
}

/** Removes old groups that no process is in any more. */
export function sweepGroups(): void {
  for (const controller of ['', 'memory', 'cpu']) {
    const parent = path.join(BASE, controller, PARENT);
    if (existsSync(parent)) {
      readdirSync(parent, { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(entry => path.join(parent, entry.name))
        .filter(folder => Date.now() - statSync(folder).mtimeMs > STALE_MS)
        .forEach(folder => removeGroup(folder));
    }
  }
}
