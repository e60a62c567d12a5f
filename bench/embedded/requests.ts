import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { crds, Destination, GitStateStore, Promise as PromiseKind, type PromiseObject } from '@kratix-ts/core/api';
import { connect, coreTypes, createCache, typeOf, type Cache, type DynamicObject, type Informer, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';

const AT_ONCE = 64;

/** A Promise of the benchmark: one pipeline, whose image is never run. */
export function promiseNamed(name: string): PromiseObject {
  const plural = `${name}s`;
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  const spec = { group: 'bench.example', names: { kind: name, plural, singular: name }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema }] };
  const pipeline = { apiVersion: PromiseKind.apiVersion, kind: 'Pipeline', metadata: { name: 'only' }, spec: { containers: [{ name: 'write', image: 'bench.example/tools:1' }] } };
  return {
    apiVersion: PromiseKind.apiVersion,
    kind: 'Promise',
    metadata: { name },
    spec: {
      api: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.bench.example` }, spec },
      workflows: { resource: { configure: [pipeline] } },
    },
  };
}

export const typeOfPromise = (name: string): ResourceType => typeOf('bench.example/v1', name, `${name}s`);

interface WithConditions extends DynamicObject {
  status?: { observedGeneration?: number; conditions?: { type: string; status: string }[] };
}

const isReady = ({ status, metadata }: WithConditions) =>
  status?.observedGeneration === metadata.generation && status?.conditions?.some(each => each.type === 'Reconciled' && each.status === 'True') === true;

/** The cluster as its users see it: what they apply, and when it is ready. */
export class Users {
  private readonly watched = new Map<string, Informer<WithConditions>>();

  private constructor(
    readonly kube: KubeClient,
    readonly cache: Cache,
  ) {}

  static async of(kubeconfig: string): Promise<Users> {
    const kube = await connect({ file: kubeconfig });
    return new Users(kube, createCache(kube));
  }

  /** Definitions, a bare repository as a store, and a Destination in it. */
  async prepare(folder: string): Promise<void> {
    const store = join(folder, 'store.git');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', store]);
    for (const crd of crds()) await this.kube.create<DynamicObject>(coreTypes.CustomResourceDefinition, { ...crd });
    await this.kube.create<DynamicObject>(GitStateStore.type, { apiVersion: GitStateStore.apiVersion, kind: 'GitStateStore', metadata: { name: 'bench' }, spec: { url: `file://${store}` } });
    const stateStoreRef = { kind: 'GitStateStore', name: 'bench' };
    await this.kube.create<DynamicObject>(Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: 'bench' }, spec: { path: 'bench', stateStoreRef } });
  }

  async install(name: string): Promise<void> {
    await this.kube.create(PromiseKind.type, promiseNamed(name));
    const promises = this.cache.informer<PromiseObject>(PromiseKind.type);
    await until(promises, `Promise ${name}`, () => promises.get(name)?.status?.status === 'Available');
  }

  /** Makes many requests at once; settles when the API server has them all. */
  async request(promise: string, names: string[]): Promise<void> {
    const make = (name: string) => this.kube.create<DynamicObject>(typeOfPromise(promise), { apiVersion: 'bench.example/v1', kind: promise, metadata: { name, namespace: 'default' }, spec: { size: 1 } });
    await atOnce(names, make);
  }

  /** The Promise's requests as they change. */
  async requestsOf(promise: string): Promise<Informer<WithConditions>> {
    const known = this.watched.get(promise) ?? this.cache.informer<WithConditions>(typeOfPromise(promise));
    this.watched.set(promise, known);
    await known.whenSynced();
    return known;
  }

  /** Settles when so many requests of the Promise are ready for their newest spec. */
  async untilReady(promise: string, count: number): Promise<void> {
    const requests = await this.requestsOf(promise);
    const ready = new Set(requests.list().filter(isReady).map(({ metadata }) => metadata.name));
    const stop = requests.onChange(({ object }) => (isReady(object) ? ready.add(object.metadata.name) : ready.delete(object.metadata.name)));
    await until(requests, `${count} requests`, () => ready.size >= count);
    stop();
  }

  /** Deletes every object of a kind; settles when the API server has heard of each. */
  async removeAll(type: ResourceType): Promise<void> {
    const { items } = await this.kube.list<DynamicObject>(type);
    await atOnce(items, ({ metadata }) => this.kube.delete(type, metadata, { propagationPolicy: 'Background' }));
  }

  async close(): Promise<void> {
    await this.cache.stop();
    await this.kube.close();
  }
}

/** Does something for each, so many of them at a time. */
export async function atOnce<T>(items: T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items].reverse();
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const PATIENCE = 900_000;

/** Looks again whenever the informer tells of a change. */
export function until<T extends KubeObject>(informer: Informer<T>, what: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error(`waited ${PATIENCE / 1_000} s in vain for ${what}`))), PATIENCE);
    let stop = () => {};
    const settle = (act: () => void) => {
      clearTimeout(timer);
      stop();
      act();
    };
    const look = () => holds() && settle(resolve);
    stop = informer.onChange(() => void look());
    look();
  });
}
