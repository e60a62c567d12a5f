import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { WorkflowRun } from '@kratix-ts/core/api';
import { connect, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { aLogger, eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { startCluster } from '@kratix-ts/local-cluster';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aTask, runStep, type Fields } from './__testUtils__/taskRunner';
import { actAs } from './actAs';
import { createApplyAction } from './applyAction';
import { ClusterConnections } from './ClusterConnections';
import { createWaitAction } from './waitAction';

jest.setTimeout(60_000);

const authorize = jest.fn();
const permissions = mockServices.permissions.mock({ authorize });
let client: KubeClient;
let offer: TestOffer;
let clusters: ClusterConnections;
let kubeconfig: string | undefined;
let end: () => Promise<void>;

beforeAll(async () => {
  const given = process.env.TEST_KUBECONFIG;
  const dir = await mkdtemp(join(tmpdir(), 'kratix-actions-'));
  const embedded = given ? undefined : await startCluster({ dir, pods: false, log: aLogger() });
  const file = given ?? embedded?.kubeconfig;
  kubeconfig = file;
  client = await connect({ file });
  offer = await installOffer(client);
  clusters = new ClusterConnections([{ name: 'demo', source: { file } }]);
  await eventually('the API to be served', async () => (await client.list(offer.type)).items, 20_000);
  end = async () => {
    await offer.remove();
    await clusters.close();
    await client.close();
    await embedded?.stop();
    await rm(dir, { recursive: true, force: true });
  };
});

afterAll(() => end?.());

beforeEach(() => {
  jest.clearAllMocks();
  authorize.mockImplementation(async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.ALLOW })));
});

/** The message of the error that a call ends with. */
const failureOf = (call: Promise<void>) =>
  call.then(
    () => 'no failure',
    (error: Error) => error.message,
  );

const byPortal = async () => undefined;
const apply = () => createApplyAction({ clusters, permissions, actAs: byPortal });
const wait = () => createWaitAction({ clusters, permissions, actAs: byPortal });
const target = (name: string): Fields => ({ apiVersion: offer.apiVersion, kind: offer.type.kind, name, namespace: 'default' });
const stored = (name: string) => client.get<DynamicObject>(offer.type, { namespace: 'default', name });

