import type { DynamicObject, KubeObject, ResourceType } from '../kube/types';
import { labels } from '../wire/names';
import type { PromiseObject } from './promise';

/** A Promise's API: how requests are served, and the CRD to apply. */
export interface PromiseApi {
  resource: ResourceType;
  crd: KubeObject & { spec: Record<string, unknown> };
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The engine's own status fields, added to the schema of every request. Source: B-PR-16. */
const STATUS_SCHEMA = {
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    message: { type: 'string' },
    observedGeneration: { type: 'integer', format: 'int64' },
    workflows: { type: 'integer', format: 'int64' },
    workflowsSucceeded: { type: 'integer', format: 'int64' },
    workflowsFailed: { type: 'integer', format: 'int64' },
    conditions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          type: { type: 'string' },
          status: { type: 'string' },
          reason: { type: 'string' },
          message: { type: 'string' },
          lastTransitionTime: { type: 'string', format: 'datetime' },
        },
      },
    },
    kratix: {
      type: 'object',
      properties: {
        workflows: {
          type: 'object',
          properties: {
            lastSuccessfulConfigureWorkflowTime: { type: 'string' },
            suspendedGeneration: { type: 'integer', format: 'int64' },
            pipelines: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  phase: { type: 'string' },
                  message: { type: 'string' },
                  nextRetryAt: { type: 'string' },
                  attempts: { type: 'integer', format: 'int64' },
                  lastTransitionTime: { type: 'string', format: 'datetime' },
                },
              },
            },
          },
        },
      },
    },
  },
};

const DEFAULT_COLUMNS = [
  { name: 'message', type: 'string', jsonPath: '.status.message' },
  { name: 'status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Reconciled")].message' },
];

/** Whether the Promise offers an API at all. Source: B-API-1. */
export function hasApi(promise: PromiseObject): boolean {
  return isObject(promise.spec?.api) && Object.keys(promise.spec.api).length > 0;
}

interface Definition extends KubeObject {
  spec?: { group?: string; names?: { kind?: string; plural?: string }; versions?: { name?: string; storage?: boolean }[] };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

/** What a CustomResourceDefinition serves, in the version that it stores. */
export function servedBy(crd: KubeObject): ResourceType {
  const { group = '', names = {}, versions = [] } = (crd as Definition).spec ?? {};
  const stored = versions.find(version => version.storage) ?? versions[0];
  return { group, version: stored?.name ?? '', kind: names.kind ?? '', plural: names.plural ?? '', namespaced: true };
}

/** Whether requests can be made: before, there are none. */
export function isEstablished(crd: KubeObject | undefined): boolean {
  return Boolean((crd as Definition | undefined)?.status?.conditions?.some(each => each.type === 'Established' && each.status === 'True'));
}

/**
 * Why a Promise may not have its API. One definition belongs to one Promise, and stays what it is as long as the Promise
 * lives: its requests would be lost otherwise. `crds` are all definitions that bear a Promise's label, and the one of that
 * name, whoever's it is. Source: B-WH-4.
 */
export function claimProblem(promise: PromiseObject, api: PromiseApi | undefined, crds: readonly KubeObject[]): string | undefined {
  const { name } = promise.metadata;
  const ownerOf = (crd: KubeObject) => crd.metadata.labels?.[labels.promiseName];
  const former = crds.find(crd => ownerOf(crd) === name && crd.metadata.name !== api?.crd.metadata.name && !crd.metadata.deletionTimestamp);
  if (former && !api) return `cannot remove API from existing promise; put the definition of "${former.metadata.name}" back into spec.api, or delete the Promise`;
  if (former) return `spec.api.metadata.name: Invalid value: "${api?.crd.metadata.name}": field is immutable; it is "${former.metadata.name}" as long as the Promise lives`;
  const taken = crds.find(crd => crd.metadata.name === api?.crd.metadata.name && ownerOf(crd) !== name);
  if (taken && ownerOf(taken)) return `spec.api: "${taken.metadata.name}" is the API of Promise "${ownerOf(taken)}"; choose another group or other names`;
  if (taken) return `spec.api: CustomResourceDefinition "${taken.metadata.name}" is there already and belongs to no Promise; to hand it over, label it ${labels.promiseName}=${name}`;
  const refused = (crds.find(crd => crd.metadata.name === api?.crd.metadata.name) as Definition | undefined)?.status?.conditions?.find(each => each.type === 'NamesAccepted' && each.status === 'False');
  return refused && `spec.api.spec.names: ${refused.message ?? 'the API server does not accept them'}; choose other names`;
}

/** Reads the API of a Promise. Problems name the field and the mend. Source: B-PR-15, B-PR-16, B-WH-2. */
export function promiseApi(promise: PromiseObject): { api?: PromiseApi; problems: string[] } {
  if (!hasApi(promise)) return { problems: [] };
  const api = structuredClone(promise.spec?.api) as Json;
  const problems = apiProblems(api);
  if (problems.length) return { problems };
  const spec = api.spec as Json & { group: string; names: { kind: string; plural: string }; versions: Json[] };
  const stored = spec.versions.find(version => version.storage === true) ?? spec.versions[0];
  for (const version of spec.versions) injectInto(version, version === stored);
  const metadata = api.metadata as DynamicObject['metadata'];
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: metadata.name,
      labels: { ...metadata.labels, [labels.promiseName]: promise.metadata.name },
      ...(metadata.annotations && { annotations: metadata.annotations }),
    },
    spec,
  };
  const resource = { group: spec.group, version: String(stored.name), kind: spec.names.kind, plural: spec.names.plural, namespaced: true };
  return { api: { resource, crd }, problems: [] };
}

