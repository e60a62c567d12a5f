/** The Kubernetes client: typed calls for any kind, and a cache of informers. */
export * from './types';
export { ApiError, ConnectionError } from './errors';
export { connect } from './client';
export type { ConnectOptions } from './client';
export type { ClusterSource } from './credentials';
export { createCache } from './cache';
export type { CacheLog, CacheOptions } from './shared-informer';
export { ClusterApi } from './api';
export type { ClusterApiOptions, MetadataChange } from './api';
export { CallCounter, describeCall } from './calls';
export type { ApiCall } from './calls';
export { isSame, mergePatchOf } from './diff';
export { apiVersionOf, coreTypes, keyOf, parseApiVersion, pathOf, refOf, resourceName, typeOf } from './gvk';
export { labelMatcher } from './selector';
export { parseAllYaml, parseYaml, toYaml, toYamlDocuments } from './yaml';
export { clustersFromConfig } from './clusters';
export type { NamedCluster } from './clusters';
