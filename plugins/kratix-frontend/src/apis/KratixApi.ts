import { createApiRef } from '@backstage/frontend-plugin-api';
import type {
  ClusterSummary,
  DestinationSummary,
  DryRunState,
  FileContent,
  MetricsSummary,
  NamespaceSummary,
  Overview,
  Preview,
  PromiseDetail,
  PromiseSummary,
  RequestDetail,
  RequestPage,
  RequestQuery,
  ResourceIdentity,
  RunContent,
  StoreSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';

/** Which container's log: without a run the newest one, without a step or container the most telling one. */
export interface LogQuery {
  run?: string;
  step?: string;
  container?: string;
  /** Counts from 1; without it the newest one. */
  attempt?: number;
  /** Keep the answer open and go on with what the container writes. */
  follow?: boolean;
  /** Only so many of the last lines. */
  tail?: number;
}

/** Which delivered file: a path may be delivered by several steps, and to several destinations. */
export interface FileQuery {
  path: string;
  destination?: string;
  step?: string;
  run?: string;
}

/** Where requests of one API live in one namespace. */
export type RequestPlace = Pick<ResourceIdentity, 'cluster' | 'group' | 'version' | 'plural' | 'namespace'>;

/** A change of the spec, and the generation that it began from. */
export interface SpecEdit {
  spec: Record<string, unknown>;
  generation: number;
  /** The spec that the edit began from: tells, in a conflict, who changed what. */
  base?: Record<string, unknown>;
}

/**
 * What the pages ask of the Kratix backend. Every method throws a `ResponseError` with the server's words; a signal
 * that aborts ends the call.
 */
export interface KratixApi {
  overview(signal?: AbortSignal): Promise<Overview>;
  clusters(signal?: AbortSignal): Promise<ClusterSummary[]>;
  promises(cluster?: string, signal?: AbortSignal): Promise<PromiseSummary[]>;
  promise(cluster: string, name: string, signal?: AbortSignal): Promise<PromiseDetail>;
  /** How the runs of the last day went, by Promise, as far as the caller may see the requests. */
  metrics(signal?: AbortSignal): Promise<MetricsSummary>;
  /** Where the caller may make requests: of one Promise, or of any. */
  namespaces(of: { cluster?: string; promise?: string }, signal?: AbortSignal): Promise<NamespaceSummary[]>;
  destinations(signal?: AbortSignal): Promise<DestinationSummary[]>;
  stores(signal?: AbortSignal): Promise<StoreSummary[]>;
  /** One page of the requests that the caller may see. */
  requests(query?: RequestQuery, signal?: AbortSignal): Promise<RequestPage>;
  request(identity: ResourceIdentity, signal?: AbortSignal): Promise<RequestDetail>;
  file(identity: ResourceIdentity, query: FileQuery, signal?: AbortSignal): Promise<FileContent>;
  /** What a run was given and what it left, as far as that is known. */
  run(identity: ResourceIdentity, run: string, signal?: AbortSignal): Promise<RunContent>;
  /** The log in pieces as they arrive, not cut at line ends. Ends with the container, or when `signal` aborts. */
  log(identity: ResourceIdentity, query: LogQuery, signal: AbortSignal): AsyncIterable<string>;

  create(place: RequestPlace, request: { name: string; spec: Record<string, unknown> }): Promise<RequestDetail>;
  /** The same, tried on the server without effect. */
  previewCreate(
    place: RequestPlace,
    request: { name: string; spec: Record<string, unknown> },
    signal?: AbortSignal,
  ): Promise<Preview>;
  /**
   * Replaces the whole spec. When somebody else has changed the request since the edit's generation, the server
   * refuses; `conflictOf` in `problem.ts` then tells what changed.
   */
  update(identity: ResourceIdentity, edit: SpecEdit): Promise<RequestDetail>;
  /** The same, tried on the server without effect. */
  preview(identity: ResourceIdentity, edit: SpecEdit, signal?: AbortSignal): Promise<Preview>;
  /** Runs the pipelines for another spec without effect; `dryRunState` tells how far it is. */
  dryRun(identity: ResourceIdentity, spec: Record<string, unknown>): Promise<{ name: string }>;
  dryRunState(identity: ResourceIdentity, dryRun: string, signal?: AbortSignal): Promise<DryRunState>;

  /** Runs the request's workflow again, as it is: from its first step, or from the one that is named. */
  rerun(identity: ResourceIdentity, options?: { from?: string }): Promise<void>;
  /** Runs a failed step, or the one that is named, and those behind it again. */
  retry(identity: ResourceIdentity, options?: { step?: string }): Promise<void>;
  /** Lets a step that has paused itself go on. */
  resume(identity: ResourceIdentity): Promise<void>;
  /** Keeps the engine from applying changes, until `unpause`. */
  pause(identity: ResourceIdentity): Promise<void>;
  unpause(identity: ResourceIdentity): Promise<void>;
  /** Binds the request to one version of its Promise. */
  pin(identity: ResourceIdentity, version: string): Promise<void>;
  /** Moves the request to the newest version of its Promise. */
  upgrade(identity: ResourceIdentity): Promise<void>;
  /** Deletes the request and what it delivered; with a `uid`, only that very object and not a namesake made since. */
  remove(identity: ResourceIdentity, uid?: string): Promise<void>;
}

export const kratixApiRef = createApiRef<KratixApi>().with({ id: 'plugin.kratix.client', pluginId: 'kratix' });
