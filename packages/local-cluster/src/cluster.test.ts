import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster';
import { aDefinition, eventually, startTestCluster, type TestClient } from './testing/client';

const GROUP = 'test.example.com';
const THINGS = `/apis/${GROUP}/v1/namespaces/default/things`;
const MAPS = '/api/v1/namespaces/default/configmaps';

let dir: string;
let client: TestClient;
let cluster: Cluster;
let problems: string[];
let stop: () => Promise<void>;

const thing = (name: string, spec: object = {}, metadata: object = {}) => ({ apiVersion: `${GROUP}/v1`, kind: 'Thing', metadata: { name, ...metadata }, spec });
const map = (name: string, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data: { a: '1' } });

async function open(options = {}) {
  ({ client, cluster, problems, stop } = await startTestCluster(dir, { history: 64, ...options }));
}

async function until(path: string, code: number) {
  return eventually(`${path} to answer ${code}`, () => client.get(path), answer => answer.code === code);
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cluster-'));
  await open();
  await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', aDefinition(GROUP, 'Thing', {}, {}));
  await until(THINGS, 200);
});

afterAll(async () => {
  await stop();
  rmSync(dir, { recursive: true, force: true });
  if (problems.length > 0) throw new Error(`The cluster complained: ${problems.join('; ')}`);
});

describe('who calls', () => {
  it('writes a kubeconfig for the user alone', () => {
    expect(statSync(cluster.kubeconfig).mode & 0o777).toBe(0o600);
    expect(cluster.kubeconfig).toMatch(/kubeconfig/);
  });

  it('lets strangers ask how it is, and nothing else', async () => {
    expect((await client.get('/readyz', { anonymous: true })).code).toBe(200);
    const refused = await client.get(MAPS, { anonymous: true });
    expect(refused).toMatchObject({ code: 403, body: { reason: 'Forbidden' } });
    expect(refused.body.message).toContain('User "system:anonymous" cannot list resource "configmaps"');
  });

  it('knows service accounts by their tokens, until the account is gone', async () => {
    await client.post('/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], expirationSeconds: 600 } };
    const issued = await client.post('/api/v1/namespaces/default/serviceaccounts/robot/token', request);
    const { token } = issued.body.status as { token: string };
    const headers = { Authorization: `Bearer ${token}` };
    const whoami = () => client.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { anonymous: true, headers, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } });
    expect((await whoami()).body.status).toMatchObject({ userInfo: { username: 'system:serviceaccount:default:robot' } });
    expect((await client.get(MAPS, { anonymous: true, headers })).code).toBe(403);
    await client.delete('/api/v1/namespaces/default/serviceaccounts/robot');
    expect((await whoami()).code).toBe(401);
    expect((await client.get(MAPS, { anonymous: true, headers: { Authorization: 'Bearer a.b.c' } })).code).toBe(401);
  });

  it('acts as somebody else on request', async () => {
    const headers = { 'Impersonate-User': 'jane', 'Impersonate-Group': 'devs' };
    const { body } = await client.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { headers, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } });
    expect(body.status).toMatchObject({ userInfo: { username: 'jane', groups: ['devs', 'system:authenticated'] } });
  });

  it('fills the Secrets that ask for a token', async () => {
    const annotations = { 'kubernetes.io/service-account.name': 'default' };
    await client.post('/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'long', annotations } });
    const { body } = await eventually('a token', () => client.get('/api/v1/namespaces/default/secrets/long'), answer => answer.body.data !== undefined);
    expect(Object.keys(body.data as object).sort()).toEqual(['ca.crt', 'namespace', 'token']);
  });
});

