import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { API_VERSION, crds, Promise as PromiseKind, PromiseRevision, ResourceBinding } from '@kratix-ts/core/api';
import { connect, coreTypes, parseYaml, typeOf, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { aLogger, eventually } from '@kratix-ts/core/testing';
import { startCluster } from '@kratix-ts/local-cluster';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aTask, runStep, stepsOf, type Fields, type Task } from './__testUtils__/taskRunner';
import { createApplyAction } from './applyAction';
import { createAutocomplete } from './autocomplete';
import { ClusterConnections } from './ClusterConnections';
import { createDeleteAction } from './deleteAction';
import { createDiffAction } from './diffAction';
import { createInstallAction } from './installAction';
import { createManifestAction } from './manifestAction';
import { createWaitAction } from './waitAction';

jest.setTimeout(60_000);

const type = typeOf('demo.example.org/v1', 'Database', 'databases');
const authorize = jest.fn();
const permissions = mockServices.permissions.mock({ authorize });
const readUrl = jest.fn();
let workspace: string;
let client: KubeClient;
let clusters: ClusterConnections;
let actions: Record<string, TemplateAction>;
let end: () => Promise<void>;

const spec = {
  type: 'object',
  required: ['size'],
  properties: { size: { type: 'string', enum: ['small', 'large'], 'x-kubernetes-validations': [{ rule: "self != 'large' || true" }] }, password: { type: 'string', format: 'password', maxLength: 20 }, labels: { type: 'array', items: { type: 'string' } }, key: { type: 'string' } },
};
const hinted = { ...spec, properties: { ...spec.properties, key: { type: 'string', 'x-ui-secret': true, 'x-ui-advanced': true } } };
const crdOf = (specSchema: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'databases.demo.example.org', labels: { 'kratix.io/promise-name': 'database' } },
  spec: {
    group: 'demo.example.org',
    names: { kind: 'Database', plural: 'databases', singular: 'database', listKind: 'DatabaseList' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec: specSchema, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } }],
  },
});
/** As a server stores it: without what it does not know. */
const crd = crdOf(spec);
const available = { status: 'Available', workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0, conditions: [{ type: 'Available', status: 'True', reason: 'Installed', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] };
const makeAvailable = (name: string) => client.patch(PromiseKind.type, { name }, { status: available }, { kind: 'merge', subresource: 'status' });
const target = (name: string): Fields => ({ apiVersion: 'demo.example.org/v1', kind: 'Database', name, namespace: 'team-a' });
const stored = (name: string) => client.get<DynamicObject>(type, { namespace: 'team-a', name });
const password = 'kratix-secret:root_spec_password-x1';

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kratix-delivery-'));
  workspace = join(dir, 'workspace');
  const embedded = await startCluster({ dir: join(dir, 'cluster'), pods: false, log: aLogger() });
  const source = { file: embedded.kubeconfig };
  client = await connect(source);
  for (const definition of [...crds(), crd]) await client.create(coreTypes.CustomResourceDefinition, definition);
  await client.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
  await eventually('Promises to be served', async () => client.list(PromiseKind.type), 20_000);
  await client.create(PromiseKind.type, { apiVersion: API_VERSION, kind: 'Promise', metadata: { name: 'database' }, spec: { api: crdOf(hinted) } } as DynamicObject);
  await makeAvailable('database');
  await client.create(PromiseRevision.type, { apiVersion: API_VERSION, kind: 'PromiseRevision', metadata: { name: 'database-v1', labels: { 'kratix.io/promise-name': 'database' } }, spec: { version: 'v1', promiseRef: { name: 'database' }, promiseSpec: { api: crd } } } as DynamicObject);
  await eventually('Databases to be served', async () => client.list(type), 20_000);
  clusters = new ClusterConnections(['demo', 'eu-1'].map(name => ({ name, source })));
  const options = { clusters, permissions, actAs: async () => undefined };
  const all = [createApplyAction, createWaitAction, createDeleteAction, createDiffAction, createManifestAction].map(create => create(options));
  actions = Object.fromEntries([...all, createInstallAction({ ...options, urlReader: { readUrl } })].map(action => [action.id, action as unknown as TemplateAction]));
  end = async () => {
    await clusters.close();
    await client.close();
    await embedded.stop();
    await rm(dir, { recursive: true, force: true });
  };
});

afterAll(() => end?.());

beforeEach(() => {
  jest.clearAllMocks();
  authorize.mockImplementation(async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.ALLOW })));
});

const run = (id: string, task: Task) => runStep(actions[id], task);
async function walk(id: string, input: Fields, extra?: Fields) {
  const task = aTask(input, { workspacePath: workspace, ...extra });
  await run(id, task);
  return task;
}

