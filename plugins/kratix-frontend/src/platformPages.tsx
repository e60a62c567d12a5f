import { PageBlueprint, SubPageBlueprint } from '@backstage/frontend-plugin-api';
import { RiArchiveStackLine, RiFileList3Line, RiMapPin2Line, RiShoppingBag3Line, RiStackLine } from '@remixicon/react';
import { destinationsRouteRef, kratixRouteRef, promisesRouteRef, requestsRouteRef, storesRouteRef } from './routes';

const page = PageBlueprint.make({
  params: { path: '/kratix', title: 'Kratix', icon: <RiStackLine />, routeRef: kratixRouteRef },
});

const requests = SubPageBlueprint.make({
  name: 'requests',
  params: {
    path: 'requests',
    title: 'Requests',
    icon: <RiFileList3Line />,
    routeRef: requestsRouteRef,
    loader: () => import('./platformExtensions').then(m => <m.RequestsPage />),
  },
});

const promises = SubPageBlueprint.make({
  name: 'promises',
  params: {
    path: 'promises',
    title: 'Promises',
    icon: <RiShoppingBag3Line />,
    routeRef: promisesRouteRef,
    loader: () => import('./platformExtensions').then(m => <m.PromisesPage />),
  },
});

const destinations = SubPageBlueprint.make({
  name: 'destinations',
  params: {
    path: 'destinations',
    title: 'Destinations',
    icon: <RiMapPin2Line />,
    routeRef: destinationsRouteRef,
    loader: () => import('./platformExtensions').then(m => <m.DestinationsPage />),
  },
});

const stores = SubPageBlueprint.make({
  name: 'stores',
  params: {
    path: 'stores',
    title: 'Stores',
    icon: <RiArchiveStackLine />,
    routeRef: storesRouteRef,
    loader: () => import('./platformExtensions').then(m => <m.StoresPage />),
  },
});

/** The Kratix page and its tabs. */
export const platformPages = [page, requests, promises, destinations, stores];
