import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import { AuthorizeResult, type PolicyDecision } from '@backstage/plugin-permission-common';
import searchPlugin from '@backstage/plugin-search-backend';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import request from 'supertest';
import { startTestCluster, type TestCluster } from '../__testUtils__/testCluster';
import { clustersServiceRef, Clusters } from '../clusters/Clusters';
import { searchModuleKratix } from './module';

jest.setTimeout(60_000);

let cluster: TestCluster;
let offer: TestOffer;
let backend: TestBackend;
let clusters: Clusters;
let decide: (permission: string, resourceRef?: string) => PolicyDecision = () => ({ result: AuthorizeResult.ALLOW });

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  await cluster.client.create(offer.type, offer.request('mine', { spec: { size: 'small', note: 'confidential' } }));
  await cluster.client.create(offer.type, offer.request('trial', { metadata: { name: 'trial', namespace: 'default', labels: { 'kratix.io/dry-run': 'true' } } }));
  clusters = new Clusters([{ name: 'demo', source: { file: cluster.kubeconfig } }], mockServices.logger.mock());
  clusters.start();
  await eventually('the request', () => clusters.all().some(watch => watch.isComplete && watch.request(offer.type as never, 'default', 'mine')), 20_000);
  const permissions = mockServices.permissions.mock({
    authorize: async asked => asked.map(({ permission, ...rest }) => decide(permission.name, 'resourceRef' in rest ? String(rest.resourceRef) : undefined) as never),
    authorizeConditional: async asked => asked.map(({ permission }) => decide(permission.name)),
  });
  backend = await startTestBackend({
    features: [
      searchPlugin,
      searchModuleKratix,
      createServiceFactory({ service: clustersServiceRef, deps: {}, factory: () => clusters }),
      permissions.factory,
      mockServices.rootConfig.factory({ data: { permission: { enabled: true } } }),
      // Every task runs once, as soon as it is known.
      mockServices.scheduler.mock({ createScheduledTaskRunner: () => ({ run: task => Promise.resolve(task.fn(new AbortController().signal)) }) }).factory,
    ],
  });
});

afterAll(async () => {
  await backend?.stop();
  await clusters?.stop();
  await offer?.remove();
  await cluster?.stop();
});

interface Found {
  type: string;
  document: Record<string, unknown>;
}

const search = async (term: string): Promise<Found[]> => {
  const answer = await request(backend.server).get('/api/search/query').query({ term }).set('authorization', mockCredentials.user.header()).expect(200);
  return answer.body.results;
};

it('finds Promises and requests, and nothing of their specs', async () => {
  const found = await eventually('the first index', async () => {
    const results = await search(offer.promise);
    return results.length >= 2 ? results : undefined;
  }, 20_000);
  const documents = new Map(found.map(({ type, document }) => [type, document]));
  expect([...documents.keys()].sort()).toEqual(['kratix', 'kratix-promise']);
  expect(documents.get('kratix')).toMatchObject({ title: 'mine', namespace: 'default', promise: offer.promise, phase: 'Queued', location: `/catalog/default/component/mine.${offer.promise}#kratix` });
  expect(documents.get('kratix-promise')).toMatchObject({ promise: offer.promise, location: `/catalog/default/component/${offer.promise}-promise#kratix` });
  expect(JSON.stringify(found)).not.toContain('confidential');
  expect(found).toHaveLength(2);
});

it('shows nobody what the policy denies', async () => {
  decide = permission => ({ result: permission === 'kratix.request.read' ? AuthorizeResult.DENY : AuthorizeResult.ALLOW });
  expect((await search(offer.promise)).map(({ type }) => type)).toEqual(['kratix-promise']);
  decide = () => ({ result: AuthorizeResult.DENY });
  expect(await search(offer.promise)).toEqual([]);
});

it('decides for each request where the policy has conditions', async () => {
  const asked: string[] = [];
  const conditions = { rule: 'IN_NAMESPACE', resourceType: 'kratix-request', params: { namespaces: ['elsewhere'] } };
  const decideBy = (result: AuthorizeResult.ALLOW | AuthorizeResult.DENY) => (permission: string, resourceRef?: string): PolicyDecision => {
    if (permission !== 'kratix.request.read') return { result: AuthorizeResult.ALLOW };
    if (!resourceRef) return { result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: 'kratix-request', conditions };
    asked.push(resourceRef);
    return { result };
  };
  decide = decideBy(AuthorizeResult.DENY);
  expect((await search(offer.promise)).map(({ type }) => type)).toEqual(['kratix-promise']);
  expect(asked).toEqual([`demo/${offer.type.plural}.${offer.type.group}/default/mine`]);
  decide = decideBy(AuthorizeResult.ALLOW);
  expect(await search(offer.promise)).toHaveLength(2);
});