describe('writes', () => {
  it('count the spec’s changes, and keep status and spec apart', async () => {
    const made = await client.post(THINGS, { ...thing('gen', { size: 1 }), status: { a: 1 } });
    expect(made.body).toMatchObject({ metadata: { generation: 1 }, spec: { size: 1 } });
    expect(made.body.status).toBeUndefined();
    expect((await client.merge(`${THINGS}/gen`, { metadata: { labels: { x: 'y' } } })).body.metadata.generation).toBe(1);
    expect((await client.merge(`${THINGS}/gen`, { spec: { size: 2 }, status: { a: 1 } })).body).toMatchObject({ metadata: { generation: 2 }, spec: { size: 2 } });
    const status = await client.merge(`${THINGS}/gen/status`, { spec: { size: 3 }, metadata: { labels: { x: 'z' } }, status: { a: 2 } });
    expect(status.body).toMatchObject({ metadata: { generation: 2, labels: { x: 'y' } }, spec: { size: 2 }, status: { a: 2 } });
  });

  it('refuse a patch of another revision, and change nothing when nothing changes', async () => {
    const { body } = await client.post(THINGS, thing('pre', { size: 1 }));
    const { resourceVersion } = body.metadata;
    const same = await client.merge(`${THINGS}/pre/status`, { metadata: { resourceVersion }, status: { a: 1 } });
    expect(same.code).toBe(200);
    expect(await client.merge(`${THINGS}/pre/status`, { metadata: { resourceVersion }, status: { a: 2 } })).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
    expect((await client.merge(`${THINGS}/pre/status`, { status: { a: 1 } })).body.metadata.resourceVersion).toBe(same.body.metadata.resourceVersion);
  });

  it('write nothing on a dry run', async () => {
    expect((await client.post(`${THINGS}?dryRun=All`, thing('dry'))).code).toBe(201);
    expect((await client.get(`${THINGS}/dry`)).code).toBe(404);
    expect((await client.delete(`${THINGS}/gen?dryRun=All`)).code).toBe(200);
    expect((await client.get(`${THINGS}/gen`)).code).toBe(200);
  });

  it('warn of unknown fields', async () => {
    const { headers, body } = await client.post(THINGS, { ...thing('warned', { colour: 'x' }) });
    expect(headers.warning).toBe('299 - "unknown field \\"spec.colour\\""');
    expect(body.spec).toEqual({ size: 1 });
  });

  it('make names up', async () => {
    const { body } = await client.post(MAPS, { ...map(''), metadata: { generateName: 'some-' } });
    expect(body.metadata.name).toMatch(/^some-[a-z0-9]{5}$/);
  });

  it('keep an object until its finalizers are gone', async () => {
    await client.post(THINGS, thing('held', {}, { finalizers: ['a.b/c', 'd.e/f'] }));
    expect((await client.delete(`${THINGS}/held`)).body.metadata).toMatchObject({ deletionTimestamp: expect.any(String), generation: 2 });
    await client.merge(`${THINGS}/held`, { metadata: { finalizers: ['d.e/f'] } });
    expect((await client.get(`${THINGS}/held`)).code).toBe(200);
    expect((await client.merge(`${THINGS}/held`, { metadata: { finalizers: ['d.e/f', 'new/one'] } })).code).toBe(422);
    await client.merge(`${THINGS}/held`, { metadata: { finalizers: null } });
    expect((await client.get(`${THINGS}/held`)).code).toBe(404);
  });

  it('delete whole collections by label', async () => {
    for (const name of ['c1', 'c2', 'c3']) await client.post(MAPS, map(name, { labels: { pick: name === 'c3' ? 'no' : 'yes' } }));
    await client.delete(`${MAPS}?labelSelector=pick%3Dyes`);
    const left = await client.get(`${MAPS}?labelSelector=pick`);
    expect(left.body.items.map(({ metadata }) => metadata.name)).toEqual(['c3']);
  });

  it('create a Lease by PUT, and delete by precondition', async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l';
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: { holderIdentity: 'a' } };
    const made = await client.call('PUT', path, { body: lease });
    expect(made.code).toBe(201);
    expect((await client.delete(path, { preconditions: { uid: 'other' } })).code).toBe(409);
    expect((await client.delete(path, { preconditions: { uid: made.body.metadata.uid } })).code).toBe(200);
  });
});

