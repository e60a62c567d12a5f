import type { LoggerService } from '@backstage/backend-plugin-api';
import { entityEnvelopeSchemaValidator, type Entity } from '@backstage/catalog-model';
import { isDryRun, parentOf, signalRef, type RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Changes } from '../clusters/ChangeFeed';
import type { ClusterWatch, ServedApi } from '../clusters/ClusterWatch';
import { destinationEntity } from './destinationEntity';
import type { Transformers } from './extensionPoint';
import { isWanted, type ProviderContext, type EntityTransformer } from './options';
import { apiEntity, offerEntity, promiseEntitySource, templateEntity, wantedOfPromise } from './promiseEntities';
import type { GroupNow } from './planMutation';
import { requestEntity, type RequestEntitySource } from './requestEntity';

const PROMISES = 'promises.platform.kratix.io//';
const DESTINATIONS = 'destinations.platform.kratix.io//';

function apply<Source>(transformers: EntityTransformer<Source>[], entity: Entity, source: Source): Entity[] {
  let current: Entity | undefined = entity;
  for (const transformer of transformers) current = current && transformer(current, source);
  return current ? [current] : [];
}

/**
 * The entities of one cluster, from its live copy. They come in groups, one for each Promise, request and Destination,
 * whose keys are written as in signals.
 */
export class ClusterEntities {
  private readonly check = entityEnvelopeSchemaValidator();
  private readonly said = new Set<string>();

  constructor(
    private readonly watch: ClusterWatch,
    private readonly context: ProviderContext,
    private readonly transformers: Transformers,
    private readonly logger: LoggerService,
  ) {}

  /** Keys of all groups that there are. */
  keys(): string[] {
    const { options } = this.context;
    const promises = this.watch.promises().map(({ metadata }) => `${PROMISES}${metadata.name}`);
    const destinations = this.watch.destinations().map(({ metadata }) => `${DESTINATIONS}${metadata.name}`);
    const requests = this.watch.apis().flatMap(api =>
      this.watch.requests(api).map(({ metadata }) => signalRef({ ...api, namespace: metadata.namespace ?? '', name: metadata.name })),
    );
    return [...promises, ...(options.destinations.enabled ? destinations : []), ...(options.requests.enabled ? requests : [])];
  }

  /** Keys of the groups that a change touches. */
  keysOf({ promises, destinations, requests }: Changes): string[] {
    return [...promises.map(name => `${PROMISES}${name}`), ...destinations.map(name => `${DESTINATIONS}${name}`), ...requests];
  }

  isPromise(key: string): boolean {
    return key.startsWith(PROMISES);
  }

  /** The entities of a group as they are now: none where it is gone, undefined where they cannot be made. */
  group(key: string): GroupNow {
    try {
      const entities = this.entitiesOf(key);
      entities.forEach(entity => this.check(entity));
      return entities;
    } catch (error) {
      this.sayOnce(`Entities of ${key} in cluster "${this.watch.name}" cannot be made, they stay as they were: ${error}`);
      return undefined;
    }
  }

  private entitiesOf(key: string): Entity[] {
    if (key.startsWith(PROMISES)) return this.ofPromise(key.slice(PROMISES.length));
    if (key.startsWith(DESTINATIONS)) return this.ofDestination(key.slice(DESTINATIONS.length));
    return this.ofRequest(key);
  }

  private ofPromise(name: string): Entity[] {
    const promise = this.watch.promise(name);
    const source = promise && promiseEntitySource(promise, this.watch.name, this.watch.staleSince);
    if (!source) return [];
    const wanted = wantedOfPromise(source, this.context);
    const { promise: ofOffers, template: ofTemplates } = this.transformers;
    const templates = wanted.template ? apply(ofTemplates, templateEntity(source, this.context), source) : [];
    return [
      ...(wanted.offer ? apply(ofOffers, offerEntity(source, this.context, templates[0]), source) : []),
      ...(wanted.api ? apply(ofOffers, apiEntity(source, this.context), source) : []),
      ...templates,
    ];
  }

  private ofDestination(name: string): Entity[] {
    const destination = this.watch.destination(name);
    return destination && this.context.options.destinations.enabled ? [destinationEntity(destination, this.context)] : [];
  }

  private ofRequest(key: string): Entity[] {
    const [kind, namespace, name] = key.split('/');
    const api = this.watch.apis().find(candidate => `${candidate.plural}.${candidate.group}` === kind);
    const request = api && this.watch.request(api, namespace, name);
    if (!request || isDryRun(request) || !isWanted(this.context.options.requests, api.promise, request)) return [];
    const source = this.requestSource(api, request);
    return apply(this.transformers.request, requestEntity(source, this.context), source);
  }

  private requestSource(api: ServedApi, request: RequestObject): RequestEntitySource {
    const withDestinations = this.context.options.destinations.enabled;
    const placements = withDestinations ? this.watch.sources(api, request).placements : [];
    const destinations = new Set(placements.flatMap(({ spec }) => spec?.targetDestinationName ?? []));
    return { cluster: this.watch.name, api, request, parent: this.parent(request), destinations: [...destinations].sort() };
  }

  private parent(request: RequestObject): RequestEntitySource['parent'] {
    const ref = parentOf(request);
    const isParents = ({ promise, group, kind }: ServedApi) =>
      ref?.promise ? promise === ref.promise : group === ref?.group && kind === ref.kind;
    const api = ref && this.watch.apis().find(isParents);
    return api && { promise: api.promise, namespace: ref.namespace, name: ref.name };
  }

  private sayOnce(words: string): void {
    if (this.said.has(words)) return;
    this.said.add(words);
    this.logger.warn(words);
  }
}
