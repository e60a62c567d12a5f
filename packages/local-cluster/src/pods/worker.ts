import path from 'node:path';
import { StartError, type RunningContainer } from '../executor';
import type { Image } from '../images';
import { ConfigError, containerId, removeContainerFolder, specOf, terminatedAtStart, terminatedBy, terminationMessage } from './container';
import { delayOf, timestamp, type KubeletContext } from './context';
import { MountError, PodFolder } from './folder';
import { logFile, LogWriter } from './logs';
import { findImage, isImage } from './pull';
import { Aborted, Bell } from './signals';
import { MissingSource, sourcesOf, type Sources } from './sources';
import { isFinal, newRecord, podStatus, type ContainerRecord } from './status';
import { NODE_NAME, PODS, type Container, type ContainerStatus, type Pod, type Terminated } from './types';
import { UnsupportedVolume } from './volumes';

const DEFAULT_GRACE_SECONDS = 30;
const LOST: Omit<Terminated, 'startedAt' | 'finishedAt'> = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located: the local cluster was stopped while it ran',
};

/** Takes over what an earlier process of the cluster knew. Its containers ended with it. */
function recordOf(container: Container, waitsForInit: boolean, known: ContainerStatus | undefined): ContainerRecord {
  const record = newRecord(container, waitsForInit);
  if (!known) {
    return record;
  }
  const { image, imageID, containerID, restartCount, lastState, state } = known;
  const lost = state.running && { terminated: { ...LOST, startedAt: state.running.startedAt, finishedAt: timestamp(), containerID } };
  return { ...record, image, imageID, containerID, restartCount, lastState: lastState ?? {}, state: lost ?? (state.terminated ? state : record.state) };
}

/** Runs one pod from the moment that it is seen until it is gone. */
export class PodWorker {
  readonly init: ContainerRecord[];
  readonly main: ContainerRecord[];
  readonly folder: PodFolder;
  /** Settles when nothing of the pod runs any more. */
  readonly done: Promise<void>;
  private readonly bell = new Bell();
  private readonly running = new Map<string, RunningContainer>();
  private readonly logs = new Map<string, LogWriter>();
  private readonly startTime: string;
  private readonly sources: Sources;
  private ended?: { reason?: string; message?: string };
  private deadline?: NodeJS.Timeout;
  private isMuted = false;
  private hasVolumes = false;

  constructor(private readonly context: KubeletContext, private pod: Pod) {
    const { initContainers = [], containers } = pod.spec;
    const known = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const toRecord = (container: Container) => recordOf(container, initContainers.length > 0, known.find(s => s.name === container.name));
    this.init = initContainers.map(toRecord);
    this.main = containers.map(toRecord);
    this.startTime = pod.status?.startTime ?? timestamp();
    this.folder = new PodFolder(path.join(context.dir, pod.metadata.uid));
    this.sources = sourcesOf(context.api, pod, context.issueToken);
    this.done = this.run().catch(error => this.complain(error));
  }

  /** A Secret, ConfigMap or image that the pod may wait for has come or changed. */
  nudge(): void {
    this.bell.ring();
  }

