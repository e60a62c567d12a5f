import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import { isDryRun, requestSummary, signalRef } from '@kratix-ts/backstage-plugin-kratix-common';
import type { CatalogOptions } from '../catalog/options';
import type { Changes } from '../clusters/ChangeFeed';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import { messageOf } from './message';
import type { NoteStore } from './NoteStore';
import { planNote } from './planNote';

export interface NotifierOptions {
  clusters: Clusters;
  notifications: NotificationService;
  store: NoteStore;
  catalog: CatalogOptions;
  logger: LoggerService;
}

/** Tells owners of requests what becomes of them, from the live copies. Each trouble is told once, by one replica. */
export class RequestNotifier {
  /** What owners know, by request; a copy of the store. */
  private known = new Map<string, string>();
  /** Requests that were looked at before. */
  private readonly seen = new Set<string>();
  private queue: Promise<void>;
  private readonly startedAt = new Date().toISOString();
  private isStopped = false;

  constructor(private readonly options: NotifierOptions) {
    const { clusters, store, logger } = options;
    this.queue = store.all().then(
      known => void (this.known = known),
      error => logger.warn(`What owners of requests know could not be read: ${error}`),
    );
    clusters.onCluster(watch => {
      let isFirst = true;
      const look = (changes?: Changes) => {
        const refs = isFirst || !changes || changes.all ? undefined : changes.requests;
        isFirst = false;
        this.queue = this.queue.then(() => this.look(watch, refs));
      };
      watch.onChange(look);
      if (watch.isComplete) look();
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  private async look(watch: ClusterWatch, refs: string[] | undefined): Promise<void> {
    for (const ref of refs ?? this.allOf(watch)) {
      if (this.isStopped) return;
      try {
        await this.lookAt(watch, ref);
      } catch (error) {
        this.options.logger.warn(`The owner of ${ref} in cluster "${watch.name}" was not told of it: ${error}`);
      }
    }
  }

  private allOf(watch: ClusterWatch): string[] {
    const present = watch.apis().flatMap(api => watch.requests(api).map(({ metadata }) => signalRef({ ...api, namespace: metadata.namespace ?? '', name: metadata.name })));
    const prefix = `${watch.name}/`;
    const before = [...this.known.keys()].filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length));
    return [...new Set([...present, ...before])];
  }

  private async lookAt(watch: ClusterWatch, ref: string): Promise<void> {
    const [kind, namespace, name] = ref.split('/');
    const key = `${watch.name}/${ref}`;
    const api = watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
    const object = api && watch.request(api, namespace, name);
    if (!object) {
      if (!watch.staleSince && watch.unlisted().length === 0) await this.forget(key);
      return;
    }
    if (isDryRun(object)) return;
    const request = requestSummary(watch.sources(api, object), new Date());
    const { summary } = request;
    const before = this.known.get(key);
    const { generation, deletionTimestamp, creationTimestamp = '' } = object.metadata;
    // By its age and not by which look this is: a look may come late, and so may a kind with requests that are older than this portal.
    const isFromBefore = !this.seen.has(key) && creationTimestamp < this.startedAt;
    const plan = planNote(before, { summary, generation, deleting: deletionTimestamp !== undefined }, isFromBefore);
    this.seen.add(key);
    if (plan.known === before) return;
    const isOurs = await this.swap(key, before, plan.known);
    if (!plan.note || !isOurs) return;
    const { clusters, notifications, catalog } = this.options;
    const context = { cluster: watch.name, defaultCluster: clusters.names[0], options: catalog };
    await notifications.send(messageOf(plan.note, request, object, context));
  }

  private async forget(key: string): Promise<void> {
    this.seen.delete(key);
    const before = this.known.get(key);
    if (before !== undefined) await this.swap(key, before, undefined);
  }

  private async swap(key: string, before: string | undefined, next: string | undefined): Promise<boolean> {
    const isOurs = await this.options.store.swap(key, before, next);
    const now = isOurs ? next : await this.options.store.get(key);
    if (now === undefined) this.known.delete(key);
    else this.known.set(key, now);
    return isOurs;
  }
}
