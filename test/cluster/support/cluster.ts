import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createBareRepository, Repository } from '@kratix-ts/cli';
import {
  ApiError,
  type Cache,
  connect,
  coreTypes,
  createCache,
  type DynamicObject,
  type Informer,
  type KubeClient,
  keyOf,
  type KubeObject,
  type ObjectRef,
  type ResourceType,
  typeOf,
} from '@kratix-ts/core/kube';
import { aDestination, aGitStore, type APromise, type DestinationOptions, PLATFORM } from './builders';
import { aName } from './names';
import { isTrue, type WithStatus } from './objects';
import { Changes, until, type UntilOptions } from './until';

const FIELD_MANAGER = 'cluster-suite';
const run = promisify(execFile);

export const types = {
  ...coreTypes,
  Promise: typeOf(PLATFORM, 'Promise', 'promises', false),
  Work: typeOf(PLATFORM, 'Work', 'works'),
  WorkPlacement: typeOf(PLATFORM, 'WorkPlacement', 'workplacements'),
  Destination: typeOf(PLATFORM, 'Destination', 'destinations', false),
  GitStateStore: typeOf(PLATFORM, 'GitStateStore', 'gitstatestores', false),
  PromiseRelease: typeOf(PLATFORM, 'PromiseRelease', 'promisereleases', false),
  PromiseRevision: typeOf(PLATFORM, 'PromiseRevision', 'promiserevisions', false),
  ResourceBinding: typeOf(PLATFORM, 'ResourceBinding', 'resourcebindings'),
  WorkflowRun: typeOf('workflows.kratix-ts.dev/v1alpha1', 'WorkflowRun', 'workflowruns'),
};

/** What the suites are told by the environment. Throws where they were started without it. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the suites by \`npm run test:cluster\` or \`npm test\``);
  return value;
}

/** The cluster under test, as one test file uses it: what the file makes goes away with `close`. */
export class TestCluster {
  readonly changes = new Changes();
  private readonly made: { type: ResourceType; ref: ObjectRef }[] = [];
  private readonly informers = new Map<string, Informer<WithStatus>>();
  private stopWatchingStore = () => {};

  private constructor(
    readonly kube: KubeClient,
    private readonly cache: Cache,
    /** A bare repository of this file's own. */
    readonly store: Repository,
    /** Name of the GitStateStore that stands for it. */
    readonly storeName: string,
    /** A namespace of this file's own. */
    readonly namespace: string,
  ) {}

