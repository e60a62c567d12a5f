import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { PromiseRevision, ResourceBinding, WorkflowRun } from '@kratix-ts/core/api';
import type { DynamicObject } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import { startTestPortal, type TestPortal } from './__testUtils__/testPortal';

jest.setTimeout(60_000);

let portal: TestPortal;
const post = (name: string, action: string, body: object = {}) => portal.call('post', portal.url(name, `/actions/${action}`), body);
const refused = async (call: Promise<{ status: number; body: { error: { message: string } } }>, status: number) => {
  const response = await call;
  expect(response).toMatchObject({ status });
  return response.body.error.message;
};

beforeAll(async () => {
  portal = await startTestPortal({ limits: { changesPerMinute: 1000 } });
});
afterAll(() => portal?.stop());
beforeEach(() => {
  portal.decide(() => AuthorizeResult.ALLOW);
  portal.audits.length = 0;
});

describe('making a request', () => {
  it('makes it in the name of the caller, and answers with it', async () => {
    const { body } = await portal.call('post', portal.url(), { name: 'new', spec: { size: 'small' } }).expect(201);
    expect(body).toMatchObject({ name: 'new', namespace: 'default', cluster: 'demo', requestedBy: 'user:default/mock', spec: { size: 'small' } });
    expect((await portal.stored('new')).metadata.annotations).toEqual({ 'kratix-ts.dev/requested-by': 'user:default/mock' });
    expect(portal.audits).toEqual([
      { eventId: 'request-create', meta: expect.objectContaining({ name: 'new', caller: 'user:default/mock' }), end: { as: 'success', meta: { generation: { before: null, after: 1 } } } },
    ]);
  });

  it('tells whoever may make a request and not see it what it is called, and no more', async () => {
    portal.decide(permission => (permission === 'kratix.request.read' ? AuthorizeResult.DENY : AuthorizeResult.ALLOW));
    const { body } = await portal.call('post', portal.url(), { name: 'blind', spec: { size: 'small' } }).expect(201);
    expect(body).toEqual({ cluster: 'demo', group: portal.offer.type.group, version: 'v1', plural: portal.offer.type.plural, namespace: 'default', name: 'blind' });
    await portal.call('put', portal.url('blind'), { spec: { size: 'large' }, generation: 1 }).expect(403);
    await portal.call('post', portal.url('blind', '/actions/preview'), { spec: { size: 'large' }, generation: 1 }).expect(403);
  });

  it('says what the server refuses', async () => {
    await portal.call('post', portal.url(), { name: 'twice', spec: { size: 'small' } }).expect(201);
    expect(await refused(portal.call('post', portal.url(), { name: 'twice', spec: { size: 'small' } }), 409)).toContain('already exists');
    expect(await refused(portal.call('post', portal.url(), { name: 'x', spec: { size: 'huge' } }), 400)).toContain('spec.size');
    expect(await refused(portal.call('post', portal.url(), { name: 'x', spec: { size: 'small', colour: 'red' } }), 400)).toContain('unknown field "spec.colour"');
    expect(await refused(portal.call('post', portal.url(), { spec: {} }), 400)).toBe('name must be a text: the name of the new request');
    expect(await refused(portal.call('post', portal.url(), { name: 'x' }), 400)).toBe('spec must be an object: the whole new spec');
    expect(portal.audits.at(-1)).toMatchObject({ end: { as: 'fail' } });
  });

  it('tries one without making it, and says by field what is wrong', async () => {
    const trial = async (body: object) => (await portal.call('post', `${portal.url()}?dryRun=true`, body).expect(200)).body;
    expect(await trial({ name: 'tried', spec: { size: 'small' } })).toMatchObject({
      accepted: true,
      problems: [],
      changes: [{ path: 'spec.size', change: 'added', after: 'small' }],
      manifest: expect.stringContaining('name: tried'),
    });
    await expect(portal.stored('tried')).rejects.toThrow('not found');
    expect(await trial({ spec: { size: 'huge' } })).toMatchObject({ accepted: false, problems: [{ field: 'spec.size', message: expect.stringContaining('huge') }] });
    expect(await trial({ spec: {} })).toMatchObject({ accepted: false, problems: [{ field: 'spec.size', message: expect.stringContaining('Required') }] });
    expect(await trial({ spec: { size: 'small', colour: 'red' } })).toMatchObject({ accepted: false, problems: [{ field: 'spec.colour', message: 'unknown field "spec.colour"' }] });
    expect(await trial({ name: 'Not_A_Name', spec: { size: 'small' } })).toMatchObject({ accepted: false, problems: [{ field: 'metadata.name' }] });
    expect(portal.audits).toEqual([]);
  });

  it('touches only kinds that belong to Promises', async () => {
    const path = '/api/kratix/v1/requests/demo/core/v1/configmaps/default';
    expect(await refused(portal.call('post', path, { name: 'x', spec: {} }), 404)).toBe('No Promise in cluster "demo" offers configmaps.core in version v1');
    expect(await refused(portal.call('put', `${path}/x`, { spec: {}, generation: 1 }), 404)).toContain('offers configmaps.core');
    expect(await refused(portal.call('delete', `${path}/x`), 404)).toContain('offers configmaps.core');
    expect(await refused(portal.call('post', `${path}/x/actions/pause`), 404)).toContain('offers configmaps.core');
  });
});

