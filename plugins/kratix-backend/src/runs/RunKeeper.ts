import type { LoggerService } from '@backstage/backend-plugin-api';
import { isDryRun, signalRef } from '@kratix-ts/backstage-plugin-kratix-common';
import { setImmediate as turn } from 'node:timers/promises';
import type { Changes } from '../clusters/ChangeFeed';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import { contentOf, tellableParts } from './runParts';
import type { PartId, RunPart, RunStore } from './RunStore';

export interface RunKeeperOptions {
  store: RunStore;
  logger: LoggerService;
}

/** Requests that are looked at between two turns of the others. */
const AT_ONCE = 20;
/** Parts of one request; only those of its newest runs are asked for. */
const MOST_REMEMBERED = 20;

const nameOf = ({ run, part }: PartId) => `${run} ${part}`;

/** Keeps what the runs of one cluster were given and what they left, as long as its objects tell. */
class ClusterRuns {
  private readonly waiting = new Set<string>();
  /** uid of a request -> run and part -> version of what is kept. */
  private kept?: Map<string, Map<string, string>>;
  private isBusy = false;
  private isStopped = false;

  constructor(private readonly watch: ClusterWatch, private readonly options: RunKeeperOptions) {
    watch.onChange(changes => this.changed(changes));
  }

  stop(): void {
    this.isStopped = true;
  }

  private changed({ all, requests }: Changes): void {
    const { watch } = this;
    const refs = all ? watch.apis().flatMap(api => watch.requests(api).map(({ metadata }) => signalRef({ ...api, namespace: metadata.namespace ?? '', name: metadata.name }))) : requests;
    refs.forEach(ref => this.waiting.add(ref));
    if (!this.isBusy && (all || refs.length > 0)) void this.work(all);
  }

  /** Takes what waits, some at a time. What cannot be kept waits for the next change. */
  private async work(mayHaveGone: boolean): Promise<void> {
    this.isBusy = true;
    let refs: string[] = [];
    try {
      this.kept ??= keptBy(await this.options.store.kept(this.watch.name));
      let isAnyGone = mayHaveGone;
      while (this.waiting.size > 0 && !this.isStopped) {
        refs = [...this.waiting].slice(0, AT_ONCE);
        refs.forEach(ref => this.waiting.delete(ref));
        const parts: RunPart[] = [];
        for (const ref of refs) isAnyGone = !this.look(ref, parts) || isAnyGone;
        await this.options.store.save(this.watch.name, parts);
        parts.forEach(part => remember(this.kept, part));
        await turn();
      }
      if (isAnyGone) await this.sweep(this.kept);
    } catch (error) {
      refs.forEach(ref => this.waiting.add(ref));
      if (!this.isStopped) this.options.logger.warn(`What runs of cluster "${this.watch.name}" were given and left is not kept for now: ${error}`);
    } finally {
      this.isBusy = false;
    }
  }

  /** Adds what of a request is not kept yet. False where it has gone. */
  private look(ref: string, parts: RunPart[]): boolean {
    const { watch, kept } = this;
    const [kind, namespace, name] = ref.split('/');
    const api = watch.apis().find(({ plural, group }) => `${plural}.${group}` === kind);
    const request = api && watch.request(api, namespace, name);
    if (!api || !request) return false;
    if (isDryRun(request)) return true;
    const sources = watch.sources(api, request);
    for (const part of tellableParts(sources)) {
      const version = kept?.get(part.uid)?.get(nameOf(part));
      // What a run was given does not change.
      if (version === part.version || (version && part.part === 'input')) continue;
      parts.push({ ...part, content: contentOf(part, sources, work => watch.filesOfWork(work)) });
    }
    return true;
  }

  /** Forgets requests that are no longer there, as far as their absence proves that. */
  private async sweep(kept: Map<string, Map<string, string>>): Promise<void> {
    const { watch } = this;
    if (!watch.isComplete || watch.unlisted().length > 0) return;
    const there = new Set(watch.apis().flatMap(api => watch.requests(api).map(({ metadata }) => metadata.uid)));
    for (const uid of [...kept.keys()].filter(candidate => !there.has(candidate))) {
      await this.options.store.forget(watch.name, uid);
      kept.delete(uid);
    }
  }
}

function remember(kept: Map<string, Map<string, string>> | undefined, part: PartId): void {
  const parts = kept?.get(part.uid) ?? new Map<string, string>();
  kept?.set(part.uid, parts.set(nameOf(part), part.version));
  const [oldest] = parts.keys();
  if (parts.size > MOST_REMEMBERED) parts.delete(oldest);
}

function keptBy(parts: PartId[]): Map<string, Map<string, string>> {
  const kept = new Map<string, Map<string, string>>();
  parts.forEach(part => remember(kept, part));
  return kept;
}

/** The same for every cluster. */
export class RunKeeper {
  private readonly clusters = new Set<ClusterRuns>();

  constructor(clusters: Clusters, options: RunKeeperOptions) {
    clusters.onCluster(watch => this.clusters.add(new ClusterRuns(watch, options)));
  }

  stop(): void {
    this.clusters.forEach(cluster => cluster.stop());
  }
}
