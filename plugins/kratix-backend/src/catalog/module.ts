import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { clustersServiceRef } from '../clusters/Clusters';
import { ClusterEntityProvider } from './ClusterEntityProvider';
import { kratixCatalogExtensionPoint, Transformers } from './extensionPoint';
import { parseCatalogOptions } from './options';
import { portalUrlOf } from './portalPaths';
import { parseTemplateOptions } from './templateOptions';

const HOURLY: SchedulerServiceTaskScheduleDefinition = {
  frequency: { hours: 1 },
  initialDelay: { hours: 1 },
  timeout: { minutes: 5 },
};

/** Shows Promises as offers and templates, and their requests as components: live, one provider for each cluster. */
export const catalogModuleKratix = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'kratix',
  register(env) {
    const transformers = new Transformers();
    env.registerExtensionPoint(kratixCatalogExtensionPoint, transformers);
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        clusters: clustersServiceRef,
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ catalog, clusters, config, lifecycle, logger, scheduler }) {
        const options = parseCatalogOptions(config.getOptional('kratix.catalog'));
        const templates = parseTemplateOptions(config.getOptional('kratix.templates'));
        const portalUrl = portalUrlOf(config.getOptionalString('app.baseUrl'));
        const given = config.getOptionalConfig('kratix.catalog.schedule');
        const schedule = given ? readSchedulerServiceTaskScheduleDefinitionFromConfig(given) : HOURLY;
        const [defaultCluster] = clusters.names;
        for (const cluster of clusters.names) {
          // Each replica tells what its own copy says.
          const resync = scheduler.createScheduledTaskRunner({ ...schedule, scope: 'local' });
          const context = { cluster, defaultCluster, options, templates, portalUrl };
          const provider = new ClusterEntityProvider(clusters, { context, transformers, resync }, logger);
          catalog.addEntityProvider(provider);
          lifecycle.addShutdownHook(() => provider.stop());
        }
      },
    });
  },
});
