import { isSchema, type JsonSchema } from './formField';
import { specSchemaOf } from './formPages';
import { conditionOf, kratixLabels, type PromiseSource } from './stateObjects';
import type { PromiseSummary } from './types';

/** The API that a Promise offers. */
export interface PromiseApi {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** openAPIV3Schema of its version; empty where it has none. */
  schema: JsonSchema;
}

const record = (value: unknown): Record<string, unknown> => (isSchema(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads the CustomResourceDefinition in `spec.api`; undefined where there is none, or none that can be served. */
export function apiOfPromise(promise: PromiseSource): PromiseApi | undefined {
  return apiOfCrd(promise.spec?.api);
}

/** The kind that a CustomResourceDefinition defines, in the version that is stored, else the first that is served. */
export function apiOfCrd(crd: unknown): PromiseApi | undefined {
  const spec = record(record(crd).spec);
  const names = record(spec.names);
  const versions = (Array.isArray(spec.versions) ? spec.versions : []).map(record).filter(version => version.served === true);
  const version = versions.find(candidate => candidate.storage === true) ?? versions[0];
  if (!version) return undefined;
  const schema = record(version.schema).openAPIV3Schema;
  const api = {
    group: text(spec.group),
    version: text(version.name),
    kind: text(names.kind),
    plural: text(names.plural),
    namespaced: spec.scope !== 'Cluster',
    schema: isSchema(schema) ? schema : {},
  };
  return api.group && api.version && api.kind && api.plural ? api : undefined;
}

/** The schema of what requests of a Promise ask for; undefined where there is none. Hints of its author are in it. */
export function specSchemaOfPromise(promise: PromiseSource | undefined): JsonSchema | undefined {
  const api = promise && apiOfPromise(promise);
  return api && specSchemaOf(api.schema);
}

export function isPromiseAvailable({ status }: PromiseSource): boolean {
  const condition = conditionOf(status?.conditions, 'Available');
  return condition ? condition.status === 'True' : status?.status === 'Available';
}

/** Names of the Promises that a Promise requires and that are not there. */
export function missingPromises({ status }: PromiseSource): string[] {
  return (status?.requiredPromises ?? [])
    .filter(required => required.state !== 'Requirement installed')
    .map(required => required.name ?? '');
}

/** A Promise as the portal lists it. `requests` counts those that exist. */
export function promiseSummary(cluster: string, promise: PromiseSource, requests: number): PromiseSummary {
  const api = apiOfPromise(promise);
  const available = isPromiseAvailable(promise);
  const reason = conditionOf(promise.status?.conditions, 'Available')?.message;
  return {
    cluster,
    name: promise.metadata.name,
    version: promise.status?.version ?? promise.metadata.labels?.[kratixLabels.promiseVersion],
    available,
    message: promise.status?.message ?? (available ? undefined : reason),
    api: api && { group: api.group, version: api.version, kind: api.kind, plural: api.plural },
    requests,
  };
}
