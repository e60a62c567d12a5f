import { FieldFormatEntityPolicy } from '@backstage/catalog-model';
import type { PromiseSource, RequestObject, StateMeta } from '@kratix-ts/backstage-plugin-kratix-common';
import { linksOf } from './entityParts';
import { parseCatalogOptions } from './options';
import { portalUrlOf } from './portalPaths';
import { parseTemplateOptions } from './templateOptions';
import { apiEntity, offerEntity, promiseEntitySource, templateEntity, wantedOfPromise, type PromiseEntitySource } from './promiseEntities';
import { requestEntity, requestEntityRef } from './requestEntity';

const contextOf = (options: object = {}, cluster = 'demo') => ({ cluster, defaultCluster: 'demo', options: parseCatalogOptions(options), templates: parseTemplateOptions({}) });
const api = { group: 'shop.io', version: 'v1', kind: 'Cart', plural: 'carts', namespaced: true, promise: 'shop' };
const aRequest = (metadata: Partial<StateMeta> = {}, status?: Record<string, unknown>): RequestObject => ({
  apiVersion: 'shop.io/v1',
  kind: 'Cart',
  metadata: { name: 'mine', namespace: 'team-a', ...metadata },
  status,
});
const entityOf = (request: RequestObject, options = {}, extra = {}) =>
  requestEntity({ cluster: 'demo', api, request, destinations: [], ...extra }, contextOf(options));

const aPromise = (reason?: string, metadata: Partial<StateMeta> = {}): PromiseSource => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Promise',
  metadata: { name: 'shop', uid: 'u', ...metadata },
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
const sourceOf = (promise: PromiseSource) => promiseEntitySource(promise, 'demo') as PromiseEntitySource;
const available = (source: PromiseEntitySource): PromiseEntitySource => ({ ...source, promise: { ...source.promise, status: { status: 'Available' } } });

describe('the owner of a request', () => {
  const requestedBy = { 'kratix-ts.dev/requested-by': 'user:default/ana' };
  it.each<[string, Partial<StateMeta>, object, string]>([
    ['who asked for it', { annotations: requestedBy }, {}, 'user:default/ana'],
    ['the default, where nobody is known', {}, { defaultOwner: 'group:default/ops' }, 'group:default/ops'],
    ['the default, where the annotation is no ref', { annotations: { 'kratix-ts.dev/requested-by': 'user:/' } }, {}, 'group:default/platform'],
    ['whom it names, before who asked', { annotations: { ...requestedBy, 'kratix-ts.dev/owner': 'group:default/shop' } }, {}, 'group:default/shop'],
    ['a group, by a label of the configuration', { annotations: requestedBy, labels: { team: 'shop' } }, { owner: { labels: ['team'] } }, 'group:default/shop'],
  ])('is %s', (_, metadata, options, owner) => {
    expect(entityOf(aRequest(metadata), options).spec).toMatchObject({ owner });
  });
});

it('says system, lifecycle, labels and relations of a request', () => {
  const labels = { 'kratix.io/promise-name': 'shop', 'internal.workflows.kratix.io/run-from-start': 'true', tier: 'gold', 'kratix-ts.dev/system': 'checkout' };
  const entity = entityOf(aRequest({ labels, annotations: { 'kratix-ts.dev/lifecycle': 'experimental' } }), {}, { destinations: ['eu-1'], parent: { promise: 'stack', namespace: 'team-b', name: 'whole' } });
  expect(entity).toMatchObject({
    kind: 'Component',
    metadata: { name: 'mine.shop', namespace: 'team-a', labels: { tier: 'gold' } },
    spec: {
      lifecycle: 'experimental',
      system: 'system:default/checkout',
      dependsOn: ['component:default/shop-promise', 'resource:default/eu-1-destination'],
      subcomponentOf: 'component:team-b/whole.stack',
    },
  });
  expect(entity.metadata.labels).toEqual({ tier: 'gold' });
});

it('makes a resource of a request where the configuration says so', () => {
  const entity = entityOf(aRequest(), { requests: { kind: 'Resource' } }, { parent: { promise: 'stack', namespace: 'team-b', name: 'whole' } });
  expect(entity).toMatchObject({ kind: 'Resource', spec: { type: 'kratix-resource', dependencyOf: ['resource:team-b/whole.stack'] } });
  expect(entity.spec).not.toHaveProperty('lifecycle');
});

it.each<[string, object, string, string | undefined]>([
  ['as the catalog names it', {}, 'demo', 'component:team-a/mine.shop'],
  ['with its cluster, where that is not the first', {}, 'eu', 'component:team-a/mine.shop_eu'],
  ['as a resource, where the configuration says so', { requests: { kind: 'Resource' } }, 'demo', 'resource:team-a/mine.shop'],
  ['not at all, where the catalog leaves it out', { requests: { namespaces: ['team-b'] } }, 'demo', undefined],
])('names the entity of a request %s', (_, options, cluster, ref) => {
  expect(requestEntityRef(api, aRequest(), contextOf(options, cluster))).toBe(ref);
});

