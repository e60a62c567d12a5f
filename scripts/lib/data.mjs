import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './launch.mjs';

const markerOf = folder => join(folder, '.kratix-ts-data');
const runFileOf = folder => join(folder, 'running.json');

/** True when the process is there and, where the system tells, is a launcher: numbers of processes are used again. */
function isLauncher(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('scripts/');
}

/** The demo that runs on this folder now, or undefined. */
export function runningOn(folder) {
  try {
    const run = JSON.parse(readFileSync(runFileOf(folder), 'utf8'));
    return isLauncher(run.pid) ? run : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the folder for this process; `fresh` empties it first. Only a folder that a demo made is ever emptied. */
export function takeData(folder, { fresh, portal }) {
  const running = runningOn(folder);
  if (running) {
    throw new Failure(
      `A demo runs on ${folder} already (process ${running.pid}): ${running.portal}. Stop it with Ctrl-C first.`,
    );
  }
  try {
    if (existsSync(folder) && !existsSync(markerOf(folder)) && readdirSync(folder).length > 0) {
      throw new Failure(`${folder} is not a folder of the demo; name an empty one with --data.`);
    }
    if (fresh) rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'logs'), { recursive: true });
    mkdirSync(join(folder, 'portal'), { recursive: true });
    writeFileSync(markerOf(folder), 'Data of the kratix-ts demo; `npm start -- --fresh` deletes it.\n');
    writeFileSync(runFileOf(folder), JSON.stringify({ pid: process.pid, portal }));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The data folder ${folder} cannot be used: ${error.message}.`);
  }
}

export const leaveData = folder => rmSync(runFileOf(folder), { force: true });

/** Refuses early what would fail in the middle with a full disk. */
export function requireSpace(folder, gigabytes) {
  if (!statfsSync) return;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < gigabytes * 1e9) {
    const free = ((bavail * bsize) / 1e9).toFixed(1);
    throw new Failure(`The disk of ${folder} is full: ${free} GB are free and ${gigabytes} GB are needed.`);
  }
}