  static async open(): Promise<TestCluster> {
    const kube = await connect({ file: setting('KRATIX_TEST_KUBECONFIG'), fieldManager: FIELD_MANAGER });
    const storeName = aName('store-');
    const folder = join(setting('KRATIX_TEST_DATA'), 'stores', `${storeName}.git`);
    await createBareRepository(folder);
    const cluster = new TestCluster(kube, createCache(kube), new Repository(folder), storeName, aName('suite-'));
    cluster.stopWatchingStore = cluster.store.watch(cluster.changes.notify, 10);
    const metadata = { name: cluster.namespace };
    await cluster.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata });
    await cluster.create(types.GitStateStore, aGitStore(pathToFileURL(folder).href, storeName));
    return cluster;
  }

  /** Deletes what was made, newest first, and waits until requests and Promises are gone. */
  async close(): Promise<void> {
    try {
      for (const { type, ref } of [...this.made].reverse()) {
        await this.delete(type, ref);
        if (type.kind !== 'Namespace') await this.untilGone(type, ref);
      }
    } finally {
      this.stopWatchingStore();
      await this.cache.stop();
      await this.kube.close();
    }
  }

  async create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    const created = await this.kube.create(type, object);
    this.adopt(type, object.metadata);
    return created;
  }

  /** Deletes this at the end, too. */
  adopt(type: ResourceType, ref: ObjectRef): void {
    this.made.push({ type, ref });
  }

  /** Makes the Promise and waits until requests can be made. */
  async install(promise: APromise, options?: UntilOptions): Promise<void> {
    await this.create(types.Promise, promise.object);
    await this.untilCondition(types.Promise, promise.object.metadata, 'Available', options);
  }

  /** A destination that files are delivered to, with labels of its own. */
  async destination(labels: Record<string, string>, options: Partial<DestinationOptions> = {}): Promise<string> {
    const destination = aDestination({ labels, store: this.storeName, ...options });
    await this.create(types.Destination, destination);
    await this.untilCondition(types.Destination, destination.metadata, 'Ready');
    return destination.metadata.name;
  }

  async delete(type: ResourceType, ref: ObjectRef): Promise<void> {
    try {
      await this.kube.delete(type, { name: ref.name, namespace: ref.namespace }, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof ApiError && error.isNotFound)) throw error;
    }
  }

  async merge(type: ResourceType, ref: ObjectRef, patch: unknown): Promise<WithStatus> {
    const { name, namespace } = ref;
    const patched = await this.kube.patch<WithStatus>(type, { name, namespace }, patch, { kind: 'merge' });
    (await this.view(type)).observe(patched);
    return patched;
  }

  /** A live view of all objects of a kind. */
  async view(type: ResourceType): Promise<Informer<WithStatus>> {
    const id = `${type.group}/${type.version}/${type.plural}`;
    let informer = this.informers.get(id);
    if (!informer) {
      informer = this.cache.informer<WithStatus>(type);
      informer.onChange(this.changes.notify);
      this.informers.set(id, informer);
    }
    await informer.whenSynced();
    return informer;
  }

  until<T>(what: string, condition: () => T | undefined | null | false | Promise<T | undefined | null | false>, options?: UntilOptions) {
    return until(this.changes, what, condition, options);
  }

  /** Waits until an object, once it exists, is as wanted; returns it. */
  async untilObject(
    type: ResourceType,
    ref: ObjectRef,
    what: string,
    condition: (object: WithStatus) => boolean,
    options?: UntilOptions,
  ): Promise<WithStatus> {
    const view = await this.view(type);
    const key = keyOf({ name: ref.name, namespace: type.namespaced ? ref.namespace : undefined });
    const find = () => {
      const object = view.get(key);
      return object && condition(object) ? object : undefined;
    };
    const seen = () => view.get(key)?.status ?? view.get(key) ?? 'no such object';
    return this.until(`${type.kind} "${key}": ${what}`, find, { seen, ...options });
  }

  async untilCondition(type: ResourceType, ref: ObjectRef, condition: string, options?: UntilOptions): Promise<WithStatus> {
    return this.untilObject(type, ref, `condition ${condition}=True`, object => isTrue(object, condition), options);
  }

  /** Waits until a request is Ready for its newest spec. */
  async untilReady(type: ResourceType, ref: ObjectRef, options?: UntilOptions): Promise<WithStatus> {
    const isReady = (object: WithStatus) =>
      isTrue(object, 'Reconciled') && object.status?.observedGeneration === object.metadata.generation;
    return this.untilObject(type, ref, 'Reconciled for its newest generation', isReady, options);
  }

  async untilGone(type: ResourceType, ref: ObjectRef, options?: UntilOptions): Promise<void> {
    const view = await this.view(type);
    const key = keyOf({ name: ref.name, namespace: type.namespaced ? ref.namespace : undefined });
    const seen = () => ({ ...view.get(key)?.metadata, managedFields: undefined, status: view.get(key)?.status });
    await this.until(`${type.kind} "${key}" to be gone`, () => view.get(key) === undefined, { seen, ...options });
  }

  /** What the store holds below a folder now: path within the folder → text. */
  async filesIn(folder: string): Promise<Map<string, string>> {
    const head = await this.store.head();
    if (!head) return new Map();
    const below = [...(await this.store.tree(head))].filter(([path]) => path.startsWith(`${folder}/`));
    const contents = await this.store.read(below.map(([, id]) => id));
    return new Map(below.map(([path, id]) => [path.slice(folder.length + 1), contents.get(id) ?? '']));
  }

  /** Waits until the files below a folder are as wanted; returns them. */
  async untilFiles(
    folder: string,
    what: string,
    condition: (files: Map<string, string>) => boolean,
    options?: UntilOptions,
  ): Promise<Map<string, string>> {
    let last = new Map<string, string>();
    const look = async () => {
      last = await this.filesIn(folder);
      return condition(last) ? last : undefined;
    };
    return this.until(`files in ${folder}: ${what}`, look, { seen: () => [...last.keys()], ...options });
  }

  /** Every path with these words in it that any commit of the store has ever held. */
  async everDelivered(words: string): Promise<string[]> {
    const { stdout } = await run('git', ['--git-dir', this.store.folder, 'log', '--all', '--format=', '--name-only']);
    return stdout.split('\n').filter(path => path.includes(words));
  }

  /** Notes, from now on, whether the named pipeline succeeds: its record may be gone when a test looks. */
  async watchPipeline(name: string): Promise<{ hasSucceeded: boolean }> {
    const seen = { hasSucceeded: false };
    const runs = await this.view(types.WorkflowRun);
    runs.onChange(({ object }) => {
      const { pipelines = [] } = (object.status ?? {}) as { pipelines?: { name: string; phase: string }[] };
      if (pipelines.some(pipeline => pipeline.name === name && pipeline.phase === 'Succeeded')) seen.hasSucceeded = true;
    });
    return seen;
  }

  /** The runs of an object's workflows, oldest first. */
  async runsOf(ref: ObjectRef): Promise<WithStatus[]> {
    const view = await this.view(types.WorkflowRun);
    const isTarget = ({ spec }: WithStatus) => {
      const target = spec?.target as ObjectRef | undefined;
      return target?.name === ref.name && target.namespace === ref.namespace;
    };
    const sequence = (run: WithStatus) => Number(run.spec?.sequence ?? 0);
    return view.list().filter(isTarget).sort((a, b) => sequence(a) - sequence(b));
  }
}

/** Where a request's files land, below its destination's folder. Source: B-SS-30. */
export function requestFolder(destination: string, promise: string, request: DynamicObject): string {
  return `${destination}/resources/${request.metadata.namespace}/${promise}/${request.metadata.name}`;
}

