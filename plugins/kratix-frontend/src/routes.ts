import { createExternalRouteRef, createRouteRef, createSubRouteRef } from '@backstage/frontend-plugin-api';

export const pipelinesRouteRef = createRouteRef();
export const deliveryRouteRef = createRouteRef();
export const manageRouteRef = createRouteRef();

export const kratixRouteRef = createRouteRef();
export const requestsRouteRef = createRouteRef();
/** A request, whether or not the catalog has it. */
export const requestRouteRef = createSubRouteRef({ parent: requestsRouteRef, path: '/:cluster/:group/:version/:plural/:namespace/:name' });
export const promisesRouteRef = createRouteRef();
export const promiseRouteRef = createSubRouteRef({ parent: promisesRouteRef, path: '/:cluster/:name' });
export const destinationsRouteRef = createRouteRef();
export const storesRouteRef = createRouteRef();

/** All templates, and the form of one of them. */
export const templatesRouteRef = createExternalRouteRef({ defaultTarget: 'scaffolder.root' });
export const templateRouteRef = createExternalRouteRef({
  defaultTarget: 'scaffolder.selectedTemplate',
  params: ['namespace', 'templateName'],
});
