import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Makes sure that one process alone writes to a folder. Returns how to give it back; throws when another process has it. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock');
  for (const attempt of [1, 2]) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (attempt === 2 || (owner && owner !== process.pid && isAlive(owner))) {
        throw new Error(`The folder ${folder} is in use by process ${owner}; end that process, or choose another folder`);
      }
      rmSync(file, { force: true });
    }
  }
  throw new Error(`The folder ${folder} cannot be locked`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