it('links what the status names, and shows no password', () => {
  const status = {
    url: 'https://a.example.org',
    connection: { adminUrl: 'http://b.example.org/x', again: 'https://a.example.org', secret: 'https://ana:pass@c.example.org' },
    message: 'see https://d.example.org',
    conditions: [{ message: 'https://e.example.org' }],
    kratix: { url: 'https://f.example.org' },
  };
  expect(linksOf(status)).toEqual({
    links: [{ url: 'https://a.example.org', title: 'URL' }, { url: 'http://b.example.org/x', title: 'Connection admin URL' }],
  });
  expect(linksOf(undefined)).toEqual({});
});

describe('the entities of a Promise', () => {
  const wanted = (promise: PromiseSource, options = {}) => Object.entries(wantedOfPromise(sourceOf(promise), contextOf(options))).filter(([, is]) => is).map(([name]) => name);
  it.each<[string, PromiseSource, object, string[]]>([
    ['an offer and a template', aPromise(), {}, ['offer', 'template']],
    ['the same while the Promise is busy', aPromise('WorkflowPending'), {}, ['offer', 'template']],
    ['no template, where the Promise is wrong', aPromise('InvalidPromise'), {}, ['offer']],
    ['no template, where the Promise is going', aPromise(undefined, { deletionTimestamp: '2026-01-01T00:00:00Z' }), {}, ['offer']],
    ['an API too, where the configuration says so', aPromise(), { promises: { api: true } }, ['offer', 'api', 'template']],
    ['no template', aPromise(), { templates: { enabled: false } }, ['offer']],
    ['no offer', aPromise(), { promises: { promises: ['other'] } }, ['template']],
  ])('are %s', (_, promise, options, names) => expect(wanted(promise, options)).toEqual(names));

  it('are none without an API that people can use', () => {
    expect(promiseEntitySource({ ...aPromise(), spec: {} }, 'demo')).toBeUndefined();
  });

  it('say who owns them and what they provide', () => {
    const promise = aPromise(undefined, { annotations: { 'kratix-ts.dev/owner': 'group:default/shop' } });
    const context = contextOf({ promises: { api: true } }, 'eu');
    expect(offerEntity({ ...sourceOf(promise), cluster: 'eu', staleSince: '2026-01-01T00:00:00Z' }, context)).toMatchObject({
      metadata: { name: 'shop-promise_eu', title: 'Cart (eu)', annotations: { 'kratix-ts.dev/stale-since': '2026-01-01T00:00:00Z' } },
      spec: { owner: 'group:default/shop', providesApis: ['api:default/shop_eu'] },
    });
    expect(apiEntity(sourceOf(promise), contextOf())).toMatchObject({ kind: 'API', metadata: { name: 'shop' }, spec: { type: 'crd', definition: expect.stringContaining('kind: Cart') } });
    expect(templateEntity(sourceOf(promise), contextOf())).toMatchObject({ kind: 'Template', metadata: { name: 'shop' }, spec: { owner: 'group:default/shop' } });
  });

  it('are called alike, and say what each is', () => {
    const described = { ...sourceOf(aPromise()), api: { ...sourceOf(aPromise()).api, schema: { description: 'A cart for one shop' } } };
    const context = contextOf();
    expect([offerEntity(described, context), apiEntity(described, context), templateEntity(available(described), context)].map(({ metadata }) => [metadata.title, metadata.description])).toEqual([
      ['Cart', 'What you can request: A cart for one shop'],
      ['Cart', 'The API behind the offer: Cart in shop.io/v1'],
      ['Cart', 'A cart for one shop'],
    ]);
  });

  it('lead from the offer to the form of its template and to the Kratix page, by addresses that the catalog takes', async () => {
    const context = { ...contextOf(), portalUrl: portalUrlOf('https://portal.example.org/base/') };
    const source = sourceOf(aPromise());
    const kratix = { url: 'https://portal.example.org/base/kratix/promises/demo/shop', title: 'See it on the Kratix page' };
    const offer = offerEntity(source, context, templateEntity(source, context));
    expect(offer.metadata.links).toEqual([{ url: 'https://portal.example.org/base/create/templates/default/shop', title: 'Request one', icon: 'scaffolder' }, kratix]);
    await expect(new FieldFormatEntityPolicy().enforce(offer)).resolves.toBe(offer);
    expect(offerEntity(source, context).metadata.links).toEqual([kratix]);
    expect(offerEntity(source, contextOf()).metadata).not.toHaveProperty('links');
  });

  it.each([[undefined], ['/'], ['ftp://portal.example.org'], ['http://']])('lead nowhere where the address of the portal is %j', baseUrl => {
    expect(portalUrlOf(baseUrl)).toBeUndefined();
  });
});
