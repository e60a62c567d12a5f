import { mockServices } from '@backstage/backend-test-utils';
import { entityEnvelopeSchemaValidator, type Entity } from '@backstage/catalog-model';
import type { EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { startTestCluster, type TestCluster } from '../__testUtils__/testCluster';
import { Clusters } from '../clusters/Clusters';
import { ClusterEntityProvider } from './ClusterEntityProvider';

jest.setTimeout(60_000);

const logger = mockServices.logger.mock();
let cluster: TestCluster;
let offer: TestOffer;
let clusters: Clusters;
let provider: ClusterEntityProvider;
const mutations: EntityProviderMutation[] = [];
let refusals = 0;

const added = (): Entity[] => mutations.flatMap(mutation => (mutation.type === 'full' ? mutation.entities : mutation.added)).map(({ entity }) => entity);
const removed = () => mutations.flatMap(mutation => (mutation.type === 'delta' ? mutation.removed : []));
const of = (kind: string, name: string) => added().filter(entity => entity.kind === kind && entity.metadata.name === name).pop();

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  await cluster.client.create(offer.type, offer.request('before', { metadata: { name: 'before', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } } }));
  clusters = new Clusters([{ name: 'demo', source: { file: cluster.kubeconfig } }, { name: 'gone', source: { file: '/does/not/exist' } }], logger);
  clusters.start();
  provider = new ClusterEntityProvider(clusters, { cluster: 'demo', defaultCluster: 'demo', defaultOwner: 'group:default/platform' }, logger);
  await provider.connect({
    refresh: async () => {},
    applyMutation: async mutation => {
      if (refusals > 0) {
        refusals -= 1;
        throw new Error('the database is away');
      }
      mutations.push(JSON.parse(JSON.stringify(mutation)));
    },
  });
  await eventually('the first entities', () => mutations.length > 0, 20_000);
});

afterAll(async () => {
  provider?.stop();
  await clusters?.stop();
  await offer?.remove();
  await cluster?.stop();
});

it('begins with everything', () => {
  expect(mutations[0].type).toBe('full');
  expect(of('Component', `before.${offer.promise}`)).toMatchObject({
    metadata: {
      namespace: 'default',
      title: 'before',
      annotations: {
        'kratix-ts.dev/cluster': 'demo',
        'kratix-ts.dev/api-version': offer.apiVersion,
        'kratix-ts.dev/kind': offer.type.kind,
        'kratix-ts.dev/plural': offer.type.plural,
        'kratix-ts.dev/namespace': 'default',
        'kratix-ts.dev/name': 'before',
        'kratix-ts.dev/promise': offer.promise,
      },
    },
    spec: { type: 'kratix-resource', owner: 'user:default/ana', dependsOn: [`component:default/${offer.promise}-promise`] },
  });
});

it('makes an offer and a template of a Promise, which the catalog takes', () => {
  for (const entity of added().filter(({ kind }) => kind === 'Component')) {
    expect(() => entityEnvelopeSchemaValidator()(entity)).not.toThrow();
  }
  expect(of('Component', `${offer.promise}-promise`)).toMatchObject({ spec: { type: 'kratix-promise', owner: 'group:default/platform' } });
  expect(of('Template', offer.promise)).toMatchObject({
    metadata: { description: 'A thing for tests' },
    spec: {
      parameters: [{ required: ['name', 'namespace'] }, { required: ['spec'], properties: { spec: { required: ['size'] } } }],
      steps: [
        { action: 'kratix:resource:apply', input: { cluster: 'demo', apiVersion: offer.apiVersion, kind: offer.type.kind, spec: '${{ parameters.spec }}' } },
        { action: 'kratix:resource:wait', input: { name: '${{ parameters.name }}' } },
      ],
    },
  });
});

it('adds, changes and removes within two seconds', async () => {
  mutations.length = 0;
  const ref = { namespace: 'default', name: 'later' };
  await cluster.client.create(offer.type, offer.request('later'));
  await eventually('the new entity', () => of('Component', `later.${offer.promise}`), 2000);
  expect(mutations.every(mutation => mutation.type === 'delta')).toBe(true);

  mutations.length = 0;
  const status = { url: 'https://later.example.org', message: 'up' };
  await cluster.client.patch(offer.type, ref, { status }, { kind: 'merge', subresource: 'status' });
  const entity = await eventually('the link', () => of('Component', `later.${offer.promise}`), 2000);
  expect(entity.metadata.links).toEqual([{ url: 'https://later.example.org', title: 'URL' }]);

  mutations.length = 0;
  await cluster.client.delete(offer.type, ref);
  await eventually('the removal', () => removed().length > 0, 2000);
  expect(removed()).toEqual([expect.objectContaining({ entity: expect.objectContaining({ metadata: expect.objectContaining({ name: `later.${offer.promise}` }) }) })]);
});

it('says nothing when nothing of an entity has changed', async () => {
  mutations.length = 0;
  const ref = { namespace: 'default', name: 'before' };
  await cluster.client.patch(offer.type, ref, { status: { message: 'running' } }, { kind: 'merge', subresource: 'status' });
  await cluster.client.create(offer.type, offer.request('after'));
  await eventually('the next entity', () => of('Component', `after.${offer.promise}`), 2000);
  expect(of('Component', `before.${offer.promise}`)).toBeUndefined();
});

it('begins anew with everything when the catalog could not take a change', async () => {
  mutations.length = 0;
  refusals = 1;
  await cluster.client.create(offer.type, offer.request('again'));
  await eventually('everything once more', () => mutations.some(mutation => mutation.type === 'full'), 10_000);
  expect(of('Component', `again.${offer.promise}`)).toBeDefined();
});

it('removes the entities of a Promise that is gone', async () => {
  const second = await installOffer(cluster.client);
  await eventually('its template', () => of('Template', second.promise), 5000);
  await second.remove();
  const isTemplate = (entry: ReturnType<typeof removed>[number]) => 'entity' in entry && entry.entity.metadata.name === second.promise;
  expect(await eventually('the removal of its template', () => removed().find(isTemplate), 5000)).toMatchObject({ entity: { kind: 'Template' } });
});
