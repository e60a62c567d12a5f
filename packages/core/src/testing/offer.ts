import { crds, Promise as PromiseKind } from '../api';
import { ApiError } from '../kube/errors';
import { coreTypes } from '../kube/gvk';
import type { DynamicObject, KubeClient, KubeObject, ResourceType } from '../kube/types';

/** A Promise that is installed, with an API that nobody else has. */
export interface TestOffer {
  promise: string;
  /** Where its requests are served. */
  type: ResourceType;
  apiVersion: string;
  /** A request of it in namespace `default`; not stored yet. */
  request: (name: string, extra?: Partial<DynamicObject>) => DynamicObject;
  remove: () => Promise<void>;
}

const GROUP = 'offers.test.example.org';

const SCHEMA = {
  type: 'object',
  description: 'A thing for tests',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'string', enum: ['small', 'large'] },
        password: { type: 'string', format: 'password' },
        note: { type: 'string' },
        port: { 'x-kubernetes-int-or-string': true },
        labels: { type: 'array', items: { type: 'string' } },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

function crdOf(promise: string, kind: string) {
  const plural = `${promise}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}`, labels: { 'kratix.io/promise-name': promise } },
    spec: {
      group: GROUP,
      names: { kind, plural, singular: promise, listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA }, subresources: { status: {} } },
      ],
    },
  };
}

async function ensure(client: KubeClient, type: ResourceType, object: KubeObject) {
  await client.create(type, object).catch(error => {
    if (!(error instanceof ApiError && error.isAlreadyExists)) throw error;
  });
}

/**
 * Leaves a cluster as an engine would that has installed a Promise with an API: the kinds of Kratix, the Promise,
 * available, and its CRD. Nothing runs.
 */
export async function installOffer(client: KubeClient): Promise<TestOffer> {
  for (const crd of crds()) await ensure(client, coreTypes.CustomResourceDefinition, crd);
  const promise = `thing${Math.random().toString(36).slice(2, 8)}`;
  const kind = promise.charAt(0).toUpperCase() + promise.slice(1);
  const crd = crdOf(promise, kind);
  await client.create(coreTypes.CustomResourceDefinition, crd);
  const object = {
    apiVersion: PromiseKind.apiVersion,
    kind: 'Promise',
    metadata: { name: promise, annotations: { 'workflows.kratix-ts.dev/dry-run': 'allowed' } },
    spec: { api: crd },
  };
  await client.create(PromiseKind.type, object);
  const status = { status: 'Available', workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 };
  await client.patch(PromiseKind.type, object.metadata, { status }, { kind: 'merge', subresource: 'status' });
  const apiVersion = `${GROUP}/v1`;
  return {
    promise,
    type: { group: GROUP, version: 'v1', kind, plural: `${promise}s`, namespaced: true },
    apiVersion,
    request: (name, extra = {}) => ({
      apiVersion,
      kind,
      metadata: { name, namespace: 'default' },
      spec: { size: 'small' },
      ...extra,
    }),
    async remove() {
      await client.delete(PromiseKind.type, { name: promise });
      await client.delete(coreTypes.CustomResourceDefinition, { name: crd.metadata.name });
    },
  };
}