describe('every example of an action runs', () => {
  const promise = { apiVersion: API_VERSION, kind: 'Promise', metadata: { name: 'filed' }, spec: {} };
  const parameters = { name: 'orders', spec: { size: 'small', labels: [] } };
  /** What has to be there before, or happens meanwhile. */
  const meanwhile: Record<string, () => Promise<unknown>> = {
    'kratix:resource:wait': async () => {
      await walk('kratix:resource:apply', { ...target('orders'), spec: { size: 'small' } });
      const conditions = [{ type: 'Reconciled', status: 'True', reason: 'Reconciled', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }];
      await client.patch(type, { namespace: 'team-a', name: 'orders' }, { status: { conditions, observedGeneration: 1 } }, { kind: 'merge', subresource: 'status' });
    },
    'kratix:promise:install': async () => {
      await makeAvailable('database');
      await client.patch(PromiseKind.type, { name: 'filed' }, promise, { kind: 'apply', force: true });
      await makeAvailable('filed');
      readUrl.mockResolvedValue({ buffer: async () => Buffer.from(JSON.stringify({ ...promise, metadata: { name: 'fetched' } })) });
    },
  };
  const ids = ['kratix:resource:apply', 'kratix:resource:wait', 'kratix:resource:diff', 'kratix:resource:manifest', 'kratix:resource:delete', 'kratix:promise:install'];

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'kratix-workspace-'));
    await writeFile(join(workspace, 'promise.yaml'), JSON.stringify(promise));
  });
  afterAll(() => rm(workspace, { recursive: true, force: true }));

  it.each(ids)('%s', async id => {
    await meanwhile[id]?.();
    const { examples = [] } = actions[id];
    expect(examples.length).toBeGreaterThan(0);
    for (const { example } of examples) {
      for (const step of stepsOf(example, parameters)) {
        expect(step.action).toBe(id);
        await client.delete(type, { namespace: 'team-a', name: step.input.ifExists === 'fail' ? 'orders' : 'nobody' }).catch(() => undefined);
        await walk(id, step.input);
      }
    }
    expect(Object.keys(actions)).toEqual(expect.arrayContaining(ids));
  });

  it('leaves none out', () => expect(Object.keys(actions).sort()).toEqual([...ids].sort()));
});

describe('the version of a request', () => {
  it('B-RB-1, B-RB-9: is bound before the request is there, and changed where it is', async () => {
    await walk('kratix:resource:apply', { ...target('bound'), promiseVersion: 'v1', spec: { size: 'small' } });
    const bound = async () => (await client.list<DynamicObject>(ResourceBinding.type, { namespace: 'team-a', labelSelector: 'kratix.io/resource-name=bound' })).items.map(item => item.spec);
    expect(await bound()).toEqual([{ version: 'v1', promiseRef: { name: 'database' }, resourceRef: { name: 'bound', namespace: 'team-a' } }]);
    await walk('kratix:resource:apply', { ...target('bound'), promiseVersion: 'latest', spec: { size: 'small' } });
    expect(await bound()).toEqual([expect.objectContaining({ version: 'latest' })]);
  });

  it('must be one that the Promise has, and makes nothing otherwise', async () => {
    await expect(walk('kratix:resource:apply', { ...target('unbound'), promiseVersion: 'v7', spec: { size: 'small' } })).rejects.toThrow('Promise "database" has no version "v7"; it has: latest, v1');
    await expect(stored('unbound')).rejects.toThrow('not found');
    await expect(walk('kratix:resource:apply', { ...target('unbound'), promiseVersion: 'v1', spec: { size: 'huge' } })).rejects.toThrow('was refused');
    expect((await client.list(ResourceBinding.type, { namespace: 'team-a', labelSelector: 'kratix.io/resource-name=unbound' })).items).toEqual([]);
  });
});

