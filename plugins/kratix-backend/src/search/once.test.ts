import { createServiceFactory, type SchedulerServiceTaskInvocationDefinition } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import searchPlugin from '@backstage/plugin-search-backend';
import searchModuleCatalog from '@backstage/plugin-search-backend-module-catalog';
import type { JsonObject } from '@backstage/types';
import { humanise } from '@kratix-ts/backstage-plugin-kratix-common';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { load } from 'js-yaml';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import request from 'supertest';
import { startTestCluster, type TestCluster } from '../__testUtils__/testCluster';
import { catalogModuleKratix } from '../catalog/module';
import { clustersServiceRef, Clusters } from '../clusters/Clusters';
import { searchModuleKratix } from './module';

jest.setTimeout(240_000);

const LONG = 60_000;
const DEMO = resolve(__dirname, '../../../../app-config.yaml');

let directory: string;
let cluster: TestCluster;
let offer: TestOffer;
let clusters: Clusters;
let backend: TestBackend;
const tasks: SchedulerServiceTaskInvocationDefinition[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  await cluster.client.create(offer.type, offer.request('mine'));
  clusters = new Clusters([{ name: 'demo', source: { file: cluster.kubeconfig } }], mockServices.logger.mock());
  clusters.start();
  const { search } = load(await readFile(DEMO, 'utf8')) as { search: JsonObject };
  directory = await mkdtemp(join(tmpdir(), 'kratix-search-'));
  const target = join(directory, 'service.json');
  const spec = { type: 'service', lifecycle: 'production', owner: 'group:default/shop' };
  await writeFile(target, JSON.stringify({ apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'shop', description: offer.promise }, spec }));
  const locations = [{ type: 'file', target }];
  const rules = [{ allow: ['Component'] }];
  backend = await startTestBackend({
    features: [
      catalogPlugin,
      catalogModuleKratix,
      searchPlugin,
      searchModuleCatalog,
      searchModuleKratix,
      createServiceFactory({ service: clustersServiceRef, deps: {}, factory: () => clusters }),
      mockServices.rootConfig.factory({ data: { search, catalog: { rules, locations, processingInterval: { milliseconds: 500 } } } }),
      // Indexing waits for its turn, which comes when the test says so.
      mockServices.scheduler.mock({ createScheduledTaskRunner: () => ({ run: async task => void tasks.push(task) }) }).factory,
    ],
  });
}, 120_000);

afterAll(async () => {
  await backend?.stop();
  await clusters?.stop();
  await offer?.remove();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

const get = async (path: string) => (await request(backend.server).get(path).set('authorization', mockCredentials.user.header()).expect(200)).body;

it('finds a request and an offer once each, and what else the catalog has, with the configuration of the demo', async () => {
  const components = ['shop', `mine.${offer.promise}`, `${offer.promise}-promise`];
  await eventually('the entities', async () => {
    const entities: { metadata: { name: string } }[] = await get('/api/catalog/entities');
    return components.every(name => entities.some(({ metadata }) => metadata.name === name));
  }, LONG);
  const index = tasks.filter(({ id }) => id.startsWith('search_index_'));
  expect(index.map(({ id }) => id).sort()).toEqual(['search_index_kratix', 'search_index_kratix_promise', 'search_index_software_catalog']);
  for (const { fn } of index) await fn(new AbortController().signal);
  const found: { type: string; document: { title: string } }[] = await eventually('the results', async () => {
    const { results } = await get(`/api/search/query?term=${offer.promise}`);
    return results.length >= 3 ? results : undefined;
  }, LONG);
  expect(found.map(({ type, document }) => [type, document.title]).sort()).toEqual([
    ['kratix', 'mine'],
    ['kratix-promise', humanise(offer.type.kind)],
    ['software-catalog', 'shop'],
  ]);
});