describe('lists', () => {
  it('come in pages of one revision', async () => {
    for (let i = 0; i < 5; i++) await client.post(MAPS, map(`page-${i}`, { labels: { paged: 'yes' } }));
    const first = await client.get(`${MAPS}?labelSelector=paged&limit=2`);
    expect(first.body.items).toHaveLength(2);
    await client.delete(`${MAPS}/page-3`);
    await client.post(MAPS, map('page-35', { labels: { paged: 'yes' } }));
    const metadata = first.body.metadata as unknown as { continue: string; resourceVersion: string };
    const rest = await client.get(`${MAPS}?labelSelector=paged&limit=9&continue=${metadata.continue}`);
    expect(rest.body.items.map(item => item.metadata.name)).toEqual(['page-2', 'page-3', 'page-4']);
    expect(rest.body.metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it('refuse revisions that never were', async () => {
    expect(await client.get(`${MAPS}?resourceVersion=99999999`)).toMatchObject({ code: 504 });
    expect(await client.get(`${MAPS}?resourceVersion=soon`)).toMatchObject({ code: 400 });
    expect(await client.get(`${MAPS}?limit=1&continue=xx`)).toMatchObject({ code: 400 });
  });
});

describe('watches', () => {
  it('begin with everything and a bookmark that ends it', async () => {
    await client.post(THINGS, thing('w1'));
    const watch = client.watch(`${THINGS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dw1`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'w1' } } });
    const bookmark = await watch.next();
    expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Thing', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } });
    await client.merge(`${THINGS}/w1`, { spec: { size: 5 } });
    expect(await watch.next()).toMatchObject({ type: 'MODIFIED', object: { spec: { size: 5 } } });
    watch.close();
  });

  it('tell of objects that come to match and leave', async () => {
    const { body } = await client.get(MAPS);
    const watch = client.watch(`${MAPS}?watch=1&resourceVersion=${body.metadata.resourceVersion}&labelSelector=in%3Dyes`);
    await client.post(MAPS, map('sel'));
    await client.merge(`${MAPS}/sel`, { metadata: { labels: { in: 'yes' } } });
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'sel' } } });
    const left = await client.merge(`${MAPS}/sel`, { metadata: { labels: { in: 'no' } } });
    expect(await watch.next()).toMatchObject({ type: 'DELETED', object: { metadata: { labels: { in: 'yes' }, resourceVersion: left.body.metadata.resourceVersion } } });
    watch.close();
  });

  it('resume where they stopped, also after a restart', async () => {
    const { body } = await client.post(MAPS, map('resume'));
    await client.merge(`${MAPS}/resume`, { data: { b: '2' } });
    await stop();
    await open();
    const watch = client.watch(`${MAPS}?watch=1&resourceVersion=${body.metadata.resourceVersion}`);
    expect(await watch.next()).toMatchObject({ type: 'MODIFIED', object: { data: { a: '1', b: '2' } } });
    await client.delete(`${MAPS}/resume`);
    expect(await watch.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'resume' } } });
    watch.close();
  });

  it('say 410 when they come from too long ago', async () => {
    await client.post(MAPS, map('old'));
    for (let i = 0; i < 100; i++) await client.merge(`${MAPS}/old`, { data: { i: String(i) } });
    const watch = client.watch(`${MAPS}?watch=1&resourceVersion=3`);
    expect(await watch.next()).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect(await watch.next()).toBeUndefined();
    expect((await client.get(`${MAPS}?resourceVersion=3&resourceVersionMatch=Exact&limit=5`)).code).toBe(410);
  });

  it('end at the asked time', async () => {
    const watch = client.watch(`${MAPS}?watch=1&timeoutSeconds=1&resourceVersion=${(await client.get(MAPS)).body.metadata.resourceVersion}`);
    expect(await watch.next()).toBeUndefined();
  });
});

