import type { Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_PROMISE,
  annotationsOf,
  destinationEntityName,
  ENTITY_TYPE_REQUEST,
  humanise,
  isDryRun,
  promiseEntityName,
  refOfEntity,
  requestEntityName,
  signalRef,
  type RequestObject,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { ServedApi } from '../clusters/ClusterWatch';
import { labelsOf, lifecycleOf, linksOf, locationOf, named, ownerOf, systemOf } from './entityParts';
import { isWanted, type EntityContext } from './options';

/** A request, and what else in its cluster its entity speaks of. */
export interface RequestEntitySource {
  cluster: string;
  api: ServedApi;
  request: RequestObject;
  /** The request whose pipeline made it. */
  parent?: { promise: string; namespace: string; name: string };
  /** Names of the Destinations that it was delivered to; empty where the catalog does not have them. */
  destinations: string[];
}

/** The entity that the catalog has of a request; undefined where it has none. A transformer of an app's own may name it otherwise. */
export function requestEntityRef(api: ServedApi, request: RequestObject, context: EntityContext): string | undefined {
  const { requests } = context.options;
  if (isDryRun(request) || !isWanted(requests, api.promise, request)) return undefined;
  const { name, namespace = 'default' } = request.metadata;
  return refOfEntity(requestEntityName({ ...context, promise: api.promise, namespace, name, entityKind: requests.kind }));
}

/** The entity of a request. Its state is not in it: pages read that live. */
export function requestEntity({ api, request, parent, destinations }: RequestEntitySource, context: EntityContext): Entity {
  const { cluster, options } = context;
  const { metadata } = request;
  const { name, namespace = 'default' } = metadata;
  const entityKind = options.requests.kind;
  const naming = { ...context, entityKind, promise: api.promise, namespace, name };
  const parentRef = parent && refOfEntity(requestEntityName({ ...context, ...parent, entityKind }));
  const isComponent = entityKind === 'Component';
  const targets = destinations.map(destination => refOfEntity(destinationEntityName({ ...context, destination })));
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: entityKind,
    metadata: {
      ...named(requestEntityName(naming)),
      title: name,
      description: `${humanise(api.kind)} in namespace ${namespace}`,
      ...labelsOf(metadata),
      annotations: {
        ...annotationsOf({ cluster, ...api, namespace, name }),
        [ANNOTATION_PROMISE]: api.promise,
        ...locationOf(cluster, signalRef({ ...api, namespace, name })),
      },
      ...linksOf(request.status),
    },
    spec: {
      type: ENTITY_TYPE_REQUEST,
      ...(isComponent && { lifecycle: lifecycleOf(metadata, context) }),
      owner: ownerOf(metadata, context),
      ...systemOf(metadata, context),
      dependsOn: [refOfEntity(promiseEntityName(naming)), ...targets],
      ...(parentRef && (isComponent ? { subcomponentOf: parentRef } : { dependencyOf: [parentRef] })),
    },
  };
}
