import { createPermission } from '@backstage/plugin-permission-common';

/** The resource type of requests, for conditional decisions. */
export const RESOURCE_TYPE_KRATIX_REQUEST = 'kratix-request';

/** See which Promises are on offer. */
export const kratixPromiseReadPermission = createPermission({
  name: 'kratix.promise.read',
  attributes: { action: 'read' },
});

/** Make a new request of a Promise. Not bound to a resource: there is none yet. */
export const kratixRequestCreatePermission = createPermission({
  name: 'kratix.request.create',
  attributes: { action: 'create' },
});

/** See a request: its state, runs, files and destinations. */
export const kratixRequestReadPermission = createPermission({
  name: 'kratix.request.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

/** Change a request, or run its workflow again. */
export const kratixRequestUpdatePermission = createPermission({
  name: 'kratix.request.update',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

/** Delete a request and what it delivered. */
export const kratixRequestDeletePermission = createPermission({
  name: 'kratix.request.delete',
  attributes: { action: 'delete' },
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

/** Read the logs of a request's containers. */
export const kratixLogReadPermission = createPermission({
  name: 'kratix.log.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

/** Those that are decided for one request at a time. */
export const kratixRequestPermissions = [
  kratixRequestReadPermission,
  kratixRequestUpdatePermission,
  kratixRequestDeletePermission,
  kratixLogReadPermission,
];

/** All permissions of the plugin. */
export const kratixPermissions = [
  kratixPromiseReadPermission,
  kratixRequestCreatePermission,
  ...kratixRequestPermissions,
];
