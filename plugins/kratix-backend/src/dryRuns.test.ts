import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Destination, DryRun, Work, WorkPlacement } from '@kratix-ts/core/api';
import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import { encodeContent, stableName } from '@kratix-ts/core/wire';
import { startTestPortal, type TestPortal } from './__testUtils__/testPortal';

jest.setTimeout(60_000);

let portal: TestPortal;
const pipeline = { 'kratix.io/pipeline-name': 'act' };

beforeAll(async () => {
  portal = await startTestPortal();
});
afterAll(() => portal?.stop());
beforeEach(() => portal.decide(() => AuthorizeResult.ALLOW));

function aWork(name: string, resource: string, files: Record<string, string>): DynamicObject {
  const workloads = Object.entries(files).map(([filepath, text]) => ({ filepath, content: encodeContent(text) }));
  return {
    apiVersion: Work.apiVersion,
    kind: 'Work',
    metadata: { name, namespace: 'default', labels: { ...pipeline, 'kratix.io/promise-name': portal.offer.promise, 'kratix.io/resource-name': resource } },
    spec: { promiseName: portal.offer.promise, resourceName: resource, workloadGroups: [{ id: 'g', directory: '.', workloads }] },
  };
}

it('shows the files that an edit would change at each destination', async () => {
  const { client } = portal.cluster;
  await portal.made('tried');
  const live = aWork('tried-live', 'tried', { 'a.yaml': 'size: small\n' });
  const made = [
    [Work.type, live],
    [WorkPlacement.type, { apiVersion: WorkPlacement.apiVersion, kind: 'WorkPlacement', metadata: { name: 'tried-eu', namespace: 'default', labels: { ...pipeline, 'kratix.io/work': 'tried-live' } }, spec: { targetDestinationName: 'eu-1', id: 'g', workloads: (live.spec as { workloadGroups: { workloads: unknown }[] }).workloadGroups[0].workloads } } as DynamicObject],
    [Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: 'eu-1' }, spec: { path: 'x', stateStoreRef: { kind: 'GitStateStore', name: 's' } } } as DynamicObject],
    [Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: 'eu-2', labels: { tier: 'data' } }, spec: { path: 'y', stateStoreRef: { kind: 'GitStateStore', name: 's' } } } as DynamicObject],
  ] as const;
  for (const [type, object] of made) await client.create(type, object);

  const { body } = await portal.call('post', portal.url('tried', '/actions/dry-run'), { spec: { size: 'large' } }).expect(202);
  const dryRun = await client.get<DynamicObject>(DryRun.type, { namespace: 'default', name: body.name });
  expect(dryRun).toMatchObject({
    metadata: { annotations: { 'kratix-ts.dev/requested-by': 'user:default/mock' }, ownerReferences: [{ name: 'tried' }] },
    spec: { promiseRef: { name: portal.offer.promise }, resourceRequestRef: { name: 'tried', namespace: 'default' }, resource: { size: 'large' } },
  });
  const state = async () => (await portal.call('get', portal.url('tried', `/dry-runs/${body.name}`)).expect(200)).body;
  expect(await state()).toEqual({ name: body.name, phase: 'Pending', destinations: [] });
  expect(portal.audits.at(-1)).toMatchObject({ eventId: 'request-dry-run', end: { as: 'success' } });

  const tried = aWork('tried-dry', stableName(`kratix-dry-run-${body.name}`), { 'a.yaml': 'size: large\n', 's.yaml': 'kind: Secret\nstringData: {p: hunter2}\n' });
  const grown = tried.spec as { workloadGroups: object[] };
  const added = (id: string, tier: string) => ({ id, directory: id, destinationSelectors: [{ matchLabels: { tier }, source: 'promise' }], workloads: [{ filepath: `${id}.yaml`, content: encodeContent('new: true\n') }] });
  grown.workloadGroups.push(added('one', 'data'), added('none', 'nowhere'));
  await client.create(Work.type, tried);
  const status = { conditions: [{ type: 'Completed', status: 'True', reason: 'SummaryWritten', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] };
  await client.patch(DryRun.type, dryRun.metadata, { status }, { kind: 'merge', subresource: 'status' });
  const done = await eventually('the end of the dry run', async () => {
    const now = await state();
    return now.phase === 'Succeeded' && now.destinations[0]?.files.length === 2 ? now : undefined;
  });
  expect(done.destinations).toEqual([
    { name: 'eu-1', files: [{ path: 'a.yaml', change: 'changed', diff: expect.stringContaining('+size: large') }, { path: 's.yaml', change: 'added', diff: expect.stringContaining('***') }] },
    { name: 'eu-2', files: [{ path: 'one.yaml', change: 'added', diff: expect.stringContaining('+new: true') }] },
    { name: '', files: [{ path: 'none.yaml', change: 'added', diff: expect.anything() }] },
  ]);
  expect(JSON.stringify(done)).not.toContain('hunter2');
  await portal.made('other');
  await portal.call('get', portal.url('other', `/dry-runs/${body.name}`)).expect(404);

  for (const [type, object] of made) await client.delete(type, object.metadata);
  await client.delete(Work.type, tried.metadata);
  await client.delete(DryRun.type, dryRun.metadata);
});

it.each(['forbidden', null])('refuses to run dry what the Promise does not let: %s', async policy => {
  const { client } = portal.cluster;
  const name = `refused-${policy ?? 'unsaid'}`;
  await portal.made(name);
  const annotate = (value: string | null) =>
    client.request('PATCH', `/apis/platform.kratix.io/v1alpha1/promises/${portal.offer.promise}`, { body: { metadata: { annotations: { 'workflows.kratix-ts.dev/dry-run': value } } }, contentType: 'application/merge-patch+json' });
  await annotate(policy);
  const refused = await eventually('the refusal', async () => {
    const response = await portal.call('post', portal.url(name, '/actions/dry-run'), { spec: { size: 'large' } });
    return response.status === 409 ? response : undefined;
  });
  expect(refused.body.error.message).toContain('does not say that its pipelines may run for a trial');
  await annotate('allowed');
});

it('item 83: offers only namespaces where the caller may make a request', async () => {
  const { client } = portal.cluster;
  for (const name of ['team-a', 'team-b']) await client.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const namespaces = async () => (await portal.call('get', `/api/kratix/v1/namespaces?cluster=demo&promise=${portal.offer.promise}`)).body.items.map(({ name }: { name: string }) => name);
  await eventually('the namespaces to be known', async () => (await namespaces()).includes('team-b') || undefined);
  expect(await namespaces()).not.toContain('kube-system');
  const only = (namespace: string) => ({ rule: 'IN_NAMESPACE', resourceType: 'kratix-request', params: { namespaces: [namespace] } });
  portal.decide(() => AuthorizeResult.ALLOW, { result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: 'kratix-request', conditions: only('team-a') });
  expect(await namespaces()).toEqual(['team-a']);
  portal.decide(() => AuthorizeResult.DENY);
  expect((await portal.call('get', '/api/kratix/v1/namespaces')).status).toBe(403);
  for (const name of ['team-a', 'team-b']) await client.delete(coreTypes.Namespace, { name });
});
