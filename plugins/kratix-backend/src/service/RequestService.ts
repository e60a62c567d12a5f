import {
  apiOfPromise,
  isDryRun,
  promiseSummary,
  requestDetail,
  requestState,
  type PromiseSummary,
  type RequestAbilities,
  type RequestDetail,
  type RequestPage,
  type RequestQuery,
  type RequestState,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { Clusters } from '../clusters/Clusters';
import { detailSources } from './detailSources';
import { readFile, type FileQuery } from './readFile';
import { RequestIndex } from './RequestIndex';
import type { RequestId, RequestLocator } from './RequestLocator';
import { requestPage } from './requestPage';
import type { RequestFacts } from './rules';
import { streamLog, type LogQuery } from './streamLog';

/** Reads Promises' requests, from the watches alone; who may see what is decided before. */
export class RequestService {
  private readonly index: RequestIndex;

  constructor(private readonly clusters: Clusters, private readonly locator: RequestLocator) {
    this.index = new RequestIndex(clusters);
  }

  promises(cluster?: string): PromiseSummary[] {
    return this.clusters.all().filter(({ name }) => !cluster || name === cluster).flatMap(watch =>
      watch.promises().map(promise => {
        const api = apiOfPromise(promise);
        const served = api && watch.api(api);
        return promiseSummary(watch.name, promise, served ? watch.requests(served).filter(request => !isDryRun(request)).length : 0);
      }),
    );
  }

  /** A page of the requests that the caller may see. */
  page(query: RequestQuery, isVisible: (facts: RequestFacts) => boolean): RequestPage {
    return requestPage(this.index.sorted(query.sort ?? 'attention'), isVisible, query, new Date());
  }

  state(id: RequestId): RequestState {
    const { watch, api, request } = this.locator.locate(id);
    return requestState(watch.sources(api, request), new Date());
  }

  /** A request in full. `isVisible` decides which of the requests that it made are named. */
  detail(id: RequestId, abilities: RequestAbilities, isVisible: (facts: RequestFacts) => boolean): RequestDetail {
    const located = this.locator.locate(id);
    return { ...requestDetail(detailSources(located, isVisible), new Date()), abilities };
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