describe('secrets', () => {
  const secrets = { [password]: 'hunter2-hunter2', backstageToken: 'eyJ' };

  it('come from the task, and are in no log, diff or error', async () => {
    const task = await walk('kratix:resource:apply', { ...target('secret'), spec: { size: 'small', password } }, { secrets });
    expect((await stored('secret')).spec).toEqual({ size: 'small', password: 'hunter2-hunter2' });
    const changed = { ...secrets, [password]: 'correct-horse' };
    const diff = await walk('kratix:resource:diff', { ...target('secret'), spec: { size: 'large', password } }, { secrets: changed });
    expect(diff.outputs.diff).toContain('-  password: (hidden)\n');
    expect(diff.outputs.diff).toContain('+  password: (hidden, changed)');
    const long = { ...secrets, [password]: 'far-too-long-to-be-taken' };
    const refusal = await walk('kratix:resource:apply', { ...target('secret'), spec: { size: 'huge', password } }, { secrets: long }).catch((error: Error) => error.message);
    expect(refusal).toMatch(/was refused/);
    expect(JSON.stringify([task.lines, task.outputs, diff.lines, diff.outputs, refusal])).not.toMatch(/hunter2|horse|far-too/);
  });

  it('are those that the Promise calls so, although the definition that is stored does not say it', async () => {
    const token = 'kratix-secret:root_spec_key-y2';
    await walk('kratix:resource:apply', { ...target('hinted'), spec: { size: 'small', _advanced: true, key: token } }, { secrets: { [token]: 'sesame' } });
    expect((await stored('hinted')).spec).toEqual({ size: 'small', key: 'sesame' });
  });

  it('stay as they are where the form was not touched', async () => {
    await walk('kratix:resource:apply', { ...target('kept'), spec: { size: 'small', password } }, { secrets });
    await walk('kratix:resource:apply', { ...target('kept'), spec: { size: 'large', password: 'kratix-secret:spec.password' } });
    expect((await stored('kept')).spec).toEqual({ size: 'large', password: 'hunter2-hunter2' });
  });

  it('are asked for again where the task does not have them, and never written into a repository', async () => {
    await expect(walk('kratix:resource:apply', { ...target('lost'), spec: { size: 'small', password } })).rejects.toThrow('spec.password is a secret that is no longer there');
    await expect(walk('kratix:resource:manifest', { ...target('lost'), spec: { size: 'small', password } }, { secrets })).rejects.toThrow('spec.password is a secret, and a file in a repository is not');
  });
});

describe('kratix:resource:diff', () => {
  it('shows what the server would store, and stores nothing', async () => {
    const fresh = await walk('kratix:resource:diff', { ...target('seen'), spec: { size: 'small' } });
    expect(fresh.outputs).toMatchObject({ changed: true, exists: false });
    expect(fresh.lines.join()).toContain('+  size: small');
    await expect(stored('seen')).rejects.toThrow('not found');
    await walk('kratix:resource:apply', { ...target('seen'), spec: { size: 'small' } });
    expect((await walk('kratix:resource:diff', { ...target('seen'), spec: { size: 'small' } })).outputs).toEqual({ changed: false, exists: true, diff: '' });
    const changed = await walk('kratix:resource:diff', { ...target('seen'), spec: { size: 'large' } });
    expect(changed.outputs.diff).toContain('-  size: small\n+  size: large');
  });
});

describe('kratix:resource:delete', () => {
  it('waits until the request is gone, and leaves a namesake that was made since', async () => {
    await walk('kratix:resource:apply', { ...target('ends'), spec: { size: 'small' } });
    await client.patch(type, { namespace: 'team-a', name: 'ends' }, { metadata: { finalizers: ['example.org/held'] } }, { kind: 'merge' });
    const kept = new Map<string, unknown>();
    const task = aTask({ ...target('ends'), wait: true }, {}, kept);
    const deleting = run('kratix:resource:delete', task);
    await eventually('the deletion to begin', async () => (await stored('ends')).metadata.deletionTimestamp);
    await client.patch(type, { namespace: 'team-a', name: 'ends' }, { metadata: { finalizers: [] } }, { kind: 'merge' });
    await deleting;
    expect(task.lines).toEqual(['Deletes Database "team-a/ends" in cluster "demo"', 'Database "team-a/ends" in cluster "demo" is gone']);
    expect(task.outputs).toEqual({ deleted: true });
    await walk('kratix:resource:apply', { ...target('ends'), spec: { size: 'small' } });
    await run('kratix:resource:delete', aTask({ ...target('ends'), wait: true }, {}, kept));
    expect((await stored('ends')).metadata.deletionTimestamp).toBeUndefined();
  });

  it('has nothing to do for what is not there, asks for the right, and only tells in a dry run', async () => {
    expect((await walk('kratix:resource:delete', { ...target('none'), wait: true })).outputs).toEqual({ deleted: false });
    await walk('kratix:resource:apply', { ...target('stays'), spec: { size: 'small' } });
    expect((await walk('kratix:resource:delete', target('stays'), { isDryRun: true })).lines).toEqual(['Would delete Database "team-a/stays" in cluster "demo"']);
    authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    await expect(walk('kratix:resource:delete', target('stays'))).rejects.toThrow('kratix.request.delete');
    await expect(stored('stays')).resolves.toBeDefined();
  });

  it('says that it waits no longer', async () => {
    await walk('kratix:resource:apply', { ...target('held'), spec: { size: 'small' } });
    await client.patch(type, { namespace: 'team-a', name: 'held' }, { metadata: { finalizers: ['example.org/held'] } }, { kind: 'merge' });
    await expect(walk('kratix:resource:delete', { ...target('held'), wait: true, timeout: '200ms' })).rejects.toThrow('was not gone within 200ms');
    await expect(walk('kratix:resource:delete', { ...target('held'), wait: true }, { signal: AbortSignal.abort() })).rejects.toThrow('was cancelled; the deletion itself goes on');
    await client.patch(type, { namespace: 'team-a', name: 'held' }, { metadata: { finalizers: [] } }, { kind: 'merge' });
  });
});

