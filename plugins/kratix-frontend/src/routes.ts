import { createRouteRef } from '@backstage/frontend-plugin-api';

export const pipelinesRouteRef = createRouteRef();
export const deliveryRouteRef = createRouteRef();