function apiProblems(api: Json): string[] {
  const at = 'spec.api';
  if (api.kind !== 'CustomResourceDefinition' || api.apiVersion !== 'apiextensions.k8s.io/v1') {
    return [`${at}: api is not a valid CRD: expected kind CustomResourceDefinition of apiextensions.k8s.io/v1, found "${api.kind}" of "${api.apiVersion}"`];
  }
  const problems: string[] = [];
  const spec = isObject(api.spec) ? api.spec : {};
  const names = isObject(spec.names) ? spec.names : {};
  const name = isObject(api.metadata) ? api.metadata.name : undefined;
  const text = (value: unknown, field: string) => {
    if (typeof value !== 'string' || value === '') problems.push(`${at}.${field}: must be a text`);
  };
  text(name, 'metadata.name');
  text(spec.group, 'spec.group');
  text(names.kind, 'spec.names.kind');
  text(names.plural, 'spec.names.plural');
  if (problems.length === 0 && name !== `${names.plural}.${spec.group}`) {
    problems.push(`${at}.metadata.name: is "${name}"; must be "${names.plural}.${spec.group}", from spec.names.plural and spec.group`);
  }
  if (spec.scope !== undefined && spec.scope !== 'Namespaced') {
    problems.push(`promise api needs to be namespace scoped; ${at}.spec.scope cannot be: ${spec.scope}`);
  }
  if (!Array.isArray(spec.versions) || spec.versions.length === 0 || !spec.versions.every(isObject)) {
    problems.push(`${at}.spec.versions: must list at least one version`);
  }
  return problems;
}

function injectInto(version: Json, isStored: boolean) {
  version.subresources = { status: {} };
  if (!Array.isArray(version.additionalPrinterColumns) || version.additionalPrinterColumns.length === 0) version.additionalPrinterColumns = DEFAULT_COLUMNS;
  const holder = isObject(version.schema) ? version.schema : (version.schema = {} as Json);
  const schema = isObject(holder.openAPIV3Schema) ? holder.openAPIV3Schema : (holder.openAPIV3Schema = { type: 'object' } as Json);
  const properties = isObject(schema.properties) ? schema.properties : (schema.properties = {} as Json);
  properties.status = STATUS_SCHEMA;
  if (!isStored) return;
  const metadata = isObject(properties.metadata) ? properties.metadata : { type: 'object' };
  const named = isObject(metadata.properties) ? metadata.properties : {};
  const name = isObject(named.name) ? named.name : { type: 'string' };
  properties.metadata = { ...metadata, properties: { ...named, name: { ...name, maxLength: 63 } } };
}
