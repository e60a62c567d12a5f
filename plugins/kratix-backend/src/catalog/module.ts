import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { clustersServiceRef } from '../clusters/Clusters';
import { ClusterEntityProvider } from './ClusterEntityProvider';

/** Shows Promises as offers and templates, and their requests as components: live, one provider for each cluster. */
export const catalogModuleKratix = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'kratix',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        clusters: clustersServiceRef,
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
      },
      async init({ catalog, clusters, config, lifecycle, logger }) {
        const defaultOwner = config.getOptionalString('kratix.catalog.defaultOwner') ?? 'group:default/platform';
        const [defaultCluster] = clusters.names;
        for (const cluster of clusters.names) {
          const provider = new ClusterEntityProvider(clusters, { cluster, defaultCluster, defaultOwner }, logger);
          catalog.addEntityProvider(provider);
          lifecycle.addShutdownHook(() => provider.stop());
        }
      },
    });
  },
});
