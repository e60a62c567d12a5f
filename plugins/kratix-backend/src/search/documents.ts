import type { IndexableDocument } from '@backstage/plugin-search-common';
import {
  apiOfPromise,
  humanise,
  permissionRef,
  promiseEntityName,
  requestEntityName,
  type EntityName,
  type PromiseSource,
  type RequestSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { entityPath } from '../catalog/portalPaths';
import { ownerOf } from '../catalog/entityParts';
import type { EntityContext } from '../catalog/options';

/** A request in the search index; of its spec and files nothing is there. */
export interface RequestDocument extends IndexableDocument {
  cluster: string;
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespace: string;
  name: string;
  promise: string;
  phase: string;
  requestedBy?: string;
}

/** A Promise in the search index. */
export interface PromiseDocument extends IndexableDocument {
  cluster: string;
  promise: string;
  kind?: string;
  owner: string;
}

/** The index knows documents by their addresses, and the catalog has documents of the same pages. */
function locationOf(entity: EntityName): string {
  return `${entityPath(entity)}#kratix`;
}

/** What people find a request by: names, who asked for it, and how it is. */
export function requestDocument(request: RequestSummary, context: EntityContext): RequestDocument {
  const { cluster, group, version, kind, plural, namespace, name, promise, requestedBy } = request;
  const { phase } = request.summary;
  const entity = requestEntityName({ ...context, promise, namespace, name, entityKind: context.options.requests.kind });
  const words = [humanise(kind), kind, promise, namespace, cluster, phase, requestedBy];
  return {
    title: name,
    text: [...new Set(words)].filter(Boolean).join(' '),
    location: locationOf(entity),
    authorization: { resourceRef: permissionRef(request) },
    cluster, group, version, kind, plural, namespace, name, promise, phase,
    ...(requestedBy && { requestedBy }),
  };
}

/** What people find a Promise by. */
export function promiseDocument(promise: PromiseSource, context: EntityContext): PromiseDocument {
  const { cluster } = context;
  const { name } = promise.metadata;
  const api = apiOfPromise(promise);
  const words = [name, api && humanise(api.kind), api?.kind, api?.plural, cluster, api?.schema.description];
  return {
    title: api ? humanise(api.kind) : name,
    text: [...new Set(words)].filter(Boolean).join(' '),
    location: locationOf(promiseEntityName({ ...context, promise: name })),
    cluster,
    promise: name,
    ...(api && { kind: api.kind }),
    owner: ownerOf(promise.metadata, context),
  };
}
