import { apiVersionOf, type DynamicObject, type ResourceType } from '@kratix-ts/core/kube';
import { aName, aType } from './names';

export const PLATFORM = 'platform.kratix.io/v1alpha1';

type Json = Record<string, unknown>;

export interface ContainerOptions {
  name?: string;
  image?: string;
  command?: string[];
  env?: Json[];
  envFrom?: Json[];
  volumeMounts?: Json[];
}

/** The image whose /bin/sh runs every script: busybox's tools are enough. */
export function testImage(): string {
  return process.env.KRATIX_TEST_IMAGE ?? 'docker.io/library/busybox:latest';
}

/** A container that runs a shell script, which ends at the first command that fails. */
export function aContainer(script: string, options: ContainerOptions = {}): Json {
  const { name = aName('container-'), image = testImage(), ...rest } = options;
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '-ec'],
    args: [script],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '128Mi' } },
    ...rest,
  };
}

export interface PipelineOptions {
  name?: string;
  /** How long a run may take, as a Go duration. */
  timeout?: string;
  backoffLimit?: number;
  volumes?: Json[];
  rbac?: Json;
}

export function aPipeline(containers: Json[], options: PipelineOptions = {}): Json & { metadata: { name: string; annotations: Json } } {
  const { name = aName('pipeline-'), timeout = '2m', backoffLimit = 0, volumes, rbac } = options;
  return {
    apiVersion: PLATFORM,
    kind: 'Pipeline',
    metadata: { name, annotations: { 'workflows.kratix-ts.dev/timeout': timeout } },
    spec: { containers, jobOptions: { backoffLimit }, ...(volumes && { volumes }), ...(rbac && { rbac }) },
  };
}

export interface Workflows {
  config?: Json;
  promise?: { configure?: Json[]; delete?: Json[] };
  resource?: { configure?: Json[]; delete?: Json[] };
}

export interface PromiseOptions {
  name?: string;
  type?: ResourceType;
  workflows?: Workflows;
  dependencies?: Json[];
  /** Labels of the destinations that receive what the Promise brings. */
  selector?: Record<string, string>;
  /** Replaces the CRD. */
  api?: Json;
}

export interface APromise {
  name: string;
  /** What requests are made of. */
  type: ResourceType;
  object: DynamicObject;
}

export function aPromise(options: PromiseOptions = {}): APromise {
  const { name = aName('promise-'), type = aType(), workflows, dependencies, selector, api = crdOf(type) } = options;
  const object: DynamicObject = {
    apiVersion: PLATFORM,
    kind: 'Promise',
    metadata: { name },
    spec: {
      api,
      ...(dependencies && { dependencies }),
      ...(selector && { destinationSelectors: [{ matchLabels: selector }] }),
      ...(workflows && { workflows }),
    },
  };
  return { name, type, object };
}

/** A definition whose requests hold whatever their spec says. */
export function crdOf(type: ResourceType): Json {
  const singular = type.kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.plural}.${type.group}` },
    spec: {
      group: type.group,
      scope: 'Namespaced',
      names: { kind: type.kind, plural: type.plural, singular },
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
        },
      ],
    },
  };
}

export function aRequest(type: ResourceType, namespace: string, spec: Json = {}, name = aName('request-')): DynamicObject {
  return { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, namespace }, spec };
}

export interface DestinationOptions {
  name?: string;
  labels: Record<string, string>;
  store: string;
  path?: string;
  /** Whether files without any selector stay away. */
  strictMatchLabels?: boolean;
}

export function aDestination({ name = aName('destination-'), labels, store, path = name, strictMatchLabels = true }: DestinationOptions): DynamicObject {
  return {
    apiVersion: PLATFORM,
    kind: 'Destination',
    metadata: { name, labels },
    spec: { path, strictMatchLabels, stateStoreRef: { kind: 'GitStateStore', name: store } },
  };
}

export function aGitStore(url: string, name = aName('store-')): DynamicObject {
  return {
    apiVersion: PLATFORM,
    kind: 'GitStateStore',
    metadata: { name },
    spec: { url, branch: 'main', gitAuthor: { name: 'suite', email: 'suite@example.com' } },
  };
}
