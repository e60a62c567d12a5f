import {
  authorAnnotations,
  requestState,
  specSchemaOfPromise,
  type Preview,
  type RequestObject,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { PromiseRevision, ResourceBinding, type PromiseRevisionObject, type ResourceBindingObject } from '@kratix-ts/core/api';
import { ApiError, apiVersionOf, mergePatchOf, type DynamicObject, type KubeClient, type KubeObject, type ResourceType, type WriteOptions } from '@kratix-ts/core/kube';
import { labels } from '@kratix-ts/core/wire';
import type { ServedApi } from '../clusters/ClusterWatch';
import { portalError } from './errors';
import { planAction, type RequestAction } from './planAction';
import { planVersion, type BindingWrite, type VersionWish } from './planVersion';
import { previewOf } from './preview';
import type { NewRequest, SpecEdit } from './requestInput';
import type { Place, RequestId, RequestLocator } from './RequestLocator';
import { wantedSpec } from './wantedSpec';

/** Whom a write is made for. */
export interface Author {
  /** Entity ref; none where a service writes for itself. */
  ref?: string;
  /** Whom the cluster is told that it is, where it lets the portal say so. */
  impersonate?: WriteOptions['impersonate'];
}

/** Where a new request belongs. */
export type RequestPlace = Omit<RequestId, 'name'>;

type Written = KubeObject & RequestObject;

const ACCESS_REVIEW: ResourceType = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

/** How often a write is tried again that met a status which moved in between. */
const RETRIES = 4;

/** A merge patch that the server refuses when it names a field that is not there: a misspelt one must not vanish. */
const strict = ({ impersonate }: Author) => ({ kind: 'merge', fieldValidation: 'Strict', impersonate }) as const;

/** Writes Promises' requests; who may do what is decided before. Errors carry the API server's words. */
export class RequestWrites {
  constructor(private readonly locator: RequestLocator) {}

  async create(place: RequestPlace, request: NewRequest, author: Author): Promise<void> {
    const { watch, api } = this.locator.locateApi(place);
    watch.observe(api, await asPortal(newObject(watch.client, api, place, request, author, false)));
  }

  /** Tries a new request on the server without effect. */
  previewCreate(place: RequestPlace, request: Partial<NewRequest> & Pick<NewRequest, 'spec'>, author: Author): Promise<Preview> {
    const { watch, api } = this.locator.locateApi(place);
    const schema = specSchemaOfPromise(watch.promise(api.promise));
    return previewOf({ spec: request.spec, schema, run: () => newObject(watch.client, api, place, request, author, true) });
  }

  /** Replaces the spec. Throws ConflictError with an EditConflict when somebody else changed it since `generation`. */
  async update(id: RequestId, edit: SpecEdit, author: Author): Promise<void> {
    const { watch, api } = this.locator.locate(id);
    const schema = specSchemaOfPromise(watch.promise(api.promise));
    // A status that moves in between is no conflict: read again, and look at the generation.
    for (let attempt = 0; ; attempt += 1) {
      const current = await this.fresh(id, attempt > 0);
      const wanted = wantedSpec(current, { edit, schema, by: author.ref });
      const spec = mergePatchOf(current.spec ?? {}, wanted);
      if (!spec) return;
      const metadata = { resourceVersion: current.metadata.resourceVersion, annotations: authorAnnotations(author.ref, current.metadata) };
      try {
        watch.observe(api, await watch.client.patch<Written>(api, id, { metadata, spec }, strict(author)));
        return;
      } catch (error) {
        if (!(error instanceof ApiError && error.isConflict) || attempt >= RETRIES) throw portalError(error);
      }
    }
  }

  /** Tries an edit on the server without effect. Throws as {@link update} does. */
  async preview(id: RequestId, edit: SpecEdit, author: Author): Promise<Preview> {
    const { watch, api } = this.locator.locate(id);
    const current = await this.fresh(id, false);
    const schema = specSchemaOfPromise(watch.promise(api.promise));
    const wanted = wantedSpec(current, { edit, schema, by: author.ref });
    const spec = mergePatchOf(current.spec ?? {}, wanted);
    const run = async () => (spec ? watch.client.patch<Written>(api, id, { spec }, { ...strict(author), dryRun: true }) : current);
    return previewOf({ before: current, spec: wanted, schema, run });
  }

  async remove(id: RequestId, uid: string | undefined, author: Author): Promise<void> {
    const { watch, api, request } = this.locator.locate(id);
    const preconditions = { uid: uid ?? request.metadata.uid };
    await asPortal(watch.client.delete(api, id, { preconditions, impersonate: author.impersonate }));
  }

  /** Throws ConflictError with a sentence when the action does not fit the request's state. */
  async act(id: RequestId, action: RequestAction, author: Author): Promise<void> {
    const { watch, api, request } = this.locator.locate(id);
    const sources = watch.sources(api, request);
    const { runs } = requestState(sources, new Date());
    const metadata = planAction(action, { request, promise: sources.promise, runs, keepsRuns: sources.runs.length > 0 });
    watch.observe(api, await asPortal(watch.client.patch<Written>(api, id, { metadata }, { kind: 'merge', impersonate: author.impersonate })));
  }

  /** Lets the request run with another version of its Promise. Throws as {@link act} does. */
  async setVersion(id: RequestId, wish: VersionWish, author: Author): Promise<void> {
    const { watch, api, request } = this.locator.locate(id);
    const { client } = watch;
    const labelSelector = `${labels.promiseName}=${api.promise}`;
    const [revisions, bindings] = await asPortal(
      Promise.all([
        client.list<PromiseRevisionObject>(PromiseRevision.type, { labelSelector }),
        client.list<ResourceBindingObject>(ResourceBinding.type, { labelSelector, namespace: id.namespace }),
      ]),
    );
    const own = bindings.items.filter(({ spec, metadata }) => spec.resourceRef.name === id.name && !metadata.deletionTimestamp);
    const write = planVersion(wish, { request, promise: api.promise, revisions: revisions.items, bindings: own });
    await asPortal(writeBinding(client, id.namespace, write, author));
  }

  /** Those where the cluster, too, lets the caller make a request. Where callers do not act as themselves, all of them. */
  async acceptedPlaces(places: Place[], authorOf: (cluster: string) => Promise<Author>): Promise<Place[]> {
    const authors = new Map<string, Author>();
    for (const cluster of new Set(places.map(({ facts }) => facts.cluster))) authors.set(cluster, await authorOf(cluster));
    const accepted = await Promise.all(places.map(place => mayCreate(place, authors.get(place.facts.cluster)?.impersonate)));
    return places.filter((_, index) => accepted[index]);
  }

  private async fresh(id: RequestId, ask: boolean): Promise<RequestObject> {
    const { watch, api, request } = this.locator.locate(id);
    return ask ? asPortal(watch.client.get<Written>(api, id)) : request;
  }
}

function newObject(client: KubeClient, api: ServedApi, place: RequestPlace, request: Partial<NewRequest>, author: Author, dryRun: boolean): Promise<Written> {
  const annotations = authorAnnotations(author.ref);
  const name = request.name ? { name: request.name } : { name: '', generateName: 'preview-' };
  const object: DynamicObject = {
    apiVersion: apiVersionOf(api),
    kind: api.kind,
    metadata: { ...name, namespace: place.namespace, ...(author.ref && { annotations }) },
    spec: request.spec,
  };
  return client.create<Written>(api, object, { fieldValidation: 'Strict', dryRun, impersonate: author.impersonate });
}

async function writeBinding(client: KubeClient, namespace: string, write: BindingWrite, { impersonate }: Author): Promise<void> {
  if ('create' in write) await client.create(ResourceBinding.type, write.create, { impersonate });
  else await client.patch(ResourceBinding.type, { namespace, name: write.name }, write.patch, { kind: 'merge', impersonate });
}

async function mayCreate({ watch, api, facts }: Place, impersonate: Author['impersonate']): Promise<boolean> {
  if (!impersonate) return true;
  const resourceAttributes = { group: api.group, resource: api.plural, verb: 'create', namespace: facts.namespace };
  const review = { apiVersion: apiVersionOf(ACCESS_REVIEW), kind: ACCESS_REVIEW.kind, metadata: { name: '' }, spec: { resourceAttributes } };
  const { status } = await asPortal(watch.client.create<DynamicObject>(ACCESS_REVIEW, review, { impersonate }));
  return status?.allowed === true;
}

function asPortal<T>(call: Promise<T>): Promise<T> {
  return call.catch(error => {
    throw portalError(error);
  });
}
