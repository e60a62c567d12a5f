import type { Image } from '../images';

/** A folder or file of this machine that the container sees at `target`, an absolute path. */
export interface Mount {
  source: string;
  target: string;
  readOnly: boolean;
}

export interface ContainerUser {
  uid: number;
  gid: number;
  /** Supplementary groups. */
  groups: number[];
}

/** One container, with nothing left to look up. */
export interface ContainerSpec {
  /** Unique on this machine. */
  id: string;
  image: Image;
  /** A folder of the container's own, which exists and is empty. */
  dir: string;
  /** The program and its arguments; at least one. */
  command: string[];
  /** All of the environment. */
  env: Record<string, string>;
  workingDir: string;
  user: ContainerUser;
  hostname: string;
  mounts: Mount[];
  readOnlyRoot: boolean;
  /** Bytes. */
  memoryLimit?: number;
  /** In cores, for example 0.5. */
  cpuLimit?: number;
}

export interface ExitState {
  /** 128 + n when signal n ended it. */
  exitCode: number;
  oomKilled: boolean;
}

export type OutputHandler = (stream: 'stdout' | 'stderr', chunk: Buffer) => void;

export interface RunningContainer {
  /** Settles when every process of the container is gone and all its output was handed over. */
  readonly exited: Promise<ExitState>;
  /** Asks the program to end (SIGTERM), and ends the whole tree after `graceMs`. May be called again with a shorter time. */
  stop(graceMs: number): void;
}

/** The program could not be started; the message is for people, in the words of a container runtime where it has some. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

/** Runs containers on this machine. */
export interface Executor {
  readonly name: string;
  /** Tries the whole way once; says why it does not work here, or undefined when it does. */
  trial(): Promise<string | undefined>;
  /** An image that is not in the store but that this executor has or can fetch. Throws an Error in the words of its tool. */
  findImage?(name: string, pull: 'Always' | 'IfNotPresent' | 'Never'): Promise<Image | undefined>;
  /** Starts the program. Throws {@link StartError}. */
  run(spec: ContainerSpec, onOutput: OutputHandler): Promise<RunningContainer>;
  /** Ends what an earlier process of this cluster left running. */
  sweep(): Promise<void>;
}
