import { createPermission } from '@backstage/plugin-permission-common';

/** The resource type of requests, for conditional decisions. */
export const RESOURCE_TYPE_KRATIX_REQUEST = 'kratix-request';

/** See which Promises are on offer. */
export const kratixPromiseReadPermission = createPermission({
  name: 'kratix.promise.read',
  attributes: { action: 'read' },
});

/** See the platform itself: clusters, Destinations and stores. */
export const kratixPlatformReadPermission = createPermission({
  name: 'kratix.platform.read',
  attributes: { action: 'read' },
});

/** Install a Promise, or change one. */
export const kratixPromiseInstallPermission = createPermission({
  name: 'kratix.promise.install',
  attributes: { action: 'create' },
});

/**
 * Push a branch to a repository of `kratix.repositories`, with the credentials that the configuration holds for it. Decided
 * without a resource: what is pushed may be anything, and whether it counts is decided by who merges it.
 */
export const kratixBranchPushPermission = createPermission({
  name: 'kratix.branch.push',
  attributes: { action: 'create' },
});

/**
 * Make a new request of a Promise. Decided for the request that is to be: its cluster, namespace, Promise and who asks;
 * {@link newRequestRef} names it.
 */
export const kratixRequestCreatePermission = createPermission({
  name: 'kratix.request.create',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

/** See a request: its state, runs, files and destinations. */
export const kratixRequestReadPermission = createPermission({
  name: 'kratix.request.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

/** Change a request: its spec and its version; run, pause, resume and try again its workflow; see what an edit would do. */
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
  kratixRequestCreatePermission,
  kratixRequestReadPermission,
  kratixRequestUpdatePermission,
  kratixRequestDeletePermission,
  kratixLogReadPermission,
];

/** All permissions of the plugin. */
export const kratixPermissions = [
  kratixPromiseReadPermission,
  kratixPromiseInstallPermission,
  kratixPlatformReadPermission,
  kratixBranchPushPermission,
  ...kratixRequestPermissions,
];
