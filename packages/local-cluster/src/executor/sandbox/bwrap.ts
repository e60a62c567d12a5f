import type { ContainerSpec, Executor, OutputHandler, RunningContainer } from '../types';
import { checkProgram, DEFAULT_PATH } from '../rootfs';
import { hiddenProc, makeBundle, protectedProc } from './bundle';
import { limitGroup } from './cgroup';
import { writeSetup } from './files';
import { launch, type Launch } from './process';
import { CAPABILITIES, setupForBwrap } from './scripts';
import { sweepSandboxes } from './sweep';
import { sharedBase } from './base';
import { tryOut } from './trial';
import { ownMounts, SETUP_ENV } from './unshare';

function protectProc(): string[] {
  return [...protectedProc().flatMap(file => ['--ro-bind', file, file]), ...hiddenProc().flatMap(file => ['--ro-bind', '/dev/null', file])];
}

/** The arguments of bwrap for a root that stands mounted at `root`. */
export function bwrapArguments(spec: ContainerSpec, root: string, isRoot: boolean): string[] {
  const { uid, gid } = spec.user;
  const asUser = uid === 0 && gid === 0 ? [] : ['--unshare-user', '--uid', String(uid), '--gid', String(gid)];
  const rights = asUser.length === 0 ? CAPABILITIES.flatMap(name => ['--cap-add', `CAP_${name.toUpperCase()}`]) : [];
  return [
    '--die-with-parent',
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts'],
    ...asUser,
    ...['--hostname', spec.hostname],
    // Only the devices that the bundle holds come along.
    ...['--dev-bind', root, '/'],
    ...['--proc', '/proc'],
    ...(isRoot ? protectProc() : []),
    ...['--cap-drop', 'ALL', ...rights],
    ...['--chdir', spec.workingDir],
    '--clearenv',
    ...Object.entries({ PATH: DEFAULT_PATH, ...spec.env }).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** Writes the container's set-up into its folder, and says what to start. */
export function prepareBwrap(spec: ContainerSpec, base: string): Launch {
  const isRoot = process.getuid?.() === 0;
  const group = limitGroup(spec.id, spec);
  const bundle = makeBundle(spec, base);
  const setup = writeSetup(bundle, {
    program: bwrapArguments(spec, bundle.root, isRoot).map(argument => `${argument}\0`).join(''),
    script: files => setupForBwrap({ ...files, procs: group?.procs ?? [] }, spec.command),
    table: { readOnlyRoot: spec.readOnlyRoot, proc: false, protectProc: false },
  });
  return { command: [...ownMounts(isRoot), setup], env: SETUP_ENV, group };
}

/** Containers made with bubblewrap, over a root that `mount` put together in a namespace of its own. `dir` is what {@link sweepSandboxes} looks after. */
export function bwrapExecutor(dir: string): Executor {
  const base = sharedBase(dir);
  const executor: Executor = {
    name: 'bwrap',
    trial: () => tryOut(executor, dir),
    async run(spec: ContainerSpec, onOutput: OutputHandler): Promise<RunningContainer> {
      checkProgram(spec);
      return launch(prepareBwrap(spec, base()), onOutput);
    },
    async sweep() {
      sweepSandboxes(dir);
    },
  };
  return executor;
}
