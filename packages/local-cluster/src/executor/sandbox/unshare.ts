import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ContainerSpec, Executor, OutputHandler, RunningContainer } from '../types';
import { checkProgram } from '../rootfs';
import { makeBundle } from './bundle';
import { limitGroup } from './cgroup';
import { writeSetup } from './files';
import { launch, type Launch } from './process';
import { CAPABILITIES, movedUmount, programScript, setupForUnshare } from './scripts';
import { sweepSandboxes } from './sweep';
import { sharedBase } from './base';
import { tryOut } from './trial';

const run = promisify(execFile);

/** The environment of the programs that set containers up. */
export const SETUP_ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** What comes before a set-up script, which may mount only for itself. */
export function ownMounts(isRoot: boolean): string[] {
  return ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--mount', '--', '/bin/sh'];
}

/** The same with processes of its own, which die with this process. */
function ownProcesses(isRoot: boolean): string[] {
  const user = isRoot ? [] : ['unshare', '--user', '--map-root-user', '--'];
  return [...user, 'setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--', '/bin/sh'];
}

/** Gives up what the container shall not have. An ordinary user's namespace holds one user, so another one takes a namespace in it. */
export function dropRights(spec: Pick<ContainerSpec, 'user'>, isRoot: boolean): string[] {
  const { uid, gid, groups } = spec.user;
  const limits = ['setpriv', '--no-new-privs', '--inh-caps=-all', `--bounding-set=-all,${CAPABILITIES.map(c => `+${c}`).join(',')}`];
  if (isRoot) {
    return [...limits, '--reuid', String(uid), '--regid', String(gid), ...(groups.length > 0 ? ['--groups', groups.join(',')] : ['--clear-groups']), '--'];
  }
  return uid === 0 && gid === 0 ? [...limits, '--'] : [...limits, '--', 'unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
}

/** How to call umount when the host's root stands elsewhere. Throws when the machine has none. */
async function findUmount(): Promise<string[]> {
  const { stdout: found } = await run('/bin/sh', ['-c', 'command -v umount'], { env: SETUP_ENV });
  const umount = found.trim();
  try {
    const { stdout } = await run('ldd', [umount], { env: SETUP_ENV });
    const files = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(match => match[1]);
    const loader = files.find(file => /\/ld[^/]*\.so/.test(file));
    return movedUmount(umount, loader ? { path: loader, libraries: [...new Set(files.map(file => file.slice(0, file.lastIndexOf('/'))))] } : undefined);
  } catch {
    return movedUmount(umount);
  }
}

let umountCall: Promise<string[]> | undefined;

/** Writes the container's set-up into its folder, and says what to start. */
export async function prepareUnshare(spec: ContainerSpec, base: string): Promise<Launch> {
  const isRoot = process.getuid?.() === 0;
  umountCall ??= findUmount();
  const umount = await umountCall;
  const group = limitGroup(spec.id, spec);
  const setup = writeSetup(makeBundle(spec, base), {
    program: programScript(spec),
    script: files => setupForUnshare({ ...files, procs: group?.procs ?? [] }, { hostname: spec.hostname, umount, dropRights: dropRights(spec, isRoot), isRoot }),
    table: { readOnlyRoot: spec.readOnlyRoot, proc: true, protectProc: isRoot },
  });
  return { command: [...ownProcesses(isRoot), setup], env: SETUP_ENV, group };
}

/** Containers made with util-linux alone: `unshare`, `mount`, `pivot_root`, `setpriv`; as root, or in a user namespace. `dir` is what {@link sweepSandboxes} looks after. */
export function unshareExecutor(dir: string): Executor {
  const base = sharedBase(dir);
  const executor: Executor = {
    name: 'unshare',
    trial: () => tryOut(executor, dir),
    async run(spec: ContainerSpec, onOutput: OutputHandler): Promise<RunningContainer> {
      checkProgram(spec);
      return launch(await prepareUnshare(spec, base()), onOutput);
    },
    async sweep() {
      sweepSandboxes(dir);
    },
  };
  return executor;
}
