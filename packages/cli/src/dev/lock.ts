import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileOf = (data: string) => join(data, 'dev.pid');

/** Takes a data folder for this process; throws when another one that runs has it. Returns how to give it back. */
export async function takeFolder(data: string): Promise<() => Promise<void>> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const owner = Number(await readFile(fileOf(data), 'utf8').catch(() => ''));
  if (owner && owner !== process.pid && isRunning(owner)) {
    throw new Error(`${data} is in use by process ${owner}; end that one, or choose another folder by --data`);
  }
  await writeFile(fileOf(data), `${process.pid}\n`);
  return () => rm(fileOf(data), { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
