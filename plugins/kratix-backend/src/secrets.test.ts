import { actionsRegistryServiceFactory, actionsServiceFactory } from '@backstage/backend-defaults/alpha';
import { createBackendModule, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogProcessingExtensionPoint, type EntityProvider, type EntityProviderMutation } from '@backstage/plugin-catalog-node';
import mcpPlugin from '@backstage/plugin-mcp-actions-backend';
import { notificationService } from '@backstage/plugin-notifications-node';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import type { DocumentCollatorFactory, IndexableDocument } from '@backstage/plugin-search-common';
import { Destination, GitStateStore, Work, WorkPlacement } from '@kratix-ts/core/api';
import { parseAllYaml, type DynamicObject, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import { encodeContent } from '@kratix-ts/core/wire';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readFileSync } from 'node:fs';
import { startTestPortal, type TestPortal } from './__testUtils__/testPortal';
import { catalogModuleKratix } from './catalog/module';
import { searchModuleKratix } from './search/module';

jest.setTimeout(60_000);

/** Stands where a password would; nobody is to see it. */
const SECRET = 'planted-hunter2';
/** Stands in a spec: who may read the request sees it, logs and records of changes do not hold it. */
const PRIVATE = 'planted-private';

let token = '';
let portal: TestPortal;
const answers: string[] = [];
const made: [ResourceType, KubeObject][] = [];
/** What other plugins are handed. */
const mutations: EntityProviderMutation[] = [];
const collators: DocumentCollatorFactory[] = [];
const notifications: unknown[] = [];

const catalogRecorder = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'recorder',
  register(env) {
    const applyMutation = async (mutation: EntityProviderMutation) => void mutations.push(mutation);
    env.registerExtensionPoint(catalogProcessingExtensionPoint, { addEntityProvider: (provider: EntityProvider) => void provider.connect({ applyMutation, refresh: async () => {} }) } as never);
    env.registerInit({ deps: {}, async init() {} });
  },
});
const searchRecorder = createBackendModule({
  pluginId: 'search',
  moduleId: 'recorder',
  register(env) {
    env.registerExtensionPoint(searchIndexRegistryExtensionPoint, { addCollator: ({ factory }: { factory: DocumentCollatorFactory }) => void collators.push(factory) } as never);
    env.registerInit({ deps: {}, async init() {} });
  },
});
const features = [
  mcpPlugin,
  actionsRegistryServiceFactory,
  actionsServiceFactory,
  catalogModuleKratix,
  catalogRecorder,
  searchModuleKratix,
  searchRecorder,
  createServiceFactory({ service: notificationService, deps: {}, factory: () => ({ send: async message => void notifications.push(message) }) }),
];

async function ask(method: 'get' | 'put' | 'post' | 'delete', path: string, body?: object): Promise<number> {
  const { status, text, headers } = await portal.call(method, path, body);
  answers.push(`${method} ${path}\n${text}\n${JSON.stringify(headers)}`);
  return status;
}

async function plant(type: ResourceType, object: DynamicObject): Promise<void> {
  await portal.cluster.client.create(type, object);
  made.push([type, object]);
}

