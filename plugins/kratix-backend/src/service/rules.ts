import { RESOURCE_TYPE_KRATIX_REQUEST, type RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { createPermissionResourceRef, createPermissionRule } from '@backstage/plugin-permission-node';
import { z } from 'zod';

/** What permission rules know of a request, or of one that is to be made. */
export type RequestFacts = Pick<RequestSummary, 'cluster' | 'namespace' | 'name' | 'promise' | 'requestedBy'>;

/** A rule as a filter: one of these values in this field. */
export interface RequestFilter {
  field: keyof RequestFacts;
  values: string[];
}

/** Requests as a resource of the permission framework. */
export const requestResourceRef = createPermissionResourceRef<RequestFacts, RequestFilter>().with({
  pluginId: 'kratix',
  resourceType: RESOURCE_TYPE_KRATIX_REQUEST,
});

const inNamespace = createPermissionRule({
  name: 'IN_NAMESPACE',
  description: 'Allow requests in one of these Kubernetes namespaces',
  resourceRef: requestResourceRef,
  paramsSchema: z.object({ namespaces: z.array(z.string()).describe('Names of namespaces') }),
  apply: (request, { namespaces }) => namespaces.includes(request.namespace),
  toQuery: ({ namespaces }) => ({ field: 'namespace', values: namespaces }),
});

const inCluster = createPermissionRule({
  name: 'IN_CLUSTER',
  description: 'Allow requests in one of these clusters of kratix.clusters',
  resourceRef: requestResourceRef,
  paramsSchema: z.object({ clusters: z.array(z.string()).describe('Names of clusters') }),
  apply: (request, { clusters }) => clusters.includes(request.cluster),
  toQuery: ({ clusters }) => ({ field: 'cluster', values: clusters }),
});

const ofPromise = createPermissionRule({
  name: 'OF_PROMISE',
  description: 'Allow requests of one of these Promises',
  resourceRef: requestResourceRef,
  paramsSchema: z.object({ promises: z.array(z.string()).describe('Names of Promises') }),
  apply: (request, { promises }) => promises.includes(request.promise),
  toQuery: ({ promises }) => ({ field: 'promise', values: promises }),
});

const isRequester = createPermissionRule({
  name: 'REQUESTED_BY',
  description: 'Allow requests that one of these users or groups made; with the ownership refs of the user, those that are theirs',
  resourceRef: requestResourceRef,
  paramsSchema: z.object({ entityRefs: z.array(z.string()).describe('Entity refs, such as user:default/ana') }),
  apply: (request, { entityRefs }) => request.requestedBy !== undefined && entityRefs.includes(request.requestedBy),
  toQuery: ({ entityRefs }) => ({ field: 'requestedBy', values: entityRefs }),
});

/** The conditions that a policy can name for a request. */
export const requestRules = [inNamespace, inCluster, ofPromise, isRequester];
