import { ConflictError, InputError } from '@backstage/errors';
import { kratixLabels, requestState, type RequestObject, type RequestState } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError, mergePatchOf, pathOf, type KubeObject } from '@kratix-ts/core/kube';
import { FIELD_MANAGER } from '../clusters/Clusters';
import type { ClusterWatch, ServedApi } from '../clusters/ClusterWatch';
import { portalError } from './errors';
import type { RequestId, RequestLocator } from './RequestLocator';

/** A new spec, and the generation of the request that it was made from. */
export interface SpecEdit {
  spec: Record<string, unknown>;
  generation: number;
}

const RERUN = { metadata: { labels: { [kratixLabels.manualReconciliation]: 'true' } } };

/** Writes Promises' requests; who may do what is decided before. */
export class RequestWrites {
  constructor(private readonly locator: RequestLocator) {}

  /** Replaces the spec. Throws ConflictError when somebody else changed it since `generation`. */
  async update(id: RequestId, edit: SpecEdit): Promise<RequestState> {
    const { watch, api } = this.locator.locate(id);
    // A status that moves in between is no conflict: read again, and look at the generation.
    for (let attempt = 0; ; attempt += 1) {
      const current = await this.fresh(id, attempt > 0);
      this.refuseOlder(id, current, edit);
      const spec = mergePatchOf(current.spec ?? {}, edit.spec);
      if (!spec) return this.state(id);
      const { resourceVersion } = current.metadata;
      try {
        watch.observe(api, await strictPatch(watch, api, id, { metadata: { resourceVersion }, spec }));
        return this.state(id);
      } catch (error) {
        if (!(error instanceof ApiError && error.isConflict) || attempt >= 4) throw portalError(error);
      }
    }
  }

  async remove(id: RequestId, uid?: string): Promise<void> {
    const { watch, api, request } = this.locator.locate(id);
    const preconditions = { uid: uid ?? request.metadata.uid };
    await watch.client.delete(api, id, { preconditions }).catch(error => {
      throw portalError(error);
    });
  }

  /** Runs the request's workflow again, as it is. */
  async rerun(id: RequestId): Promise<void> {
    const { watch, api } = this.locator.locate(id);
    try {
      watch.observe(api, await watch.client.patch<KubeObject & RequestObject>(api, id, RERUN, { kind: 'merge' }));
    } catch (error) {
      throw portalError(error);
    }
  }

  private async fresh(id: RequestId, ask: boolean): Promise<RequestObject> {
    const { watch, api, request } = this.locator.locate(id);
    if (!ask) return request;
    return watch.client.get<KubeObject & RequestObject>(api, id).catch(error => {
      throw portalError(error);
    });
  }

  private refuseOlder({ namespace, name }: RequestId, { metadata }: RequestObject, { generation }: SpecEdit): void {
    if (metadata.generation === generation) return;
    throw new ConflictError(
      `"${namespace}/${name}" was changed in between: you edited generation ${generation}, it is ${metadata.generation} now. Look at the newer one and edit that.`,
    );
  }

  private state(id: RequestId): RequestState {
    const { watch, api, request } = this.locator.locate(id);
    return requestState(watch.sources(api, request), new Date());
  }
}

/** A merge patch that the server refuses when it names a field that is not there: a misspelt one must not vanish. */
function strictPatch({ client }: ClusterWatch, api: ServedApi, id: RequestId, body: object): Promise<KubeObject & RequestObject> {
  const query = { fieldValidation: 'Strict', fieldManager: FIELD_MANAGER };
  return client.request('PATCH', pathOf(api, id), { query, body, contentType: 'application/merge-patch+json' });
}

/** Reads the body of an edit. Throws InputError that names the field. */
export function parseSpecEdit(body: unknown): SpecEdit {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const { spec, generation } = fields;
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) throw new InputError('spec must be an object: the whole new spec');
  if (typeof generation !== 'number') throw new InputError('generation must be the number that the edited request had');
  return { spec: { ...spec }, generation };
}