describe('kratix:resource:manifest', () => {
  it('writes what an apply would send, and only into the workspace', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kratix-manifest-'));
    const input = { ...target('filed'), spec: { size: 'small', labels: [] } };
    const { outputs } = await walk('kratix:resource:manifest', input, { workspacePath: dir });
    expect(outputs).toMatchObject({ path: 'team-a/database-filed.yaml', entityRef: 'component:team-a/filed.database' });
    const text = await readFile(join(dir, 'team-a/database-filed.yaml'), 'utf8');
    expect(parseYaml(text)).toEqual({
      apiVersion: 'demo.example.org/v1',
      kind: 'Database',
      metadata: { name: 'filed', namespace: 'team-a', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } },
      spec: { size: 'small' },
    });
    await expect(stored('filed')).rejects.toThrow('not found');
    await expect(walk('kratix:resource:manifest', { ...input, path: '../x.yaml' }, { workspacePath: dir })).rejects.toThrow(/outside|not allowed|Relative/i);
    await expect(walk('kratix:resource:manifest', { ...input, spec: { size: 'huge' } }, { workspacePath: dir })).rejects.toThrow('was refused');
    await rm(dir, { recursive: true });
  });
});

describe('kratix:promise:install', () => {
  const manifest = (name: string) => ({ apiVersion: API_VERSION, kind: 'Promise', metadata: { name }, spec: {} });

  it('waits until the Promise is available', async () => {
    const task = aTask({ manifest: manifest('ready'), wait: true });
    const installing = run('kratix:promise:install', task);
    await eventually('the Promise', async () => client.get(PromiseKind.type, { name: 'ready' }));
    await makeAvailable('ready');
    await installing;
    expect(task.lines).toEqual(['Installed Promise "ready" in cluster "demo"', 'Promise "ready" in cluster "demo" is available']);
    expect(authorize.mock.calls[0][0]).toEqual([{ permission: expect.objectContaining({ name: 'kratix.promise.install' }) }]);
  });

  it.each<[string, Fields, string]>([
    ['two sources', { path: 'x', url: 'https://x' }, 'Give one of manifest, path and url'],
    ['another kind', { manifest: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } } }, 'This is no Promise: kind'],
    ['a Promise among others', { manifest: 'a: 1\n---\nb: 2\n' }, 'One Promise was expected, but there are 2 documents'],
    ['a file outside of the workspace', { path: '../promise.yaml' }, 'path'],
  ])('refuses %s', async (_, input, message) => {
    await expect(walk('kratix:promise:install', input)).rejects.toThrow(message);
  });

  it('reads no address that the configuration does not allow, and installs nothing for whom the policy denies', async () => {
    readUrl.mockRejectedValue(new Error("Reading from 'https://evil.example.org' is not allowed"));
    await expect(walk('kratix:promise:install', { url: 'https://evil.example.org' })).rejects.toThrow('is not allowed');
    authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    await expect(walk('kratix:promise:install', { manifest: manifest('denied') })).rejects.toThrow('kratix.promise.install');
    await expect(client.get(PromiseKind.type, { name: 'denied' })).rejects.toThrow('not found');
  });

  it('stores nothing in a dry run, and tells when it waits in vain', async () => {
    expect((await walk('kratix:promise:install', { manifest: manifest('dry'), wait: true }, { isDryRun: true })).lines.join()).toContain('nothing was changed');
    await expect(client.get(PromiseKind.type, { name: 'dry' })).rejects.toThrow('not found');
    await expect(walk('kratix:promise:install', { manifest: manifest('slow'), wait: true, timeout: '200ms' })).rejects.toThrow('was not available within 200ms');
  });
});

describe('completion of what is typed', () => {
  const authenticate = jest.fn(async (token: string) => {
    if (token !== 'of-ana') throw new Error('Illegal token');
    return { $$type: '@backstage/BackstageCredentials' as const, principal: { type: 'user', userEntityRef: 'user:default/ana' } };
  });
  const complete = (resource: string, token = 'of-ana') => createAutocomplete({ clusters, permissions, auth: { authenticate } })({ resource, token, context: {} });

  it('offers clusters and Promises to who may see them', async () => {
    expect(await complete('clusters')).toEqual({ results: [{ id: 'demo' }, { id: 'eu-1' }] });
    expect((await complete('promises')).results).toContainEqual({ id: 'database', title: 'Database' });
    await expect(complete('secrets')).rejects.toThrow('Nothing completes "secrets"');
    await expect(complete('promises', 'stolen')).rejects.toThrow('Illegal token');
    authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    await expect(complete('promises')).rejects.toThrow('kratix.promise.read');
  });
});
