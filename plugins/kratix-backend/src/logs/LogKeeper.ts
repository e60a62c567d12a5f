import type { LoggerService } from '@backstage/backend-plugin-api';
import { kratixLabels, type PodSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError } from '@kratix-ts/core/kube';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import type { LogPlace, LogStore } from './LogStore';
import { secretsInSpec, withoutSecrets } from './withoutSecrets';

export interface LogKeeperOptions {
  store: LogStore;
  logger: LoggerService;
  maxBytesPerContainer: number;
}

interface Task {
  watch: ClusterWatch;
  pod: PodSource;
  container: string;
}

/** Logs that are fetched at a time: the API server has others to serve. */
const AT_ONCE = 4;
const HELPER = 'pipeline-adapter';

/** The last bytes of a stream of text, from the beginning of a line on where something had to go. */
export async function endOf(chunks: AsyncIterable<string>, maxBytes: number): Promise<string> {
  const kept: string[] = [];
  let length = 0;
  let isCut = false;
  for await (const chunk of chunks) {
    kept.push(chunk);
    length += chunk.length;
    while (kept.length > 1 && length - kept[0].length >= maxBytes) {
      length -= kept.shift()?.length ?? 0;
      isCut = true;
    }
  }
  const bytes = Buffer.from(kept.join(''));
  if (bytes.length <= maxBytes && !isCut) return bytes.toString('utf8');
  const end = bytes.subarray(Math.max(0, bytes.length - maxBytes));
  return `[… the beginning was not kept]\n${end.subarray(end.indexOf(0x0a) + 1).toString('utf8')}`;
}

/** Containers of the user that have ended. */
function endedOf({ spec, status }: PodSource): string[] {
  const helpers = new Set([...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].filter(({ name, command }) => name === HELPER || command?.[0]?.endsWith('/pipeline-adapter')).map(({ name }) => name));
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .filter(({ name, state }) => state?.terminated && !helpers.has(name))
    .map(({ name }) => name);
}

/** The request that a pod belongs to. */
function ownerOf({ metadata: { labels = {}, namespace = '' } }: PodSource) {
  return { promise: labels[kratixLabels.promise] ?? '', namespace: labels[kratixLabels.resourceNamespace] ?? namespace, name: labels[kratixLabels.resource] ?? '' };
}

function placeOf(pod: PodSource): LogPlace {
  const { labels = {}, creationTimestamp = '' } = pod.metadata;
  const { promise, namespace, name } = ownerOf(pod);
  return { owner: [promise, namespace, name].join('/'), run: labels[kratixLabels.run] ?? '', step: labels[kratixLabels.pipeline] ?? '', podCreatedAt: creationTimestamp };
}

/** Takes the log of every container of a request's pipelines when it has ended, while its pod is still there; secrets of its spec stay out. */
export class LogKeeper {
  private readonly waiting = new Map<string, Task>();
  private readonly seen = new Set<string>();
  private active = 0;
  private isStopped = false;

  constructor(clusters: Clusters, private readonly options: LogKeeperOptions) {
    clusters.onCluster(watch => watch.onPod((pod, isGone) => (isGone ? this.forget(watch, pod) : this.look(watch, pod))));
  }

  stop(): void {
    this.isStopped = true;
    this.waiting.clear();
  }

  private look(watch: ClusterWatch, pod: PodSource): void {
    if (!pod.metadata.labels?.[kratixLabels.resource]) return;
    for (const container of endedOf(pod)) {
      const key = `${watch.name}/${pod.metadata.uid}/${container}`;
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      this.waiting.set(key, { watch, pod, container });
    }
    this.next();
  }

  private forget(watch: ClusterWatch, pod: PodSource): void {
    for (const container of endedOf(pod)) {
      const key = `${watch.name}/${pod.metadata.uid}/${container}`;
      this.seen.delete(key);
      this.waiting.delete(key);
    }
  }

  private next(): void {
    for (const [key, task] of this.waiting) {
      if (this.active >= AT_ONCE || this.isStopped) return;
      this.waiting.delete(key);
      this.active += 1;
      void this.take(task).finally(() => {
        this.active -= 1;
        this.next();
      });
    }
  }

  private async take({ watch, pod, container }: Task): Promise<void> {
    const { store, logger, maxBytesPerContainer } = this.options;
    const { namespace = '', name, uid = '' } = pod.metadata;
    const key = { cluster: watch.name, podUid: uid, container };
    try {
      if (await store.has(key)) return;
      const log = withoutSecrets(watch.client.logs({ namespace, name }, { container }), secretsInSpec(watch, ownerOf(pod)));
      const text = await endOf(log, maxBytesPerContainer);
      if (!this.isStopped) await store.save(key, placeOf(pod), text);
    } catch (error) {
      const isGone = error instanceof ApiError && error.isNotFound;
      if (!isGone && !this.isStopped) logger.warn(`The log of ${namespace}/${name}, container ${container}, of cluster "${watch.name}" is not kept: ${error}`);
    }
  }
}
