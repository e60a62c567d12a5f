import type { LocalApi } from '../api';
import type { Executor } from '../executor';
import type { Images } from '../images';
import type { Recorder } from './events';

export interface BackOff {
  /** Milliseconds; doubled with each failure. */
  first: number;
  /** Milliseconds. */
  most: number;
}

/** What running pods takes, the same for all pods. */
export interface KubeletContext {
  api: LocalApi;
  images: Images;
  executor: Executor;
  /** The folder that holds a folder for each pod, named by its uid. */
  dir: string;
  address: { host: string; port: number };
  issueToken: LocalApi['issueToken'];
  record: Recorder;
  /** The same, in the name of the scheduler. */
  recordScheduling: Recorder;
  log: (message: string) => void;
  allowHostPath: boolean;
  /** Between restarts of a container, and between looks for an image. */
  backOff: BackOff;
}

/** The wait before the n-th repetition, counted from one. */
export function delayOf({ first, most }: BackOff, n: number): number {
  return Math.min(most, first * 2 ** Math.max(0, n - 1));
}

/** The time as Kubernetes writes it: UTC, whole seconds. */
export function timestamp(time = new Date()): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
