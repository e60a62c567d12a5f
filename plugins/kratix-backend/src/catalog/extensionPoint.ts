import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { EntityTransformer } from './options';
import type { PromiseEntitySource } from './promiseEntities';
import type { RequestEntitySource } from './requestEntity';

/**
 * Changes entities before the catalog gets them. A transformer gets the entity and what it was made of, and returns
 * another one, or undefined to leave it out. One that throws leaves the catalog's entity as it was.
 */
export interface KratixCatalogExtensionPoint {
  /** For the entity of each request. */
  addRequestTransformer(transformer: EntityTransformer<RequestEntitySource>): void;
  /** For the offer of each Promise, and for its API. */
  addPromiseTransformer(transformer: EntityTransformer<PromiseEntitySource>): void;
  /** For the software template of each Promise. */
  addTemplateTransformer(transformer: EntityTransformer<PromiseEntitySource>): void;
}

export const kratixCatalogExtensionPoint = createExtensionPoint<KratixCatalogExtensionPoint>({ id: 'kratix.catalog' });

/** Transformers in the order in which they were added. */
export class Transformers implements KratixCatalogExtensionPoint {
  readonly request: EntityTransformer<RequestEntitySource>[] = [];
  readonly promise: EntityTransformer<PromiseEntitySource>[] = [];
  readonly template: EntityTransformer<PromiseEntitySource>[] = [];

  addRequestTransformer(transformer: EntityTransformer<RequestEntitySource>): void {
    this.request.push(transformer);
  }

  addPromiseTransformer(transformer: EntityTransformer<PromiseEntitySource>): void {
    this.promise.push(transformer);
  }

  addTemplateTransformer(transformer: EntityTransformer<PromiseEntitySource>): void {
    this.template.push(transformer);
  }
}
