import type { LoggerService } from '@backstage/backend-plugin-api';
import { ClusterEntityProvider } from '../../plugins/kratix-backend/src/catalog/ClusterEntityProvider';
import { Transformers } from '../../plugins/kratix-backend/src/catalog/extensionPoint';
import { parseCatalogOptions } from '../../plugins/kratix-backend/src/catalog/options';
import { parseTemplateOptions } from '../../plugins/kratix-backend/src/catalog/templateOptions';
import type { Clusters } from '../../plugins/kratix-backend/src/clusters/Clusters';

/** The catalog provider of a cluster, with a catalog that only notes which entities came. */
export class CatalogEmitter {
  private readonly provider: ClusterEntityProvider;

  constructor(clusters: Clusters, logger: LoggerService, private readonly emitted: (name: string) => void) {
    const context = { cluster: 'demo', defaultCluster: 'demo', options: parseCatalogOptions(undefined), templates: parseTemplateOptions({}) };
    this.provider = new ClusterEntityProvider(clusters, { context, transformers: new Transformers() }, logger);
  }

  async start(): Promise<void> {
    await this.provider.connect({
      applyMutation: async mutation => {
        if (mutation.type === 'delta') mutation.added.forEach(({ entity }) => this.emitted(entity.metadata.name));
      },
      refresh: async () => {},
    });
  }
}
