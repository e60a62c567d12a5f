import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { StatusError, type PodLogQuery } from '../api';
import type { KubeletContext } from './context';
import { logFile, streamLog } from './logs';
import { CONFIG_MAPS, PODS, SECRETS, type Pod } from './types';
import { PodWorker } from './worker';

/** Runs the pods of the cluster, each by a worker of its own. */
export class Kubelet {
  private readonly workers = new Map<string, PodWorker>();
  private readonly stops: (() => void)[] = [];

  constructor(private readonly context: KubeletContext) {}

  start(): void {
    const { api, images } = this.context;
    mkdirSync(this.context.dir, { recursive: true, mode: 0o700 });
    this.removeForgotten();
    this.stops.push(
      api.watch<Pod>(PODS, ({ type, object }) => (type === 'DELETED' ? this.onGone(object) : this.onPod(object))),
      api.watch<Pod>(SECRETS, () => this.nudgeAll()),
      api.watch<Pod>(CONFIG_MAPS, () => this.nudgeAll()),
      images.onChange(() => this.nudgeAll()),
    );
  }

  /** Ends all containers. Their pods are taken up again, or fail, when the cluster starts the next time. */
  async stop(): Promise<void> {
    this.stops.forEach(stop => stop());
    await Promise.all([...this.workers.values()].map(worker => worker.kill()));
  }

  /** Folders of pods that are no more. */
  private removeForgotten(): void {
    const known = new Set(this.context.api.list<Pod>(PODS).map(pod => pod.metadata.uid));
    readdirSync(this.context.dir)
      .filter(uid => !known.has(uid))
      .forEach(uid => rmSync(path.join(this.context.dir, uid), { recursive: true, force: true }));
  }

  private nudgeAll(): void {
    this.workers.forEach(worker => worker.nudge());
  }

  private onPod(pod: Pod): void {
    const { uid } = pod.metadata;
    const known = this.workers.get(uid);
    const worker = known ?? new PodWorker(this.context, pod);
    this.workers.set(uid, worker);
    worker.update(pod);
    if (pod.metadata.deletionTimestamp) {
      void worker.done.then(() => this.release(pod));
    }
  }

  /** Tells the API that nothing of a deleted pod runs any more. */
  private release({ metadata: { namespace, name, uid } }: Pod): void {
    try {
      this.context.api.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!(error instanceof StatusError)) {
        this.context.log(`pod ${namespace}/${name} was not removed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private onGone({ metadata: { uid } }: Pod): void {
    const worker = this.workers.get(uid);
    this.workers.delete(uid);
    void worker?.kill().then(() => worker.folder.remove());
  }

  /** Answers a request for a container's log. Throws {@link StatusError}, as a kubelet and its API server would. */
  logs(pod: { namespace: string; name: string; uid: string }, query: PodLogQuery, signal: AbortSignal): AsyncIterable<Buffer> {
    const worker = this.workers.get(pod.uid);
    if (!worker) {
      throw new StatusError(404, 'NotFound', `pods "${pod.name}" not found`);
    }
    const record = pickContainer(worker, pod.name, query.container);
    const isWaiting = !record.state.running && !record.state.terminated && !record.lastState.terminated;
    if (query.previous && !record.lastState.terminated) {
      throw new StatusError(400, 'BadRequest', `previous terminated container "${record.name}" in pod "${pod.name}" not found`);
    }
    if (isWaiting) {
      throw new StatusError(400, 'BadRequest', `container "${record.name}" in pod "${pod.name}" is waiting to start: ${record.state.waiting?.reason ?? 'ContainerCreating'}`);
    }
    // Between two runs the last one is both the present and the previous.
    const isBetweenRuns = !record.state.running && !record.state.terminated;
    const restart = query.previous && !isBetweenRuns ? record.restartCount - 1 : record.restartCount;
    const file = logFile(worker.folder.dir, record.name, restart);
    const since = query.sinceTime ?? (query.sinceSeconds === undefined ? undefined : new Date(Date.now() - query.sinceSeconds * 1000).toISOString());
    const writer = query.follow && !query.previous ? worker.writerOf(record.name) : undefined;
    return streamLog(file, writer, { timestamps: query.timestamps, tailLines: query.tailLines, limitBytes: query.limitBytes, since }, signal);
  }
}

function pickContainer(worker: PodWorker, pod: string, name: string | undefined): PodWorker['main'][number] {
  const all = [...worker.main, ...worker.init];
  if (name) {
    const found = all.find(record => record.name === name);
    if (!found) {
      throw new StatusError(400, 'BadRequest', `container ${name} is not valid for pod ${pod}`);
    }
    return found;
  }
  if (all.length > 1) {
    const list = (records: PodWorker['main']) => `[${records.map(record => record.name).join(' ')}]`;
    const init = worker.init.length > 0 ? ` or one of the init containers: ${list(worker.init)}` : '';
    throw new StatusError(400, 'BadRequest', `a container name must be specified for pod ${pod}, choose one of: ${list(worker.main)}${init}`);
  }
  return all[0];
}

