import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { clustersFromConfig } from '@kratix-ts/core/kube';
import { createApplyAction } from './applyAction';
import { ClusterConnections } from './ClusterConnections';
import { createWaitAction } from './waitAction';

/** Adds the actions that make a request of a Promise and wait for it. */
export const scaffolderModuleKratix = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'kratix',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        permissions: coreServices.permissions,
        scaffolder: scaffolderActionsExtensionPoint,
      },
      async init({ config, lifecycle, permissions, scaffolder }) {
        const clusters = new ClusterConnections(clustersFromConfig(config.getOptional('kratix.clusters')));
        lifecycle.addShutdownHook(() => clusters.close());
        scaffolder.addActions(createApplyAction({ clusters, permissions }), createWaitAction({ clusters, permissions }));
      },
    });
  },
});
