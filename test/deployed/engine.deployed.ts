import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiError, connect, coreTypes, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { ENGINE_USER, forbidden, Platform } from '../cluster/support';
import { loadImages, toolsImage } from '../cluster/support/images';

/*
 * The engine in a pod, with the rights of deploy/rbac and no others, and a git server that it reaches over the network:
 * GIT_STORE_URL, with name and password, as a pod of the cluster reaches it and this machine, too.
 */

const SYSTEM = 'kratix-platform-system';
const IMAGE = 'docker.io/kratix-ts/tools:deployed';
const run = promisify(execFile);
const { GIT_STORE_URL = '', LOAD_IMAGE = '' } = process.env;
const where = GIT_STORE_URL && process.env.KUBECONFIG ? describe : describe.skip;

where('the deployed engine', () => {
  let folder: string;
  let kube: KubeClient;
  let platform: Platform;

  async function filesOf(name: string): Promise<string[]> {
    const clone = await mkdtemp(join(folder, 'clone-'));
    await run('git', ['clone', '--quiet', '--bare', GIT_STORE_URL, clone]);
    const { stdout } = await run('git', ['--git-dir', clone, 'ls-tree', '-r', '--name-only', 'HEAD']);
    return stdout.split('\n').filter(path => path.includes(`/${name}/`));
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deployed-suite-'));
    kube = await connect({ file: process.env.KUBECONFIG });
    platform = new Platform(kube, IMAGE);
    if (LOAD_IMAGE) await loadImages(LOAD_IMAGE, [await toolsImage(folder, IMAGE)]);
    const { username, password, protocol, host, pathname } = new URL(GIT_STORE_URL);
    const stringData = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    await platform.create<DynamicObject>(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: platform.store, namespace: SYSTEM }, stringData });
    await platform.prepare({ url: `${protocol}//${host}${pathname}`, branch: 'main', insecure: protocol === 'http:', secretRef: { name: platform.store, namespace: SYSTEM } });
  });
  afterAll(async () => {
    await platform?.close();
    await kube?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes a request to Ready and through its delete', async () => {
    const promise = await platform.offer();
    const { metadata } = await platform.request(promise, platform.isReady);
    expect(await filesOf(metadata.name)).toEqual([expect.stringMatching(/object\.yaml$/)]);
    await platform.delete(promise.type, metadata);
    expect(await filesOf(metadata.name)).toEqual([]);
  });

  it('Q-48: gives a pipeline what it may give, and fails with the server’s words where it is asked for more', async () => {
    await platform.request(await platform.offer({ permissions: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] }), platform.isReady);
    await platform.request(await platform.offer({ permissions: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNamespace: '*' }] }), platform.isRefused);
  });

  it.each(forbidden)('B-CFG-6, Q-47, Q-48: may not %s', async (_, verb, group, resource, more) => {
    expect(await platform.may(verb, group, resource, more)).toBe(false);
  });

  it('Q-48: the one role that the engine may escalate takes no rights to Kubernetes’ own kinds', async () => {
    const as = { user: ENGINE_USER, groups: ['system:serviceaccounts', 'system:authenticated'] };
    const write = (apiGroups: string[]) =>
      kube.patch(coreTypes.ClusterRole, { name: 'kratix-platform-requests' }, { rules: [{ apiGroups, resources: ['*'], verbs: ['*'] }] }, { kind: 'merge', dryRun: true, impersonate: as });
    for (const apiGroups of [[''], ['*'], ['apps'], ['rbac.authorization.k8s.io'], ['platform.kratix.io']]) {
      const refusal: unknown = await write(apiGroups).then(() => undefined, error => error);
      expect(refusal).toBeInstanceOf(ApiError);
      expect(String(refusal)).toContain('is for the APIs of Promises');
    }
    await write(['shop.example.com']);
  });
});
