import { createApiRef } from '@backstage/frontend-plugin-api';
import type {
  PromiseSummary,
  RequestState,
  RequestSummary,
  ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';

/** Which container's log: without a run the newest one, without a step or container the most telling one. */
export interface LogQuery {
  run?: string;
  step?: string;
  container?: string;
  /** Keep the answer open and go on with what the container writes. */
  follow?: boolean;
}

/** What the pages ask of the Kratix backend. Every method throws a `ResponseError` with the server's words. */
export interface KratixApi {
  promises(): Promise<PromiseSummary[]>;
  requests(filter?: { cluster?: string; promise?: string; namespace?: string }): Promise<RequestSummary[]>;
  request(identity: ResourceIdentity): Promise<RequestState>;
  /**
   * Replaces the whole spec. `generation` is the one that the edit began from: when somebody else has changed the
   * request since, the server refuses.
   */
  update(identity: ResourceIdentity, edit: { spec: Record<string, unknown>; generation: number }): Promise<RequestState>;
  /** Deletes the request and what it delivered; with a `uid`, only that very object and not a namesake made since. */
  remove(identity: ResourceIdentity, uid?: string): Promise<void>;
  /** Runs the request's workflow again, as it is. */
  rerun(identity: ResourceIdentity): Promise<void>;
  /** The log in pieces as they arrive, not cut at line ends. Ends with the container, or when `signal` aborts. */
  log(identity: ResourceIdentity, query: LogQuery, signal: AbortSignal): AsyncIterable<string>;
}

export const kratixApiRef = createApiRef<KratixApi>().with({ id: 'plugin.kratix.client', pluginId: 'kratix' });
