import { crds } from '@kratix-ts/core/api';
import { ApiError, connect, coreTypes, type DynamicObject, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { startCluster } from '@kratix-ts/local-cluster';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCluster {
  kubeconfig: string;
  client: KubeClient;
  stop: () => Promise<void>;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function create(client: KubeClient, type: ResourceType, object: KubeObject): Promise<void> {
  await client.create(type, object).catch(error => {
    if (!(error instanceof ApiError && error.isAlreadyExists)) throw error;
  });
}

/** An API server with the kinds of Kratix: the one that TEST_KUBECONFIG names, else an embedded one without pods. */
export async function startTestCluster(): Promise<TestCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'kratix-portal-'));
  const own = process.env.TEST_KUBECONFIG;
  const embedded = own ? undefined : await startCluster({ dir, pods: false, log: silent });
  const kubeconfig = own ?? embedded!.kubeconfig;
  const client = await connect({ file: kubeconfig });
  for (const crd of crds()) await create(client, coreTypes.CustomResourceDefinition, crd);
  return {
    kubeconfig,
    client,
    async stop() {
      await client.close();
      await embedded?.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface Offer {
  promise: string;
  type: ResourceType;
  apiVersion: string;
  /** Makes a request of the Promise. */
  request: (name: string, extra?: Partial<DynamicObject>) => DynamicObject;
  remove: () => Promise<void>;
}

/** Installs a Promise whose API nobody else has, as an engine would: the Promise, available, and its CRD. */
export async function installOffer(client: KubeClient, promiseType: ResourceType): Promise<Offer> {
  const promise = `thing${Math.random().toString(36).slice(2, 8)}`;
  const plural = `${promise}s`;
  const group = 'portal.test.example.org';
  const kind = promise.charAt(0).toUpperCase() + promise.slice(1);
  const schema = {
    type: 'object',
    description: 'A thing for tests',
    properties: {
      spec: { type: 'object', required: ['size'], properties: { size: { type: 'string', enum: ['small', 'large'] }, note: { type: 'string' }, port: { 'x-kubernetes-int-or-string': true } } },
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'kratix.io/promise-name': promise } },
    spec: {
      group,
      names: { kind, plural, singular: promise, listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } }],
    },
  };
  await client.create(coreTypes.CustomResourceDefinition, crd);
  const object = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: promise }, spec: { api: crd } };
  const created = await client.create(promiseType, object);
  const status = { status: 'Available', workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 };
  await client.patch(promiseType, created.metadata, { status }, { kind: 'merge', subresource: 'status' });
  const type = { group, version: 'v1', kind, plural, namespaced: true };
  const apiVersion = `${group}/v1`;
  return {
    promise,
    type,
    apiVersion,
    request: (name, extra = {}) => ({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec: { size: 'small' }, ...extra }),
    async remove() {
      await client.delete(promiseType, { name: promise });
      await client.delete(coreTypes.CustomResourceDefinition, { name: crd.metadata.name });
    },
  };
}

/** Waits until `look` gives something; throws with what it waited for when it does not within `ms`. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>, ms = 10_000): Promise<T> {
  const deadline = Date.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${ms} ms for ${what}${last ? `: ${last}` : ''}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
