import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { signalsServiceRef, type SignalPayload } from '@backstage/plugin-signals-node';
import { signalKey, type ChangeSignal, type FileContent, type MetricsSummary, type Overview, type PromiseDetail, type RequestDetail, type RequestPage, type RequestState, type StoreSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { Destination, GitStateStore, HealthRecord, PromiseRevision, ResourceBinding, Work, WorkflowRun, WorkPlacement } from '@kratix-ts/core/api';
import { parseAllYaml, type DynamicObject } from '@kratix-ts/core/kube';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { encodeContent } from '@kratix-ts/core/wire';
import request from 'supertest';
import { checkAnswer } from './__testUtils__/checkAnswer';
import { startTestCluster, type TestCluster } from './__testUtils__/testCluster';
import { kratixPlugin } from './plugin';

jest.setTimeout(60_000);

const signals: ChangeSignal[] = [];
const authorize = jest.fn();
const authorizeConditional = jest.fn();
const auditor = mockServices.auditor.mock();
let cluster: TestCluster;
let offer: TestOffer;
let backend: TestBackend;

const user = mockCredentials.user.header();
const api = () => request(backend.server);
const url = (name: string, rest = '') => `/api/kratix/v1/requests/demo/${offer.type.group}/v1/${offer.type.plural}/default/${name}${rest}`;
const get = (path: string) => api().get(path).set('authorization', user).expect(checkAnswer);
const stateOf = async (name: string): Promise<RequestState> => (await get(url(name)).expect(200)).body;

function allow() {
  authorize.mockImplementation(async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.ALLOW })));
  authorizeConditional.mockImplementation(async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.ALLOW })));
}

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  const publish = async ({ channel, message }: SignalPayload) => {
    if (channel === 'kratix') signals.push(message as ChangeSignal);
  };
  backend = await startTestBackend({
    features: [
      kratixPlugin,
      mockServices.rootConfig.factory({ data: { kratix: { clusters: [{ name: 'demo', kubeconfig: cluster.kubeconfig }] } } }),
      mockServices.permissions.mock({ authorize, authorizeConditional }).factory,
      auditor.factory,
      createServiceFactory({ service: signalsServiceRef, deps: {}, factory: () => ({ publish }) }),
    ],
  });
});

beforeEach(() => {
  allow();
  jest.clearAllMocks();
  auditor.createEvent.mockResolvedValue({ success: async () => {}, fail: async () => {} });
});

afterAll(async () => {
  await backend?.stop();
  await offer?.remove();
  await cluster?.stop();
});

async function made(name: string, extra: Partial<DynamicObject> = {}): Promise<DynamicObject> {
  const object = await cluster.client.create(offer.type, offer.request(name, extra));
  await eventually(`request ${name} to be known`, async () => (await get(url(name))).status === 200 || undefined);
  return object;
}

