import type { LoggerService, SchedulerServiceTaskRunner } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import type { DeferredEntity, EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { Destination } from '@kratix-ts/core/api';
import { resourceName } from '@kratix-ts/core/kube';
import type { Changes } from '../clusters/ChangeFeed';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import { ClusterEntities } from './ClusterEntities';
import type { Transformers } from './extensionPoint';
import type { ProviderContext } from './options';
import { planMutation, type GroupNow, type KnownGroup, type MutationPlan } from './planMutation';

const RETRY_MS = 5000;
const DESTINATIONS = resourceName(Destination.type);

export interface ProviderOptions {
  context: ProviderContext;
  transformers: Transformers;
  /** When everything is told once more; never where there is none. */
  resync?: SchedulerServiceTaskRunner;
}

/**
 * Entities of one cluster, from its live copy: everything once it is complete, then the differences. Only a complete
 * copy replaces what the catalog has. While the cluster cannot be reached its entities stay, and its offers say so.
 */
export class ClusterEntityProvider implements EntityProvider {
  private readonly groups = new Map<string, KnownGroup>();
  private readonly locationKey: string;
  /** Mutations go out one after the other. */
  private queue: Promise<void> = Promise.resolve();
  /** False where the catalog may know something else of these groups than `groups` says. */
  private isInStep = false;
  /** True once everything of this cluster that the catalog had from earlier was replaced. */
  private hasReplaced = false;
  private timer?: NodeJS.Timeout;
  private gaps = '';

  constructor(
    private readonly clusters: Clusters,
    private readonly options: ProviderOptions,
    private readonly logger: LoggerService,
  ) {
    this.locationKey = `kratix:${options.context.cluster}`;
  }

  getProviderName(): string {
    return `kratix-${this.options.context.cluster}`;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    const { context, transformers, resync } = this.options;
    this.clusters.onCluster(watch => {
      if (watch.name !== context.cluster) return;
      const entities = new ClusterEntities(watch, context, transformers, this.logger);
      const emit = (changes?: Changes) => this.enqueue(() => this.emit(connection, watch, entities, changes));
      watch.onChange(emit);
      if (watch.isComplete) emit();
    });
    await resync?.run({
      id: `${this.getProviderName()}:resync`,
      fn: async () => {
        const watch = this.clusters.get(context.cluster);
        if (!watch || watch.staleSince || !watch.isComplete) return;
        const entities = new ClusterEntities(watch, context, transformers, this.logger);
        this.enqueue(() => {
          this.isInStep = false;
          return this.emit(connection, watch, entities);
        });
        await this.queue;
      },
    });
  }

  /** Stops trying again. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private enqueue(work: () => Promise<void>): void {
    this.queue = this.queue.then(work);
  }

  private async emit(connection: EntityProviderConnection, watch: ClusterWatch, entities: ClusterEntities, changes?: Changes): Promise<void> {
    if (!watch.isComplete) return;
    try {
      if (watch.staleSince) await this.emitStale(connection, entities);
      else if (this.isInStep && changes && !changes.all) await this.emitChanges(connection, entities, entities.keysOf(changes));
      else await this.emitAll(connection, watch, entities);
    } catch (error) {
      this.logger.warn(`Entities of cluster "${watch.name}" were not taken by the catalog, trying again: ${error}`);
      this.isInStep = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.enqueue(() => this.emit(connection, watch, entities)), RETRY_MS);
    }
  }

  /** What is not complete adds to the catalog and changes what it has, but takes nothing away. */
  private async emitAll(connection: EntityProviderConnection, watch: ClusterWatch, entities: ClusterEntities): Promise<void> {
    const now = new Map(entities.keys().map(key => [key, entities.group(key)]));
    const isWhole = this.isWhole(watch) && [...now.values()].every(Boolean);
    if (isWhole && !(this.isInStep && this.hasReplaced)) await this.replace(connection, now);
    else await this.adjust(connection, now, isWhole);
    this.isInStep = true;
  }

  private async replace(connection: EntityProviderConnection, now: Map<string, GroupNow>): Promise<void> {
    const plan = planMutation(new Map(), now);
    this.groups.clear();
    this.remember(plan);
    await connection.applyMutation({ type: 'full', entities: plan.added.map(entity => this.deferred(entity)) });
    this.hasReplaced = true;
  }

  private async adjust(connection: EntityProviderConnection, now: Map<string, GroupNow>, isWhole: boolean): Promise<void> {
    if (isWhole) for (const key of this.groups.keys()) if (!now.has(key)) now.set(key, []);
    const plan = planMutation(this.isInStep ? this.groups : new Map(), now);
    await this.apply(connection, isWhole ? plan : { ...plan, removed: [] });
  }

  private async emitChanges(connection: EntityProviderConnection, entities: ClusterEntities, keys: string[]): Promise<void> {
    await this.apply(connection, planMutation(this.groups, new Map(keys.map(key => [key, entities.group(key)]))));
  }

  /** Only the offers say that they are old: ten thousand requests would be too many to tell it of. */
  private async emitStale(connection: EntityProviderConnection, entities: ClusterEntities): Promise<void> {
    const keys = [...this.groups.keys()].filter(key => entities.isPromise(key));
    const plan = planMutation(this.groups, new Map(keys.map(key => [key, entities.group(key)])));
    await this.apply(connection, { ...plan, removed: [] });
  }

  private async apply(connection: EntityProviderConnection, plan: MutationPlan): Promise<void> {
    this.remember(plan);
    if (plan.added.length === 0 && plan.removed.length === 0) return;
    const added = plan.added.map(entity => this.deferred(entity));
    const removed = plan.removed.map(entityRef => ({ entityRef, locationKey: this.locationKey }));
    await connection.applyMutation({ type: 'delta', added, removed });
  }

  private remember({ groups }: MutationPlan): void {
    groups.forEach((group, key) => (group.size > 0 ? this.groups.set(key, group) : this.groups.delete(key)));
  }

  private isWhole(watch: ClusterWatch): boolean {
    const withDestinations = this.options.context.options.destinations.enabled;
    const gaps = watch.unlisted().filter(kind => withDestinations || kind !== DESTINATIONS).join(', ');
    if (gaps !== this.gaps && gaps) this.logger.warn(`Cluster "${watch.name}" does not list ${gaps}, so no entity of it is removed until it does`);
    this.gaps = gaps;
    return gaps === '';
  }

  private deferred(entity: Entity): DeferredEntity {
    return { entity, locationKey: this.locationKey };
  }
}