describe('garbage', () => {
  type Owner = { metadata: { name: string; uid: string } };
  const owned = (name: string, owners: Owner | Owner[], more: object = {}) =>
    map(name, {
      ownerReferences: [owners].flat().map(owner => ({ apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid: owner.metadata.uid, ...more })),
    });

  it('goes when the last owner goes', async () => {
    const [one, two] = [await client.post(MAPS, map('o1')), await client.post(MAPS, map('o2'))];
    await client.post(MAPS, owned('d1', one.body));
    await client.post(MAPS, owned('d2', [one.body, two.body]));
    await client.delete(`${MAPS}/o1`);
    await until(`${MAPS}/d1`, 404);
    expect((await client.get(`${MAPS}/d2`)).code).toBe(200);
    await client.delete(`${MAPS}/o2`);
    await until(`${MAPS}/d2`, 404);
  });

  it('holds back its owner in the foreground, and is let go as an orphan', async () => {
    const front = await client.post(MAPS, map('front'));
    const blocked = owned('blocked', front.body, { blockOwnerDeletion: true });
    await client.post(MAPS, { ...blocked, metadata: { ...blocked.metadata, finalizers: ['a.b/c'] } });
    await client.delete(`${MAPS}/front`, { propagationPolicy: 'Foreground' });
    await eventually('the dependent to be deleted', () => client.get(`${MAPS}/blocked`), ({ body }) => body.metadata.deletionTimestamp !== undefined);
    expect((await client.get(`${MAPS}/front`)).body.metadata.finalizers).toEqual(['foregroundDeletion']);
    await client.merge(`${MAPS}/blocked`, { metadata: { finalizers: null } });
    await until(`${MAPS}/front`, 404);
    const parent = await client.post(MAPS, map('parent'));
    await client.post(MAPS, owned('orphan', parent.body));
    await client.delete(`${MAPS}/parent`, { propagationPolicy: 'Orphan' });
    await until(`${MAPS}/parent`, 404);
    expect((await client.get(`${MAPS}/orphan`)).body.metadata.ownerReferences).toBeUndefined();
  });

  it('is what names an owner that is not there', async () => {
    await client.post(MAPS, owned('stray', { metadata: { name: 'x', uid: 'no-such-uid' } }));
    expect((await until(`${MAPS}/stray`, 404)).body.reason).toBe('NotFound');
  });

  it('goes with its namespace', async () => {
    await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } });
    await until('/api/v1/namespaces/gone/serviceaccounts/default', 200);
    await until('/api/v1/namespaces/gone/configmaps/kube-root-ca.crt', 200);
    await client.post('/api/v1/namespaces/gone/configmaps', map('inside', { finalizers: ['a.b/c'] }));
    expect((await client.delete('/api/v1/namespaces/gone')).body.status).toEqual({ phase: 'Terminating' });
    await eventually('the content to be deleted', () => client.get('/api/v1/namespaces/gone/configmaps/inside'), ({ body }) => body.metadata?.deletionTimestamp !== undefined);
    expect((await client.post('/api/v1/namespaces/gone/configmaps', map('late'))).code).toBe(403);
    await client.merge('/api/v1/namespaces/gone/configmaps/inside', { metadata: { finalizers: null } });
    await until('/api/v1/namespaces/gone', 404);
  });

  it('goes with its definition', async () => {
    const path = '/apis/other.example.com/v1/namespaces/default/others';
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await client.post(definitions, aDefinition('other.example.com', 'Other'));
    await until(path, 200);
    const { body } = await client.get(`${definitions}/others.other.example.com`);
    expect(body.status).toMatchObject({ acceptedNames: { kind: 'Other' }, storedVersions: ['v1'] });
    await client.post(path, { apiVersion: 'other.example.com/v1', kind: 'Other', metadata: { name: 'a' } });
    await client.delete(`${definitions}/others.other.example.com`);
    await until(`${definitions}/others.other.example.com`, 404);
    await until(path, 404);
  });
});

