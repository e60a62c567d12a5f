import { actionsRegistryServiceFactory, actionsServiceFactory } from '@backstage/backend-defaults/alpha';
import { mockCredentials } from '@backstage/backend-test-utils';
import mcpPlugin from '@backstage/plugin-mcp-actions-backend';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { WorkflowRun } from '@kratix-ts/core/api';
import type { DynamicObject } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { startTestPortal, type TestPortal } from '../__testUtils__/testPortal';

jest.setTimeout(60_000);

let portal: TestPortal;
let client: Client;

const ALL = ['list-promises', 'describe-promise', 'list-requests', 'get-request', 'explain-request', 'dry-run-request', 'create-request', 'delete-request', 'rerun-request'];

interface Answer {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  content?: { text: string }[];
}

async function call(name: string, input: object): Promise<Answer> {
  return (await client.callTool({ name: `kratix.${name}`, arguments: { ...input } })) as Answer;
}

async function output(name: string, input: object): Promise<Record<string, unknown>> {
  const answer = await call(name, input);
  if (answer.isError) throw new Error(answer.content?.[0]?.text);
  return answer.structuredContent ?? {};
}

const refOf = (name: string, namespace = 'default') => ({ promise: portal.offer.promise, namespace, name });

beforeAll(async () => {
  const features = [mcpPlugin, actionsRegistryServiceFactory, actionsServiceFactory];
  portal = await startTestPortal({}, features, undefined, { backend: { actions: { pluginSources: ['kratix'] } } });
  client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${portal.baseUrl}/api/mcp-actions/v1`), {
    requestInit: { headers: { authorization: mockCredentials.user.header() } },
  });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
});

beforeEach(() => portal.decide(() => AuthorizeResult.ALLOW));

afterAll(async () => {
  await client?.close();
  await portal?.stop();
});

it('shows its tools with what they do to the world', async () => {
  const { tools } = await client.listTools();
  const hints = Object.fromEntries(
    tools.map(({ name, annotations = {} }) => [name.replace('kratix.', ''), [annotations.readOnlyHint, annotations.destructiveHint, annotations.idempotentHint]]),
  );
  const reads = [true, false, true];
  expect(hints).toEqual({
    'list-promises': reads,
    'describe-promise': reads,
    'list-requests': reads,
    'get-request': reads,
    'explain-request': reads,
    'dry-run-request': reads,
    'create-request': [false, false, false],
    'delete-request': [false, true, true],
    'rerun-request': [false, false, false],
  });
  expect(tools.every(({ description = '' }) => description.length > 100)).toBe(true);
});

it('goes the whole way: finds an offer, tries, requests, looks, runs again, deletes', async () => {
  const { promise } = portal.offer;
  const { promises } = await output('list-promises', {});
  expect(promises).toContainEqual(expect.objectContaining({ cluster: 'demo', name: promise, kind: portal.offer.type.kind, available: true }));
  expect(await output('describe-promise', { promise })).toMatchObject({ schema: { properties: { spec: { required: ['size'] } } }, example: expect.stringContaining('size: small') });

  expect(await output('dry-run-request', { ...refOf('mine'), spec: { size: 'huge' } })).toMatchObject({ accepted: false, problems: [{ field: 'spec.size' }] });
  expect(await output('dry-run-request', { ...refOf('mine'), spec: { size: 'small' } })).toMatchObject({ accepted: true });
  expect(await output('create-request', { ...refOf('mine'), spec: { size: 'small' } })).toEqual({ cluster: 'demo', namespace: 'default', name: 'mine', created: true });
  expect((await portal.stored('mine')).metadata.annotations).toMatchObject({ 'kratix-ts.dev/requested-by': 'user:default/mock' });
  expect((await call('create-request', { ...refOf('mine'), spec: { size: 'small' } })).isError).toBe(true);

  const listed = () => output('list-requests', { promise, text: 'mine' });
  expect(await eventually('the new one in the list', async () => ((await listed()).total === 1 ? listed() : undefined))).toMatchObject({ requests: [{ name: 'mine', phase: 'Queued' }] });
  expect(await output('get-request', refOf('mine'))).toMatchObject({ phase: 'Queued', spec: { size: 'small' }, steps: [] });
  expect(await output('dry-run-request', { ...refOf('mine'), spec: { size: 'large' } })).toMatchObject({
    accepted: true,
    changes: [{ path: 'spec.size', change: 'changed', before: 'small', after: 'large' }],
  });
  await output('rerun-request', refOf('mine'));
  expect((await portal.stored('mine')).metadata.labels).toMatchObject({ 'kratix.io/manual-reconciliation': 'true' });
  await output('delete-request', refOf('mine'));
  await eventually('its end', async () => (await call('get-request', refOf('mine'))).isError);
});

it('explains why a request failed', async () => {
  const { offer, cluster } = portal;
  const object = await portal.made('broken');
  await cluster.client.create(WorkflowRun.type, {
    apiVersion: WorkflowRun.apiVersion,
    kind: 'WorkflowRun',
    metadata: { name: `${offer.promise}-broken`, namespace: 'default' },
    spec: {
      target: { apiVersion: offer.apiVersion, kind: offer.type.kind, plural: offer.type.plural, name: 'broken', namespace: 'default', uid: object.metadata.uid, generation: 1 },
      promiseName: offer.promise, type: 'resource', action: 'configure', trigger: 'created', hash: 'h', sequence: 1,
    },
    status: {
      phase: 'Failed',
      pipelines: [{ name: 'act', phase: 'Failed', attempt: 1, containers: [{ name: 'decide', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:02Z', exitCode: 3, reason: 'Error', message: 'no database' }] }],
    },
  } as DynamicObject);
  const explained = await eventually('the failure', async () => {
    const found = await output('explain-request', refOf('broken'));
    return found.phase === 'Failed' ? found : undefined;
  });
  expect(explained).toMatchObject({ step: 'act', container: 'decide', exitCode: 3, sentence: expect.stringContaining('no database'), nextStep: expect.stringContaining('rerun-request') });
});

it('says what the caller can mend', async () => {
  const words = async (name: string, input: object) => (await call(name, input)).content?.[0]?.text;
  expect(await words('describe-promise', { promise: 'nothing' })).toContain('Promise "nothing" does not exist');
  expect(await words('get-request', { promise: 'nothing', namespace: 'default', name: 'x' })).toContain('list-promises');
  expect(await words('get-request', refOf('absent'))).toContain('does not exist');
});

describe('who may do what', () => {
  const spec = { size: 'small' };
  const inputs: Record<string, () => object> = {
    'list-promises': () => ({}),
    'describe-promise': () => ({ promise: portal.offer.promise }),
    'list-requests': () => ({}),
    'get-request': () => refOf('guarded'),
    'explain-request': () => refOf('guarded'),
    'dry-run-request': () => ({ ...refOf('guarded'), spec }),
    'create-request': () => ({ ...refOf('denied'), spec }),
    'delete-request': () => refOf('guarded'),
    'rerun-request': () => refOf('guarded'),
  };

  it('covers every action', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name.replace('kratix.', '')).sort()).toEqual([...ALL].sort());
    expect(Object.keys(inputs).sort()).toEqual([...ALL].sort());
    await portal.made('guarded');
  });

  it.each(ALL)('%s asks for the caller and refuses whom the policy denies', async name => {
    portal.decide(() => AuthorizeResult.DENY);
    const answer = await call(name, inputs[name]());
    expect(answer.isError).toBe(true);
    expect(answer.content?.[0]?.text).toMatch(/You need the permission/);
    expect(await portal.stored('guarded')).toMatchObject({ metadata: { name: 'guarded' } });
  });

  it('shows of two namespaces the one that the conditions of a policy allow', async () => {
    await portal.cluster.client.create({ group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    await portal.made('theirs', { metadata: { name: 'theirs', namespace: 'other' } });
    const conditions = { rule: 'IN_NAMESPACE', resourceType: 'kratix-request', params: { namespaces: ['default'] } };
    portal.decide((_, ref = '') => (ref.includes('/other/') ? AuthorizeResult.DENY : AuthorizeResult.ALLOW), { result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: 'kratix-request', conditions });
    const { requests } = await output('list-requests', {});
    expect(JSON.stringify(requests)).toContain('guarded');
    expect(JSON.stringify(requests)).not.toContain('theirs');
    for (const name of ['get-request', 'explain-request', 'delete-request', 'rerun-request']) {
      expect((await call(name, refOf('theirs', 'other'))).isError).toBe(true);
    }
    for (const name of ['dry-run-request', 'create-request']) {
      expect((await call(name, { ...refOf('theirs', 'other'), spec })).content?.[0]?.text).toContain('kratix.request.create');
    }
    expect(await portal.stored('theirs', 'other')).toMatchObject({ metadata: { name: 'theirs' } });
  });

  it('writes an audit record for what it changes', async () => {
    portal.audits.length = 0;
    await output('rerun-request', refOf('guarded'));
    expect(portal.audits).toContainEqual(expect.objectContaining({ eventId: 'request-rerun', end: expect.objectContaining({ as: 'success' }) }));
  });
});
