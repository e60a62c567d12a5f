/** The Kubernetes client: typed calls for any kind, and a cache of informers. */
export * from './types';
export { ApiError, ConnectionError } from './errors';
export { connect } from './client';
export type { ConnectOptions } from './client';
export type { ClusterSource } from './credentials';
export { createCache } from './cache';
export type { CacheLog, CacheOptions } from './cache';
export { apiVersionOf, coreTypes, keyOf, parseApiVersion, pathOf, refOf, resourceName, typeOf } from './gvk';
export { labelMatcher } from './selector';
export { parseAllYaml, parseYaml, toYaml, toYamlDocuments } from './yaml';
