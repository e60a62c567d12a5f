import {
  kratixPlatformReadPermission,
  kratixPromiseReadPermission,
  kratixRequestReadPermission,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { Router } from 'express';
import type { Authorizer } from '../service/Authorizer';
import type { PlatformService } from '../service/PlatformService';
import type { CallerOf } from './caller';
import { textParam } from './params';

export interface PlatformRoutesOptions {
  platform: PlatformService;
  authorizer: Authorizer;
  callerOf: CallerOf;
}

/** Routes about Promises and what they run on. Numbers count what the caller may see. */
export function platformRoutes(router: Router, { platform, authorizer, callerOf }: PlatformRoutesOptions): void {
  router.get('/v1/overview', async (request, response) => {
    const credentials = await callerOf(request);
    const isVisible = await authorizer.filter(credentials, kratixRequestReadPermission);
    const [promises, mayPlatform] = await Promise.all([
      authorizer.may(credentials, kratixPromiseReadPermission),
      authorizer.may(credentials, kratixPlatformReadPermission),
    ]);
    response.json(platform.overview({ isVisible, promises, platform: mayPlatform }));
  });

  router.get('/v1/metrics-summary', async (request, response) => {
    const isVisible = await authorizer.filter(await callerOf(request), kratixRequestReadPermission);
    response.json(platform.metrics(isVisible));
  });

  router.get('/v1/promises', async (request, response) => {
    const credentials = await callerOf(request);
    await authorizer.check(credentials, kratixPromiseReadPermission);
    const isVisible = await authorizer.filterOrNone(credentials, kratixRequestReadPermission);
    response.json({ items: platform.promises(isVisible, textParam(request, 'cluster')) });
  });

  router.get('/v1/promises/:cluster/:name', async (request, response) => {
    const credentials = await callerOf(request);
    await authorizer.check(credentials, kratixPromiseReadPermission);
    const isVisible = await authorizer.filterOrNone(credentials, kratixRequestReadPermission);
    response.json(platform.promise(request.params.cluster, request.params.name, isVisible));
  });

  router.get('/v1/clusters', async (request, response) => {
    await authorizer.check(await callerOf(request), kratixPlatformReadPermission);
    response.json({ items: platform.clusterSummaries() });
  });

  router.get('/v1/destinations', async (request, response) => {
    await authorizer.check(await callerOf(request), kratixPlatformReadPermission);
    response.json({ items: platform.destinations(textParam(request, 'cluster')) });
  });

  router.get('/v1/stores', async (request, response) => {
    await authorizer.check(await callerOf(request), kratixPlatformReadPermission);
    response.json({ items: platform.stores(textParam(request, 'cluster')) });
  });
}
