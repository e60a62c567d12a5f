import type { PromiseSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { promiseEntities } from './entities';

const context = { cluster: 'demo', defaultCluster: 'demo', defaultOwner: 'group:default/platform' };
const aPromise = (reason?: string): PromiseSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Promise',
  metadata: { name: 'shop', uid: 'u' },
  spec: {
    api: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'carts.shop.io' },
      spec: { group: 'shop.io', scope: 'Namespaced', names: { kind: 'Cart', plural: 'carts' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] },
    },
  },
  ...(reason && { status: { conditions: [{ type: 'Reconciled', status: 'False', reason, message: 'x' }] } }),
});
const kinds = (promise: PromiseSource) => promiseEntities(promise, context).map(({ kind }) => kind);

describe('promiseEntities', () => {
  it('makes an offer and a template', () => expect(kinds(aPromise())).toEqual(['Component', 'Template']));
  it('keeps them while the Promise is busy', () => expect(kinds(aPromise('WorkflowPending'))).toEqual(['Component', 'Template']));
  it('invites nobody to a Promise that is wrong', () => expect(kinds(aPromise('InvalidPromise'))).toEqual(['Component']));
});
