import { requesterOf } from './annotations';
import { hideSecrets } from './formSecrets';
import { phaseOf, type PhaseInput } from './phase';
import { parseStatus } from './phase-status';
import { isPromiseAvailable, missingPromises, specSchemaOfPromise } from './promiseApi';
import { destinationsOf, unscheduledMessage } from './stateDelivery';
import { runsOfJobs } from './stateJobs';
import {
  kratixLabels,
  type DestinationSource,
  type JobSource,
  type PlacementSource,
  type PodSource,
  type PromiseSource,
  type RequestObject,
  type RunSource,
  type WorkSource,
} from './stateObjects';
import { runsOfRecords } from './stateRuns';
import type { DestinationState, RequestState, RequestSummary, Run } from './types';

/** One request with every object that says something about it. */
export interface RequestSources {
  /** Name of the cluster in the configuration. */
  cluster: string;
  type: { group: string; version: string; kind: string; plural: string };
  request: RequestObject;
  /** Name of the Promise whose API it is. */
  promiseName: string;
  /** Of the request, where the catalog has it. */
  entityRef?: string;
  promise?: PromiseSource;
  works: WorkSource[];
  placements: PlacementSource[];
  destinations: DestinationSource[];
  /** WorkflowRuns of the request; empty where the engine keeps none. */
  runs: RunSource[];
  jobs: JobSource[];
  pods: PodSource[];
  /** When the cluster was last heard of, while it is not reachable. */
  staleSince?: string;
}

/** Keys of `status` that engines keep for themselves; the others are what the pipelines answer. */
const ENGINE_KEYS = [
  'conditions', 'kratix', 'workflows', 'workflowsFailed', 'workflowsSucceeded', 'observedGeneration', 'healthStatus',
  'lastSuccessfulConfigureWorkflowTime', 'promiseVersion', 'resourceBindingVersion',
];
/** What engines write to `status.message` where no pipeline does. */
const ENGINE_MESSAGES = ['Pending', 'Resource requested'];

/** The runs of a request, newest first. */
export function requestRuns({ request, promise, runs, jobs, pods }: RequestSources): Run[] {
  const { uid } = request.metadata;
  const own = runs.filter(run => run.spec.type === 'resource' && run.spec.target.uid === uid);
  if (own.length > 0) return runsOfRecords(own, pods, jobs);
  const isOwn = ({ ownerReferences = [] }: JobSource['metadata']) =>
    ownerReferences.length === 0 || ownerReferences.some(owner => owner.uid === uid);
  return runsOfJobs({ jobs: jobs.filter(job => isOwn(job.metadata)), pods, promise, status: parseStatus(request.status) });
}

function phaseInput(sources: RequestSources, runs: Run[], destinations: DestinationState[], now: Date): PhaseInput {
  const { request, promise, works, staleSince, cluster } = sources;
  return {
    metadata: request.metadata,
    status: request.status ?? {},
    promise: promise && {
      name: promise.metadata.name,
      available: isPromiseAvailable(promise),
      paused: promise.metadata.labels?.[kratixLabels.paused] === 'true',
      missing: missingPromises(promise),
    },
    runs,
    destinations,
    workPending: unscheduledMessage(works),
    stale: staleSince ? { since: staleSince, cluster } : undefined,
    now,
  };
}

function outputsOf(status: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(status).filter(
      ([key, value]) => !ENGINE_KEYS.includes(key) && !(key === 'message' && ENGINE_MESSAGES.includes(String(value))),
    ),
  );
}

function summaryOf(sources: RequestSources, runs: Run[], destinations: DestinationState[], now: Date): RequestSummary {
  const { cluster, type, request, promiseName, entityRef } = sources;
  const { metadata } = request;
  const { group, version, kind, plural } = type;
  return {
    cluster,
    group,
    version,
    kind,
    plural,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    promise: promiseName,
    requestedBy: requesterOf(metadata),
    createdAt: metadata.creationTimestamp ?? '',
    entityRef,
    summary: phaseOf(phaseInput(sources, runs, destinations, now)),
  };
}

/** The version of the Promise that a request's status names; engines write `not-set` where the Promise has none. */
export function promiseVersionOf(status: Record<string, unknown> | undefined): string | undefined {
  const version = status?.promiseVersion;
  return typeof version === 'string' && version !== 'not-set' ? version : undefined;
}

/** A request as lists show it. */
export function requestSummary(sources: RequestSources, now: Date): RequestSummary {
  return summaryOf(sources, requestRuns(sources), destinationsOf(sources), now);
}

/** A request in full: from the objects alone, whichever engine wrote them. Never holds the content of files. */
export function requestState(sources: RequestSources, now: Date): RequestState {
  const { request, staleSince } = sources;
  const status = request.status ?? {};
  const runs = requestRuns(sources);
  const destinations = destinationsOf(sources);
  const { conditions } = parseStatus(status);
  return {
    ...summaryOf(sources, runs, destinations, now),
    generation: request.metadata.generation,
    spec: hideSecrets(request.spec ?? {}, specSchemaOfPromise(sources.promise)),
    outputs: outputsOf(status),
    conditions: [...conditions.values()],
    runs,
    destinations,
    promiseVersion: promiseVersionOf(status),
    staleSince,
  };
}
