import { useCallback } from 'react';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { requestEntityName, type RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { promiseRouteRef } from '../../routes';

/** Clusters in the order of the configuration: the first is the one that names of entities leave out. */
export function useClusters() {
  return useLiveQuery('clusters', (api, signal) => api.clusters(signal));
}

export type RequestAddress = (request: Pick<RequestSummary, 'cluster' | 'promise' | 'namespace' | 'name'>) => string | undefined;

/** The page of a request's entity; undefined where the app has no catalog, and until the clusters are known. */
export function useRequestAddress(): RequestAddress {
  const entityRoute = useRouteRef(entityRouteRef);
  const { value } = useClusters();
  const defaultCluster = value?.[0]?.name;
  return useCallback(
    ({ cluster, promise, namespace, name }) => {
      if (!entityRoute || defaultCluster === undefined) return undefined;
      const entity = requestEntityName({ cluster, defaultCluster, promise, namespace, name });
      return entityRoute({ ...entity, kind: entity.kind.toLocaleLowerCase('en-US') });
    },
    [entityRoute, defaultCluster],
  );
}

/** The page of a Promise; undefined where the app has removed the tab. */
export function usePromiseAddress(): (cluster: string, name: string) => string | undefined {
  const route = useRouteRef(promiseRouteRef);
  return useCallback((cluster, name) => route?.({ cluster, name }), [route]);
}
