import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { kratixPermissions, kratixRequestPermissions } from '@kratix-ts/backstage-plugin-kratix-common';
import { clustersServiceRef } from './clusters/Clusters';
import { publishSignals } from './publishSignals';
import { createRouter } from './router';
import { Authorizer } from './service/Authorizer';
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
        auditor: coreServices.auditor,
        clusters: clustersServiceRef,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        signals: signalsServiceRef,
      },
      async init({ auditor, clusters, discovery, httpAuth, httpRouter, lifecycle, logger, permissions, permissionsRegistry, signals }) {
        const locator = new RequestLocator(clusters);
        const service = new RequestService(clusters, locator);
        const writes = new RequestWrites(locator);
        permissionsRegistry.addPermissions(basicPermissions);
        permissionsRegistry.addResourceType({
          resourceRef: requestResourceRef,
          permissions: kratixRequestPermissions,
          rules: requestRules,
          getResources: async refs => refs.map(ref => locator.factsOf(ref)),
        });
        const authorizer = new Authorizer(permissions, permissionsRegistry);
        httpRouter.use(createRouter({ service, writes, authorizer, httpAuth, auditor }));
        publishSignals(clusters, signals, logger);
        lifecycle.addStartupHook(() => wakeSignals(discovery, logger));
      },
    });
  },
});
