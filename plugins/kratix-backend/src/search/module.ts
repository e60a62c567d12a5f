import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import { parseCatalogOptions } from '../catalog/options';
import { clustersServiceRef } from '../clusters/Clusters';
import { kratixCollators } from './collators';

const OFTEN: SchedulerServiceTaskScheduleDefinition = {
  frequency: { minutes: 5 },
  // The clusters are asked first.
  initialDelay: { seconds: 10 },
  timeout: { minutes: 5 },
};

/** Makes Promises and requests findable, for those who may see them. */
export const searchModuleKratix = createBackendModule({
  pluginId: 'search',
  moduleId: 'kratix',
  register(env) {
    env.registerInit({
      deps: {
        clusters: clustersServiceRef,
        config: coreServices.rootConfig,
        index: searchIndexRegistryExtensionPoint,
        scheduler: coreServices.scheduler,
      },
      async init({ clusters, config, index, scheduler }) {
        const given = config.getOptionalConfig('search.collators.kratix.schedule');
        const schedule = scheduler.createScheduledTaskRunner(given ? readSchedulerServiceTaskScheduleDefinitionFromConfig(given) : OFTEN);
        const options = parseCatalogOptions(config.getOptional('kratix.catalog'));
        for (const factory of kratixCollators(clusters, options)) index.addCollator({ factory, schedule });
      },
    });
  },
});