  /** The pod as it stands in the API now. */
  update(pod: Pod): void {
    this.pod = pod;
    if (pod.metadata.deletionTimestamp) {
      this.end({}, (pod.metadata.deletionGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000);
    }
  }

  /** Ends everything at once and reports nothing: the pod was removed, or the cluster stops. */
  async kill(): Promise<void> {
    this.isMuted = true;
    this.end({}, 0);
    await this.done;
  }

  /** The log of the container's present run, while it is being written. */
  writerOf(container: string): LogWriter | undefined {
    return this.logs.get(container);
  }

  private end(ended: { reason?: string; message?: string }, graceMs: number): void {
    this.ended ??= ended;
    this.running.forEach((container, name) => {
      if (!this.bell.closed) {
        this.event('Normal', 'Killing', `Stopping container ${name}`, [...this.init, ...this.main].find(record => record.name === name));
      }
      container.stop(graceMs);
    });
    this.bell.close();
  }

  private async run(): Promise<void> {
    // What follows must not happen inside the constructor of the one who keeps us.
    await Promise.resolve();
    try {
      if (!this.isOver()) {
        this.begin();
        await this.prepareVolumes();
        await this.runContainers();
      }
    } catch (error) {
      if (!(error instanceof Aborted)) {
        this.complain(error);
        this.ended ??= { reason: 'KubeletError', message: error instanceof Error ? error.message : String(error) };
      }
    } finally {
      clearTimeout(this.deadline);
      this.logs.forEach(log => log.close());
      if (!this.isOver()) {
        this.publish();
      }
    }
  }

  private complain(error: unknown): void {
    this.context.log(`pod ${this.pod.metadata.namespace}/${this.pod.metadata.name}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  private isOver(): boolean {
    return this.pod.status?.phase === 'Succeeded' || this.pod.status?.phase === 'Failed';
  }

  private begin(): void {
    const { api } = this.context;
    const { namespace, name } = this.pod.metadata;
    if (!this.pod.spec.nodeName) {
      api.update<Pod>(PODS, { namespace, name }, draft => {
        draft.spec.nodeName = NODE_NAME;
      });
    }
    if (!this.pod.status?.startTime) {
      const message = `Successfully assigned ${namespace}/${name} to ${NODE_NAME}`;
      this.context.recordScheduling({ apiVersion: 'v1', kind: 'Pod', metadata: this.pod.metadata }, { type: 'Normal', reason: 'Scheduled', message });
    }
    this.publish();
    const seconds = this.pod.spec.activeDeadlineSeconds;
    if (seconds !== undefined) {
      const left = Date.parse(this.startTime) + seconds * 1000 - Date.now();
      const ended = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
      this.deadline = setTimeout(() => this.end(ended, this.grace()), Math.max(0, left));
    }
  }

  private grace(): number {
    return (this.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
  }

  private async prepareVolumes(): Promise<void> {
    const first = this.init[0] ?? this.main[0];
    const waiting = this.init.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    for (;;) {
      const since = this.bell.rings;
      try {
        this.folder.prepare(this.pod, this.sources, { allowHostPath: this.context.allowHostPath });
        this.hasVolumes = true;
        return;
      } catch (error) {
        if (!(error instanceof MountError)) {
          throw error;
        }
        this.waits(first, error.isLasting ? 'CreateContainerConfigError' : waiting, error.message);
        this.event('Warning', 'FailedMount', error.message);
        await this.bell.next(since);
      }
    }
  }

  private async runContainers(): Promise<void> {
    for (const [i, container] of (this.pod.spec.initContainers ?? []).entries()) {
      const isDone = await this.runUntilFinal(container, this.init[i], true);
      if (!isDone) {
        return;
      }
    }
    const ends = await Promise.allSettled(this.pod.spec.containers.map((container, i) => this.runUntilFinal(container, this.main[i], false)));
    const failed = ends.find(end => end.status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
  }

  /** Runs and restarts a container as the pod's policy says. Answers whether it ended well. */
  private async runUntilFinal(container: Container, record: ContainerRecord, isInit: boolean): Promise<boolean> {
    const policy = this.pod.spec.restartPolicy ?? 'Always';
    for (let restarts = 0; ; restarts += 1) {
      const before = record.state.terminated;
      if (isFinal(before, policy, isInit)) {
        return before?.exitCode === 0;
      }
      if (before) {
        await this.backOff(record, before, restarts);
      }
      await this.runOnce(container, record, isInit);
      if (this.bell.closed) {
        throw new Aborted();
      }
    }
  }

  private async backOff(record: ContainerRecord, before: Terminated, restarts: number): Promise<void> {
    record.lastState = { terminated: before };
    if (restarts > 1) {
      await this.crashLoop(record, restarts - 1);
    }
    record.restartCount += 1;
  }

  private async crashLoop(record: ContainerRecord, n: number): Promise<void> {
    const ms = delayOf(this.context.backOff, n);
    const { name, namespace, uid } = this.pod.metadata;
    this.waits(record, 'CrashLoopBackOff', `back-off ${Math.round(ms / 1000)}s restarting failed container=${record.name} pod=${name}_${namespace}(${uid})`);
    this.event('Warning', 'BackOff', `Back-off restarting failed container ${record.name} in pod ${name}_${namespace}(${uid})`, record);
    await this.bell.sleep(ms);
  }

  private async runOnce(container: Container, record: ContainerRecord, isInit: boolean): Promise<void> {
    const image = await this.waitForImage(container, record);
    record.imageID = `${image.name}@${image.id}`;
    const spec = await this.waitForSpec(container, record, image);
    const id = containerId(this.context.executor.name, spec);
    const log = this.openLog(record);
    record.containerID = id;
    record.image = image.name;
    this.event('Normal', 'Created', `Created container: ${container.name}`, record);
    try {
      const startedAt = timestamp();
      const running = await this.context.executor.run(spec, (stream, chunk) => log.write(stream, chunk));
      this.running.set(container.name, running);
      this.event('Normal', 'Started', `Started container ${container.name}`, record);
      if (this.bell.closed) {
        running.stop(this.isMuted ? 0 : this.grace());
      }
      record.state = { running: { startedAt } };
      this.publish();
      const exit = await running.exited;
      log.close();
      const message = terminationMessage(container, exit.exitCode, { message: spec.messageFile, log: log.path });
      record.state = { terminated: terminatedBy(exit, message, startedAt, id) };
    } catch (error) {
      if (!(error instanceof StartError)) {
        throw error;
      }
      this.event('Warning', 'Failed', `Error: ${error.message}`, record);
      record.state = { terminated: terminatedAtStart(error, id) };
    } finally {
      this.running.delete(container.name);
      log.close();
      removeContainerFolder(spec);
    }
    // The next container's start reports this one's end, a moment later and in the same write.
    if (!isInit || record.state.terminated?.exitCode !== 0) {
      this.publish();
    }
  }

  private openLog(record: ContainerRecord): LogWriter {
    const log = new LogWriter(logFile(this.folder.dir, record.name, record.restartCount));
    this.logs.set(record.name, log);
    return log;
  }

  private async waitForImage(container: Container, record: ContainerRecord): Promise<Image> {
    for (let attempt = 1; ; attempt += 1) {
      const since = this.bell.rings;
      const found = await findImage(this.context, container);
      if (this.bell.closed) {
        throw new Aborted();
      }
      if (isImage(found)) {
        this.event('Normal', 'Pulled', `Container image "${container.image}" already present on machine`, record);
        return found;
      }
      const isPull = found.reason === 'ErrImagePull';
      if (isPull) {
        this.event('Normal', 'Pulling', `Pulling image "${container.image}"`, record);
      }
      this.waits(record, found.reason, found.message);
      this.event('Warning', isPull ? 'Failed' : 'InspectFailed', isPull ? `Failed to pull image "${container.image}": ${found.message}` : found.message, record);
      this.event('Warning', 'Failed', `Error: ${found.reason}`, record);
      if (isPull) {
        this.waits(record, 'ImagePullBackOff', `Back-off pulling image "${container.image}": ErrImagePull: ${found.message}`);
        this.event('Normal', 'BackOff', `Back-off pulling image "${container.image}"`, record);
        this.event('Warning', 'Failed', 'Error: ImagePullBackOff', record);
      }
      await this.bell.next(since, delayOf(this.context.backOff, attempt));
    }
  }

  private async waitForSpec(container: Container, record: ContainerRecord, image: Image): Promise<ReturnType<typeof specOf>> {
    for (;;) {
      const since = this.bell.rings;
      try {
        return specOf({ context: this.context, pod: this.pod, container, image, folder: this.folder, sources: this.sources, restart: record.restartCount });
      } catch (error) {
        if (error instanceof ConfigError) {
          this.waits(record, error.reason, error.message);
        } else if (error instanceof MissingSource || error instanceof UnsupportedVolume || error instanceof StartError) {
          this.waits(record, 'CreateContainerConfigError', error.message);
        } else {
          throw error;
        }
        this.event('Warning', 'Failed', `Error: ${error.message}`, record);
        await this.bell.next(since);
      }
    }
  }

  private waits(record: ContainerRecord, reason: string, message: string): void {
    record.state = { waiting: { reason, message } };
    this.publish();
  }

  private event(type: 'Normal' | 'Warning', reason: string, message: string, record?: ContainerRecord): void {
    if (this.isMuted) {
      return;
    }
    const kind = record && this.init.includes(record) ? 'initContainers' : 'containers';
    this.context.record({ apiVersion: 'v1', kind: 'Pod', metadata: this.pod.metadata, ...(record ? { fieldPath: `spec.${kind}{${record.name}}` } : {}) }, { type, reason, message });
  }

  private publish(): void {
    if (this.isMuted) {
      return;
    }
    const { namespace, name, uid } = this.pod.metadata;
    const facts = { init: this.init, main: this.main, startTime: this.startTime, address: this.context.address.host, hasVolumes: this.hasVolumes, ...(this.ended && this.running.size === 0 ? { ended: this.ended } : {}) };
    const updated = this.context.api.update<Pod>(PODS, { namespace, name }, draft => {
      if (draft.metadata.uid === uid) {
        draft.status = structuredClone(podStatus(draft, facts, timestamp()));
      }
    }, 'status');
    if (updated?.metadata.uid === uid) {
      this.pod = updated;
    }
  }
}