describe('who may do what', () => {
  const routes: [string, string, string][] = [
    ['get', '/api/kratix/v1/overview', 'kratix.request.read'],
    ['get', '/api/kratix/v1/metrics-summary', 'kratix.request.read'],
    ['get', '/api/kratix/v1/clusters', 'kratix.platform.read'],
    ['get', '/api/kratix/v1/destinations', 'kratix.platform.read'],
    ['get', '/api/kratix/v1/stores', 'kratix.platform.read'],
    ['get', '/api/kratix/v1/promises', 'kratix.promise.read'],
    ['get', '/api/kratix/v1/promises/demo/nothing', 'kratix.promise.read'],
    ['get', '/api/kratix/v1/requests', 'kratix.request.read'],
    ['get', 'request', 'kratix.request.read'],
    ['get', 'request/files?path=a', 'kratix.request.read'],
    ['get', 'request/runs/one', 'kratix.request.read'],
    ['get', 'request/logs', 'kratix.log.read'],
    ['put', 'request', 'kratix.request.update'],
    ['delete', 'request', 'kratix.request.delete'],
    ['post', 'request/actions/preview', 'kratix.request.update'],
    ['post', 'request/actions/dry-run', 'kratix.request.update'],
    ['get', 'request/dry-runs/x', 'kratix.request.read'],
    ['get', '/api/kratix/v1/namespaces', 'kratix.request.create'],
    ...['rerun', 'resume', 'pause', 'unpause', 'retry', 'pin', 'upgrade'].map((action): [string, string, string] => ['post', `request/actions/${action}`, 'kratix.request.update']),
    ['post', 'requests', 'kratix.request.create'],
    ['post', 'requests?dryRun=true', 'kratix.request.create'],
  ];
  const collection = () => url('').replace(/\/$/, '');
  const pathOf = (path: string) => {
    if (path.startsWith('requests')) return path.replace('requests', collection());
    return path.startsWith('request') ? url('nobody', path.slice('request'.length)) : path;
  };
  const call = (method: string, path: string) => {
    const agent = api();
    return { get: agent.get, put: agent.put, delete: agent.delete, post: agent.post }[method]!.call(agent, pathOf(path));
  };

  it.each(routes)('%s %s takes nobody without credentials', async (method, path) => {
    await call(method, path).set('authorization', mockCredentials.none.header()).expect(401);
    expect(authorize).not.toHaveBeenCalled();
  });

  it.each(routes)('%s %s asks for the caller and refuses whom the policy denies', async (method, path, permission) => {
    authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    authorizeConditional.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    const response = await call(method, path).set('authorization', user).expect(403);
    expect(response.body.error.message).toContain(permission);
    const [[asked], options] = [...authorize.mock.calls, ...authorizeConditional.mock.calls][0];
    expect(asked.permission.name).toBe(permission);
    expect(options.credentials.principal).toMatchObject({ type: 'user', userEntityRef: 'user:default/mock' });
  });

  it('lists what the conditions of a policy allow', async () => {
    await made('visible');
    const conditions = (promises: string[]) => ({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'kratix',
      resourceType: 'kratix-request',
      conditions: { rule: 'OF_PROMISE', resourceType: 'kratix-request', params: { promises } },
    });
    const names = async () => (await get(`/api/kratix/v1/requests?promise=${offer.promise}`).expect(200)).body.items.map((item: { name: string }) => item.name);
    authorizeConditional.mockResolvedValue([conditions([offer.promise])]);
    expect(await names()).toContain('visible');
    authorizeConditional.mockResolvedValue([conditions(['another'])]);
    expect(await names()).toEqual([]);
  });
});

