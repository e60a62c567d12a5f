import { coreTypes, parseAllYaml, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import type { JsonObject } from '@backstage/types';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCluster } from './__testUtils__/testCluster';
import { startTestPortal, type TestPortal } from './__testUtils__/testPortal';

jest.setTimeout(60_000);

const guide = readFileSync(join(__dirname, '../../../docs/backstage-security.md'), 'utf8');
const types: Record<string, ResourceType> = coreTypes;

/** The manifests of a section of the guide. */
function manifestsOf(section: string): KubeObject[] {
  const text = guide.split(/^## /m).find(part => part.startsWith(`${section}\n`)) ?? '';
  const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml]) => yaml);
  expect(blocks).not.toEqual([]);
  return blocks.flatMap(yaml => parseAllYaml(yaml, section) as KubeObject[]);
}

/** Applies sections of the guide, and connects as its account by address and token. */
const as = (sections: string[], extra: JsonObject = {}) => async ({ client, kubeconfig }: TestCluster): Promise<JsonObject> => {
  for (const object of sections.flatMap(manifestsOf)) await client.create(types[object.kind], object);
  const [config] = parseAllYaml(readFileSync(kubeconfig, 'utf8'), kubeconfig) as { clusters: { cluster: Record<string, string> }[] }[];
  const { server, 'certificate-authority-data': caData } = config.clusters[0].cluster;
  const { status } = await client.request<{ status: { token: string } }>('POST', '/api/v1/namespaces/kratix-portal/serviceaccounts/portal/token', {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  return { url: server, token: status.token, caData, ...extra };
};

/** Every way to read and write one request. */
async function everyRoute({ call, url, offer }: TestPortal) {
  await call('post', url(), { name: 'one', spec: { size: 'small' } }).expect(201);
  await call('get', url('one')).expect(200);
  await call('get', '/api/kratix/v1/requests').expect(200);
  await call('get', '/api/kratix/v1/promises').expect(200);
  await call('post', `${url()}?dryRun=true`, { name: 'two', spec: { size: 'small' } }).expect(200);
  await call('post', url('one', '/actions/preview'), { spec: { size: 'large' }, generation: 1 }).expect(200);
  await call('put', url('one'), { spec: { size: 'large' }, generation: 1 }).expect(200);
  for (const action of ['pause', 'unpause', 'rerun']) await call('post', url('one', `/actions/${action}`), {}).expect(202);
  const { body } = await call('post', url('one', '/actions/dry-run'), { spec: { size: 'small' } }).expect(202);
  await call('get', url('one', `/dry-runs/${body.name}`)).expect(200);
  const { body: namespaces } = await call('get', `/api/kratix/v1/namespaces?promise=${offer.promise}`).expect(200);
  await call('delete', url('one')).expect(202);
  return namespaces.items.map(({ name }: { name: string }) => name) as string[];
}

describe('with the rights that the guide gives', () => {
  it('the portal’s account reads and writes for its callers, and no Secret', async () => {
    const portal = await startTestPortal({}, [], as(["The portal's account", 'Writing as the portal']));
    expect(await everyRoute(portal)).toEqual(expect.arrayContaining(['default', 'kratix-portal']));
    expect(portal.logs.filter(line => line.includes('refuses'))).toEqual([]);
    expect(guide).not.toMatch(/resources:.*(secrets|configmaps)/);
    await portal.stop();
  });

  it('item 83: a caller who acts as itself writes where the cluster lets it, and nowhere else', async () => {
    const sections = ["The portal's account", 'Writing as the caller'];
    const portal = await startTestPortal({}, [], as(sections, { impersonate: { user: 'name', groups: 'name', prefix: 'portal:' } }));
    expect(await everyRoute(portal)).toEqual(['default']);
    const elsewhere = portal.url('', '', 'kratix-portal');
    const { body } = await portal.call('post', elsewhere, { name: 'one', spec: { size: 'small' } }).expect(403);
    expect(body.error.message).toContain('User "portal:mock" cannot create resource');
    expect(portal.audits.at(-1)).toMatchObject({ eventId: 'request-create', end: { as: 'fail' } });
    expect(portal.logs.filter(line => line.includes('refuses'))).toEqual([]);
    await portal.stop();
  });
});
