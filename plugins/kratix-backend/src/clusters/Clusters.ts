import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { clustersFromConfig, connect, type ImpersonationRule, type NamedCluster } from '@kratix-ts/core/kube';
import { parseCatalogOptions, type CatalogOptions } from '../catalog/options';
import { requestEntityRef } from '../catalog/requestEntity';
import { ClusterWatch } from './ClusterWatch';
import { plainTrouble } from './plainTrouble';

/** Who the portal is among the writers of an object. */
export const FIELD_MANAGER = 'kratix-ts-portal';
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;

/** The clusters of the configuration. A kubeconfig that cannot be read yet is tried again; the others do not wait for it. */
export class Clusters {
  private readonly watches = new Map<string, ClusterWatch>();
  private readonly handlers = new Set<(watch: ClusterWatch) => void>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly troubles = new Map<string, { words: string; plain: string }>();
  private isStopped = false;

  constructor(
    private readonly entries: NamedCluster[],
    private readonly logger: LoggerService,
    private readonly catalog: CatalogOptions = parseCatalogOptions(undefined),
  ) {}

  /** Names as configured; the first is the one that is meant where nobody names one. */
  get names(): string[] {
    return this.entries.map(({ name }) => name);
  }

  /** How callers are named to a cluster, where they act as themselves. */
  impersonation(name: string): ImpersonationRule | undefined {
    return this.entries.find(entry => entry.name === name)?.impersonate;
  }

  start(): void {
    this.entries.forEach(entry => void this.open(entry, FIRST_RETRY_MS));
  }

  get(name: string): ClusterWatch | undefined {
    return this.watches.get(name);
  }

  all(): ClusterWatch[] {
    return [...this.watches.values()];
  }

  /** Why a cluster is not there yet, or not any more, in plain words; the log has the error's own. */
  trouble(name: string): string | undefined {
    return this.troubles.get(name)?.plain ?? this.watches.get(name)?.trouble;
  }

  /** Calls back with every cluster that is there, and with those that come later. Returns how to stop. */
  onCluster(handler: (watch: ClusterWatch) => void): () => void {
    this.handlers.add(handler);
    this.watches.forEach(watch => handler(watch));
    return () => this.handlers.delete(handler);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.timers.forEach(timer => clearTimeout(timer));
    await Promise.all(this.all().map(watch => watch.stop()));
  }

  private async open(entry: NamedCluster, retryMs: number): Promise<void> {
    try {
      const client = await connect({ ...entry.source, fieldManager: FIELD_MANAGER });
      if (this.isStopped) {
        await client.close();
        return;
      }
      const context = { cluster: entry.name, defaultCluster: this.names[0], options: this.catalog };
      const watch = new ClusterWatch(entry.name, client, this.logger, (api, request) => requestEntityRef(api, request, context));
      this.troubles.delete(entry.name);
      this.watches.set(entry.name, watch);
      this.handlers.forEach(handler => handler(watch));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      if (this.troubles.get(entry.name)?.words !== words) this.logger.warn(`Cluster "${entry.name}" cannot be opened: ${words}`);
      this.troubles.set(entry.name, { words, plain: plainTrouble(error) });
      if (this.isStopped) return;
      const again = () => void this.open(entry, Math.min(retryMs * 2, LAST_RETRY_MS));
      this.timers.set(entry.name, setTimeout(again, retryMs));
    }
  }
}

/** One set of watches for the whole backend: the plugin and the catalog module share it. */
export const clustersServiceRef = createServiceRef<Clusters>({
  id: 'kratix.clusters',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { config: coreServices.rootConfig, logger: coreServices.rootLogger, lifecycle: coreServices.rootLifecycle },
      factory({ config, logger, lifecycle }) {
        const entries = clustersFromConfig(config.getOptional('kratix.clusters'));
        const clusters = new Clusters(entries, logger.child({ plugin: 'kratix' }), parseCatalogOptions(config.getOptional('kratix.catalog')));
        if (entries.length === 0) logger.warn('kratix.clusters names no cluster, so there is nothing to show');
        clusters.start();
        lifecycle.addShutdownHook(() => clusters.stop());
        return clusters;
      },
    }),
});
