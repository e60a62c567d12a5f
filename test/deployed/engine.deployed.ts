import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiError, type Cache, connect, coreTypes, createCache, type DynamicObject, type Informer, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { aContainer, aDestination, aName, aPipeline, type APromise, aPromise, aRequest, Changes, complaintsOf, isTrue, types, until, type WithStatus } from '../cluster/support';
import { loadImages, toolsImage } from '../cluster/support/images';

/*
 * The engine in a pod, with the rights of deploy/rbac and no others, and a git server that it reaches over the network:
 * GIT_STORE_URL, with name and password, as a pod of the cluster reaches it and this machine, too.
 */

const SYSTEM = 'kratix-platform-system';
const ACCOUNT = `system:serviceaccount:${SYSTEM}:kratix-platform-controller-manager`;
const IMAGE = 'docker.io/kratix-ts/tools:deployed';
const run = promisify(execFile);
const { GIT_STORE_URL = '', LOAD_IMAGE = '' } = process.env;
const ready = GIT_STORE_URL && process.env.KUBECONFIG ? describe : describe.skip;

ready('the deployed engine', () => {
  let folder: string;
  let kube: KubeClient;
  let cache: Cache;
  const changes = new Changes();
  const made: [ResourceType, KubeObject][] = [];
  const pool = aName('pool');
  const store = aName('store-');
  const namespace = aName('deployed-');

  async function create<T extends KubeObject>(type: ResourceType, object: T) {
    made.push([type, object]);
    return kube.create(type, object);
  }
  async function view(type: ResourceType): Promise<Informer<WithStatus>> {
    const informer = cache.informer<WithStatus>(type);
    informer.onChange(changes.notify);
    await informer.whenSynced();
    return informer;
  }
  async function untilObject(type: ResourceType, name: string, isIt: (object: WithStatus) => boolean) {
    const objects = await view(type);
    const key = type.namespaced ? `${namespace}/${name}` : name;
    return until(changes, `${type.kind} ${name}`, () => {
      const object = objects.get(key);
      return object && isIt(object) ? object : undefined;
    }, { seen: () => objects.get(key)?.status, timeout: 120_000 });
  }
  async function filesOf(name: string): Promise<string[]> {
    const clone = await mkdtemp(join(folder, 'clone-'));
    await run('git', ['clone', '--quiet', '--bare', GIT_STORE_URL, clone]);
    const { stdout } = await run('git', ['--git-dir', clone, 'ls-tree', '-r', '--name-only', 'HEAD']);
    return stdout.split('\n').filter(path => path.includes(`/${name}/`));
  }
  const offer = (rbac?: Record<string, unknown>): APromise =>
    aPromise({ selector: { pool }, workflows: { resource: { configure: [aPipeline([aContainer('cp /kratix/input/object.yaml /kratix/output/', { image: IMAGE })], { rbac })] } } });
  async function install(promise: APromise) {
    await create(types.Promise, promise.object);
    await untilObject(types.Promise, promise.name, object => isTrue(object, 'Available'));
  }
  const may = async (verb: string, group: string, resource: string, more: Record<string, string> = {}) => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: { name: '' }, spec: { user: ACCOUNT, groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes: { verb, group, resource, ...more } } };
    const answer = await kube.request<{ status: { allowed: boolean } }>('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body: review });
    return answer.status.allowed;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deployed-suite-'));
    kube = await connect({ file: process.env.KUBECONFIG });
    cache = createCache(kube);
    if (LOAD_IMAGE) await loadImages(LOAD_IMAGE, [await toolsImage(folder, IMAGE)]);
    const { username, password, protocol, host, pathname } = new URL(GIT_STORE_URL);
    await create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const stringData = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    await create<DynamicObject>(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: store, namespace: SYSTEM }, stringData });
    const spec = { url: `${protocol}//${host}${pathname}`, branch: 'main', insecure: protocol === 'http:', secretRef: { name: store, namespace: SYSTEM } };
    await create<DynamicObject>(types.GitStateStore, { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'GitStateStore', metadata: { name: store }, spec });
    const destination = aDestination({ labels: { pool }, store });
    await create(types.Destination, destination);
    await untilObject(types.Destination, destination.metadata.name, object => isTrue(object, 'Ready'));
  });
  afterAll(async () => {
    for (const [type, { metadata }] of made.reverse()) {
      await kube.delete(type, { name: metadata.name, namespace: metadata.namespace }, { propagationPolicy: 'Background' }).catch(() => undefined);
      if (type.kind === 'Promise') await until(changes, `${metadata.name} to be gone`, async () => !(await view(type)).get(metadata.name), { timeout: 60_000 });
    }
    await cache?.stop();
    await kube?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes a request to Ready and through its delete', async () => {
    const promise = offer();
    await install(promise);
    const request = aRequest(promise.type, namespace);
    await create(promise.type, request);
    await untilObject(promise.type, request.metadata.name, object => isTrue(object, 'Reconciled'));
    expect(await filesOf(request.metadata.name)).toEqual([expect.stringMatching(/object\.yaml$/)]);
    await kube.delete(promise.type, { name: request.metadata.name, namespace });
    const requests = await view(promise.type);
    await until(changes, 'the request to be gone', () => !requests.get(`${namespace}/${request.metadata.name}`));
    expect(await filesOf(request.metadata.name)).toEqual([]);
  });

  it('Q-48: a pipeline gets what the engine may give', async () => {
    const promise = offer({ permissions: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] });
    await install(promise);
    const request = aRequest(promise.type, namespace);
    await create(promise.type, request);
    await untilObject(promise.type, request.metadata.name, object => isTrue(object, 'Reconciled'));
  });

  it('Q-48: a pipeline that asks for more fails with the server’s words', async () => {
    const promise = offer({ permissions: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNamespace: '*' }] });
    await install(promise);
    const request = aRequest(promise.type, namespace);
    await create(promise.type, request);
    const failed = await untilObject(promise.type, request.metadata.name, object => complaintsOf(object).includes('RBAC permissions not currently held'));
    expect(isTrue(failed, 'Reconciled')).toBe(false);
  });

  it.each([
    ['read a Secret that no store names', 'get', '', 'secrets', { namespace }],
    ['list all Secrets', 'list', '', 'secrets', {}],
    ['start a pod', 'create', '', 'pods', { namespace }],
    ['run a program in a pod', 'create', '', 'pods', { namespace, subresource: 'exec' }],
    ['grant what it does not have', 'escalate', 'rbac.authorization.k8s.io', 'clusterroles', {}],
    ['bind anybody to anything', 'bind', 'rbac.authorization.k8s.io', 'clusterroles', {}],
    ['act as another', 'impersonate', '', 'users', {}],
    ['change namespaces', 'delete', '', 'namespaces', {}],
  ])('B-CFG-6, Q-47, Q-48: the engine may not %s', async (_, verb, group, resource, more) => {
    expect(await may(verb, group, resource, more as Record<string, string>)).toBe(false);
  });

  it('B-CFG-6: the engine may read the Secrets of its own namespace', async () => {
    expect(await may('watch', '', 'secrets', { namespace: SYSTEM, name: store })).toBe(true);
  });

  it('Q-48: the one role that the engine may escalate takes no rights to Kubernetes’ own kinds', async () => {
    const role = { name: 'kratix-platform-requests' };
    const write = (rules: unknown) => kube.patch(coreTypes.ClusterRole, role, { rules }, { kind: 'merge', dryRun: true, impersonate: { user: ACCOUNT, groups: ['system:serviceaccounts', 'system:authenticated'] } });
    for (const apiGroups of [[''], ['*'], ['apps'], ['rbac.authorization.k8s.io'], ['platform.kratix.io']]) {
      const refusal = await write([{ apiGroups, resources: ['*'], verbs: ['*'] }]).then(() => undefined, error => error);
      expect(refusal).toBeInstanceOf(ApiError);
      expect((refusal as ApiError).message).toContain('is for the APIs of Promises');
    }
    await write([{ apiGroups: ['shop.example.com'], resources: ['carts'], verbs: ['get'] }]);
  });
});
