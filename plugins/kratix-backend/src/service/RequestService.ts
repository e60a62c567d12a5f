import {
  apiOfPromise,
  promiseSummary,
  requestState,
  requestSummary,
  type PromiseSummary,
  type RequestState,
  type RequestSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { Clusters } from '../clusters/Clusters';
import { readFile, type FileQuery } from './readFile';
import { factsOf, type RequestId, type RequestLocator } from './RequestLocator';
import type { RequestFacts } from './rules';
import { streamLog, type LogQuery } from './streamLog';

export interface RequestFilter {
  cluster?: string;
  promise?: string;
  namespace?: string;
}

/** Reads Promises' requests, from the watches alone; who may see what is decided before. */
export class RequestService {
  constructor(private readonly clusters: Clusters, private readonly locator: RequestLocator) {}

  promises(): PromiseSummary[] {
    return this.clusters.all().flatMap(watch =>
      watch.promises().map(promise => {
        const api = apiOfPromise(promise);
        const served = api && watch.api(api);
        return promiseSummary(watch.name, promise, served ? watch.requests(served).length : 0);
      }),
    );
  }

  /** Facts of all requests, for deciding which of them the caller may see. */
  *facts(filter: RequestFilter): Iterable<{ facts: RequestFacts; summary: () => RequestSummary }> {
    for (const watch of this.clusters.all()) {
      if (filter.cluster && filter.cluster !== watch.name) continue;
      for (const api of watch.apis()) {
        if (filter.promise && filter.promise !== api.promise) continue;
        for (const request of watch.requests(api)) {
          if (filter.namespace && filter.namespace !== request.metadata.namespace) continue;
          const summary = () => requestSummary(watch.sources(api, request), new Date());
          yield { facts: factsOf({ watch, api, request }), summary };
        }
      }
    }
  }

  state(id: RequestId): RequestState {
    const { watch, api, request } = this.locator.locate(id);
    return requestState(watch.sources(api, request), new Date());
  }

  file(id: RequestId, query: FileQuery): string {
    const { watch, api, request } = this.locator.locate(id);
    return readFile(watch.sources(api, request), query);
  }

  /** A container's log in chunks; with `follow` it waits for the container to start, and ends with it. */
  logs(id: RequestId, query: LogQuery, signal: AbortSignal): AsyncIterable<string> {
    const { watch } = this.locator.locate(id);
    const state = () => this.state(id);
    return streamLog({ client: watch.client, state, onChange: handler => watch.onChange(handler) }, query, signal);
  }
}
