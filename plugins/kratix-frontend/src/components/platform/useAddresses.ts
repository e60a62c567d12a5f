import { useCallback } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { promiseRouteRef, requestRouteRef } from '../../routes';

/** Clusters in the order of the configuration. */
export function useClusters() {
  return useLiveQuery('clusters', (api, signal) => api.clusters(signal));
}

export type RequestAddress = (request: RequestSummary) => string | undefined;

/** The page of a request: its entity's, or where the catalog does not have it, or not yet, that on the Kratix page. */
export function useRequestAddress(): RequestAddress {
  const ofEntity = useEntityAddress();
  const route = useRouteRef(requestRouteRef);
  return useCallback(request => ofEntity(request) ?? route?.(request), [ofEntity, route]);
}

/** The page of a request's entity; undefined where the app has no catalog, or the catalog not the request. */
export function useEntityAddress(): (request: Pick<RequestSummary, 'entityRef'>) => string | undefined {
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
