import { Promise as PromiseKind, type PromiseObject } from '@kratix-ts/core/api';
import { typeOf, type DynamicObject, type ResourceType } from '@kratix-ts/core/kube';

export const NAMESPACE = 'kratix-bench';
export const deployments: ResourceType = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
const GROUP = 'bench.example';
const IMAGE = 'docker.io/library/busybox:latest';

/** The requests of the Promise `one` are Ones, those of `two` are Twos. */
export const thing = (promise: string) => typeOf(`${GROUP}/v1`, `${promise[0].toUpperCase()}${promise.slice(1)}`, `${promise}s`);

/** A Promise whose pipelines copy their input: as little as a pipeline can do. */
export function offer(name: string, pipelines: number): PromiseObject {
  const { kind, plural } = thing(name);
  const pipeline = (number: number) => ({
    apiVersion: PromiseKind.apiVersion,
    kind: 'Pipeline',
    metadata: { name: `step-${number}` },
    spec: { containers: [{ name: 'copy', image: IMAGE, command: ['/bin/sh', '-c', 'cp /kratix/input/object.yaml /kratix/output/'] }] },
  });
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  return {
    apiVersion: PromiseKind.apiVersion,
    kind: 'Promise',
    metadata: { name },
    spec: {
      api: {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.${GROUP}` },
        spec: { group: GROUP, names: { kind, plural, singular: kind.toLowerCase() }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema }] },
      },
      workflows: { resource: { configure: Array.from({ length: pipelines }, (_, index) => pipeline(index + 1)) } },
    },
  };
}

export function request(promise: string, name: string): DynamicObject {
  return { apiVersion: `${GROUP}/v1`, kind: thing(promise).kind, metadata: { name, namespace: NAMESPACE }, spec: { size: 1 } };
}

export function isReady({ status }: DynamicObject): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(each => each.type === 'Reconciled' && each.status === 'True');
}
