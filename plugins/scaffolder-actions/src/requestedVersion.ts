import { InputError } from '@backstage/errors';
import { API_VERSION, PromiseRevision, ResourceBinding, type PromiseRevisionObject, type ResourceBindingObject } from '@kratix-ts/core/api';
import type { DynamicObject, KubeClient } from '@kratix-ts/core/kube';
import { labels, stableName } from '@kratix-ts/core/wire';
import type { AskedRequest } from './access';

/** Follows the newest version; what happens where nobody chooses. */
const LATEST = 'latest';

/** A ResourceBinding to be made, or the version that one is to be given. */
export type BindingWrite = { create: DynamicObject } | { namespace: string; name: string; version: string };

type Target = Pick<AskedRequest, 'promise' | 'namespace' | 'name'>;

function newBinding({ promise, namespace, name }: Target, version: string): DynamicObject {
  const boundName = name.length > 63 ? stableName(name) : name;
  return {
    apiVersion: API_VERSION,
    kind: ResourceBinding.type.kind,
    metadata: { name: stableName(`${name}-${promise}`), namespace, labels: { [labels.promiseName]: promise, [labels.resourceName]: boundName } },
    spec: { version, promiseRef: { name: promise }, resourceRef: { name, namespace } },
  };
}

/**
 * What makes a request run with the version that is asked for: its ResourceBinding, which the engine keeps as it finds
 * it. Nothing where it would say nothing new. Throws InputError for a version that the Promise does not have.
 * Source: B-RB-1, B-RB-9.
 */
export async function planBinding(target: Target & { client: KubeClient }, version: string | undefined): Promise<BindingWrite | undefined> {
  if (!version) return undefined;
  const { client, promise, namespace, name } = target;
  const labelSelector = `${labels.promiseName}=${promise}`;
  const bindings = await client.list<ResourceBindingObject>(ResourceBinding.type, { labelSelector, namespace });
  const own = bindings.items.find(({ spec, metadata }) => spec.resourceRef.name === name && !metadata.deletionTimestamp);
  if ((own?.spec.version ?? LATEST) === version) return undefined;
  if (version !== LATEST) {
    const revisions = await client.list<PromiseRevisionObject>(PromiseRevision.type, { labelSelector });
    const known = revisions.items.map(({ spec }) => spec.version);
    if (!known.includes(version)) {
      throw new InputError(`promiseVersion: Promise "${promise}" has no version "${version}"; it has: ${[LATEST, ...known].join(', ')}`);
    }
  }
  return own ? { namespace, name: own.metadata.name, version } : { create: newBinding(target, version) };
}

/** Writes it; a binding that a task made before it was interrupted is taken as it is. */
export async function writeBinding({ client, impersonate }: Pick<AskedRequest, 'client' | 'impersonate'>, write: BindingWrite): Promise<void> {
  const [ref, patch] = 'create' in write ? [write.create.metadata, write.create] : [write, { spec: { version: write.version } }];
  const kind = 'create' in write ? 'apply' : 'merge';
  await client.patch(ResourceBinding.type, { namespace: ref.namespace, name: ref.name }, patch, { kind, force: true, impersonate });
}