describe('editing', () => {
  it('shows beforehand what would change', async () => {
    const { metadata } = await portal.made('shown', { spec: { size: 'small', note: 'old', labels: ['a'] } });
    const preview = async (spec: object) => (await post('shown', 'preview', { spec, generation: metadata.generation }).expect(200)).body;
    expect(await preview({ size: 'large', labels: ['a', 'b'] })).toMatchObject({
      accepted: true,
      changes: [
        { path: 'spec.size', change: 'changed', before: 'small', after: 'large' },
        { path: 'spec.labels[1]', change: 'added', after: 'b' },
        { path: 'spec.note', change: 'removed', before: 'old' },
      ],
      manifest: expect.stringContaining('size: large'),
      before: expect.stringContaining('size: small'),
    });
    expect(await preview({ size: 'huge' })).toMatchObject({ accepted: false, problems: [{ field: 'spec.size' }], changes: expect.any(Array) });
    expect(await preview({ size: 'small', note: 'old', labels: ['a'] })).toMatchObject({ accepted: true, changes: [] });
    expect((await portal.stored('shown')).spec).toEqual({ size: 'small', note: 'old', labels: ['a'] });
  });

  it('says who edits, and whose request it stays', async () => {
    const { metadata } = await portal.made('shared', { metadata: { name: 'shared', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } } });
    const { body } = await portal.call('put', portal.url('shared'), { spec: { size: 'large' }, generation: metadata.generation }).expect(200);
    expect(body).toMatchObject({ requestedBy: 'user:default/ana', spec: { size: 'large' } });
    expect((await portal.stored('shared')).metadata.annotations).toEqual({ 'kratix-ts.dev/requested-by': 'user:default/mock', 'kratix-ts.dev/created-by': 'user:default/ana' });
    expect(portal.audits[0]).toMatchObject({ eventId: 'request-update', end: { meta: { generation: { before: 1, after: 2 } } } });
  });

  it('tells two people who edit at the same time what each changed', async () => {
    const base = { size: 'small', note: 'old' };
    const { metadata } = await portal.made('contended', { spec: base });
    await portal.cluster.client.patch(portal.offer.type, metadata, { spec: { note: 'theirs' }, metadata: { annotations: { 'kratix-ts.dev/requested-by': 'user:default/ben' } } }, { kind: 'merge' });
    const edit = { spec: { size: 'large', note: 'mine' }, generation: metadata.generation, base };
    await eventually('the other edit to be seen', async () => (await portal.call('get', portal.url('contended'))).body.generation === 2 || undefined);
    const { body } = await portal.call('put', portal.url('contended'), edit).expect(409);
    expect(body.error.message).toContain('was changed in between');
    expect(body.error.conflict).toEqual({
      base,
      mine: edit.spec,
      theirs: { size: 'small', note: 'theirs' },
      generation: 2,
      changedBy: 'user:default/ben',
      fields: [
        { path: 'spec.size', base: 'small', mine: 'large', theirs: 'small' },
        { path: 'spec.note', base: 'old', mine: 'mine', theirs: 'theirs', conflicting: true },
      ],
    });
    expect((await portal.stored('contended')).spec).toEqual({ size: 'small', note: 'theirs' });
  });
});

