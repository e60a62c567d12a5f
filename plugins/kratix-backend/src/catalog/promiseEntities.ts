import type { Entity, EntityLink } from '@backstage/catalog-model';
import {
  ANNOTATION_CLUSTER,
  ANNOTATION_PROMISE,
  ANNOTATION_STALE_SINCE,
  apiEntityName,
  apiOfPromise,
  conditionOf,
  ENTITY_TYPE_PROMISE,
  humanise,
  promiseEntityName,
  refOfEntity,
  templateEntityName,
  type PromiseApi,
  type PromiseSource,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml } from '@kratix-ts/core/kube';
import { labelsOf, lifecycleOf, locationOf, named, ownerOf, systemOf } from './entityParts';
import { notAvailable } from './notAvailable';
import { isWanted, type EntityContext, type ProviderContext } from './options';
import { promisePath, templatePath } from './portalPaths';
import { templateSpec } from './template';

/** A Promise with an API that people can make requests of. */
export interface PromiseEntitySource {
  cluster: string;
  promise: PromiseSource;
  api: PromiseApi;
  /** Since when the cluster has not been heard of, where it is not reachable. */
  staleSince?: string;
}

/** The source of a Promise's entities; undefined where it has no API, or none that people can use. */
export function promiseEntitySource(promise: PromiseSource, cluster: string, staleSince?: string): PromiseEntitySource | undefined {
  const api = apiOfPromise(promise);
  return api?.namespaced ? { cluster, promise, api, staleSince } : undefined;
}

function annotationsOf({ cluster, promise }: PromiseEntitySource): Record<string, string> {
  const { name } = promise.metadata;
  return { [ANNOTATION_CLUSTER]: cluster, [ANNOTATION_PROMISE]: name, ...locationOf(cluster, `promises/${name}`) };
}

function titleOf({ api, cluster }: PromiseEntitySource, { defaultCluster }: EntityContext): string {
  return cluster === defaultCluster ? humanise(api.kind) : `${humanise(api.kind)} (${cluster})`;
}

/** Where one goes on from an offer: to the form of its template, and to what platform engineers know of it. The catalog takes full addresses only. */
function onwardLinks({ cluster, promise }: PromiseEntitySource, { portalUrl }: ProviderContext, template: Entity | undefined): { links?: EntityLink[] } {
  if (!portalUrl) return {};
  const at = (path: string) => portalUrl + path;
  const form = template && templatePath({ namespace: template.metadata.namespace ?? 'default', name: template.metadata.name });
  return {
    links: [
      ...(form ? [{ url: at(form), title: 'Request one', icon: 'scaffolder' }] : []),
      { url: at(promisePath(cluster, promise.metadata.name)), title: 'See it on the Kratix page' },
    ],
  };
}

/** What a Promise offers, as a component; `template` is what the catalog has to ask for it, if anything. */
export function offerEntity(source: PromiseEntitySource, context: ProviderContext, template?: Entity): Entity {
  const { promise, api, staleSince } = source;
  const { metadata } = promise;
  const naming = { ...context, promise: metadata.name };
  const what = api.schema.description ?? `what the Promise ${metadata.name} offers`;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      ...named(promiseEntityName(naming)),
      title: titleOf(source, context),
      description: `What you can request: ${what}`,
      ...labelsOf(metadata),
      annotations: { ...annotationsOf(source), ...(staleSince && { [ANNOTATION_STALE_SINCE]: staleSince }) },
      ...onwardLinks(source, context, template),
    },
    spec: {
      type: ENTITY_TYPE_PROMISE,
      lifecycle: lifecycleOf(metadata, context),
      owner: ownerOf(metadata, context),
      ...systemOf(metadata, context),
      ...(context.options.promises.api && { providesApis: [refOfEntity(apiEntityName(naming))] }),
    },
  };
}

/** The API that a Promise brings: the definition of its kind. */
export function apiEntity(source: PromiseEntitySource, context: EntityContext): Entity {
  const { promise, api } = source;
  const { metadata, spec } = promise;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'API',
    metadata: {
      ...named(apiEntityName({ ...context, promise: metadata.name })),
      title: titleOf(source, context),
      description: `The API behind the offer: ${api.kind} in ${api.group}/${api.version}`,
      annotations: annotationsOf(source),
    },
    spec: {
      type: 'crd',
      lifecycle: lifecycleOf(metadata, context),
      owner: ownerOf(metadata, context),
      ...systemOf(metadata, context),
      definition: toYaml(spec?.api),
    },
  };
}

/** The software template that makes requests of a Promise. */
export function templateEntity(source: PromiseEntitySource, context: ProviderContext): Entity {
  const { promise, api, cluster } = source;
  const { metadata } = promise;
  const what = api.schema.description ?? `${humanise(api.kind)}: the platform makes it and keeps it up to date`;
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: {
      ...named(templateEntityName({ ...context, promise: metadata.name })),
      title: titleOf(source, context),
      description: [notAvailable(source), what].filter(Boolean).join(' '),
      ...labelsOf(metadata),
      annotations: annotationsOf(source),
      tags: ['kratix'],
    },
    spec: templateSpec({ promise: metadata.name, api, cluster, owner: ownerOf(metadata, context) }, context.templates),
  };
}

/** Nobody can be served by a Promise that is wrong or going, so nobody is invited to ask. */
function invites({ promise }: PromiseEntitySource): boolean {
  const isWrong = conditionOf(promise.status?.conditions, 'Reconciled')?.reason === 'InvalidPromise';
  return !isWrong && !promise.metadata.deletionTimestamp;
}

/** Which entities a Promise is to have. */
export function wantedOfPromise(source: PromiseEntitySource, { options }: EntityContext): { offer: boolean; api: boolean; template: boolean } {
  const { promise } = source;
  const { name } = promise.metadata;
  const offer = isWanted(options.promises, name, promise);
  return { offer, api: offer && options.promises.api, template: invites(source) && isWanted(options.templates, name, promise) };
}
