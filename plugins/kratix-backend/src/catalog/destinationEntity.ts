import type { Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_CLUSTER,
  ANNOTATION_DESTINATION,
  destinationEntityName,
  ENTITY_TYPE_DESTINATION,
  type DestinationSource,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { labelsOf, locationOf, named, ownerOf, systemOf } from './entityParts';
import type { EntityContext } from './options';

/** The entity of a Destination: where files are delivered to. */
export function destinationEntity({ metadata, spec }: DestinationSource, context: EntityContext): Entity {
  const { cluster } = context;
  const { name } = metadata;
  const store = spec?.stateStoreRef;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      ...named(destinationEntityName({ ...context, destination: name })),
      title: name,
      description: store ? `Files below ${spec.path ?? '/'} in the ${store.kind} ${store.name}` : `Destination of cluster ${cluster}`,
      ...labelsOf(metadata),
      annotations: {
        [ANNOTATION_CLUSTER]: cluster,
        [ANNOTATION_DESTINATION]: name,
        ...locationOf(cluster, `destinations/${name}`),
      },
    },
    spec: { type: ENTITY_TYPE_DESTINATION, owner: ownerOf(metadata, context), ...systemOf(metadata, context) },
  };
}
