import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBareRepository, Repository } from '@kratix-ts/cli';
import { createEngine, createLogger, type Engine, type EngineConfig } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import { ApiError, connect, coreTypes, parseYaml, type DynamicObject, type KubeClient, type KubeObject, type ObjectRef, type ResourceType } from '@kratix-ts/core/kube';
import { FaultProxy, InstantKubelet, type FaultProxyTarget, type PodRun, type PodScript } from '@kratix-ts/core/testing';
import { startCluster, StatusError, type Cluster } from '@kratix-ts/local-cluster';
import { aDestination, aGitStore, type APromise, aRequest, Changes, complaintsOf, isTrue, types, until, type UntilOptions, type WithStatus } from '../../cluster/support';
import { normalised } from './normalised';

const log = createLogger({ level: process.env.KRATIX_TEST_LOG ? 'debug' : 'silent' });

/** Kinds whose objects say together how things stand. */
const KINDS = [
  types.Promise, types.Work, types.WorkPlacement, types.Destination, types.GitStateStore, types.WorkflowRun, coreTypes.Job, coreTypes.Pod,
  coreTypes.CustomResourceDefinition, coreTypes.ServiceAccount, coreTypes.ConfigMap, coreTypes.Role, coreTypes.RoleBinding, coreTypes.ClusterRole, coreTypes.ClusterRoleBinding,
];

/** An engine that can die. */
export interface EngineProcess {
  proxy: FaultProxy;
  /** Settles when it works, or could not be started. */
  started: Promise<void>;
  /** Ends it as a signal 9 does: no call of it takes effect any more. */
  kill(): Promise<void>;
  /** Ends it in peace. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** What pods do; by default {@link echo}. */
  run?: (pod: PodRun) => PodScript | Promise<PodScript>;
  terminationMs?: () => number;
  /** What is there before anything runs. */
  before?: (kube: KubeClient, repository: string) => Promise<void>;
}

/** Writes the request's word into a file, and a status. */
export function echo({ object, pipeline }: PodRun): PodScript {
  const name = pipeline.split('/').at(-1) ?? '';
  return { files: { [`${name}.yaml`]: `word: ${String(object.spec?.word)}\n` }, status: { [name]: String(object.spec?.word) } };
}

/** An API server, a git store, a kubelet; engines come and go. */
export class World {
  readonly changes = new Changes();
  private readonly engines = new Set<EngineProcess>();
  private readonly stops: (() => void)[] = [];
  private count = 0;

  private constructor(
    readonly folder: string,
    readonly cluster: Cluster,
    readonly kube: KubeClient,
    readonly kubelet: InstantKubelet,
    readonly store: Repository,
    private readonly target: FaultProxyTarget,
  ) {
    for (const type of [...KINDS, coreTypes.Lease]) this.stops.push(cluster.api.watch(type, this.changes.notify));
    this.stops.push(store.watch(this.changes.notify, 10));
  }

