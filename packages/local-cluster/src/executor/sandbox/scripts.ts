import { DEFAULT_PATH } from '../rootfs';
import type { ContainerSpec } from '../types';
import { STARTED } from './process';

/** Where the host's root is parked while the new one takes its place: a folder that every container has, and that is empty. */
const OLD_ROOT = 'dev/mqueue';

/** What the container's root may do to its own files and processes; nothing of the machine's. As Docker's default, less devices and raw sockets. */
export const CAPABILITIES = ['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service', 'sys_chroot', 'setfcap'];

export function quote(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

/** Gives a program the container's own output, which waits at descriptors 3 and 4. */
const OWN_OUTPUT = '1>&3 2>&4 3>&- 4>&-';

/** Lays the container's files together. */
function prepare(files: { scratchTable: string; rootTable: string; scratch: string }): string {
  return [
    `mount -a -T ${quote(files.scratchTable)} || exit 125`,
    `mkdir -p ${quote(`${files.scratch}/upper`)} ${quote(`${files.scratch}/work`)} || exit 125`,
    `mount -a -T ${quote(files.rootTable)} || exit 125`,
  ].join('\n');
}

function enterGroups(procs: string[]): string {
  return procs.map(file => `echo 0 > ${quote(file)}`).join('\n');
}

export interface SetupFiles {
  scratchTable: string;
  rootTable: string;
  scratch: string;
  root: string;
  /** Read by {@link setupForBwrap} as arguments, by {@link setupForUnshare} as a script. */
  program: string;
  procs: string[];
}

export interface UnshareSetup {
  hostname: string;
  /** See {@link movedUmount}. */
  umount: string[];
  /** The program that takes the rights away, with its arguments. */
  dropRights: string[];
  /** Whether this process is root, or only seems to be inside a user namespace. */
  isRoot: boolean;
}

/**
 * The set-up for `unshare`. The shell that becomes the program gives up its rights first, and waits; then the root is
 * exchanged under it (pivot_root does this for all processes of the namespace), and the old one is taken away. So no
 * program of the image is needed for the set-up, and none of the host's is left within reach.
 */
export function setupForUnshare(files: SetupFiles, { hostname, umount, dropRights, isRoot }: UnshareSetup): string {
  return `${prepare(files)}
${isRoot ? `echo ${quote(hostname)} > /proc/sys/kernel/hostname` : `hostname ${quote(hostname)}`}
mkfifo ${quote(`${files.scratch}/ready`)} && exec 6<>${quote(`${files.scratch}/ready`)} || exit 125
cd ${quote(files.root)} || exit 125
{
  read -r ready <&6
  pivot_root . ${OLD_ROOT} && ${umount.map(quote).join(' ')} && { echo ${STARTED} >&2; echo go; }
} 3>&- 4>&- | {
${enterGroups(files.procs)}
exec ${dropRights.map(quote).join(' ')} /bin/sh /dev/fd/5 5<${quote(files.program)} ${OWN_OUTPUT}
} &
wait $!
`;
}

/** How the host's umount is called after its root was moved: by the host's own loader, when it needs one. */
export function movedUmount(umount: string, loader?: { path: string; libraries: string[] }): string[] {
  const moved = (file: string) => `/${OLD_ROOT}${file}`;
  const call = [moved(umount), '-n', '-l', `/${OLD_ROOT}`];
  return loader ? [moved(loader.path), '--library-path', loader.libraries.map(moved).join(':'), ...call] : call;
}

/** The set-up for `bwrap`, which does the rest itself. */
export function setupForBwrap(files: SetupFiles, command: string[]): string {
  return `${prepare(files)}
${enterGroups(files.procs)}
echo ${STARTED} >&2
exec bwrap --args 5 -- ${command.map(quote).join(' ')} 5<${quote(files.program)} ${OWN_OUTPUT}
`;
}

/** What the waiting shell of {@link setupForUnshare} runs: the environment is set here, where no list of processes shows it. */
export function programScript(spec: ContainerSpec): string {
  const names = Object.keys(spec.env);
  const isPlain = (name: string) => /^[A-Za-z_]\w*$/.test(name);
  const odd = names.filter(name => !isPlain(name)).map(name => quote(`${name}=${spec.env[name]}`));
  return [
    'echo ready >&6',
    'read -r go',
    '[ "$go" = go ] || exit 125',
    'exec 5<&- 6>&- </dev/null',
    `cd -- ${quote(spec.workingDir)} || exit 126`,
    'unset OLDPWD PWD PATH LC_ALL',
    ...Object.entries({ PATH: DEFAULT_PATH, ...spec.env }).filter(([name]) => isPlain(name)).map(([name, value]) => `export ${name}=${quote(value)}`),
    `exec ${odd.length > 0 ? `env ${odd.join(' ')} ` : ''}${spec.command.map(quote).join(' ')}`,
    '',
  ].join('\n');
}
