import { actionsRegistryServiceFactory } from '@backstage/backend-defaults/alpha';
import { kratixPermissions } from '@kratix-ts/backstage-plugin-kratix-common';
import type { TestOffer } from '@kratix-ts/core/testing';
import type request from 'supertest';
import { A, B, startGuardedPortal, type GuardedPortal } from './__testUtils__/guardedPortal';
import { createRouter } from './router';

jest.setTimeout(60_000);

const READ = 'kratix.request.read';
const UPDATE = 'kratix.request.update';

interface Entry {
  /** Without any one of these nothing is answered. */
  needs: string[];
  /** `list`: of what is there, the caller gets what it may see; `request`: about one; `platform`: about no request. */
  about: 'list' | 'request' | 'platform';
  path?: (namespace: string) => string;
  body?: (namespace: string) => object;
}

let portal: GuardedPortal;
let offer: TestOffer;

const requests = (namespace: string) => `/v1/requests/demo/${offer.type.group}/v1/${offer.type.plural}/${namespace}`;
const one = (rest: string) => (namespace: string) => `${requests(namespace)}/in-${namespace}${rest}`;
const onRequest = (needs: string[], rest = '', body?: object): Entry => ({ needs, about: 'request', path: one(rest), body: body && (() => body) });
const platform = (...needs: string[]): Entry => ({ needs, about: 'platform' });
const REQUEST = '/v1/requests/:cluster/:group/:version/:plural/:namespace/:name';
// nothing that these ask for fits, so that one request serves all tests
const action = (name: string, body: object = {}) => [`post ${REQUEST}/actions/${name}`, onRequest([UPDATE], `/actions/${name}`, body)];

const routes: Record<string, Entry> = {
  'get /v1/overview': { needs: [READ], about: 'list' },
  'get /v1/metrics-summary': { needs: [READ], about: 'list' },
  'get /v1/requests': { needs: [READ], about: 'list' },
  'get /v1/namespaces': { needs: ['kratix.request.create'], about: 'list' },
  'get /v1/promises': platform('kratix.promise.read'),
  'get /v1/promises/:cluster/:name': { ...platform('kratix.promise.read'), path: () => `/v1/promises/demo/${offer.promise}` },
  'get /v1/clusters': platform('kratix.platform.read'),
  'get /v1/destinations': platform('kratix.platform.read'),
  'get /v1/stores': platform('kratix.platform.read'),
  'post /v1/requests/:cluster/:group/:version/:plural/:namespace': { needs: ['kratix.request.create'], about: 'request', path: requests, body: () => ({ name: 'x', spec: { size: 'huge' } }) },
  [`get ${REQUEST}`]: onRequest([READ]),
  [`put ${REQUEST}`]: onRequest([UPDATE, READ], '', { spec: {}, generation: 99 }),
  [`delete ${REQUEST}`]: onRequest(['kratix.request.delete'], '?uid=another'),
  [`get ${REQUEST}/files`]: onRequest([READ], '/files?path=x'),
  [`get ${REQUEST}/logs`]: onRequest(['kratix.log.read'], '/logs'),
  [`get ${REQUEST}/dry-runs/:dryRun`]: onRequest([READ], '/dry-runs/x'),
  [`get ${REQUEST}/runs/:run`]: onRequest([READ], '/runs/x'),
  [`post ${REQUEST}/actions/preview`]: onRequest([UPDATE, READ], '/actions/preview', { spec: {}, generation: 99 }),
  [`post ${REQUEST}/actions/dry-run`]: onRequest([UPDATE, READ], '/actions/dry-run', { spec: 'x' }),
  ...Object.fromEntries([action('rerun', { from: 'x' }), action('retry'), action('resume'), action('unpause'), action('pause', {}), action('pin'), action('upgrade')]),
};

/** Routes that hold nothing of a cluster: any caller may have them. */
const OPEN = ['get /v1/openapi.json'];