beforeAll(async () => {
  portal = await startTestPortal({ notifications: { enabled: true } }, features, async ({ client, kubeconfig }) => {
    const account = { metadata: { name: 'portal-with-token', namespace: 'default' } };
    await client.request('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { apiVersion: 'v1', kind: 'ServiceAccount', ...account } });
    await client.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'portal-with-token' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', ...account.metadata }],
      },
    });
    const { status } = await client.request<{ status: { token: string } }>('POST', '/api/v1/namespaces/default/serviceaccounts/portal-with-token/token', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    });
    token = status.token;
    const [config] = parseAllYaml(readFileSync(kubeconfig, 'utf8'), kubeconfig) as { clusters: { cluster: Record<string, string> }[] }[];
    return { url: config.clusters[0].cluster.server, token, caData: config.clusters[0].cluster['certificate-authority-data'] };
  }, { backend: { actions: { pluginSources: ['kratix'] } } });
  const { promise } = portal.offer;
  const secret = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"p":"${SECRET}"}}'\nstringData:\n  p: ${SECRET}\n`;
  const list = `kind: List\nitems:\n- kind: Secret\n  data:\n    p: ${SECRET}\n`;
  const workloads = [{ filepath: 'secret.yaml', content: encodeContent(secret) }, { filepath: 'list.yaml', content: encodeContent(list) }];
  const labels = { 'kratix.io/promise-name': promise, 'kratix.io/resource-name': 'one', 'kratix.io/pipeline-name': 'act' };
  await plant(GitStateStore.type, { apiVersion: GitStateStore.apiVersion, kind: 'GitStateStore', metadata: { name: 'planted' }, spec: { url: `https://user:${SECRET}@git.example.org/x.git`, branch: 'main', authMethod: 'basicAuth', secretRef: { name: 's', namespace: 'default' } } });
  await plant(Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: 'planted' }, spec: { path: 'x', stateStoreRef: { kind: 'GitStateStore', name: 'planted' } } });
  await plant(Work.type, { apiVersion: Work.apiVersion, kind: 'Work', metadata: { name: 'planted', namespace: 'default', labels }, spec: { promiseName: promise, resourceName: 'one', workloadGroups: [{ id: 'g', directory: '.', workloads }] } });
  await plant(WorkPlacement.type, { apiVersion: WorkPlacement.apiVersion, kind: 'WorkPlacement', metadata: { name: 'planted', namespace: 'default', labels: { 'kratix.io/work': 'planted', 'kratix.io/pipeline-name': 'act' } }, spec: { targetDestinationName: 'planted', id: 'g', workloads } });
});

afterAll(async () => {
  for (const [type, { metadata }] of made) await portal.cluster.client.delete(type, metadata);
  await portal?.stop();
});

it('shows no token, no credentials of stores and no value of a Secret in any answer, log or record', async () => {
  const { url, offer } = portal;
  expect(await ask('post', url(), { name: 'one', spec: { size: 'small', note: PRIVATE, password: SECRET } })).toBe(201);
  await eventually('the placement to be known', async () => (await portal.call('get', url('one'))).body.destinations?.[0]?.files.length === 2 || undefined);
  for (const path of ['overview', 'metrics-summary', 'clusters', 'promises', `promises/demo/${offer.promise}`, 'destinations', 'stores', 'requests', 'namespaces']) {
    expect([path, await ask('get', `/api/kratix/v1/${path}`)]).toEqual([path, 200]);
  }
  expect(await ask('get', url('one'))).toBe(200);
  for (const file of ['secret.yaml', 'list.yaml']) {
    expect(await ask('get', url('one', `/files?path=${file}`))).toBe(200);
    expect(await ask('get', url('one', `/files?path=${file}&raw=true`))).toBe(200);
  }
  await ask('get', url('one', '/logs'));
  expect(await ask('post', url('one', '/actions/preview'), { spec: { size: 'huge', note: PRIVATE, password: SECRET }, generation: 1 })).toBe(200);
  expect(await ask('put', url('one'), { spec: { size: 'large', note: PRIVATE, password: SECRET }, generation: 1 })).toBe(200);
  // an edit that does not touch the password holds its token
  expect(await ask('put', url('one'), { spec: { size: 'small', note: PRIVATE, password: 'kratix-secret:spec.password' }, generation: 1 })).toBe(409);
  expect(await ask('put', url('one'), { spec: { size: 'huge', note: PRIVATE, password: SECRET }, generation: 2 })).toBe(400);
  expect(await ask('put', url('one'), { spec: { size: 'small', note: PRIVATE, password: 'kratix-secret:spec.password' }, generation: 2 })).toBe(200);
  expect((await portal.stored('one')).spec).toEqual({ size: 'small', note: PRIVATE, password: SECRET });
  expect(await ask('put', url('one'), { spec: { size: 'small', password: 'kratix-secret:elsewhere' }, generation: 3 })).toBe(400);
  expect(answers.at(-1)).toContain('spec.password keeps a secret that is not there any more. Enter it again.');
  expect(await ask('post', url('one', '/actions/pause'), {})).toBe(202);
  expect(await ask('delete', url('one'))).toBe(202);

  const records = [...portal.logs, ...portal.audits.map(record => JSON.stringify(record)), JSON.stringify(portal.signals)];
  for (const hidden of [SECRET, token, Buffer.from(SECRET).toString('base64')]) {
    expect([...answers, ...records].filter(text => text.includes(hidden))).toEqual([]);
  }
  expect(records.filter(text => text.includes(PRIVATE))).toEqual([]);
  expect(portal.audits.length).toBeGreaterThanOrEqual(6);
});

