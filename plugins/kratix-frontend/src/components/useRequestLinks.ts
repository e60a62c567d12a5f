import { createContext, useContext } from 'react';
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

/** The address of a page of one request that is not its entity's, for the components on it. */
export const RequestBase = createContext<string | undefined>(undefined);

/** Addresses of the tabs beside the page on which the component stands; undefined where an app has removed a tab. */
export function useRequestLinks(): RequestLinks {
  const place = useContext(RequestBase);
  const pipelines = useRouteRef(pipelinesRouteRef);
  const delivery = useRouteRef(deliveryRouteRef);
  const manage = useRouteRef(manageRouteRef);
  const offer = useRouteRef(promiseRouteRef);
  const runs = place === undefined ? pipelines?.() : `${place}/pipelines`;
  return {
    ...(offer && { offer: (cluster, name) => offer({ cluster, name }) }),
    ...(runs !== undefined && { pipelines: (chosen = {}) => `${runs}${queryOf(chosen)}` }),
    ...(place === undefined ? { ...(delivery && { delivery: delivery() }), ...(manage && { manage: manage() }) } : { delivery: `${place}/delivery`, manage: `${place}/manage` }),
  };
}

/** What the pipelines tab shows, as its address says it. */
export function queryOf({ run, step, container }: LogQuery): string {
  const entries = Object.entries({ run, step, container }).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return entries.length > 0 ? `?${new URLSearchParams(entries)}` : '';
}
