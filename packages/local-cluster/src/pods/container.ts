import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { StartError, userOfImage, homeOf, type ContainerSpec, type ContainerUser, type ExitState } from '../executor';
import type { Image } from '../images';
import { timestamp, type KubeletContext } from './context';
import { commandOf, containerEnv, serviceEnv } from './env';
import type { PodFolder } from './folder';
import { parseLine, readLines } from './logs';
import { parseQuantity } from './quantity';
import type { Sources } from './sources';
import type { Container, Pod, Terminated } from './types';

const MAX_MESSAGE_BYTES = 4096;
const MAX_LOG_MESSAGE_BYTES = 2048;
const MAX_LOG_MESSAGE_LINES = 80;
const DEFAULT_MESSAGE_PATH = '/dev/termination-log';
export const START_FAILED_EXIT_CODE = 128;

/** The pod's own words on a container do not add up; the reason is that of a kubelet. */
export class ConfigError extends Error {
  constructor(readonly reason: 'CreateContainerConfigError' | 'CreateContainerError', message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** Who the container runs as: the container's word, then the pod's, then the image's. */
export function userOf(pod: Pod, container: Container, image: Image): ContainerUser {
  const podContext = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const uid = own.runAsUser ?? podContext.runAsUser;
  const ofImage = userOfImage(image, uid === undefined ? image.config.user : String(uid));
  const user = { ...ofImage, gid: own.runAsGroup ?? podContext.runAsGroup ?? ofImage.gid };
  const groups = [...(podContext.supplementalGroups ?? []), ...(podContext.fsGroup === undefined ? [] : [podContext.fsGroup])];
  if ((own.runAsNonRoot ?? podContext.runAsNonRoot) && user.uid === 0) {
    const why = uid === undefined ? 'image will run as root' : "container's runAsUser breaks non-root policy";
    throw new ConfigError('CreateContainerConfigError', `container has runAsNonRoot and ${why} (pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name})`);
  }
  return { ...user, groups: [...new Set(groups)] };
}

/** The name that containers of the pod see as theirs: a host name has 63 characters at most. */
export function hostnameOf(pod: Pod): string {
  return (pod.spec.hostname || pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '');
}

function imageEnv(image: Image): Record<string, string> {
  return Object.fromEntries(image.config.env.map(entry => {
    const at = entry.indexOf('=');
    return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  }));
}

export interface RunInput {
  context: KubeletContext;
  pod: Pod;
  container: Container;
  image: Image;
  folder: PodFolder;
  sources: Sources;
  restart: number;
}

/** Everything that running the container needs. Throws MissingSource, UnsupportedVolume, {@link ConfigError} and {@link StartError}. */
export function specOf(input: RunInput): ContainerSpec & { messageFile: string } {
  const { context, pod, container, image, folder, sources, restart } = input;
  const user = userOf(pod, container, image);
  const hostname = hostnameOf(pod);
  const base = { HOSTNAME: hostname, ...serviceEnv(context.address), ...imageEnv(image) };
  const withoutHome = containerEnv({ pod, container, sources, base });
  const env = { HOME: homeOf(image, user.uid), ...withoutHome };
  const command = commandOf(container, image.config, env);
  if (command.length === 0) {
    throw new ConfigError('CreateContainerError', `failed to generate container "${container.name}" spec: no command specified, and the image ${image.name} names none`);
  }
  const limits = container.resources?.limits ?? {};
  const messageFile = folder.messageFile(container.name, restart);
  return {
    id: `${pod.metadata.uid}-${container.name}-${restart}`,
    image,
    dir: folder.containerFolder(container.name, restart),
    command,
    env,
    workingDir: container.workingDir || image.config.workingDir || '/',
    user,
    hostname,
    mounts: [
      ...folder.mounts(container, env),
      { source: messageFile, target: container.terminationMessagePath || DEFAULT_MESSAGE_PATH, readOnly: false },
    ],
    readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
    ...(limits.memory ? { memoryLimit: Math.floor(parseQuantity(limits.memory)) } : {}),
    ...(limits.cpu ? { cpuLimit: parseQuantity(limits.cpu) } : {}),
    messageFile,
  };
}

/** The id of one run, as a runtime would give it. */
export function containerId(executor: string, spec: Pick<ContainerSpec, 'id'>): string {
  return `${executor}://${createHash('sha256').update(spec.id).digest('hex')}`;
}

function lastBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= limit ? text : bytes.subarray(bytes.length - limit).toString('utf8').replace(/^\uFFFD+/, '');
}

function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= limit ? text : bytes.subarray(0, limit).toString('utf8').replace(/\uFFFD+$/, '');
}

/** What the container left to say: its message file, or with FallbackToLogsOnError the end of the log of one that failed. */
export function terminationMessage(container: Container, exitCode: number, files: { message: string; log: string }): string {
  const own = firstBytes(readFileSync(files.message, 'utf8'), MAX_MESSAGE_BYTES);
  if (own || exitCode === 0 || container.terminationMessagePolicy !== 'FallbackToLogsOnError') {
    return own;
  }
  const lines = readLines(files.log).slice(-MAX_LOG_MESSAGE_LINES).flatMap(line => parseLine(line) ?? []);
  return lastBytes(lines.map(line => line.text + (line.isPart ? '' : '\n')).join(''), MAX_LOG_MESSAGE_BYTES);
}

function reasonOf({ exitCode, oomKilled }: ExitState): string {
  if (oomKilled) {
    return 'OOMKilled';
  }
  return exitCode === 0 ? 'Completed' : 'Error';
}

/** The state of a container that ended by itself. */
export function terminatedBy(exit: ExitState, message: string, startedAt: string, id: string): Terminated {
  return { exitCode: exit.exitCode, reason: reasonOf(exit), ...(message ? { message } : {}), startedAt, finishedAt: timestamp(), containerID: id };
}

/** The state of a container that never began. */
export function terminatedAtStart(error: StartError, id: string): Terminated {
  return { exitCode: START_FAILED_EXIT_CODE, reason: 'StartError', message: firstBytes(error.message, MAX_MESSAGE_BYTES), startedAt: '1970-01-01T00:00:00Z', finishedAt: timestamp(), containerID: id };
}

export function removeContainerFolder(spec: ContainerSpec): void {
  rmSync(spec.dir, { recursive: true, force: true });
}
