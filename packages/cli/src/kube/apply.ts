import { ApiError, type DynamicObject, type KubeClient, type ObjectRef, type ResourceType } from '@kratix-ts/core/kube';
import { ServedTypes } from './served-types';

export interface Target {
  type: ResourceType;
  ref: ObjectRef;
}

/** Applies and deletes documents of any kind, as one field manager. */
export class Applier {
  private readonly types: ServedTypes;

  constructor(private readonly kube: KubeClient, private readonly fieldManager: string) {
    this.types = new ServedTypes(kube);
  }

  /** Where an object of this name lives; the default namespace where a namespaced one names none. */
  async target(name: { apiVersion: string; kind: string; namespace?: string; name: string }): Promise<Target> {
    const type = await this.types.find(name.apiVersion, name.kind);
    return { type, ref: { name: name.name, ...(type.namespaced && { namespace: name.namespace ?? 'default' }) } };
  }

  /** Server-side apply; with `force` fields are taken over from whoever else set them. */
  async apply(object: DynamicObject, { force = true } = {}): Promise<Target> {
    const { apiVersion, kind, metadata } = object;
    const target = await this.target({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace });
    const body = { ...object, metadata: { ...withoutServerFields(object), ...target.ref } };
    try {
      await this.kube.patch(target.type, target.ref, body, { kind: 'apply', fieldManager: this.fieldManager, force });
      return target;
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) this.types.forget(apiVersion, kind);
      throw error;
    }
  }

  /** Deletes an object; one whose kind or self is gone already is as good as deleted. */
  async delete(name: { apiVersion: string; kind: string; namespace?: string; name: string }): Promise<void> {
    const target = await this.target(name).catch(() => undefined);
    if (!target) return;
    try {
      await this.kube.delete(target.type, target.ref, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof ApiError && error.isNotFound)) throw error;
    }
  }
}

/** A document copied out of a cluster may carry fields that only the server writes; applying them is refused. */
function withoutServerFields(object: DynamicObject): Record<string, unknown> {
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, ...rest } = object.metadata;
  const { managedFields, ...metadata }: Record<string, unknown> = { ...rest };
  return metadata;
}
