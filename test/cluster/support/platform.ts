import { type Cache, createCache, type DynamicObject, type Informer, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { aContainer, aDestination, aPipeline, type APromise, aPromise, aRequest } from './builders';
import { types } from './cluster';
import { aName } from './names';
import { complaintsOf, isTrue, type WithStatus } from './objects';
import { Changes, until } from './until';

/** The account that the manifests of `deploy` give to the engine. */
export const ENGINE_ACCOUNT = { name: 'kratix-platform-controller-manager', namespace: 'kratix-platform-system' };
export const ENGINE_USER = `system:serviceaccount:${ENGINE_ACCOUNT.namespace}:${ENGINE_ACCOUNT.name}`;
const PATIENCE = 120_000;

/** What a test makes on a cluster whose engine runs with the rights of the manifests. */
export class Platform {
  readonly changes = new Changes();
  readonly pool = aName('pool');
  readonly store = aName('store-');
  readonly namespace = aName('bounded-');
  private readonly cache: Cache;
  private readonly views = new Map<string, Promise<Informer<WithStatus>>>();
  private readonly made: [ResourceType, KubeObject][] = [];

  constructor(readonly kube: KubeClient, private readonly image: string) {
    this.cache = createCache(kube);
  }

  /** A namespace for requests, the store of `spec` and a Destination in it, ready. */
  async prepare(spec: Record<string, unknown>): Promise<void> {
    await this.create(types.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } });
    await this.create<DynamicObject>(types.GitStateStore, { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'GitStateStore', metadata: { name: this.store }, spec });
    const destination = aDestination({ labels: { pool: this.pool }, store: this.store });
    await this.create(types.Destination, destination);
    await this.until(types.Destination, destination.metadata.name, object => isTrue(object, 'Ready'));
  }

  async create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    this.made.push([type, object]);
    return this.kube.create(type, object);
  }

  /** A Promise of one pipeline, with these rights, that is Available. */
  async offer(rbac?: Record<string, unknown>): Promise<APromise> {
    const copy = aContainer('cp /kratix/input/object.yaml /kratix/output/', { image: this.image });
    const promise = aPromise({ selector: { pool: this.pool }, workflows: { resource: { configure: [aPipeline([copy], { rbac })] } } });
    await this.create(types.Promise, promise.object);
    await this.until(types.Promise, promise.name, object => isTrue(object, 'Available'));
    return promise;
  }

  /** Makes a request and waits until its conditions are as wanted. */
  async request(promise: APromise, isWanted: (object: WithStatus) => boolean): Promise<DynamicObject> {
    const request = aRequest(promise.type, this.namespace);
    await this.create(promise.type, request);
    await this.until(promise.type, request.metadata.name, isWanted);
    return request;
  }

  isReady = (object: WithStatus) => isTrue(object, 'Reconciled');
  isRefused = (object: WithStatus) => !isTrue(object, 'Reconciled') && /RBAC permissions not currently held/i.test(complaintsOf(object));

  async until(type: ResourceType, name: string, isWanted: (object: WithStatus) => boolean): Promise<WithStatus> {
    const objects = await this.view(type);
    const key = type.namespaced ? `${this.namespace}/${name}` : name;
    const find = () => {
      const object = objects.get(key);
      return object && isWanted(object) ? object : undefined;
    };
    return until(this.changes, `${type.kind} ${name}`, find, { seen: () => objects.get(key)?.status, timeout: PATIENCE });
  }

  async delete(type: ResourceType, { name, namespace }: KubeObject['metadata']): Promise<void> {
    await this.kube.delete(type, { name, namespace }, { propagationPolicy: 'Background' });
    const objects = await this.view(type);
    const key = type.namespaced ? `${namespace}/${name}` : name;
    await until(this.changes, `${type.kind} ${name} to be gone`, () => !objects.get(key), { seen: () => objects.get(key), timeout: PATIENCE });
  }

  /** Whether the engine's account may do this. */
  async may(verb: string, group: string, resource: string, more: Record<string, string> = {}): Promise<boolean> {
    const resourceAttributes = { verb, group, resource, ...more };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: ENGINE_USER, groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes } };
    const { status } = await this.kube.request<{ status: { allowed: boolean } }>('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body });
    return status.allowed;
  }

  /** Deletes what was made, newest first. */
  async close(): Promise<void> {
    try {
      for (const [type, { metadata }] of this.made.reverse()) await this.delete(type, metadata).catch(error => ignore(error, type));
    } finally {
      await this.cache.stop();
    }
  }

  private view(type: ResourceType): Promise<Informer<WithStatus>> {
    const id = `${type.group}/${type.plural}`;
    const known = this.views.get(id) ?? this.open(type);
    this.views.set(id, known);
    return known;
  }

  private async open(type: ResourceType): Promise<Informer<WithStatus>> {
    const informer = this.cache.informer<WithStatus>(type);
    informer.onChange(this.changes.notify);
    await informer.whenSynced();
    return informer;
  }
}

/** Gone already, or with its definition. */
function ignore(error: unknown, { kind }: ResourceType): void {
  if (!(error instanceof Error && 'isNotFound' in error && error.isNotFound)) throw new Error(`${kind} could not be deleted`, { cause: error });
}

/** What the engine's account may not do, in words and as the API server is asked. */
export const forbidden: [words: string, verb: string, group: string, resource: string, more: Record<string, string>][] = [
  ['list all Secrets', 'list', '', 'secrets', {}],
  ['read a Secret of a namespace where no store keeps any', 'get', '', 'secrets', { namespace: 'kube-system' }],
  ['delete the Secrets of stores', 'delete', '', 'secrets', { namespace: 'default' }],
  ['change the Secrets of stores', 'patch', '', 'secrets', { namespace: 'default' }],
  ['start a pod', 'create', '', 'pods', { namespace: 'default' }],
  ['run a program in a pod', 'create', '', 'pods', { namespace: 'default', subresource: 'exec' }],
  ['grant what it does not have', 'escalate', 'rbac.authorization.k8s.io', 'clusterroles', {}],
  ['bind anybody to anything', 'bind', 'rbac.authorization.k8s.io', 'clusterroles', {}],
  ['act as another', 'impersonate', '', 'users', {}],
  ['delete namespaces', 'delete', '', 'namespaces', {}],
  ['use the requests of a Promise that is not there', 'list', 'shop.example.com', 'carts', {}],
];
