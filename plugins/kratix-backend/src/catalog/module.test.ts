import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { startTestCluster, type TestCluster } from '../__testUtils__/testCluster';
import { kratixCatalogExtensionPoint } from './extensionPoint';
import { catalogModuleKratix } from './module';

jest.setTimeout(120_000);

let cluster: TestCluster;
let offer: TestOffer;
let directory: string;

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  directory = await mkdtemp(join(tmpdir(), 'kratix-catalog-'));
});

afterAll(async () => {
  await offer?.remove();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

const tagger = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'tagger',
  register(env) {
    env.registerInit({
      deps: { kratix: kratixCatalogExtensionPoint },
      async init({ kratix }) {
        kratix.addRequestTransformer((entity, { api }) => ({ ...entity, metadata: { ...entity.metadata, tags: [api.promise] } }));
      },
    });
  },
});

async function aBackend(kubeconfig: string) {
  const data = {
    backend: { database: { client: 'better-sqlite3', connection: { directory } } },
    catalog: { processingInterval: { milliseconds: 500 }, rules: [{ allow: ['Component', 'Template', 'Resource'] }] },
    kratix: { clusters: [{ name: 'demo', kubeconfig }] },
  };
  const backend = await startTestBackend({
    features: [catalogPlugin, catalogModuleKratix, tagger, mockServices.rootConfig.factory({ data })],
  });
  const names = async (): Promise<Map<string, Entity>> => {
    const answer = await request(backend.server).get('/api/catalog/entities').set('authorization', mockCredentials.user.header()).expect(200);
    return new Map((answer.body as Entity[]).map(entity => [entity.metadata.name, entity]));
  };
  return { names, stop: () => backend.stop() };
}

// How fast it is, the benchmark of the portal tells; here the machine may be busy.
it('has what the cluster has shortly after, and keeps it over a restart without the cluster', async () => {
  await cluster.client.create(offer.type, offer.request('first'));
  const backend = await aBackend(cluster.kubeconfig);
  const first = `first.${offer.promise}`;
  const found = await eventually('the request in the catalog', async () => (await backend.names()).get(first), 30_000);
  expect(found).toMatchObject({ metadata: { tags: [offer.promise] }, relations: expect.arrayContaining([expect.objectContaining({ type: 'dependsOn' })]) });
  expect((await backend.names()).has(`${offer.promise}-promise`)).toBe(true);

  const second = `second.${offer.promise}`;
  await cluster.client.create(offer.type, offer.request('second'));
  await eventually('the second one', async () => (await backend.names()).has(second), 15_000);
  await cluster.client.delete(offer.type, { namespace: 'default', name: 'second' });
  await eventually('its removal', async () => !(await backend.names()).has(second), 15_000);
  await backend.stop();

  const lost = await aBackend('/does/not/exist');
  // Long enough for a mutation and for the catalog to take it.
  await new Promise(resolve => setTimeout(resolve, 3000));
  expect((await lost.names()).has(first)).toBe(true);
  await lost.stop();
});