describe('kratix:resource:apply', () => {
  it('names the entity as the configuration makes it', async () => {
    const call = aTask({ ...target('tried'), spec: { size: 'small' }, dryRun: true });
    await runStep(createApplyAction({ clusters, permissions, actAs: byPortal, entityKind: 'Resource' }), call);
    expect(call.outputs.entityRef).toBe(`resource:default/tried.${offer.promise}`);
  });

  it('requests what a form asked for', async () => {
    const checkpoints = new Map<string, unknown>();
    const call = aTask({ ...target('asked'), spec: { size: 'small', port: '8080', labels: [] } }, {}, checkpoints);
    await runStep(apply(), call);
    const object = await stored('asked');
    expect(object.spec).toEqual({ size: 'small', port: 8080 });
    expect(object.metadata.annotations).toEqual({ 'kratix-ts.dev/requested-by': 'user:default/ana' });
    expect(call.outputs).toEqual({ cluster: 'demo', ...target('asked'), entityRef: `component:default/asked.${offer.promise}` });
    expect(checkpoints.has(`kratix.apply.demo.${offer.type.plural}.default.asked`)).toBe(true);
    const resourceRef = `new:user%3Adefault%2Fana:demo/${offer.type.plural}.${offer.type.group}/default/asked`;
    expect(authorize.mock.calls[0][0]).toEqual([{ permission: expect.objectContaining({ name: 'kratix.request.create' }), resourceRef }]);
    expect(authorize.mock.calls[0][1].credentials.principal.userEntityRef).toBe('user:default/ana');
  });

  it('writes as the user, where the cluster lets the portal act so', async () => {
    const source = { file: kubeconfig };
    const rule = { user: 'name' as const, groups: 'name' as const, prefix: 'portal:' };
    const own = new ClusterConnections([{ name: 'demo', source, impersonate: rule }]);
    const getUserInfo = async () => ({ userEntityRef: 'user:default/ana', ownershipEntityRefs: ['user:default/ana', 'group:default/shop'] });
    const options = { clusters: own, permissions, actAs: actAs({ clusters: own, userInfo: { getUserInfo }, catalog: catalogServiceMock({ entities: [] }), auth: mockServices.auth() }) };
    const call = aTask({ ...target('as-ana'), spec: { size: 'small' } });
    try {
      expect(await failureOf(runStep(createApplyAction(options), call))).toMatch(/User "portal:ana" cannot patch/i);
      expect(await failureOf(stored('as-ana').then(() => undefined))).toMatch(/not found/);
    } finally {
      await own.close();
    }
  });

  it('takes a manifest, as YAML too', async () => {
    const manifest = `apiVersion: ${offer.apiVersion}\nkind: ${offer.type.kind}\nmetadata: {name: written}\nspec: {size: large}\n`;
    await runStep(apply(), aTask({ manifest }));
    expect((await stored('written')).spec).toEqual({ size: 'large' });
  });

  it('changes what is there, names who asked for it first and who did now, and asks for the other permission', async () => {
    await runStep(apply(), aTask({ ...target('changed'), spec: { size: 'small' } }));
    await runStep(apply(), aTask({ ...target('changed'), spec: { size: 'large' } }, { user: { ref: 'user:default/ben' } }));
    const object = await stored('changed');
    expect(object.spec).toEqual({ size: 'large' });
    expect(object.metadata.annotations).toEqual({ 'kratix-ts.dev/requested-by': 'user:default/ben', 'kratix-ts.dev/created-by': 'user:default/ana' });
    const resourceRef = `demo/${offer.type.plural}.${offer.type.group}/default/changed`;
    expect(authorize.mock.calls[1][0]).toEqual([{ permission: expect.objectContaining({ name: 'kratix.request.update' }), resourceRef }]);
  });

  it('does the same twice without a change, also where a name must be new', async () => {
    const input = { ...target('twice'), ifExists: 'fail', spec: { size: 'small' } };
    await runStep(apply(), aTask(input));
    const { resourceVersion } = (await stored('twice')).metadata;
    await runStep(apply(), aTask(input));
    expect((await stored('twice')).metadata.resourceVersion).toBe(resourceVersion);
    await expect(runStep(apply(), aTask({ ...input, spec: { size: 'large' } }))).rejects.toThrow('exists already, requested by user:default/ana');
    await expect(runStep(apply(), aTask(input, { user: { ref: 'user:default/ben' } }))).rejects.toThrow('Choose another name');
  });

  it.each([['its own input', { dryRun: true }, {}], ['the dry run of a template', {}, { isDryRun: true }]])('stores nothing by %s', async (_, input, extra) => {
    const call = aTask({ ...target('tried'), spec: { size: 'small' }, ...input }, extra);
    await runStep(apply(), call);
    await expect(stored('tried')).rejects.toThrow('not found');
    expect(call.lines.join()).toContain('nothing was changed');
  });

  it('makes nothing for whom the policy denies', async () => {
    authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    await expect(runStep(apply(), aTask({ ...target('denied'), spec: { size: 'small' } }))).rejects.toThrow('kratix.request.create');
    await expect(stored('denied')).rejects.toThrow('not found');
  });

  it.each<[string, Fields, string]>([
    ['a kind that no Promise offers', { apiVersion: 'v1', kind: 'Secret', name: 'x' }, 'is not the API of a Promise'],
    ['a kind that is not served', { apiVersion: 'none.example.org/v1', kind: 'Thing', name: 'x' }, 'serves no Thing in none.example.org/v1'],
    ['a cluster that is not configured', { cluster: 'mars', kind: 'X' }, 'There is no cluster "mars" in kratix.clusters; there are: demo'],
    ['no name', { apiVersion: 'v1', kind: 'X' }, 'name is missing'],
    ['a manifest that is no object', { manifest: '- a' }, 'manifest must be one Kubernetes object'],
  ])('refuses %s', async (_, input, message) => {
    await expect(runStep(apply(), aTask(input))).rejects.toThrow(message);
  });

  it('hands on what the API server refuses, in its words', async () => {
    await expect(runStep(apply(), aTask({ ...target('wrong'), spec: { size: 'huge' } }))).rejects.toThrow(/"default\/wrong" was refused: .*size/s);
  });
});

