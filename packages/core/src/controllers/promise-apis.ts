import { claimProblem, type PromiseApi, type PromiseObject } from '../api';
import { ApiError, coreTypes } from '../kube';
import type { KubeObject } from '../kube/types';
import { breakingChanges } from '../promise/breaking-changes';
import { controllerRights } from '../promise/controller-rights';
import { labels } from '../wire/names';
import type { EngineContext } from './context';

/** What came of giving a Promise its API. */
export interface Claim {
  /** What stands against it; empty when it is the Promise's own. */
  problems: string[];
  /** What it asks of requests that were good before. */
  breaking: string[];
}

/** Gives Promises their APIs: definition and rights. Source: kratix-behaviour.md §2.6. */
export class PromiseApis {
  /** Two Promises that want one definition come one after the other. */
  private claims: Promise<unknown> = Promise.resolve();

  constructor(private readonly engine: EngineContext) {}

  /** The definitions that bear the Promise's label. */
  of(promise: PromiseObject): KubeObject[] {
    return this.engine.informers.crds.list().filter(crd => crd.metadata.labels?.[labels.promiseName] === promise.metadata.name);
  }

  /** Makes the API the Promise's own, and lets the engine look after its requests. */
  claim(promise: PromiseObject, api: PromiseApi | undefined): Promise<Claim> {
    const claimed = this.claims.then(async () => {
      const { crds } = this.engine.informers;
      const before = api && crds.get(api.crd.metadata.name);
      const unknown = api && !before ? await this.foreign(api) : [];
      const problem = claimProblem(promise, api, [...crds.list(), ...unknown]) ?? (api && (await this.apply(promise, api)));
      return { problems: problem ? [problem] : [], breaking: api && !problem ? breakingChanges(before, api.crd) : [] };
    });
    this.claims = claimed.catch(() => undefined);
    return claimed;
  }

  /** Deletes every definition; true while some are left. */
  async removeAll(promise: PromiseObject): Promise<boolean> {
    const own = this.of(promise);
    for (const crd of own) await this.engine.deleteOnce(coreTypes.CustomResourceDefinition, crd);
    return own.length > 0;
  }

  /** A definition that no Promise's label shows: the cache does not hold it. */
  private async foreign({ crd }: PromiseApi): Promise<KubeObject[]> {
    try {
      return [await this.engine.api.client.get(coreTypes.CustomResourceDefinition, crd.metadata)];
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return [];
      throw error;
    }
  }

  /** The server's words when it refuses. The rights come first: nobody watches what may not be listed. */
  private async apply(promise: PromiseObject, api: PromiseApi): Promise<string | undefined> {
    // an engine with narrow rights gets those on requests by one role of its own
    const rights = this.engine.config.requestsRole ? [] : controllerRights(promise.metadata.name, api);
    for (const { type, object } of rights) await this.engine.api.apply(type, object);
    try {
      await this.engine.api.apply(coreTypes.CustomResourceDefinition, api.crd);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && [400, 422].includes(error.code)) return `spec.api: invalid CRD: ${error.message}`;
      throw error;
    }
  }
}
