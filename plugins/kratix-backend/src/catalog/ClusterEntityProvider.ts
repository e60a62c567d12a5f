import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { DeferredEntity, EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { signalRef } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import type { Changes } from '../clusters/ChangeFeed';
import { promiseEntities, requestEntity, type EntityContext } from './entities';

const RETRY_MS = 5000;

/** A group of entities that come and go together: those of a Promise, or that of a request. */
type Group = Map<string, { entity: Entity; text: string }>;

function groupOf(entities: Entity[]): Group {
  return new Map(entities.map(entity => [stringifyEntityRef(entity), { entity, text: JSON.stringify(entity) }]));
}

/**
 * Entities of one cluster, from its live copy: everything once it is complete, then the differences. While the cluster
 * cannot be reached nothing is emitted, so its entities stay as they were.
 */
export class ClusterEntityProvider implements EntityProvider {
  private readonly groups = new Map<string, Group>();
  private readonly locationKey: string;
  /** Mutations go out one after the other. */
  private queue: Promise<void> = Promise.resolve();
  private hasEmitted = false;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly clusters: Clusters,
    private readonly context: EntityContext,
    private readonly logger: LoggerService,
  ) {
    this.locationKey = `kratix:${context.cluster}`;
  }

  getProviderName(): string {
    return `kratix-${this.context.cluster}`;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.clusters.onCluster(watch => {
      if (watch.name !== this.context.cluster) return;
      watch.onChange(changes => this.enqueue(connection, watch, changes));
      if (watch.isComplete) this.enqueue(connection, watch);
    });
  }

  /** Stops trying again. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private enqueue(connection: EntityProviderConnection, watch: ClusterWatch, changes?: Changes): void {
    this.queue = this.queue.then(() => this.emit(connection, watch, changes));
  }

  private async emit(connection: EntityProviderConnection, watch: ClusterWatch, changes?: Changes): Promise<void> {
    if (watch.staleSince || !watch.isComplete) return;
    try {
      if (!this.hasEmitted || !changes) await this.emitAll(connection, watch);
      else await this.emitChanges(connection, watch, changes);
    } catch (error) {
      this.logger.warn(`Entities of cluster "${watch.name}" were not taken by the catalog, trying again: ${error}`);
      this.hasEmitted = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.enqueue(connection, watch), RETRY_MS);
    }
  }

  private async emitAll(connection: EntityProviderConnection, watch: ClusterWatch): Promise<void> {
    const all = this.snapshot(watch);
    this.groups.clear();
    all.forEach((group, key) => this.groups.set(key, group));
    const entities = [...all.values()].flatMap(group => [...group.values()].map(({ entity }) => this.deferred(entity)));
    await connection.applyMutation({ type: 'full', entities });
    this.hasEmitted = true;
  }

  private async emitChanges(connection: EntityProviderConnection, watch: ClusterWatch, changes: Changes): Promise<void> {
    const added: DeferredEntity[] = [];
    const removed: DeferredEntity[] = [];
    for (const [key, after] of this.changed(watch, changes)) {
      const before = this.groups.get(key) ?? new Map();
      for (const [ref, { entity, text }] of after) if (before.get(ref)?.text !== text) added.push(this.deferred(entity));
      for (const [ref, { entity }] of before) if (!after.has(ref)) removed.push(this.deferred(entity));
      if (after.size > 0) this.groups.set(key, after);
      else this.groups.delete(key);
    }
    if (added.length > 0 || removed.length > 0) await connection.applyMutation({ type: 'delta', added, removed });
  }

  /** The groups that may differ from what was emitted; an empty one for what is gone. */
  private changed(watch: ClusterWatch, { all, requests, promises }: Changes): Map<string, Group> {
    if (all) {
      const gone = [...this.groups.keys()].map((key): [string, Group] => [key, new Map()]);
      return new Map([...gone, ...this.snapshot(watch)]);
    }
    const groups = new Map<string, Group>();
    for (const name of promises) groups.set(`promise/${name}`, this.promiseGroup(watch, name));
    for (const ref of requests) groups.set(ref, this.requestGroup(watch, ref));
    return groups;
  }

  private snapshot(watch: ClusterWatch): Map<string, Group> {
    const groups = new Map<string, Group>();
    for (const { metadata } of watch.promises()) groups.set(`promise/${metadata.name}`, this.promiseGroup(watch, metadata.name));
    for (const api of watch.apis()) {
      for (const request of watch.requests(api)) {
        const { namespace = '', name } = request.metadata;
        groups.set(signalRef({ ...api, namespace, name }), groupOf([requestEntity(request, api, this.context)]));
      }
    }
    return groups;
  }

  private promiseGroup(watch: ClusterWatch, name: string): Group {
    const promise = watch.promise(name);
    if (!promise) return new Map();
    try {
      return groupOf(promiseEntities(promise, this.context));
    } catch (error) {
      this.logger.warn(`Promise "${name}" of cluster "${watch.name}" gives no template, its schema cannot be read: ${error}`);
      return new Map();
    }
  }

  private requestGroup(watch: ClusterWatch, ref: string): Group {
    const [kind, namespace, name] = ref.split('/');
    const api = watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
    const request = api && watch.request(api, namespace, name);
    return request ? groupOf([requestEntity(request, api, this.context)]) : new Map();
  }

  private deferred(entity: Entity): DeferredEntity {
    return { entity, locationKey: this.locationKey };
  }
}
