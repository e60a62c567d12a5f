import type { SchedulerServiceTaskInvocationDefinition } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { entityEnvelopeSchemaValidator, type Entity } from '@backstage/catalog-model';
import type { EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { Destination, Promise as PromiseKind, Work, WorkPlacement } from '@kratix-ts/core/api';
import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { startTestCluster, type TestCluster } from '../__testUtils__/testCluster';
import { Clusters } from '../clusters/Clusters';
import { ClusterEntityProvider } from './ClusterEntityProvider';
import { Transformers } from './extensionPoint';
import { parseCatalogOptions } from './options';
import { parseTemplateOptions } from './templateOptions';

jest.setTimeout(60_000);

const logger = mockServices.logger.mock();
let cluster: TestCluster;
let offer: TestOffer;
let clusters: Clusters;
let provider: ClusterEntityProvider;
const context = { cluster: 'demo', defaultCluster: 'demo', options: parseCatalogOptions({ destinations: { enabled: true } }), templates: parseTemplateOptions({}) };
const transformers = new Transformers();
const tasks: SchedulerServiceTaskInvocationDefinition[] = [];
const mutations: EntityProviderMutation[] = [];
let refusals = 0;

const added = (): Entity[] => mutations.flatMap(mutation => (mutation.type === 'full' ? mutation.entities : mutation.added)).map(({ entity }) => entity);
const removed = () => mutations.flatMap(mutation => (mutation.type === 'delta' ? mutation.removed : [])).flatMap(entry => ('entityRef' in entry ? [entry.entityRef] : []));
const of = (kind: string, name: string) => added().filter(entity => entity.kind === kind && entity.metadata.name === name).pop();

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  await cluster.client.create(offer.type, offer.request('before', { metadata: { name: 'before', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } } }));
  clusters = new Clusters([{ name: 'demo', source: { file: cluster.kubeconfig } }, { name: 'gone', source: { file: '/does/not/exist' } }], logger);
  clusters.start();
  provider = new ClusterEntityProvider(clusters, { context, transformers, resync: { run: async task => void tasks.push(task) } }, logger);
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
    metadata: { description: expect.stringMatching(/A thing for tests$/) },
    spec: {
      parameters: [{ required: ['name', 'namespace'] }, { required: ['spec'], properties: { spec: { required: ['size'] } } }],
      steps: [
        { action: 'kratix:resource:diff' },
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
  expect(removed()).toEqual([`component:default/later.${offer.promise}`]);
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
  await eventually('the removal of its template', () => removed().includes(`template:default/${second.promise}`), 5000);
  expect(removed()).toContain(`component:default/${second.promise}-promise`);
});

it('removes the entities of requests whose API is gone, and brings them again under its next version', async () => {
  const second = await installOffer(cluster.client);
  await cluster.client.create(second.type, second.request('moving'));
  const name = `moving.${second.promise}`;
  await eventually('its entity', () => of('Component', name), 5000);
  mutations.length = 0;
  const ref = { name: `${second.type.plural}.${second.type.group}` };
  const crd = await cluster.client.get<DynamicObject>(coreTypes.CustomResourceDefinition, ref);
  const [v1] = (crd.spec as { versions: object[] }).versions;
  const versions = [{ ...v1, storage: false, served: true }, { ...v1, name: 'v2', storage: true }];
  await cluster.client.patch(coreTypes.CustomResourceDefinition, ref, { spec: { versions } }, { kind: 'merge' });
  const moved = await eventually('its entity in the next version', () => of('Component', name), 10_000);
  expect(moved.metadata.annotations).toMatchObject({ 'kratix-ts.dev/api-version': `${second.type.group}/v2` });
  expect(removed()).not.toContain(`template:default/${second.promise}`);
  await second.remove();
  await eventually('the removal of its entity', () => removed().includes(`component:default/${name}`), 10_000);
});