describe('kratix:resource:wait', () => {
  const conditions = (status: string, reason: string) => [
    { type: 'Reconciled', status, reason, message: reason, lastTransitionTime: '2026-01-01T00:00:00Z' },
  ];
  const setStatus = (name: string, status: Fields) => client.patch(offer.type, { namespace: 'default', name }, { status }, { kind: 'merge', subresource: 'status' });

  async function recordRun(request: DynamicObject, phase: string, exitCode?: number) {
    const { name, namespace, uid } = request.metadata;
    const labels = { 'kratix.io/promise-name': offer.promise, 'kratix.io/resource-name': name };
    const containers = [{ name: 'decide', startedAt: '2026-01-01T00:00:00Z', ...(exitCode !== undefined && { finishedAt: '2026-01-01T00:00:02Z', exitCode, message: 'no database' }) }];
    const object = {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: { name: `${offer.promise}-${name}`, namespace, labels },
      spec: {
        target: { apiVersion: offer.apiVersion, kind: offer.type.kind, plural: offer.type.plural, name, namespace, uid, generation: 1 },
        promiseName: offer.promise, type: 'resource', action: 'configure', trigger: 'created', hash: 'h', sequence: 1,
      },
      status: { phase, startedAt: '2026-01-01T00:00:00Z', pipelines: [{ name: 'act', phase, attempt: 1, containers }] },
    };
    await client.patch(WorkflowRun.type, object.metadata, object, { kind: 'apply', force: true });
  }

  it('ends when the request is ready, and tells each phase once', async () => {
    const request = await client.create(offer.type, offer.request('waits'));
    await setStatus('waits', { conditions: conditions('Unknown', 'WorkflowPending') });
    const call = aTask(target('waits'));
    const waiting = runStep(wait(), call);
    await eventually('the first phase', () => call.lines.length > 0);
    await recordRun(request, 'Running');
    await eventually('the running step', () => call.lines.some(line => line.includes('running decide')));
    await recordRun(request, 'Succeeded', 0);
    await setStatus('waits', { conditions: conditions('True', 'Reconciled'), endpoint: 'http://x', observedGeneration: 1 });
    await waiting;
    expect(call.outputs).toEqual({ phase: 'Ready', outputs: { endpoint: 'http://x' } });
    expect(call.lines.filter(line => line.includes('running decide'))).toHaveLength(1);
    await client.delete(WorkflowRun.type, { namespace: 'default', name: `${offer.promise}-waits` });
  });

  it('fails with what, where and why', async () => {
    const request = await client.create(offer.type, offer.request('fails'));
    await recordRun(request, 'Failed', 3);
    await expect(runStep(wait(), aTask(target('fails')))).rejects.toThrow(/"default\/fails" has failed\. .*decide.*3.*no database/s);
    await client.delete(WorkflowRun.type, { namespace: 'default', name: `${offer.promise}-fails` });
  });

  it('goes on where a task was interrupted, for it keeps no state of its own', async () => {
    const request = await client.create(offer.type, offer.request('resumes'));
    await setStatus('resumes', { conditions: conditions('Unknown', 'WorkflowPending') });
    await recordRun(request, 'Running');
    const cancel = new AbortController();
    const first = aTask(target('resumes'), { signal: cancel.signal });
    const interrupted = failureOf(runStep(wait(), first));
    await eventually('the running step', () => first.lines.some(line => line.includes('running decide')));
    cancel.abort();
    expect(await interrupted).toContain('was cancelled; the request itself goes on');
    const again = aTask(target('resumes'));
    const resumed = runStep(wait(), again);
    await recordRun(request, 'Succeeded', 0);
    await setStatus('resumes', { conditions: conditions('True', 'Reconciled'), observedGeneration: 1 });
    await resumed;
    expect(again.outputs.phase).toBe('Ready');
    await client.delete(WorkflowRun.type, { namespace: 'default', name: `${offer.promise}-resumes` });
  });

  it('says when the time is over, when the request is gone, and what the input lacks', async () => {
    await client.create(offer.type, offer.request('slow'));
    await expect(runStep(wait(), aTask({ ...target('slow'), timeout: '300ms' }))).rejects.toThrow(/was not ready within 300ms; it goes on, see its page\. Last: \w/);
    const call = aTask(target('slow'));
    const waiting = failureOf(runStep(wait(), call));
    await eventually('the first phase', () => call.lines.length > 0);
    await client.delete(offer.type, { namespace: 'default', name: 'slow' });
    expect(await waiting).toContain('it may have been deleted');
    await expect(runStep(wait(), aTask({ ...target('x'), timeout: 'soon' }))).rejects.toThrow('timeout: "soon" is no duration');
  });

  it('asks for the right to read, and waits for nothing in a dry run', async () => {
    authorize.mockImplementation(async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.DENY })));
    await expect(runStep(wait(), aTask(target('denied')))).rejects.toThrow('kratix.request.read');
    const call = aTask(target('dry'), { isDryRun: true });
    await runStep(wait(), call);
    expect(call.lines).toEqual([`Would wait until ${offer.type.kind} "default/dry" is ready`]);
  });
});
