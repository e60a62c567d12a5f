import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { kratixPermissions, kratixRequestPermissions } from '@kratix-ts/backstage-plugin-kratix-common';
import { registerActions } from './actions';
import { parseCatalogOptions } from './catalog/options';
import { clustersServiceRef } from './clusters/Clusters';
import { startNotifications } from './notifications/startNotifications';
import { keepLogs } from './logs/keepLogs';
import { keepRuns } from './runs/keepRuns';
import { publishSignals } from './publishSignals';
import { createRouter } from './router';
import { callersBy } from './routes/caller';
import { showRequest } from './routes/showRequest';
import { Authorizer } from './service/Authorizer';
import { Authors } from './service/Authors';
import { DryRunService } from './service/DryRunService';
import { PlatformService } from './service/PlatformService';
import { rateLimits } from './service/rateLimits';
import { RequestCommands } from './service/RequestCommands';
import { RequestIndex } from './service/RequestIndex';
import { RequestLocator } from './service/RequestLocator';
import { RequestService } from './service/RequestService';
import { RequestWrites } from './service/RequestWrites';
import { requestResourceRef, requestRules } from './service/rules';
import { wakeSignals } from './wakeSignals';

const basicPermissions = kratixPermissions.filter(
  permission => !kratixRequestPermissions.some(({ name }) => name === permission.name),
);

/** Serves the state of Promises and requests, live, and takes changes to them. */
export const kratixPlugin = createBackendPlugin({
  pluginId: 'kratix',
  register(env) {
    env.registerInit({
      deps: {
        actions: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        clusters: clustersServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        instance: coreServices.rootInstanceMetadata,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init({ actions, auditor, auth, catalog, clusters, config, database, discovery, httpAuth, httpRouter, instance, lifecycle, logger, notifications, permissions, permissionsRegistry, signals, userInfo }) {
        const locator = new RequestLocator(clusters);
        const index = new RequestIndex(clusters);
        const keeping = { clusters, config, database, lifecycle, logger };
        const service = new RequestService(index, locator, { logs: await keepLogs(keeping), runs: await keepRuns(keeping) });
        const platform = new PlatformService(clusters, index);
        permissionsRegistry.addPermissions(basicPermissions);
        permissionsRegistry.addResourceType({
          resourceRef: requestResourceRef,
          permissions: kratixRequestPermissions,
          rules: requestRules,
          getResources: async refs => refs.map(ref => locator.factsOf(ref)),
        });
        const authorizer = new Authorizer(permissions, permissionsRegistry.getPermissionRuleset(requestResourceRef));
        const authors = new Authors({ clusters, userInfo, catalog, auth });
        const commands = new RequestCommands({
          locator,
          writes: new RequestWrites(locator),
          dryRuns: new DryRunService(locator),
          authorizer,
          auditor,
          ...rateLimits(config),
          authorOf: (credentials, cluster) => authors.of(credentials, cluster),
        });
        const show = showRequest(service, authorizer);
        httpRouter.use(createRouter({ service, platform, commands, authorizer, callerOf: callersBy(httpAuth), show }));
        registerActions(actions, { clusters, locator, service, platform, authorizer, commands, show });
        publishSignals(clusters, signals, logger);
        const options = parseCatalogOptions(config.getOptional('kratix.catalog'));
        lifecycle.addShutdownHook(await startNotifications({ clusters, config, database, instance, notifications, catalog: options, logger }));
        lifecycle.addStartupHook(() => wakeSignals(discovery, logger));
      },
    });
  },
});
