import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { clustersFromConfig } from '@kratix-ts/core/kube';
import { scaffolderAutocompleteExtensionPoint } from '@backstage/plugin-scaffolder-node/alpha';
import { actAs } from './actAs';
import { createApplyAction } from './applyAction';
import { createAutocomplete } from './autocomplete';
import { ClusterConnections } from './ClusterConnections';
import { createDeleteAction } from './deleteAction';
import { createDiffAction } from './diffAction';
import { createInstallAction } from './installAction';
import { createManifestAction } from './manifestAction';
import { createPushAction } from './pushAction';
import { repositoriesFromConfig } from './repositories';
import { createWaitAction } from './waitAction';

/** Adds the actions that make, change, show and delete requests of Promises, wait for them, push them, and install Promises. */
export const scaffolderModuleKratix = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'kratix',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        autocomplete: scaffolderAutocompleteExtensionPoint,
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        permissions: coreServices.permissions,
        scaffolder: scaffolderActionsExtensionPoint,
        urlReader: coreServices.urlReader,
        userInfo: coreServices.userInfo,
      },
      async init({ auth, autocomplete, catalog, config, lifecycle, permissions, scaffolder, urlReader, userInfo }) {
        const clusters = new ClusterConnections(clustersFromConfig(config.getOptional('kratix.clusters')));
        lifecycle.addShutdownHook(() => clusters.close());
        const entityKind = config.getOptionalString('kratix.catalog.requests.kind') === 'Resource' ? ('Resource' as const) : ('Component' as const);
        const options = { clusters, permissions, entityKind, actAs: actAs({ clusters, userInfo, catalog, auth }) };
        scaffolder.addActions(
          createApplyAction(options),
          createWaitAction(options),
          createDeleteAction(options),
          createDiffAction(options),
          createManifestAction(options),
          createInstallAction({ ...options, urlReader }),
          createPushAction({ permissions, repositories: repositoriesFromConfig(config) }),
        );
        autocomplete.addAutocompleteProvider({ id: 'kratix', handler: createAutocomplete({ ...options, auth }) });
      },
    });
  },
});
