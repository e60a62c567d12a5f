import {
  requestDetail,
  requestState,
  type RequestAbilities,
  type RequestDetail,
  type RequestPage,
  type RequestQuery,
  type RequestState,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { detailSources } from './detailSources';
import { readFile, type FileQuery } from './readFile';
import type { RequestIndex } from './RequestIndex';
import type { RequestId, RequestLocator } from './RequestLocator';
import { requestPage } from './requestPage';
import type { RequestFacts } from './rules';
import { streamLog, type LogQuery } from './streamLog';

/** Reads Promises' requests, from the watches alone; who may see what is decided before. */
export class RequestService {
  constructor(private readonly index: RequestIndex, private readonly locator: RequestLocator) {}

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
