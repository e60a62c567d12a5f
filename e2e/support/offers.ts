import { type DynamicObject, type KubeClient, type ResourceType, typeOf } from '@kratix-ts/core/kube';
import { until } from './until';

const promises = typeOf('platform.kratix.io/v1alpha1', 'Promise', 'promises', false);
export const environments = typeOf(
  'example.kratix-ts.dev/v1alpha1',
  'ApplicationEnvironment',
  'applicationenvironments',
);
export const topics = typeOf('example.kratix-ts.dev/v1alpha1', 'DataTopic', 'datatopics');
const namespaces = typeOf('v1', 'Namespace', 'namespaces', false);

const promiseVersion = 'platform.kratix.io/v1alpha1';

const crd = (kind: string, plural: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.kratix-ts.dev` },
  spec: {
    group: 'example.kratix-ts.dev',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A topic for events that teams share.',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  days: { type: 'integer', description: 'How long an event is kept.', minimum: 1, default: 7 },
                },
              },
            },
          },
        },
      },
    ],
  },
});

/** An offer without steps, so that dozens of requests are made in a moment. */
export const aTopicPromise = (): DynamicObject => ({
  apiVersion: promiseVersion,
  kind: 'Promise',
  metadata: { name: 'data-topic', labels: { 'kratix.io/promise-version': 'v1.0.0' } },
  spec: {
    api: crd('DataTopic', 'datatopics'),
    requiredPromises: [{ name: 'application-environment', version: 'v0.1.0' }],
  },
});

/** An offer that needs others which nobody has installed. */
export const aWaitingPromise = (): DynamicObject => ({
  apiVersion: promiseVersion,
  kind: 'Promise',
  metadata: { name: 'event-stream', labels: { 'kratix.io/promise-version': 'v0.3.0' } },
  spec: {
    api: crd('EventStream', 'eventstreams'),
    requiredPromises: [
      { name: 'message-broker', version: 'v2.1.0' },
      { name: 'schema-registry', version: 'v1.0.0' },
    ],
  },
});

export const install = (kube: KubeClient, promise: DynamicObject) => kube.create(promises, promise);

export const makeNamespace = (kube: KubeClient, name: string) =>
  kube.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

interface Asked {
  name: string;
  namespace: string;
  by?: string;
  spec?: Record<string, unknown>;
  labels?: Record<string, string>;
}

/** Makes a request, as the portal does for somebody. */
export function ask(kube: KubeClient, type: ResourceType, { name, namespace, by, spec = {}, labels }: Asked) {
  const annotations = by ? { 'kratix-ts.dev/requested-by': by } : undefined;
  return kube.create<DynamicObject>(type, {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { name, namespace, annotations, labels },
    spec,
  });
}

/** Deletes a request and waits until it is gone. */
export async function takeBack(kube: KubeClient, type: ResourceType, request: { name: string; namespace: string }): Promise<void> {
  await kube.delete(type, request);
  await until(`the end of ${request.name}`, async () => {
    const { items } = await kube.list(type);
    return items.some(({ metadata }) => metadata.name === request.name && metadata.namespace === request.namespace) ? undefined : true;
  });
}