it('shows Destinations, and that a request was delivered to them', async () => {
  mutations.length = 0;
  const unique = `to-${offer.promise}`;
  await cluster.client.create(Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: unique, labels: { region: 'eu' } }, spec: { path: 'x', stateStoreRef: { kind: 'GitStateStore', name: 's' } } } as DynamicObject);
  const destination = await eventually('the Destination', () => of('Resource', `${unique}-destination`), 5000);
  expect(destination).toMatchObject({ metadata: { labels: { region: 'eu' } }, spec: { type: 'kratix-destination' } });
  const labels = { 'kratix.io/promise-name': offer.promise, 'kratix.io/resource-name': 'before' };
  await cluster.client.create(Work.type, { apiVersion: Work.apiVersion, kind: 'Work', metadata: { name: unique, namespace: 'default', labels }, spec: { promiseName: offer.promise, resourceName: 'before' } } as DynamicObject);
  await cluster.client.create(WorkPlacement.type, { apiVersion: WorkPlacement.apiVersion, kind: 'WorkPlacement', metadata: { name: unique, namespace: 'default', labels: { 'kratix.io/work': unique } }, spec: { targetDestinationName: unique } } as DynamicObject);
  const dependsOn = [`component:default/${offer.promise}-promise`, `resource:default/${unique}-destination`];
  await eventually('the relation', () => JSON.stringify(of('Component', `before.${offer.promise}`)?.spec?.dependsOn) === JSON.stringify(dependsOn), 5000);
  await cluster.client.delete(Destination.type, { name: unique });
  await eventually('its removal', () => removed().includes(`resource:default/${unique}-destination`), 5000);
});

it('says in the template that its Promise is not available, says it once, and takes it back', async () => {
  const ref = { name: offer.promise };
  const availability = async (status: 'True' | 'False', message: string, other: object = {}) => {
    mutations.length = 0;
    const conditions = [{ type: 'Available', status, reason: 'X', message, lastTransitionTime: '2026-01-01T00:00:00Z' }];
    await cluster.client.patch(PromiseKind.type, ref, { status: { conditions, ...other } }, { kind: 'merge', subresource: 'status' });
  };
  const described = (text: string) => eventually(text, () => of('Template', offer.promise)?.metadata.description === text, 20_000);
  await availability('False', 'Cannot fulfil resource requests: Promise "db" is not installed');
  await described('Not available now: Promise "db" is not installed. A thing for tests');

  await availability('False', 'Cannot fulfil resource requests: Promise "db" is not installed', { observedGeneration: 7 });
  await cluster.client.create(offer.type, offer.request('unrelated'));
  await eventually('the next entity', () => of('Component', `unrelated.${offer.promise}`), 20_000);
  expect(of('Template', offer.promise)).toBeUndefined();

  await availability('True', 'Ready to fulfil resource requests');
  await described('A thing for tests');
});

it('tells everything once more when it is time', async () => {
  mutations.length = 0;
  await tasks[0].fn(new AbortController().signal);
  expect(mutations.map(({ type }) => type)).toEqual(['full']);
  expect(of('Component', `before.${offer.promise}`)).toBeDefined();
});

it('leaves an entity as it was when a transformer fails, and removes nothing meanwhile', async () => {
  mutations.length = 0;
  transformers.addRequestTransformer((entity, { request }) => {
    if (request.metadata.name === 'before') throw new Error('no such team');
    return request.metadata.name === 'again' ? undefined : { ...entity, metadata: { ...entity.metadata, tags: ['changed'] } };
  });
  await tasks[0].fn(new AbortController().signal);
  expect(mutations.map(({ type }) => type)).toEqual(['delta']);
  expect(of('Component', `after.${offer.promise}`)?.metadata.tags).toEqual(['changed']);
  expect(of('Component', `before.${offer.promise}`)).toBeUndefined();
  expect(removed()).toEqual([]);
  expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('no such team'));
});
