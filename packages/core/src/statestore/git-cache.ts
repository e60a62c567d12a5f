import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const mine = new Set<string>();

/** A name for a local copy that no other store of this or another process has. */
export function claimFolder(cacheDir: string, store: string): string {
  const plain = store.replace(/[^A-Za-z0-9.-]/gu, '_').slice(0, 80);
  const name = `git-${plain}.${process.pid}.${randomBytes(4).toString('hex')}`;
  mine.add(name);
  return join(cacheDir, name);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const isLeftOver = (name: string) => {
  const pid = Number(/^git-.*\.(\d+)\.[0-9a-f]{8}$/u.exec(name)?.[1] ?? NaN);
  if (Number.isNaN(pid) || mine.has(name)) return false;
  return pid === process.pid || !isAlive(pid);
};

/**
 * Removes the copies, and with them any key file, that processes left behind when they were killed. A git that such a
 * process had started may still write into one: what is left of it goes the next time.
 */
export async function removeLeftOvers(cacheDir: string): Promise<void> {
  const names = await readdir(cacheDir).catch(() => []);
  await Promise.all(names.filter(isLeftOver).map(name => rm(join(cacheDir, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)));
}
