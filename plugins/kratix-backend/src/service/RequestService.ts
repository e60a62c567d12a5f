import { NotFoundError } from '@backstage/errors';
import {
  commitUrl,
  requestDetail,
  requestRuns,
  requestState,
  type FileContent,
  type FileSource,
  type RequestAbilities,
  type RequestDetail,
  type RequestPage,
  type RequestQuery,
  type RequestState,
  type RunContent,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { LogStore } from '../logs/LogStore';
import { contentOf, tellableParts } from '../runs/runParts';
import type { RunStore } from '../runs/RunStore';
import { secretsInSpec, withoutSecrets } from '../logs/withoutSecrets';
import { detailSources } from './detailSources';
import { findFile, rawText, shownText, type FileQuery } from './readFile';
import type { RequestIndex } from './RequestIndex';
import type { RequestId, RequestLocator } from './RequestLocator';
import { requestPage } from './requestPage';
import type { RequestFacts } from './rules';
import { streamLog, type KeptQuestion, type LogQuery } from './streamLog';

/** Reads Promises' requests, from the watches alone; who may see what is decided before. */
export class RequestService {
  constructor(private readonly index: RequestIndex, private readonly locator: RequestLocator, private readonly stores: { logs?: LogStore; runs?: RunStore } = {}) {}

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

  /** One delivered file beside what was there before. Throws NotFoundError when no destination was given such a file. */
  file(id: RequestId, query: FileQuery & { run?: string }): FileContent {
    const { watch, api, request } = this.locator.locate(id);
    this.refuseOlderRun(id, query.run);
    const { path } = query;
    const sources = watch.sources(api, request);
    const { placement, step } = findFile(sources, query);
    const isHere = (file: FileSource) => file.filepath === path;
    const before = watch.formerFilesOf(placement)?.find(isHere);
    const version = placement.status?.versionID;
    const destination = placement.spec?.targetDestinationName;
    const ref = sources.destinations.find(({ metadata }) => metadata.name === destination)?.spec?.stateStoreRef;
    const store = watch.platform.stores().find(({ kind, metadata }) => kind === ref?.kind && metadata.name === ref?.name);
    return {
      path,
      destination,
      step,
      ...shownText(watch.filesOf(placement).find(isHere)?.content, path),
      previous: before && shownText(before.content, path).content,
      version,
      commitUrl: commitUrl(store?.spec?.url, version),
    };
  }

  /** What a run was given and what it left, as far as that is known. Throws NotFoundError where the request has no such run. */
  async run(id: RequestId, run: string): Promise<RunContent> {
    const { watch, api, request } = this.locator.locate(id);
    const sources = watch.sources(api, request);
    if (!requestRuns(sources).some(known => known.id === run)) throw new NotFoundError(`${api.kind} "${id.namespace}/${id.name}" has no run "${run}", or no longer`);
    const told = tellableParts(sources).filter(part => part.run === run);
    const present = told.map(part => contentOf(part, sources, work => watch.filesOfWork(work)));
    const kept = await this.stores.runs?.find(id.cluster, request.metadata.uid ?? '', run);
    return Object.assign({}, kept, ...present);
  }

  /** The whole text of a delivered file, up to 5 MB. */
  rawFile(id: RequestId, query: FileQuery): string {
    const { watch, api, request } = this.locator.locate(id);
    const { placement } = findFile(watch.sources(api, request), query);
    return rawText(watch.filesOf(placement).find(({ filepath }) => filepath === query.path)?.content, query.path);
  }

  /**
   * A container's log in chunks, without the secrets of the request's spec; with `follow` it waits for the container to start,
   * and ends with it.
   */
  logs(id: RequestId, query: LogQuery, signal: AbortSignal): AsyncIterable<string> {
    const { watch, api } = this.locator.locate(id);
    const owner = `${api.promise}/${id.namespace}/${id.name}`;
    const kept = async (question: KeptQuestion) => this.stores.logs?.find({ cluster: id.cluster, owner, ...question });
    const source = { client: watch.client, state: () => this.state(id), onChange: (handler: () => void) => watch.onChange(handler), kept };
    return withoutSecrets(streamLog(source, query, signal), secretsInSpec(watch, { promise: api.promise, ...id }));
  }

  private refuseOlderRun(id: RequestId, run: string | undefined): void {
    const newest = run && this.state(id).runs.find(({ action }) => action === 'configure')?.id;
    if (run && newest && run !== newest) throw new NotFoundError(`Run "${run}" is not the newest, "${newest}"; what is kept of its files is at runs/${run}`);
  }
}
