import { Promise as PromiseKind } from '@kratix-ts/core/api';
import { type DynamicObject, type KubeClient, type ResourceType, typeOf } from '@kratix-ts/core/kube';
import { until } from './until';

type Json = Record<string, unknown>;

/** An image that the demo has, and whose /bin/sh runs any script. */
const image = 'docker.io/kratix-ts/application-environment:v0.1.0';

export interface SmallPromise {
  name: string;
  /** What requests are made of. */
  type: ResourceType;
  object: DynamicObject;
}

export interface SmallPromiseOptions {
  /** A word: the Promise's name and, with an s, its plural. */
  name: string;
  kind: string;
  version?: string;
  /** Properties of the spec, as a schema has them. */
  properties?: Json;
  /** Scripts of its steps by their names, each run in a container called `work`, once. */
  steps: Record<string, string>;
}

/** A Promise whose steps are scripts; what they write goes to destination dev. */
export function smallPromise({ name, kind, version, properties = {}, steps }: SmallPromiseOptions): SmallPromise {
  const type = typeOf('e2e.example.org/v1', kind, `${name}s`);
  const spec = { type: 'object', properties };
  const configure = Object.entries(steps).map(([step, script]) => ({
    apiVersion: PromiseKind.apiVersion,
    kind: 'Pipeline',
    metadata: { name: step },
    spec: {
      jobOptions: { backoffLimit: 0 },
      containers: [{ name: 'work', image, imagePullPolicy: 'IfNotPresent', command: ['/bin/sh', '-ec'], args: [script] }],
    },
  }));
  const api = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.plural}.${type.group}` },
    spec: {
      group: type.group,
      names: { kind, plural: type.plural, singular: name },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
    },
  };
  const object: DynamicObject = {
    apiVersion: PromiseKind.apiVersion,
    kind: 'Promise',
    metadata: { name, ...(version && { labels: { 'kratix.io/promise-version': version } }) },
    spec: { destinationSelectors: [{ matchLabels: { role: 'workloads', environment: 'dev' } }], api, workflows: { resource: { configure } } },
  };
  return { name, type, object };
}

/** Installs a Promise, and makes a request of it as soon as the server knows its kind. */
export async function request(kube: KubeClient, promise: SmallPromise, name: string, spec: Json = {}): Promise<void> {
  const { type, object } = promise;
  await kube.create<DynamicObject>(PromiseKind.type, object);
  let last: unknown;
  const made = { apiVersion: `${type.group}/${type.version}`, kind: type.kind, metadata: { namespace: 'default', name }, spec };
  await until(`a request of Promise ${promise.name}`, async () => {
    try {
      return await kube.create<DynamicObject>(type, made);
    } catch (error) {
      last = error;
      return undefined;
    }
  }).catch(error => {
    throw new Error(`${error}: ${last}`);
  });
}
