import { useCallback } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { promiseRouteRef } from '../../routes';

/** Clusters in the order of the configuration. */
export function useClusters() {
  return useLiveQuery('clusters', (api, signal) => api.clusters(signal));
}

export type RequestAddress = (request: Pick<RequestSummary, 'entityRef'>) => string | undefined;

/** The page of a request's entity; undefined where the app has no catalog, or the catalog not the request. */
export function useRequestAddress(): RequestAddress {
  const entityRoute = useRouteRef(entityRouteRef);
  return useCallback(
    ({ entityRef }) => (entityRoute && entityRef ? entityRoute(parseEntityRef(entityRef)) : undefined),
    [entityRoute],
  );
}

/** The page of a Promise; undefined where the app has removed the tab. */
export function usePromiseAddress(): (cluster: string, name: string) => string | undefined {
  const route = useRouteRef(promiseRouteRef);
  return useCallback((cluster, name) => route?.({ cluster, name }), [route]);
}
