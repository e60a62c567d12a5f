import { readdirSync, readFileSync } from 'node:fs';
import { sweepGroups } from './cgroup';

/** How the kernel writes a path in its list of mounts. */
function asListed(folder: string): string {
  return folder.replace(/[\s\\]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** Ends every process of this machine that lives on mounts of a container in `dir`: what a killed process may have left. */
export function sweepSandboxes(dir: string): void {
  sweepGroups();
  const [own, folder] = [readFileSync('/proc/self/mountinfo', 'utf8'), `=${asListed(dir)}/`];
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
      if (mounts !== own && mounts.includes(folder)) {
        process.kill(Number(pid), 'SIGKILL');
      }
    } catch {
      // It is gone, or somebody else's.
    }
  }
}
