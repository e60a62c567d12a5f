import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Makes sure that one process alone writes to a folder. Returns how to give it back; throws when another process has it. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock');
  if (!take(file)) {
    const [pid, started] = readFileSync(file, 'utf8').split(' ');
    if (Number(pid) && Number(pid) !== process.pid && isAlive(Number(pid), started)) {
      throw new Error(`The folder ${folder} is in use by process ${pid}; end that process, or choose another folder`);
    }
    rmSync(file, { force: true });
    if (!take(file)) throw new Error(`The folder ${folder} is being taken by another process; choose another folder`);
  }
  return () => rmSync(file, { force: true });
}

function take(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, `${process.pid} ${startOf(process.pid)}`);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** When a process was started, where the system tells; numbers of processes are used again. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

function isAlive(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !started || startOf(pid) === started;
}
