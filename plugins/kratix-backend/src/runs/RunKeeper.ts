import type { LoggerService } from '@backstage/backend-plugin-api';
import { isDryRun, type RequestObject, type RunContent } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Changes } from '../clusters/ChangeFeed';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch, RequestChange, ServedApi } from '../clusters/ClusterWatch';
import { contentOf, tellableParts } from './runParts';
import type { PartId, RunPart, RunStore } from './RunStore';

export interface RunKeeperOptions {
  store: RunStore;
  logger: LoggerService;
}

/** Requests that are looked at between two writes. */
const AT_ONCE = 20;
/** Requests of which it is remembered what is kept. */
const MOST_REMEMBERED = 1000;

const nameOf = ({ run, part }: PartId) => `${run} ${part}`;

/** A part that the objects of a request tell, as they were when they were looked at. */
interface Told {
  id: PartId;
  content: () => RunContent;
}

/**
 * Keeps what the runs of one cluster were given and what they left. Each is written when a run begins and when it has ended;
 * what was not seen then, before the request's objects say something newer. So nothing is to be done for those that rest.
 */
class ClusterRuns {
  private readonly waiting = new Set<string>();
  /** Of requests as they were before their last change. */
  private former: Told[] = [];
  private readonly gone = new Set<string>();
  private mayLackSome = false;
  /** uid of a request -> run and part -> version of what is kept. */
  private readonly known = new Map<string, Map<string, string>>();
  private isBusy = false;
  private isStopped = false;

  constructor(private readonly watch: ClusterWatch, private readonly options: RunKeeperOptions) {
    watch.onChange(changes => this.changed(changes));
    watch.onRequest(change => this.requestChanged(change));
  }

  stop(): void {
    this.isStopped = true;
  }

  private changed({ all, requests }: Changes): void {
    // A first list is no change.
    if (!all) requests.forEach(ref => this.waiting.add(ref));
    this.mayLackSome ||= all;
    if (!this.isBusy && (all || requests.length > 0)) void this.work();
  }

  private requestChanged({ api, before, after }: RequestChange): void {
    if (!after) this.gone.add(before.metadata.uid ?? '');
    else if (after.metadata.generation !== before.metadata.generation) this.former.push(...this.told(api, before).filter(({ id }) => id.part === 'input'));
  }

  /** Takes what waits, some requests at a time. What the database refuses is tried again with the request's next change. */
  private async work(): Promise<void> {
    this.isBusy = true;
    const { watch } = this;
    try {
      await this.forget(this.gone);
      if (this.mayLackSome) await this.sweep();
      while (this.waiting.size > 0 && !this.isStopped) {
        const refs = [...this.waiting].slice(0, AT_ONCE);
        refs.forEach(ref => this.waiting.delete(ref));
        const present = refs.flatMap(ref => {
          const [kind, namespace, name] = ref.split('/');
          const api = watch.apis().find(({ plural, group }) => `${plural}.${group}` === kind);
          const request = api && watch.request(api, namespace, name);
          return api && request ? this.told(api, request) : [];
        });
        await this.keep([...this.former.splice(0), ...present]);
      }
    } catch (error) {
      if (!this.isStopped) this.options.logger.warn(`What runs of cluster "${watch.name}" were given and left is not kept for now: ${error}`);
    } finally {
      this.isBusy = false;
    }
  }

  private told(api: ServedApi, request: RequestObject): Told[] {
    if (isDryRun(request)) return [];
    const sources = this.watch.sources(api, request);
    return tellableParts(sources).map(id => ({ id, content: () => contentOf(id, sources, work => this.watch.filesOfWork(work)) }));
  }

  private async keep(told: Told[]): Promise<void> {
    for (const uid of new Set(told.map(({ id }) => id.uid))) await this.learn(uid);
    const parts = told.filter(({ id }) => this.known.get(id.uid)?.get(nameOf(id)) !== id.version).map(({ id, content }): RunPart => ({ ...id, content: content() }));
    await this.options.store.save(this.watch.name, parts);
    parts.forEach(part => this.known.get(part.uid)?.set(nameOf(part), part.version));
  }

  private async learn(uid: string): Promise<void> {
    const known = this.known.get(uid) ?? new Map((await this.options.store.kept(this.watch.name, uid)).map(id => [nameOf(id), id.version]));
    this.known.delete(uid);
    this.known.set(uid, known);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_REMEMBERED) this.known.delete(oldest);
  }

  private async forget(uids: Iterable<string>): Promise<void> {
    for (const uid of uids) {
      await this.options.store.forget(this.watch.name, uid);
      this.known.delete(uid);
      this.gone.delete(uid);
    }
  }

  /** Forgets requests that went while nobody looked, as far as their absence proves that. */
  private async sweep(): Promise<void> {
    const { watch } = this;
    if (!watch.isComplete || watch.unlisted().length > 0) return;
    this.mayLackSome = false;
    const there = new Set(watch.apis().flatMap(api => watch.requests(api).map(({ metadata }) => metadata.uid)));
    const kept = await this.options.store.requests(watch.name);
    await this.forget(kept.filter(uid => !there.has(uid)));
  }
}

/** Keeps runs of every cluster. */
export class RunKeeper {
  private readonly clusters = new Set<ClusterRuns>();

  constructor(clusters: Clusters, options: RunKeeperOptions) {
    clusters.onCluster(watch => this.clusters.add(new ClusterRuns(watch, options)));
  }

  stop(): void {
    this.clusters.forEach(cluster => cluster.stop());
  }
}