describe('pods and jobs', () => {
  const spec = { containers: [{ name: 'main', image: 'tool' }], restartPolicy: 'Never' };
  const PODS = '/api/v1/namespaces/default/pods';

  it('removes a pod at once before a node took it, and gracefully after', async () => {
    await client.post(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p1' }, spec });
    await client.delete(`${PODS}/p1`);
    expect((await client.get(`${PODS}/p1`)).code).toBe(404);
    await client.post(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p2' }, spec: { ...spec, nodeName: 'n', terminationGracePeriodSeconds: 7 } });
    expect((await client.delete(`${PODS}/p2`)).body.metadata).toMatchObject({ deletionGracePeriodSeconds: 7 });
    expect((await client.get(`${PODS}/p2`)).code).toBe(200);
    cluster.api.delete({ group: '', plural: 'pods' }, { namespace: 'default', name: 'p2' }, { gracePeriodSeconds: 0 });
    expect((await client.get(`${PODS}/p2`)).code).toBe(404);
  });

  it('mounts the account’s token unless told otherwise', async () => {
    const mounted = await client.post(`${PODS}?dryRun=All`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
    expect(JSON.stringify(mounted.body.spec)).toContain('/var/run/secrets/kubernetes.io/serviceaccount');
    const without = await client.post(`${PODS}?dryRun=All`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...spec, automountServiceAccountToken: false } });
    expect(JSON.stringify(without.body.spec)).not.toContain('/var/run/secrets');
    const unknown = await client.post(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...spec, serviceAccountName: 'nobody' } });
    expect(unknown).toMatchObject({ code: 403 });
  });

  it('gives a Job its selector, and leaves its pods unless told to delete them', async () => {
    const jobs = '/apis/batch/v1/namespaces/default/jobs';
    const { body } = await client.post(jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template: { spec } } });
    expect(body.spec).toMatchObject({ completions: 1, backoffLimit: 6, selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': body.metadata.uid } } });
    const { headers } = await client.delete(`${jobs}/j`);
    expect(headers.warning).toContain('child pods are preserved by default when jobs are deleted');
    await until(`${jobs}/j`, 404);
  });
});

it('serves several versions of a kind as one', async () => {
  const group = 'versions.example.com';
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const versions = ['v1', 'v1beta1'].map((name, index) => ({ name, served: true, storage: index === 0, schema }));
  await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', aDefinition(group, 'Both', { versions }));
  await until(`/apis/${group}/v1/boths`, 200);
  const watch = client.watch(`/apis/${group}/v1beta1/boths?watch=1&resourceVersion=${cluster ? (await client.get(`/apis/${group}/v1/boths`)).body.metadata.resourceVersion : ''}`);
  await client.post(`/apis/${group}/v1/namespaces/default/boths`, { apiVersion: `${group}/v1`, kind: 'Both', metadata: { name: 'a' }, x: 1 });
  expect(await watch.next()).toMatchObject({ object: { apiVersion: `${group}/v1beta1`, x: 1 } });
  watch.close();
  expect((await client.get(`/apis/${group}/v1beta1/namespaces/default/boths/a`)).body).toMatchObject({ apiVersion: `${group}/v1beta1`, x: 1 });
  const { body } = await client.get(`/apis/${group}`);
  expect(body).toMatchObject({ preferredVersion: { version: 'v1' } });
});

it('shows the events of both groups as one store', async () => {
  const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: { kind: 'Pod', name: 'p' }, reason: 'R', message: 'm', type: 'Normal' };
  await client.post('/api/v1/namespaces/default/events', event);
  const recent = await client.get('/apis/events.k8s.io/v1/namespaces/default/events/e');
  expect(recent.body).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { name: 'p' }, note: 'm' });
  const found = await client.get('/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp');
  expect(found.body.items).toHaveLength(1);
});