describe('reading', () => {
  it('pages, sorts and filters requests, and follows every change', async () => {
    await made('page-a', { metadata: { name: 'page-a', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/page' } } });
    await made('page-b', { metadata: { name: 'page-b', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/page' } } });
    const page = async (query = ''): Promise<RequestPage> =>
      (await get(`/api/kratix/v1/requests?requestedBy=user:default/page&text=page-&sort=name${query}`).expect(200)).body;
    const both = await eventually('both in the list', async () => {
      const current = await page();
      return current.total === 2 ? current : undefined;
    });
    expect(both).toMatchObject({ items: [{ name: 'page-a' }, { name: 'page-b' }], offset: 0, counts: { Queued: 2 } });
    expect(both.values.promises).toContain(offer.promise);
    expect(await page('&order=desc&limit=1')).toMatchObject({ items: [{ name: 'page-b' }], total: 2 });
    expect(await page('&limit=1&offset=1')).toMatchObject({ items: [{ name: 'page-b' }], total: 2, offset: 1 });
    const ref = { namespace: 'default', name: 'page-b' };
    const conditions = [{ type: 'Reconciled', status: 'False', reason: 'ConfigureWorkflowFailed', message: 'no' }, { type: 'ConfigureWorkflowCompleted', status: 'False', reason: 'ConfigureWorkflowFailed', message: 'no' }];
    await cluster.client.patch(offer.type, ref, { status: { conditions } }, { kind: 'merge', subresource: 'status' });
    await eventually('the failure', async () => (await page()).counts.Failed);
    const worst = (await get('/api/kratix/v1/requests?requestedBy=user:default/page').expect(200)).body;
    expect(worst).toMatchObject({ items: [{ name: 'page-b', summary: { phase: 'Failed' } }, { name: 'page-a' }], counts: { Failed: 1, Queued: 1 } });
    expect(await page('&phase=Failed,Ready')).toMatchObject({ items: [{ name: 'page-b' }], total: 1, counts: { Failed: 1, Queued: 1 } });
    await cluster.client.delete(offer.type, ref);
    await eventually('one to be gone', async () => (await page()).total === 1 || undefined);
  });

  it.each([
    ['phase=Broken', 'Query parameter "phase" must hold some of Waiting,'],
    ['sort=colour', 'Query parameter "sort" must be one of attention,'],
    ['limit=0', 'Query parameter "limit" must be >= 1'],
    ['offset=-1', 'Query parameter "offset" must be >= 0'],
  ])('refuses %s and names the parameter', async (query, message) => {
    expect((await get(`/api/kratix/v1/requests?${query}`).expect(400)).body.error.message).toContain(message);
  });

  it('lists Promises and counts their requests', async () => {
    await made('counted');
    const { body } = await get('/api/kratix/v1/promises').expect(200);
    const found = body.items.find((item: { name: string }) => item.name === offer.promise);
    expect(found).toMatchObject({ cluster: 'demo', available: true, api: { kind: offer.type.kind, plural: offer.type.plural } });
    expect(found.requests).toBeGreaterThanOrEqual(1);
  });

  it('shows one Promise in full, and the platform at a glance, as far as the caller may see it', async () => {
    await made('overlooked');
    const promise: PromiseDetail = (await get(`/api/kratix/v1/promises/demo/${offer.promise}`).expect(200)).body;
    expect(promise).toMatchObject({ name: offer.promise, canDryRun: true, template: { name: offer.promise }, description: 'A thing for tests' });
    expect(promise.counts.Queued).toBeGreaterThanOrEqual(1);
    const [document] = parseAllYaml(promise.example ?? '', 'example') as DynamicObject[];
    await cluster.client.create(offer.type, { ...document, metadata: { ...document.metadata, namespace: 'default' } }, { dryRun: true });
    expect((await get('/api/kratix/v1/promises/demo/nothing').expect(404)).body.error.message).toBe('Promise "nothing" does not exist in cluster "demo"');
    expect((await get('/api/kratix/v1/promises/mars/nothing').expect(404)).body.error.message).toContain('There is no cluster "mars"');
    expect((await get('/api/kratix/v1/clusters').expect(200)).body.items).toEqual([{ name: 'demo', reachable: true, complete: true }]);

    const overview = async (): Promise<Overview> => (await get('/api/kratix/v1/overview').expect(200)).body;
    const all = await overview();
    expect(all.requests).toBeGreaterThanOrEqual(1);
    expect(all.promises.available).toBeGreaterThanOrEqual(1);
    expect(all.clusters).toHaveLength(1);
    const metrics = async (): Promise<MetricsSummary> => (await get('/api/kratix/v1/metrics-summary').expect(200)).body;
    expect((await metrics()).promises).toContainEqual(expect.objectContaining({ cluster: 'demo', promise: offer.promise, requests: expect.any(Number), runs: { succeeded: 0, failed: 0 } }));
    authorize.mockImplementation(async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.DENY })));
    const conditions = { rule: 'OF_PROMISE', resourceType: 'kratix-request', params: { promises: ['another'] } };
    authorizeConditional.mockResolvedValue([{ result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: 'kratix-request', conditions }]);
    expect((await metrics()).promises).toEqual([]);
    expect(await overview()).toEqual({
      clusters: [], counts: {}, requests: 0, promises: { total: 0, available: 0 }, destinations: { total: 0, ready: 0 }, stores: { total: 0, ready: 0 }, attention: [],
    });
  });

  it('shows Destinations and stores, without credentials, and tells pages when they change', async () => {
    const kratix = { apiVersion: 'platform.kratix.io/v1alpha1' };
    const name = `${offer.promise}-store`;
    signals.length = 0;
    await cluster.client.create(GitStateStore.type, { ...kratix, kind: 'GitStateStore', metadata: { name }, spec: { url: 'https://bot:hunter2@github.com/acme/state' } } as DynamicObject);
    await cluster.client.create(Destination.type, { ...kratix, kind: 'Destination', metadata: { name }, spec: { path: 'x', stateStoreRef: { kind: 'GitStateStore', name } } } as DynamicObject);
    const find = async (path: string) => (await get(`/api/kratix/v1/${path}?cluster=demo`).expect(200)).body.items.find((item: { name: string }) => item.name === name);
    const store = await eventually('the store with its Destination', async () => {
      const current: StoreSummary = await find('stores');
      return current?.destinations.length ? current : undefined;
    });
    expect(store).toMatchObject({ kind: 'GitStateStore', url: 'https://github.com/acme/state', ready: false, queued: 0 });
    expect(await find('destinations')).toMatchObject({ ready: false, path: 'x', store: { kind: 'GitStateStore', name }, placements: { total: 0 } });
    const refs = [`gitstatestores.platform.kratix.io//${name}`, `destinations.platform.kratix.io//${name}`];
    await eventually('signals of both', () => refs.every(ref => signals.some(signal => signal.refs.includes(signalKey(ref)))) || undefined, 15_000);
    await cluster.client.delete(Destination.type, { name });
    await cluster.client.delete(GitStateStore.type, { name });
  });

  it('says what is not there', async () => {
    const message = async (path: string) => (await get(path).expect(404)).body.error.message;
    expect(await message(url('absent'))).toBe(`${offer.type.kind} "default/absent" does not exist in cluster "demo"`);
    expect(await message(url('absent').replace(offer.type.plural, 'secrets'))).toContain('No Promise in cluster "demo" offers secrets.');
    expect(await message(url('absent').replace('/demo/', '/mars/'))).toContain('There is no cluster "mars"');
  });

  it('puts a request together from its run, Works and placements', async () => {
    const object = await made('whole', { metadata: { name: 'whole', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } } });
    const labels = { 'kratix.io/promise-name': offer.promise, 'kratix.io/resource-name': 'whole', 'kratix.io/pipeline-name': 'prepare' };
    const unique = `${offer.promise}-whole`;
    const secret = 'kind: Secret\nmetadata:\n  name: s\ndata:\n  password: aGVsbG8=\n';
    const workloads = [
      { filepath: 'one.yaml', content: encodeContent('kind: ConfigMap\n') },
      { filepath: 'secret.yaml', content: encodeContent(secret) },
    ];
    await cluster.client.create(Work.type, {
      apiVersion: Work.apiVersion,
      kind: 'Work',
      metadata: { name: unique, namespace: 'default', labels },
      spec: { promiseName: offer.promise, resourceName: 'whole', workloadGroups: [{ id: 'a', directory: '.', workloads }] },
    } as DynamicObject);
    await cluster.client.create(WorkPlacement.type, {
      apiVersion: WorkPlacement.apiVersion,
      kind: 'WorkPlacement',
      metadata: { name: unique, namespace: 'default', labels: { 'kratix.io/work': unique, 'kratix.io/pipeline-name': 'prepare' } },
      spec: { targetDestinationName: unique, workloads },
    } as DynamicObject);
    await cluster.client.create(Destination.type, {
      apiVersion: Destination.apiVersion,
      kind: 'Destination',
      metadata: { name: unique },
      spec: { path: 'x', stateStoreRef: { kind: 'GitStateStore', name: 'store' } },
    } as DynamicObject);
    await cluster.client.create(WorkflowRun.type, {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: { name: unique, namespace: 'default' },
      spec: {
        target: { apiVersion: offer.apiVersion, kind: offer.type.kind, plural: offer.type.plural, name: 'whole', namespace: 'default', uid: object.metadata.uid, generation: 1 },
        promiseName: offer.promise, type: 'resource', action: 'configure', trigger: 'created', hash: 'h', sequence: 1,
      },
      status: {
        phase: 'Failed',
        pipelines: [
          { name: 'prepare', phase: 'Succeeded', attempt: 1, containers: [] },
          { name: 'act', phase: 'Failed', attempt: 1, containers: [{ name: 'decide', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:02Z', exitCode: 3, reason: 'Error', message: 'no database' }] },
        ],
      },
    } as DynamicObject);
    const state = await eventually('the whole state', async () => {
      const current = await stateOf('whole');
      return current.destinations.length > 0 && current.destinations[0].store && current.runs.length > 0 ? current : undefined;
    });
    expect(state).toMatchObject({
      requestedBy: 'user:default/ana',
      promise: offer.promise,
      summary: { phase: 'Failed', step: 'act', container: 'decide', progress: { done: 1, total: 2 } },
      destinations: [
        {
          name: unique,
          store: { kind: 'GitStateStore', name: 'store' },
          files: [{ path: 'one.yaml', size: 16, step: 'prepare' }, { path: 'secret.yaml', size: Buffer.byteLength(secret) }],
        },
      ],
      runs: [{ id: unique, trigger: 'created', steps: [{ name: 'prepare' }, { name: 'act', containers: [{ name: 'decide', exitCode: 3 }] }] }],
    });
    expect(JSON.stringify(state)).not.toContain(workloads[0].content);

    const file = async (query: string): Promise<FileContent> => (await get(url('whole', `/files?${query}`)).expect(200)).body;
    expect(await file('path=one.yaml')).toEqual({ path: 'one.yaml', destination: unique, step: 'prepare', content: 'kind: ConfigMap\n' });
    expect((await get(url('whole', '/files?path=one.yaml&raw=true')).expect(200)).text).toBe('kind: ConfigMap\n');
    const hidden = await file('path=secret.yaml');
    expect(hidden).toMatchObject({ reason: 'secret' });
    expect(hidden.content).toContain('password');
    expect(hidden.content).not.toContain('aGVsbG8=');
    const changed = [{ ...workloads[0], content: encodeContent('kind: Service\n') }, workloads[1]];
    await cluster.client.patch(WorkPlacement.type, { namespace: 'default', name: unique }, { spec: { workloads: changed } }, { kind: 'merge' });
    const after = await eventually('the file and what it was before', async () => {
      const current = await file('path=one.yaml');
      return current.previous ? current : undefined;
    });
    expect(after).toMatchObject({ content: 'kind: Service\n', previous: 'kind: ConfigMap\n' });
    expect((await get(url('whole', '/files?path=one.yaml&run=older')).expect(404)).body.error.message).toContain('what is kept of its files is at runs/older');
    await get(url('whole', '/files?path=other.yaml')).expect(404);
    await get(url('whole', '/files')).expect(400);
    expect((await get(url('whole', '/logs?step=act&container=decide')).expect(404)).body.error.message).toContain('its pod was removed');

    await cluster.client.delete(Destination.type, { name: unique });
    await cluster.client.delete(WorkPlacement.type, { namespace: 'default', name: unique });
    await cluster.client.delete(Work.type, { namespace: 'default', name: unique });
    await cluster.client.delete(WorkflowRun.type, { namespace: 'default', name: unique });
  });

  it('shows what belongs to a request: versions, health, events, children, and what its reader may do', async () => {
    const parent = await made('parent');
    const kratix = { apiVersion: 'platform.kratix.io/v1alpha1' };
    const inDefault = (name: string) => ({ name, namespace: 'default' });
    await made('child', { metadata: { ...inDefault('child'), labels: { 'kratix.io/parent-promise-name': offer.promise, 'kratix.io/parent-resource-name': 'parent', 'kratix.io/parent-resource-namespace': 'default' } } });
    const revision = `${offer.promise}-v1`;
    await cluster.client.create(PromiseRevision.type, { ...kratix, kind: 'PromiseRevision', metadata: { name: revision }, spec: { promiseRef: { name: offer.promise }, version: 'v1.0.0', promiseSpec: {} } } as DynamicObject);
    await cluster.client.create(ResourceBinding.type, { ...kratix, kind: 'ResourceBinding', metadata: inDefault(revision), spec: { version: 'v1.0.0', promiseRef: { name: offer.promise }, resourceRef: inDefault('parent') } } as DynamicObject);
    await cluster.client.create(HealthRecord.type, { ...kratix, kind: 'HealthRecord', metadata: inDefault(revision), data: { promiseRef: { name: offer.promise }, resourceRef: inDefault('parent'), state: 'degraded' } } as DynamicObject);
    const involvedObject = { apiVersion: offer.apiVersion, kind: offer.type.kind, ...inDefault('parent'), uid: parent.metadata.uid };
    await cluster.client.create({ group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true }, { apiVersion: 'v1', kind: 'Event', metadata: inDefault('noted'), involvedObject, type: 'Warning', reason: 'Noted', message: 'a note', count: 2 } as DynamicObject);
    const detail = await eventually('all of it', async () => {
      const current: RequestDetail = (await get(url('parent')).expect(200)).body;
      const isThere = current.events.length > 0 && current.delivery.health.length > 0 && current.versions.pinned && current.versions.available.length > 0;
      return isThere && current.children.length > 0 ? current : undefined;
    });
    expect(detail).toMatchObject({
      children: [{ name: 'child', promise: offer.promise }],
      versions: { pinned: 'v1.0.0', available: ['v1.0.0'] },
      delivery: { health: [{ record: revision, state: 'degraded' }] },
      events: [{ reason: 'Noted', count: 2, about: { kind: offer.type.kind, name: 'parent' } }],
      abilities: { update: true, delete: true, readLogs: true },
    });
    expect((await get(url('child')).expect(200)).body.parent).toEqual({ kind: offer.type.kind, ...inDefault('parent') });
    authorize.mockImplementation(async (asked: { permission: { name: string } }[]) =>
      asked.map(({ permission }) => ({ result: permission.name === 'kratix.request.read' ? AuthorizeResult.ALLOW : AuthorizeResult.DENY })));
    const conditions = { rule: 'OF_PROMISE', resourceType: 'kratix-request', params: { promises: ['another'] } };
    authorizeConditional.mockResolvedValue([{ result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: 'kratix-request', conditions }]);
    expect((await get(url('parent')).expect(200)).body).toMatchObject({ abilities: { update: false, delete: false, readLogs: false }, children: [] });
    await cluster.client.delete(PromiseRevision.type, { name: revision });
    await cluster.client.delete(ResourceBinding.type, inDefault(revision));
    await cluster.client.delete(HealthRecord.type, inDefault(revision));
  });

  it('tells every page what changed, by digests alone', async () => {
    await made('watched');
    signals.length = 0;
    const status = { message: 'confidential' };
    await cluster.client.patch(offer.type, { namespace: 'default', name: 'watched' }, { status }, { kind: 'merge', subresource: 'status' });
    const ref = `${offer.type.plural}.${offer.type.group}/default/watched`;
    await eventually('a signal', () => signals.some(signal => signal.cluster === 'demo' && signal.refs.includes(signalKey(ref))) || undefined, 15_000);
    expect(JSON.stringify(signals)).not.toMatch(/confidential|watched|default/);
  });
});

describe('writing', () => {
  const put = (name: string, body: object) => api().put(url(name)).set('authorization', user).send(body);

  it('changes the spec, and audits it', async () => {
    const { metadata } = await made('edited', { spec: { size: 'small', note: 'old' } });
    await put('edited', { spec: { size: 'large' }, generation: metadata.generation }).expect(200);
    const after = await cluster.client.get<DynamicObject>(offer.type, { namespace: 'default', name: 'edited' });
    expect(after.spec).toEqual({ size: 'large' });
    expect(auditor.createEvent).toHaveBeenCalledWith(expect.objectContaining({ eventId: 'request-update' }));
  });

  it('edits what a moving status has touched in between, and refuses what another person has', async () => {
    const { metadata } = await made('contended');
    const ref = { namespace: 'default', name: 'contended' };
    await cluster.client.patch(offer.type, ref, { status: { message: 'moved' } }, { kind: 'merge', subresource: 'status' });
    await put('contended', { spec: { size: 'large' }, generation: metadata.generation }).expect(200);
    await cluster.client.patch(offer.type, ref, { spec: { note: 'theirs' } }, { kind: 'merge' });
    const response = await put('contended', { spec: { size: 'small' }, generation: metadata.generation }).expect(409);
    expect(response.body.error.message).toContain('was changed in between');
    expect((await cluster.client.get<DynamicObject>(offer.type, ref)).spec).toEqual({ size: 'large', note: 'theirs' });
  });

  it('hands on what the API server refuses, in its words', async () => {
    const { metadata } = await made('refused');
    const response = await put('refused', { spec: { size: 'huge' }, generation: metadata.generation }).expect(400);
    expect(response.body.error.message).toMatch(/size/);
    const misspelt = await put('refused', { spec: { size: 'large', colour: 'red' }, generation: metadata.generation }).expect(400);
    expect(misspelt.body.error.message).toContain('unknown field "spec.colour"');
    await put('refused', { spec: 'x', generation: 1 }).expect(400);
    await put('refused', { spec: {} }).expect(400);
    await put('refused', { spec: { note: 'x'.repeat(1_200_000) }, generation: 1 }).expect(413);
  });

  it('runs again, and deletes', async () => {
    await made('done');
    await api().post(url('done', '/actions/rerun')).set('authorization', user).expect(202);
    const ref = { namespace: 'default', name: 'done' };
    const { metadata } = await cluster.client.get(offer.type, ref);
    expect(metadata.labels).toMatchObject({ 'kratix.io/manual-reconciliation': 'true' });
    await api().delete(url('done', '?uid=another')).set('authorization', user).expect(409);
    await api().delete(url('done')).set('authorization', user).expect(202);
    await eventually('the request to be gone', async () => (await get(url('done'))).status === 404 || undefined);
  });
});