  static async open({ run = echo, terminationMs, before }: WorldOptions = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'faults-'));
    const cluster = await startCluster({ dir: join(folder, 'cluster'), log, pods: false });
    const kube = await connect({ file: cluster.kubeconfig });
    for (const crd of crds()) await kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
    await createBareRepository(join(folder, 'store.git'));
    await before?.(kube, join(folder, 'store.git'));
    const kubelet = await InstantKubelet.start({ client: kube, run, terminationMs });
    const world = new World(folder, cluster, kube, kubelet, new Repository(join(folder, 'store.git')), proxyTarget(cluster));
    await kube.create(types.GitStateStore, aGitStore(pathToFileURL(world.store.folder).href, 'store'));
    await kube.create(types.Destination, aDestination({ name: 'place', labels: {}, store: 'store' }));
    return world;
  }

  async close(): Promise<void> {
    for (const engine of [...this.engines]) await engine.stop();
    for (const stop of this.stops) stop();
    await this.kubelet.stop();
    await this.kube.close();
    await this.cluster.stop();
    // a git process of an engine that died may still be at work
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  /** Starts an engine behind a proxy of its own; `prepare` may set faults before its first call. */
  async engine(config: Partial<EngineConfig> = {}, prepare: (proxy: FaultProxy) => void = () => {}, now = () => new Date()): Promise<EngineProcess> {
    this.count += 1;
    const proxy = await FaultProxy.start(this.target);
    prepare(proxy);
    const kube = await connect({ text: proxy.kubeconfig });
    const cacheDir = join(this.folder, `cache-${this.count}`);
    const engine: Engine = createEngine({ kube, log, now, identity: `engine-${this.count}`, config: { helperImage: 'helper', allowLocalStores: true, cacheDir, ...config } });
    const process: EngineProcess = {
      proxy,
      started: engine.start(),
      kill: async () => {
        proxy.kill();
        await process.stop();
      },
      stop: async () => {
        if (!this.engines.delete(process)) return;
        await process.started.catch(() => undefined);
        proxy.heal();
        await engine.stop();
        await kube.close();
        await proxy.stop();
      },
    };
    process.started.catch(() => undefined);
    this.engines.add(process);
    return process;
  }

  /** Undefined also where the kind itself is not served, or no longer. */
  get<T extends KubeObject = WithStatus>(type: ResourceType, ref: ObjectRef): T | undefined {
    try {
      return this.cluster.api.get<T>(type, type.namespaced ? ref : { name: ref.name });
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  list<T extends KubeObject = WithStatus>(type: ResourceType): T[] {
    return this.cluster.api.list<T>(type);
  }

  /** Makes the Promise, and waits until requests of it can be made. */
  async install(promise: APromise): Promise<APromise> {
    await this.kube.create(types.Promise, promise.object);
    const found = () => this.get(types.Promise, promise.object.metadata);
    await this.until(`Promise "${promise.name}" to be Available`, () => isTrue(found(), 'Available'), { seen: () => found()?.status });
    this.notice(promise.type);
    return promise;
  }

  async request(promise: APromise, spec: Record<string, unknown>, name?: string): Promise<DynamicObject> {
    return this.kube.create(promise.type, aRequest(promise.type, 'default', spec, name));
  }

  /** Waits until the object's conditions say so. */
  untilSays(type: ResourceType, ref: ObjectRef, words: string | RegExp): Promise<WithStatus> {
    const found = () => this.get(type, ref);
    return this.until(`${type.kind} "${ref.name}" to say ${words}`, () => new RegExp(words).test(complaintsOf(found())) && found(), { seen: () => found()?.status ?? found() });
  }

  /** The runs of an object's configure workflow, oldest first. */
  runsOf(ref: ObjectRef): WithStatus[] {
    const own = this.list(types.WorkflowRun).filter(({ spec }) => (spec?.target as ObjectRef).name === ref.name && spec?.action === 'configure');
    return own.sort((a, b) => Number(a.spec?.sequence) - Number(b.spec?.sequence));
  }

  /** Also tells of changes to requests of this type. */
  notice(type: ResourceType): void {
    this.stops.push(this.cluster.api.watch(type, this.changes.notify));
  }

  until<T>(what: string, condition: () => T | undefined | null | false | Promise<T | undefined | null | false>, options: UntilOptions = {}): Promise<T> {
    return until(this.changes, what, condition, { timeout: 30_000, ...options });
  }

  async delete(type: ResourceType, ref: ObjectRef): Promise<void> {
    await this.kube.delete(type, ref, { propagationPolicy: 'Background' }).catch(error => {
      if (!(error instanceof ApiError && error.isNotFound)) throw error;
    });
  }

  merge(type: ResourceType, ref: ObjectRef, patch: unknown, subresource?: string): Promise<WithStatus> {
    return this.kube.patch<WithStatus>(type, { name: ref.name, namespace: ref.namespace }, patch, { kind: 'merge', subresource });
  }

  isReady(type: ResourceType, ref: ObjectRef): boolean {
    const found = this.get(type, ref);
    return isTrue(found, 'Reconciled') && found?.status?.observedGeneration === found?.metadata.generation;
  }

  untilReady(type: ResourceType, ref: ObjectRef, options?: UntilOptions) {
    return this.until(`${type.kind} "${ref.name}" to be Ready`, () => this.isReady(type, ref), { seen: () => [this.get(type, ref), this.kubelet.counts()], ...options });
  }

  untilGone(type: ResourceType, ref: ObjectRef, options?: UntilOptions) {
    return this.until(`${type.kind} "${ref.name}" to be gone`, () => !this.get(type, ref), { seen: () => this.get(type, ref), ...options });
  }

  /** What the store holds: path → text. */
  async files(): Promise<Record<string, string>> {
    const head = await this.store.head();
    if (!head) return {};
    const tree = [...(await this.store.tree(head))];
    const contents = await this.store.read(tree.map(([, id]) => id));
    return Object.fromEntries(tree.map(([path, id]) => [path, contents.get(id) ?? '']));
  }

  /** Everything that there is, without what depends on chance and time; for comparisons. */
  async picture(...more: ResourceType[]): Promise<string[]> {
    const objects = [...KINDS, ...more].flatMap(type => this.list<DynamicObject>(type));
    return normalised(objects, await this.files());
  }
}

function proxyTarget(cluster: Cluster): FaultProxyTarget {
  const config = parseYaml(readFileSync(cluster.kubeconfig, 'utf8')) as { users: { user: Record<string, string> }[] };
  const { user } = config.users[0];
  const decoded = (field: string) => user[field] && Buffer.from(user[field], 'base64').toString();
  return {
    server: cluster.server,
    tls: { ca: cluster.ca, cert: decoded('client-certificate-data'), key: decoded('client-key-data') },
    ...(user.token && { headers: { authorization: `Bearer ${user.token}` } }),
  };
}
