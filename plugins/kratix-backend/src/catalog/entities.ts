import { parseEntityRef, stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_CLUSTER,
  ANNOTATION_PROMISE,
  ANNOTATION_REQUESTED_BY,
  annotationsOf,
  apiOfPromise,
  conditionOf,
  ENTITY_TYPE_PROMISE,
  ENTITY_TYPE_REQUEST,
  humanise,
  promiseEntityName,
  refOfEntity,
  requestEntityName,
  templateEntityName,
  type EntityName,
  type PromiseApi,
  type PromiseSource,
  type RequestObject,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { ServedApi } from '../clusters/ClusterWatch';
import { templateSpec } from './template';

/** What entities of one cluster have in common. */
export interface EntityContext {
  cluster: string;
  /** First cluster of the configuration; its name is left out of the names of entities. */
  defaultCluster?: string;
  /** Owner of what nobody is known to own. */
  defaultOwner: string;
}

const LOCATION = ['backstage.io/managed-by-location', 'backstage.io/managed-by-origin-location'];

function location(cluster: string, path: string): Record<string, string> {
  return Object.fromEntries(LOCATION.map(key => [key, `kratix:${cluster}/${path}`]));
}

function named({ namespace, name }: EntityName) {
  return { namespace, name };
}

/** Who made the request, if the annotation names an entity; anybody may have written it. */
function ownerOf(request: RequestObject, { defaultOwner }: EntityContext): string {
  const by = request.metadata.annotations?.[ANNOTATION_REQUESTED_BY];
  if (!by) return defaultOwner;
  try {
    return stringifyEntityRef(parseEntityRef(by, { defaultKind: 'user' }));
  } catch {
    return defaultOwner;
  }
}

function linksOf(status: Record<string, unknown> | undefined) {
  return Object.entries(status ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' && /^https?:\/\/[^\s]+$/.test(value) ? [{ url: value, title: humanise(key) }] : [],
  );
}

/** The entity of a request. Its state is not in it: pages read that live. */
export function requestEntity(request: RequestObject, api: ServedApi, context: EntityContext): Entity {
  const { cluster } = context;
  const { name, namespace = 'default' } = request.metadata;
  const naming = { ...context, promise: api.promise, namespace, name };
  const links = linksOf(request.status);
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      ...named(requestEntityName(naming)),
      title: name,
      description: `${humanise(api.kind)} in namespace ${namespace}`,
      annotations: {
        ...annotationsOf({ cluster, ...api, namespace, name }),
        [ANNOTATION_PROMISE]: api.promise,
        ...location(cluster, `${api.plural}.${api.group}/${namespace}/${name}`),
      },
      ...(links.length > 0 && { links }),
    },
    spec: {
      type: ENTITY_TYPE_REQUEST,
      lifecycle: 'production',
      owner: ownerOf(request, context),
      dependsOn: [refOfEntity(promiseEntityName(naming))],
    },
  };
}

function promiseAnnotations(promise: PromiseSource, { cluster }: EntityContext): Record<string, string> {
  const { name } = promise.metadata;
  return {
    [ANNOTATION_CLUSTER]: cluster,
    [ANNOTATION_PROMISE]: name,
    ...location(cluster, `promises/${name}`),
  };
}

function titleOf(api: PromiseApi, { cluster, defaultCluster }: EntityContext): string {
  return cluster === defaultCluster ? humanise(api.kind) : `${humanise(api.kind)} (${cluster})`;
}

/** Nobody can be served by a Promise that is wrong, so nobody is invited to ask. */
function isWrong(promise: PromiseSource): boolean {
  return conditionOf(promise.status?.conditions, 'Reconciled')?.reason === 'InvalidPromise';
}

/** The offer and the template of a Promise with an API; nothing where it has none. */
export function promiseEntities(promise: PromiseSource, context: EntityContext): Entity[] {
  return isWrong(promise) ? entitiesOf(promise, context).filter(({ kind }) => kind !== 'Template') : entitiesOf(promise, context);
}

function entitiesOf(promise: PromiseSource, context: EntityContext): Entity[] {
  const api = apiOfPromise(promise);
  if (!api || !api.namespaced) return [];
  const naming = { ...context, promise: promise.metadata.name };
  const annotations = promiseAnnotations(promise, context);
  const title = titleOf(api, context);
  const about = api.schema.description;
  const owner = context.defaultOwner;
  return [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        ...named(promiseEntityName(naming)),
        title: `${title} (offer)`,
        description: about ?? `What the Promise ${promise.metadata.name} offers`,
        annotations,
      },
      spec: { type: ENTITY_TYPE_PROMISE, lifecycle: 'production', owner },
    },
    {
      apiVersion: 'scaffolder.backstage.io/v1beta3',
      kind: 'Template',
      metadata: {
        ...named(templateEntityName(naming)),
        title,
        description: about ?? `${humanise(api.kind)}: the platform makes it and keeps it up to date`,
        annotations,
        tags: ['kratix'],
      },
      spec: templateSpec({ api, cluster: context.cluster, owner }),
    },
  ];
}
