import { crds, Promise as PromiseKind } from '@kratix-ts/core/api';
import { coreTypes, type DynamicObject, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { eventually, InstantKubelet } from '@kratix-ts/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import request from 'supertest';
import { startTestCluster } from './__testUtils__/testCluster';
import { kratixEngineFeature } from './engine';
import { kratixPlugin } from './plugin';

jest.setTimeout(120_000);

const type: ResourceType = { group: 'small.test.example.org', version: 'v1', kind: 'Note', plural: 'notes', namespaced: true };
const LEASE = { namespace: 'kratix-platform-system', name: '2743c979.kratix.io' };

const promise = {
  apiVersion: PromiseKind.apiVersion,
  kind: 'Promise',
  metadata: { name: 'note' },
  spec: {
    api: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'notes.small.test.example.org' },
      spec: {
        group: type.group,
        names: { kind: 'Note', plural: 'notes', singular: 'note' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { text: { type: 'string' } } } } } } }],
      },
    },
    workflows: {
      resource: { configure: [{ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name: 'write' }, spec: { containers: [{ name: 'write', image: 'none.example/write:1' }] } }] },
    },
  },
} as KubeObject;

it('takes a request to Ready in the backend’s own process, in the leader election of all engines, and only where it is switched on', async () => {
  const cluster = await startTestCluster();
  const { client } = cluster;
  for (const crd of crds()) await client.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
  await client.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LEASE.namespace } }).catch(() => {});
  const kubelet = await InstantKubelet.start({ client, run: ({ object }) => ({ status: { said: String(object.spec?.text) } }) });
  const cacheDir = await mkdtemp(join(tmpdir(), 'kratix-engine-'));
  const start = (engine: object) =>
    startTestBackend({
      features: [
        kratixPlugin,
        kratixEngineFeature,
        mockServices.rootConfig.factory({ data: { kratix: { clusters: [{ name: 'demo', kubeconfig: cluster.kubeconfig }], engine: { helperImage: 'none.example/helper:1', cacheDir, ...engine } } } }),
        createServiceFactory({ service: signalsServiceRef, deps: {}, factory: () => ({ publish: async () => {} }) }),
      ],
    });
  const holder = async () => {
    const { spec } = await client.get<DynamicObject>(coreTypes.Lease, LEASE);
    return spec?.holderIdentity || undefined;
  };

  const off = await start({});
  await expect(holder()).rejects.toThrow('not found');
  await off.stop();

  const backend = await start({ enabled: true });
  await eventually('the lead', holder, 20_000);
  await client.create(PromiseKind.type, promise);
  await eventually('the API', () => client.create(type, { apiVersion: 'small.test.example.org/v1', kind: 'Note', metadata: { name: 'first', namespace: 'default' }, spec: { text: 'hello' } } as DynamicObject), 20_000);
  const path = `/api/kratix/v1/requests/demo/${type.group}/v1/notes/default/first`;
  const ready = await eventually(
    'the request to be Ready',
    async () => {
      const { body } = await request(backend.server).get(path).set('authorization', mockCredentials.user.header());
      return body.summary?.phase === 'Ready' ? body : undefined;
    },
    30_000,
  );
  expect(ready).toMatchObject({ outputs: { said: 'hello' }, runs: [{ phase: 'Succeeded' }] });

  await backend.stop();
  expect(await holder()).toBeUndefined();
  await kubelet.stop();
  await cluster.stop();
  await rm(cacheDir, { recursive: true, force: true });
});
