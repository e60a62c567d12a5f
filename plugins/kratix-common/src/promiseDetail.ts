import { exampleValue } from './exampleValue';
import { isSchema, type JsonSchema } from './formField';
import { parseStatus } from './phase-status';
import type { ContainerSummary, PhaseCounts, PromiseDetail, PromiseVersion, RequiredPromise, WorkflowSummary } from './platform';
import type { RevisionSource } from './platformObjects';
import { apiOfCrd, apiOfPromise, promiseSummary, type PromiseApi } from './promiseApi';
import { schemaChanges } from './schemaChanges';
import { runsOfJobs } from './stateJobs';
import { isNewerFirst, kratixLabels, type JobSource, type NamedContainer, type PodSource, type PromiseSource, type RunSource } from './stateObjects';
import { runsOfRecords } from './stateRuns';
import type { EntityName } from './entityNames';
import type { Run } from './types';

/** A Promise with every object that says something about it. */
export interface PromiseSources {
  cluster: string;
  promise: PromiseSource;
  revisions: RevisionSource[];
  /** WorkflowRuns, Jobs and pods of the Promise's own workflow. */
  runs: RunSource[];
  jobs: JobSource[];
  pods: PodSource[];
  /** Its requests as far as the reader may see them, by phase and by the version that made them. */
  counts: PhaseCounts;
  requests: number;
  requestsOfVersion: ReadonlyMap<string, number>;
  template?: EntityName;
}

/** On a Promise: `forbidden` lets none of its pipelines run dry. */
const DRY_RUN_POLICY = 'workflows.kratix-ts.dev/dry-run';

function withoutKeys(schema: JsonSchema, names: string[]): JsonSchema {
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name)));
  return { ...schema, properties };
}

/** A request that the API accepts, small; undefined where no example of its spec is found. */
export function exampleRequest({ group, version, kind, namespaced, schema }: PromiseApi): Record<string, unknown> | undefined {
  const spec = schema.properties?.spec;
  const value = isSchema(spec) ? exampleValue(spec) : {};
  if (value === undefined) return undefined;
  const metadata = { name: 'example', ...(namespaced && { namespace: 'default' }) };
  return { apiVersion: `${group}/${version}`, kind, metadata, ...(isSchema(spec) && { spec: value }) };
}

function workflowsOf({ spec }: PromiseSource): WorkflowSummary[] {
  const lists = (['promise', 'resource'] as const).flatMap(type =>
    (['configure', 'delete'] as const).map(action => ({ type, action, list: spec?.workflows?.[type]?.[action] ?? [] })),
  );
  return lists
    .filter(({ list }) => list.length > 0)
    .map(({ type, action, list }) => ({
      type,
      action,
      pipelines: list.map(pipeline => ({
        name: pipeline.metadata?.name ?? '',
        containers: (pipeline.spec?.containers ?? []).map(containerOf),
      })),
    }));
}

function containerOf({ name = '', image = '', env, envFrom }: NamedContainer): ContainerSummary {
  const maps = [...(envFrom ?? []).map(each => each.configMapRef), ...(env ?? []).map(each => each.valueFrom?.configMapKeyRef)];
  const secrets = [...(envFrom ?? []).map(each => each.secretRef), ...(env ?? []).map(each => each.valueFrom?.secretKeyRef)];
  const named = (kind: string, refs: typeof maps) => refs.flatMap(ref => (ref?.name ? [`${kind} ${ref.name}`] : []));
  const variablesFrom = [...new Set([...named('ConfigMap', maps), ...named('Secret', secrets)])];
  return { name, image, ...(variablesFrom.length > 0 && { variablesFrom }) };
}

const schemaOf = (api: unknown): JsonSchema => apiOfCrd(api)?.schema ?? {};

function versionsOf({ revisions, requestsOfVersion }: PromiseSources): PromiseVersion[] {
  const newest = [...revisions].sort(isNewerFirst);
  return newest.map((revision, index) => {
    const before = newest[index + 1];
    const version = revision.spec?.version ?? '';
    return {
      version,
      revision: revision.metadata.name,
      latest: revision.status?.latest === true,
      createdAt: revision.metadata.creationTimestamp,
      requests: requestsOfVersion.get(version) ?? 0,
      changes: before && schemaChanges(schemaOf(before.spec?.promiseSpec?.api), schemaOf(revision.spec?.promiseSpec?.api)),
    };
  });
}

/** What an engine says of a requirement. Source: B-PR-10. */
const REQUIREMENT: Record<string, RequiredPromise['state']> = {
  'Requirement installed': 'installed',
  'Requirement not available': 'unavailable',
  'Requirement not installed at the specified version': 'wrong-version',
};

function requirementsOf({ spec, status }: PromiseSource): RequiredPromise[] {
  return (spec?.requiredPromises ?? []).map(({ name = '', version }) => {
    const known = status?.requiredPromises?.find(required => required.name === name && (required.version ?? '') === (version ?? ''));
    return { name, ...(version && { version }), state: REQUIREMENT[known?.state ?? ''] ?? 'missing' };
  });
}

function runsOf({ promise, runs, jobs, pods }: PromiseSources): Run[] {
  const own = runs.filter(({ spec }) => spec.type === 'promise' && spec.target.uid === promise.metadata.uid);
  return own.length > 0
    ? runsOfRecords(own, pods, jobs)
    : runsOfJobs({ jobs, pods, promise, status: parseStatus(promise.status), type: 'promise' });
}

/** A Promise in full, whichever engine serves it. `toYaml` writes the example. Source: kratix-behaviour.md §1.1, §2.4, §2.5, §2.10. */
export function promiseDetail(sources: PromiseSources, toYaml: (value: unknown) => string): PromiseDetail {
  const { cluster, promise, counts, requests, template } = sources;
  const { metadata, spec, status } = promise;
  const api = apiOfPromise(promise);
  const example = api && exampleRequest(api);
  return {
    ...promiseSummary(cluster, promise, requests),
    uid: metadata.uid ?? '',
    description: api?.schema.description,
    createdAt: metadata.creationTimestamp ?? '',
    conditions: [...parseStatus(status).conditions.values()],
    paused: metadata.labels?.[kratixLabels.paused] === 'true',
    deleting: Boolean(metadata.deletionTimestamp),
    schema: api && withoutKeys(api.schema, ['apiVersion', 'kind', 'metadata', 'status']),
    example: example && toYaml(example),
    workflows: workflowsOf(promise),
    versions: versionsOf(sources),
    requires: requirementsOf(promise),
    requiredBy: [...new Set((status?.requiredBy ?? []).map(by => by.promise?.name ?? ''))].filter(Boolean).sort(),
    counts,
    runs: runsOf(sources),
    canDryRun: Boolean(api) && metadata.annotations?.[DRY_RUN_POLICY] === 'allowed',
    destinationSelectors: (spec?.destinationSelectors ?? []).map(({ matchLabels }) => matchLabels ?? {}),
    template: api && template && { namespace: template.namespace, name: template.name },
  };
}