const named = (namespace: string) => ({ promise: offer.promise, namespace, name: `in-${namespace}` });
const onNamed = (needs: string[], extra: object = {}): Entry => ({ needs, about: 'request', body: namespace => ({ ...named(namespace), ...extra }) });
const actions: Record<string, Entry> = {
  'list-promises': { ...platform('kratix.promise.read'), body: () => ({}) },
  'describe-promise': { ...platform('kratix.promise.read'), body: () => ({ promise: offer.promise }) },
  'list-requests': { needs: [READ], about: 'list', body: () => ({}) },
  'get-request': onNamed([READ]),
  'explain-request': onNamed([READ]),
  // who may not see a request is told of a new one of its name: that the name is taken
  'dry-run-request': onNamed([UPDATE], { spec: { size: 'huge' } }),
  'create-request': { needs: ['kratix.request.create'], about: 'request', body: namespace => ({ ...named(namespace), name: 'x', spec: { size: 'huge' } }) },
  'delete-request': onNamed(['kratix.request.delete'], { uid: 'another' }),
  'rerun-request': onNamed([UPDATE], { from: 'x' }),
};

const send = (method: string, path: string, body?: object) => portal.send(method, path, body);

const ways: { name: string; entry: Entry; call: (namespace: string) => request.Test }[] = [
  ...Object.entries(routes).map(([name, entry]) => {
    const [method, pattern] = name.split(' ');
    return { name, entry, call: (namespace: string) => send(method, `/api/kratix${entry.path?.(namespace) ?? pattern}`, entry.body?.(namespace)) };
  }),
  ...Object.entries(actions).map(([name, entry]) => ({
    name: `action ${name}`,
    entry,
    call: (namespace: string) => send('post', `/api/kratix/.backstage/actions/v1/actions/kratix:${name}/invoke`, entry.body?.(namespace)),
  })),
];

beforeAll(async () => {
  portal = await startGuardedPortal({ features: [actionsRegistryServiceFactory], labels: { 'kratix.io/paused': 'true' } });
  offer = portal.offer;
});

afterAll(() => portal?.stop());

beforeEach(() => Object.assign(portal.policy, { denied: [], isLimited: false }));

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

it('covers every route', () => {
  const { stack } = createRouter({} as never) as unknown as { stack: Layer[] };
  const found = stack.flatMap(({ route }) => (route ? Object.keys(route.methods).map(method => `${method} ${route.path}`) : []));
  expect(found.filter(route => !OPEN.includes(route)).sort()).toEqual(Object.keys(routes).sort());
});

it('covers every action', async () => {
  const { body } = await send('get', '/api/kratix/.backstage/actions/v1/actions').expect(200);
  const found: string[] = body.actions.map(({ name }: { name: string }) => name);
  expect(found.sort()).toEqual(Object.keys(actions).sort());
});

it('covers every permission', () => {
  const covered = new Set([...Object.values(routes), ...Object.values(actions)].flatMap(({ needs }) => needs));
  // these two are for templates, which templateCoverage.test.ts is about
  expect(kratixPermissions.map(({ name }) => name).filter(name => !covered.has(name))).toEqual(['kratix.promise.install', 'kratix.branch.push']);
});

describe.each(ways)('$name', ({ entry, call }) => {
  it('lets in whom the policy allows', async () => {
    const { status } = await call(A);
    expect([401, 403, 500]).not.toContain(status);
  });

  it.each(entry.needs)(`refuses whom the policy denies (%s)`, async permission => {
    portal.policy.denied = [permission];
    const response = await call(A);
    expect(response.status).toBe(403);
    expect(response.text).toContain(permission);
    expect(response.text).not.toContain('small');
  });

  it('item 83: shows and does nothing in B for whom the policy limits to A', async () => {
    portal.policy.isLimited = true;
    const there = await call(B);
    const here = await call(A);
    expect(there.status).toBe(entry.about === 'request' ? 403 : 200);
    expect(there.text).not.toContain(entry.about === 'request' ? 'small' : B);
    expect(here.status).not.toBe(403);
    expect(here.text).toMatch(entry.about === 'list' ? /team-a|"requests":1/ : /./);
  });
});

it('item 83: leaves B as it was', async () => {
  const { metadata } = await portal.cluster.client.get(offer.type, { namespace: B, name: `in-${B}` });
  expect(metadata).toMatchObject({ generation: 1, labels: { 'kratix.io/paused': 'true' } });
  expect(metadata.annotations).toBeUndefined();
});
