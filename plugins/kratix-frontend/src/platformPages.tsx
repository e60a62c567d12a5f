import { PageBlueprint, SubPageBlueprint } from '@backstage/frontend-plugin-api';
import { RiFileList3Line, RiStackLine } from '@remixicon/react';
import { kratixRouteRef, requestsRouteRef } from './routes';

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

/** The Kratix page and its tabs. */
export const platformPages = [page, requests];