async function documentsOf(): Promise<IndexableDocument[]> {
  const documents: IndexableDocument[] = [];
  for (const collator of collators) for await (const document of await collator.getCollator()) documents.push(document);
  return documents;
}

it('shows no secret of a spec in an entity, a document of the search, a notification or an answer to a language model', async () => {
  const { offer, url, cluster } = portal;
  const annotations = { 'kratix-ts.dev/requested-by': 'user:default/ana' };
  await portal.made('two', { metadata: { name: 'two', namespace: 'default', annotations }, spec: { size: 'small', password: SECRET } });
  const conditions = [
    { type: 'ConfigureWorkflowCompleted', status: 'False', reason: 'ConfigureWorkflowFailed', message: 'A Configure Pipeline has failed: act' },
    { type: 'Reconciled', status: 'False', reason: 'ConfigureWorkflowFailed', message: 'Failing' },
  ];
  await cluster.client.patch(offer.type, { namespace: 'default', name: 'two' }, { status: { conditions } }, { kind: 'merge', subresource: 'status' });
  const entities = await eventually('the entity', () => (JSON.stringify(mutations).includes('two.') ? mutations : undefined), 60_000);
  await eventually('the notification', () => notifications.length > 0 || undefined, 60_000);
  const documents = await eventually('the document', async () => {
    const found = await documentsOf();
    return found.some(({ title }) => title === 'two') ? found : undefined;
  }, 60_000);

  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: mockCredentials.user.header() } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${portal.baseUrl}/api/mcp-actions/v1`), { requestInit }) as Parameters<typeof client.connect>[0]);
  const two = { promise: offer.promise, namespace: 'default', name: 'two' };
  const inputs: Record<string, object> = {
    'list-promises': {},
    'describe-promise': { promise: offer.promise },
    'list-requests': {},
    'get-request': two,
    'explain-request': two,
    'dry-run-request': { ...two, spec: { size: 'huge', password: SECRET } },
    'create-request': { ...two, name: 'three', spec: { size: 'small', password: SECRET } },
    'rerun-request': two,
    'delete-request': two,
  };
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name.replace('kratix.', '')).sort()).toEqual(Object.keys(inputs).sort());
  const told: unknown[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const answer = await client.callTool({ name: `kratix.${name}`, arguments: { ...input } });
    expect([name, answer.isError ?? false]).toEqual([name, false]);
    told.push(answer);
  }
  await client.close();
  expect((await portal.stored('three')).spec).toMatchObject({ password: SECRET });
  expect(JSON.stringify(told)).toContain('two');
  const everything = [entities, documents, notifications, told, portal.logs, portal.audits, portal.signals].map(given => JSON.stringify(given));
  for (const hidden of [SECRET, token, Buffer.from(SECRET).toString('base64')]) {
    expect(everything.filter(text => text.includes(hidden))).toEqual([]);
  }
  expect(await ask('delete', url('three'))).toBe(202);
});
