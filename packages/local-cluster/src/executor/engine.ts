import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Image } from '../images';
import { allMounts } from './rootfs';
import { StartError, type ContainerSpec, type Executor, type ExitState, type OutputHandler, type RunningContainer } from './types';

const run = promisify(execFile);

/** Marks the containers of one cluster, so that they are found again after a crash. */
const CLUSTER_LABEL = 'kratix-ts.dev/cluster';
/** An image that the engine itself has; the rest is its name there. */
const ENGINE_IMAGE = 'engine:';
const MAX_OUTPUT = 16 * 1024 * 1024;

function words(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).replace(/^(Error response from daemon|Error): /, '');
}

/** The arguments of `create`. `envFile` holds the variables that fit on a line. */
export function createArguments(spec: ContainerSpec, options: { reference: string; cluster: string; envFile: string }): string[] {
  const [program, ...args] = spec.command;
  const { uid, gid, groups } = spec.user;
  const mounts = allMounts(spec.image, spec.mounts);
  return [
    'create',
    ...['--name', `kratix-ts-${spec.id}`],
    ...['--label', `${CLUSTER_LABEL}=${options.cluster}`],
    ...['--network', 'host', '--init'],
    ...['--workdir', spec.workingDir],
    ...['--user', `${uid}:${gid}`],
    ...groups.flatMap(group => ['--group-add', String(group)]),
    ...['--security-opt', 'no-new-privileges'],
    ...(spec.readOnlyRoot ? ['--read-only'] : []),
    ...(spec.memoryLimit ? ['--memory', String(spec.memoryLimit)] : []),
    ...(spec.cpuLimit ? ['--cpus', String(spec.cpuLimit)] : []),
    ...['--env-file', options.envFile],
    ...Object.entries(spec.env).filter(([, value]) => value.includes('\n')).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...mounts.flatMap(mount => ['--mount', `type=bind,source=${mount.source},target=${mount.target}${mount.readOnly ? ',readonly' : ''}`]),
    ...['--entrypoint', program],
    options.reference,
    ...args,
  ];
}

/** The variables of `--env-file`, one per line. */
export function envFile(env: Record<string, string>): string {
  return Object.entries(env).filter(([, value]) => !value.includes('\n')).map(([name, value]) => `${name}=${value}\n`).join('');
}

interface Inspected {
  Id: string;
  Config?: { Entrypoint?: string[] | null; Cmd?: string[] | null; Env?: string[] | null; WorkingDir?: string; User?: string };
}

function fromEngine(name: string, { Id, Config = {} }: Inspected): Image {
  const config = { entrypoint: Config.Entrypoint ?? [], cmd: Config.Cmd ?? [], env: Config.Env ?? [], workingDir: Config.WorkingDir || '/', user: Config.User ?? '' };
  return { name, id: `${ENGINE_IMAGE}${Id}`, layers: [], binds: [], config, addedAt: '' };
}

/** Containers run by the program of a container engine: docker, podman and nerdctl take the same arguments. */
export function engineExecutor(program: string, dir: string): Executor {
  const cluster = createHash('sha256').update(path.resolve(dir)).digest('hex').slice(0, 16);
  const call = async (args: string[]) => (await run(program, args, { maxBuffer: MAX_OUTPUT })).stdout.trim();
  const inspectImage = async (name: string) => {
    const text = await call(['image', 'inspect', name]).catch(() => '');
    return text ? (JSON.parse(text) as Inspected[])[0] : undefined;
  };

  /** Imports an image of the store under its id, once. */
  async function referenceOf(image: Image): Promise<string> {
    if (image.id.startsWith(ENGINE_IMAGE)) {
      return image.id.slice(ENGINE_IMAGE.length);
    }
    const reference = `kratix-ts.local/${image.id}:latest`;
    if (!(await inspectImage(reference))) {
      const folders = [...image.layers].reverse().flatMap(layer => ['-C', layer, '.']);
      await pipeInto(['tar', '-c', ...folders], [program, 'import', '-', reference]);
    }
    return reference;
  }

  async function exitState(id: string, fallback: number): Promise<ExitState> {
    const text = await call(['inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', id]).catch(() => '');
    const [code, oom] = text.split(' ');
    return { exitCode: text ? Number(code) : fallback, oomKilled: oom === 'true' };
  }

  async function start(id: string, onOutput: OutputHandler): Promise<RunningContainer> {
    const child = spawn(program, ['start', '--attach', id], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
    child.stderr.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
    const exited = new Promise<number>(resolve => {
      child.on('error', () => resolve(128));
      child.on('close', code => resolve(code ?? 137));
    }).then(async code => {
      const state = await exitState(id, code);
      await call(['rm', '--force', id]).catch(() => '');
      return state;
    });
    return {
      exited,
      stop: graceMs => {
        call(['stop', '--time', String(Math.ceil(graceMs / 1000)), id]).catch(() => {});
      },
    };
  }

  return {
    name: program,
    async trial() {
      try {
        await call(['version', '--format', '{{.Server.Version}}']);
        await call(['ps', '--quiet', '--filter', `label=${CLUSTER_LABEL}=${cluster}`]);
        return undefined;
      } catch (error) {
        return words(error);
      }
    },
    async findImage(name, pull) {
      const known = pull === 'Always' ? undefined : await inspectImage(name);
      if (known || pull === 'Never') {
        return known && fromEngine(name, known);
      }
      try {
        await call(['pull', '--quiet', name]);
      } catch (error) {
        throw new Error(words(error));
      }
      const pulled = await inspectImage(name);
      return pulled && fromEngine(name, pulled);
    },
    async run(spec, onOutput) {
      const file = path.join(spec.dir, 'env');
      await writeFile(file, envFile(spec.env), { mode: 0o600 });
      try {
        const reference = await referenceOf(spec.image);
        return await start(await call(createArguments(spec, { reference, cluster, envFile: file })), onOutput);
      } catch (error) {
        throw new StartError(words(error));
      }
    },
    async sweep() {
      const ids = await call(['ps', '--all', '--quiet', '--filter', `label=${CLUSTER_LABEL}=${cluster}`]).catch(() => '');
      if (ids) {
        await call(['rm', '--force', ...ids.split('\n')]).catch(() => '');
      }
    },
  };
}

function pipeInto(from: string[], to: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = spawn(from[0], from.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
    const sink = spawn(to[0], to.slice(1), { stdio: [source.stdout, 'ignore', 'pipe'] });
    let text = '';
    sink.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    source.on('error', reject);
    sink.on('error', reject);
    sink.on('close', code => (code === 0 ? resolve() : reject(new Error(text.trim() || `${to[0]} ended with ${code}`))));
  });
}
