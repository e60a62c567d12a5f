import { ApiBlueprint, createFrontendPlugin, fetchApiRef } from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint, EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { RiGitBranchLine, RiSendPlaneLine, RiSettings3Line, RiStackLine } from '@remixicon/react';
import { ANNOTATION_NAMESPACE, ANNOTATION_PLURAL } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from './apis/KratixApi';
import { KratixClient } from './apis/KratixClient';
import { formFields } from './fields';
import { aroundExtensions } from './aroundExtensions';
import { platformPages } from './platformPages';
import {
  deliveryRouteRef,
  destinationsRouteRef,
  kratixRouteRef,
  manageRouteRef,
  pipelinesRouteRef,
  promiseRouteRef,
  promisesRouteRef,
  requestRouteRef,
  requestsRouteRef,
  storesRouteRef,
  templateRouteRef,
  templatesRouteRef,
} from './routes';

/** Entities that stand for a request: only those have a namespace beside the name of their API. */
const isRequest = {
  [`metadata.annotations.${ANNOTATION_PLURAL}`]: { $exists: true },
  [`metadata.annotations.${ANNOTATION_NAMESPACE}`]: { $exists: true },
};

const kratixApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: kratixApiRef,
      deps: { fetchApi: fetchApiRef },
      factory: ({ fetchApi }) => new KratixClient(fetchApi),
    }),
});

const statusCard = EntityCardBlueprint.make({
  name: 'status',
  params: { type: 'info', filter: isRequest, loader: () => import('./extensions').then(m => <m.EntityStatusCard />) },
});

const pipelinesCard = EntityCardBlueprint.make({
  name: 'pipelines',
  params: { type: 'content', filter: isRequest, loader: () => import('./extensions').then(m => <m.EntityPipelinesCard />) },
});

const pipelinesTab = EntityContentBlueprint.make({
  name: 'pipelines',
  params: {
    path: '/pipelines',
    title: 'Pipelines',
    group: 'operation',
    icon: <RiGitBranchLine />,
    routeRef: pipelinesRouteRef,
    filter: isRequest,
    loader: () => import('./extensions').then(m => <m.EntityPipelinesTab />),
  },
});

const deliveryTab = EntityContentBlueprint.make({
  name: 'delivery',
  params: {
    path: '/delivery',
    title: 'Delivery',
    group: 'operation',
    icon: <RiSendPlaneLine />,
    routeRef: deliveryRouteRef,
    filter: isRequest,
    loader: () => import('./extensions').then(m => <m.EntityDeliveryTab />),
  },
});

const manageTab = EntityContentBlueprint.make({
  name: 'manage',
  params: {
    path: '/manage',
    title: 'Manage',
    group: 'operation',
    icon: <RiSettings3Line />,
    routeRef: manageRouteRef,
    filter: isRequest,
    loader: () => import('./extensions').then(m => <m.EntityManageTab />),
  },
});

/** State, pipelines and delivery of Kratix requests on their entity pages. */
export const kratixPlugin = createFrontendPlugin({
  pluginId: 'kratix',
  title: 'Kratix',
  icon: <RiStackLine />,
  routes: {
    root: kratixRouteRef,
    requests: requestsRouteRef,
    request: requestRouteRef,
    promises: promisesRouteRef,
    promise: promiseRouteRef,
    destinations: destinationsRouteRef,
    stores: storesRouteRef,
    pipelines: pipelinesRouteRef,
    delivery: deliveryRouteRef,
    manage: manageRouteRef,
  },
  externalRoutes: { templates: templatesRouteRef, template: templateRouteRef },
  extensions: [kratixApi, ...platformPages, ...aroundExtensions, statusCard, pipelinesCard, pipelinesTab, deliveryTab, manageTab, ...formFields],
  info: { packageJson: () => import('../package.json') },
});
