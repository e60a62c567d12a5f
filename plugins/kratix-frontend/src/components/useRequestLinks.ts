import { useRouteRef } from '@backstage/frontend-plugin-api';
import type { LogQuery } from '../apis/KratixApi';
import { deliveryRouteRef, manageRouteRef, pipelinesRouteRef, promiseRouteRef } from '../routes';

export interface RequestLinks {
  /** The pipelines tab with a run, and where a container is named, with its log open. */
  pipelines?: (chosen?: LogQuery) => string;
  delivery?: string;
  /** The tab where everything about the request can be changed. */
  manage?: string;
  /** The page of a Promise. */
  offer?: (cluster: string, promise: string) => string;
}

/** Addresses of the tabs beside the page on which the component stands; undefined where an app has removed a tab. */
export function useRequestLinks(): RequestLinks {
  const pipelines = useRouteRef(pipelinesRouteRef);
  const delivery = useRouteRef(deliveryRouteRef);
  const manage = useRouteRef(manageRouteRef);
  const offer = useRouteRef(promiseRouteRef);
  return {
    ...(offer && { offer: (cluster, name) => offer({ cluster, name }) }),
    ...(pipelines && { pipelines: (chosen = {}) => `${pipelines()}${queryOf(chosen)}` }),
    ...(delivery && { delivery: delivery() }),
    ...(manage && { manage: manage() }),
  };
}

/** What the pipelines tab shows, as its address says it. */
export function queryOf({ run, step, container }: LogQuery): string {
  const entries = Object.entries({ run, step, container }).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return entries.length > 0 ? `?${new URLSearchParams(entries)}` : '';
}
