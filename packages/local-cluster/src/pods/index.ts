import path from 'node:path';
import type { LocalApi } from '../api';
import { adviceFor, chooseExecutor, type Executor } from '../executor';
import { openImages, type Images } from '../images';
import { eventRecorder } from './events';
import type { JobBackOff } from './job-plan';
import { JobController } from './jobs';
import { Kubelet } from './kubelet';
import { registerNode } from './node';
import { refusePods } from './refuse';
import { NODE_NAME } from './types';

export type { JobBackOff } from './job-plan';

const NODE_VERSION = 'v1.34.0';
const BACK_OFF = { first: 10_000, most: 300_000 };

export interface PodsOptions {
  /** The folder of the pods' files; `pods` below it is this module's own. */
  dir: string;
  /** The store of images; by default `images` below `dir`. */
  images?: Images;
  issueToken: LocalApi['issueToken'];
  registerPodLogs: LocalApi['registerPodLogs'];
  /** Where pods reach the API server. */
  address: { host: string; port: number };
  /** The API server's certificate authority, PEM. Pods find it in the ConfigMap kube-root-ca.crt. */
  ca?: string;
  log: (message: string) => void;
  /** The name of the one executor that may be used, or one of the caller's own; by default the first that works. */
  executor?: string | Executor;
  /** Lets pods mount folders of this machine. */
  allowHostPath?: boolean;
  /** Between the pods of a Job; Kubernetes' own times by default. */
  jobBackOff?: JobBackOff;
  /** Between restarts of a container and looks for an image (milliseconds). */
  restartBackOff?: { first: number; most: number };
}

export interface Pods {
  /** What runs the containers; `none` when nothing works here, which each pod's condition explains. */
  executor: string;
  stop(): Promise<void>;
}

/** Runs the cluster's Jobs and pods on this machine, until stopped. */
export async function startPods(api: LocalApi, options: PodsOptions): Promise<Pods> {
  const { log, address, issueToken } = options;
  const choice = typeof options.executor === 'object' ? { executor: options.executor, refused: [] } : await chooseExecutor(path.resolve(options.dir), options.executor);
  const images = options.images ?? openImages(path.join(options.dir, 'images'));
  const jobs = new JobController({
    api,
    record: eventRecorder(api, 'job-controller', log),
    log,
    backOff: options.jobBackOff,
    ...(choice.executor ? { nodeName: NODE_NAME } : {}),
  });
  if (!choice.executor) {
    const problem = adviceFor(choice);
    log(problem);
    registerNode(api, { executor: 'none', problem, address: address.host, version: NODE_VERSION });
    const stopRefusing = refusePods(api, problem, eventRecorder(api, 'default-scheduler', log));
    jobs.start();
    return {
      executor: 'none',
      async stop() {
        jobs.stop();
        stopRefusing();
      },
    };
  }
  const { executor } = choice;
  await executor.sweep();
  await images.prune();
  registerNode(api, { executor: executor.name, address: address.host, version: NODE_VERSION });
  const kubelet = new Kubelet({
    api,
    images,
    executor,
    dir: path.join(options.dir, 'pods'),
    address,
    issueToken,
    record: eventRecorder(api, 'kubelet', log),
    recordScheduling: eventRecorder(api, 'default-scheduler', log),
    log,
    allowHostPath: options.allowHostPath ?? false,
    backOff: options.restartBackOff ?? BACK_OFF,
  });
  options.registerPodLogs((pod, query, signal) => kubelet.logs(pod, query, signal));
  kubelet.start();
  jobs.start();
  return {
    executor: executor.name,
    async stop() {
      jobs.stop();
      await kubelet.stop();
    },
  };
}
