import type { PromiseObject, PromiseRevisionObject, ResourceBindingObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { API_VERSION, labels } from '../wire/names';

type Metadata = Partial<DynamicObject['metadata']>;

/** A Promise as it is stored. */
export function aPromise(fields: { metadata?: Metadata; spec?: PromiseObject['spec']; status?: Partial<PromiseObject['status']> } = {}): PromiseObject {
  const status = fields.status && { workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0, ...fields.status };
  return { apiVersion: API_VERSION, kind: 'Promise', spec: fields.spec ?? {}, ...(status && { status }), metadata: { name: 'shop', uid: 'shop-uid', generation: 1, ...fields.metadata } };
}

/** A revision of Promise `shop`; with `isLatest` it has the label and its status says so. */
export function aRevision(version: string, fields: { isLatest?: boolean; metadata?: Metadata; spec?: Partial<PromiseRevisionObject['spec']>; status?: PromiseRevisionObject['status'] } = {}): PromiseRevisionObject {
  const own = { [labels.promiseName]: 'shop', ...(fields.isLatest && { [labels.latestRevision]: 'true' }) };
  return {
    apiVersion: API_VERSION,
    kind: 'PromiseRevision',
    metadata: { name: `shop-${version}`, generation: 1, labels: own, ...fields.metadata },
    spec: { promiseRef: { name: 'shop' }, promiseSpec: { destinationSelectors: [{ matchLabels: { version } }] }, version, ...fields.spec },
    status: fields.status ?? { latest: Boolean(fields.isLatest) },
  };
}

/** The binding of request `default/cart` of Promise `shop`. */
export function aBinding(version: string, fields: { metadata?: Metadata; status?: ResourceBindingObject['status'] } = {}): ResourceBindingObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ResourceBinding',
    metadata: { name: 'cart-shop', namespace: 'default', labels: { [labels.promiseName]: 'shop', [labels.resourceName]: 'cart' }, ...fields.metadata },
    spec: { version, promiseRef: { name: 'shop' }, resourceRef: { name: 'cart', namespace: 'default' } },
    ...(fields.status && { status: fields.status }),
  };
}