describe('actions', () => {
  const labelsOf = async (name: string) => (await portal.stored(name)).metadata.labels ?? {};

  it('pauses, and goes on', async () => {
    await portal.made('pausing');
    await post('pausing', 'pause').expect(202);
    expect(await labelsOf('pausing')).toMatchObject({ 'kratix.io/paused': 'true' });
    expect(await refused(post('pausing', 'pause'), 409)).toContain('is paused already');
    expect(await refused(post('pausing', 'rerun'), 409)).toContain('unpause it first');
    await post('pausing', 'unpause').expect(202);
    expect(await labelsOf('pausing')).not.toHaveProperty('kratix.io/paused');
    expect(await refused(post('pausing', 'unpause'), 409)).toContain('is not paused');
    expect(portal.audits.map(({ eventId, end }) => `${eventId} ${end?.as}`)).toEqual([
      'request-pause success', 'request-pause fail', 'request-rerun fail', 'request-unpause success', 'request-unpause fail',
    ]);
  });

  it('resumes what a step has suspended', async () => {
    await portal.made('waiting', { metadata: { name: 'waiting', namespace: 'default', labels: { 'kratix.io/workflow-suspended': 'true' } } });
    await post('waiting', 'resume').expect(202);
    expect(await labelsOf('waiting')).not.toHaveProperty('kratix.io/workflow-suspended');
    expect(await refused(post('waiting', 'resume'), 409)).toContain('does not wait for anybody');
  });

  it('tries the failed step again, or begins where it is told', async () => {
    const { metadata } = await portal.made('failing');
    const run = await portal.cluster.client.create(WorkflowRun.type, {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: { name: 'failing-1', namespace: 'default' },
      spec: {
        target: { apiVersion: portal.offer.apiVersion, kind: portal.offer.type.kind, plural: portal.offer.type.plural, name: 'failing', namespace: 'default', uid: metadata.uid, generation: 1 },
        promiseName: portal.offer.promise, type: 'resource', action: 'configure', trigger: 'created', hash: 'h', sequence: 1,
      },
      status: { phase: 'Failed', pipelines: [{ name: 'prepare', phase: 'Succeeded', attempt: 1 }, { name: 'act', phase: 'Failed', attempt: 1 }] },
    } as DynamicObject);
    await eventually('the run to be seen', async () => (await portal.call('get', portal.url('failing'))).body.runs?.length === 1 || undefined);
    const from = async () => (await portal.stored('failing')).metadata.annotations?.['workflows.kratix-ts.dev/retry-from'];
    await post('failing', 'retry').expect(202);
    expect(await from()).toBe('act');
    await post('failing', 'rerun', { from: 'prepare' }).expect(202);
    expect(await labelsOf('failing')).toMatchObject({ 'kratix.io/manual-reconciliation': 'true' });
    expect(await refused(post('failing', 'retry', { step: 'other' }), 400)).toContain('has no step "other"; its newest run has: prepare, act');
    expect(await refused(post('failing', 'retry', { step: 3 }), 400)).toBe('step must be the name of a step of the newest run');
    await portal.cluster.client.delete(WorkflowRun.type, run.metadata);
  });

  it('runs with another version of the Promise', async () => {
    await portal.made('versioned');
    const { client } = portal.cluster;
    expect(await refused(post('versioned', 'upgrade'), 409)).toContain('bears no label kratix.io/promise-version');
    const labels = { 'kratix.io/promise-name': portal.offer.promise };
    for (const version of ['v1', 'v2']) {
      await client.create(PromiseRevision.type, {
        apiVersion: PromiseRevision.apiVersion,
        kind: 'PromiseRevision',
        metadata: { name: `${portal.offer.promise}-${version}`, labels: { ...labels, ...(version === 'v2' && { 'kratix.io/latest-revision': 'true' }) } },
        spec: { version, promiseRef: { name: portal.offer.promise }, promiseSpec: {} },
      } as DynamicObject);
    }
    expect(await refused(post('versioned', 'pin', { version: 'v9' }), 400)).toContain('has no version "v9"; it has: latest, v1, v2');
    expect(await refused(post('versioned', 'pin'), 400)).toBe('version must be a version of the Promise, or latest');
    await post('versioned', 'pin', { version: 'v1' }).expect(202);
    const bindings = async () => (await client.list<DynamicObject>(ResourceBinding.type, { namespace: 'default' })).items;
    expect(await bindings()).toMatchObject([{ metadata: { labels: { ...labels, 'kratix.io/resource-name': 'versioned' } }, spec: { version: 'v1' } }]);
    await post('versioned', 'upgrade').expect(202);
    expect(await bindings()).toMatchObject([{ spec: { version: 'v2' } }]);
    for (const { metadata } of await bindings()) await client.delete(ResourceBinding.type, metadata);
    for (const version of ['v1', 'v2']) await client.delete(PromiseRevision.type, { name: `${portal.offer.promise}-${version}` });
  });

  it('deletes the one that is meant, no newer one of its name', async () => {
    const { metadata } = await portal.made('gone');
    expect(await refused(portal.call('delete', portal.url('gone', '?uid=another')), 409)).toMatch(/uid/i);
    await portal.call('delete', portal.url('gone', `?uid=${metadata.uid}`)).expect(202);
    await eventually('the request to be gone', async () => (await portal.call('get', portal.url('gone'))).status === 404 || undefined);
  });
});
