import { randomUUID } from 'node:crypto';
import { equal } from '../patch/json';
import type { Resource } from '../resources/resource';
import type { Json } from '../schema/types';
import type { StoredMeta, StoredObject } from '../store/store';
import { fieldError, type FieldError } from './errors';
import { checkAnnotations, checkFinalizers, checkLabels, checkName, checkOwners, randomSuffix } from './names';

export const timestamp = (now: Date) => `${now.toISOString().slice(0, 19)}Z`;

/** The metadata that the server gives to a new object. */
export function freshMetadata(given: StoredMeta, resource: Resource, namespace: string | undefined, now: Date): StoredMeta {
  const metadata: StoredMeta = { ...given };
  if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName.slice(0, 58)}${randomSuffix()}`;
  if (resource.namespaced && namespace) metadata.namespace = namespace;
  else delete metadata.namespace;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(now);
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete (metadata as { selfLink?: string }).selfLink;
  delete (metadata as { resourceVersion?: string }).resourceVersion;
  if (resource.hasGeneration) metadata.generation = 1;
  else delete metadata.generation;
  return metadata;
}

/** The metadata of a replacement: what only the server sets stays as it was. */
export function keptMetadata(given: StoredMeta, before: StoredMeta): StoredMeta {
  const metadata: StoredMeta = { ...given };
  const kept = ['name', 'namespace', 'uid', 'creationTimestamp', 'generateName', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'resourceVersion'] as const;
  for (const field of kept) Object.assign(metadata, { [field]: before[field] });
  for (const field of kept) if (metadata[field] === undefined) delete metadata[field];
  delete (metadata as { selfLink?: string }).selfLink;
  return metadata;
}

/** True when something changed that `metadata.generation` counts. */
export function specChanged(before: StoredObject, after: StoredObject, resource: Resource, hasStatus: boolean): boolean {
  const counted = ({ metadata: _metadata, status, apiVersion: _apiVersion, kind: _kind, ...rest }: Json) =>
    hasStatus || !resource.isCustom ? rest : { ...rest, status };
  return !equal(counted(before), counted(after));
}

export function checkMetadata(metadata: StoredMeta, resource: Resource): FieldError[] {
  if (!metadata.name) return [fieldError.required('metadata.name', 'name or generateName is required')];
  return [
    ...checkName(resource.kind, resource.group, metadata.name),
    ...checkLabels(metadata.labels),
    ...checkAnnotations(metadata.annotations),
    ...checkOwners(metadata.ownerReferences),
    ...checkFinalizers(metadata.finalizers, resource.kind),
  ];
}

/** What may not change about the metadata of an object that exists. */
export function checkMetadataUpdate(metadata: StoredMeta, before: StoredMeta): FieldError[] {
  if (!before.deletionTimestamp) return [];
  const added = (metadata.finalizers ?? []).filter(finalizer => !(before.finalizers ?? []).includes(finalizer));
  return added.length === 0
    ? []
    : [fieldError.forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(name => JSON.stringify(name)).join(', ')}}`)];
}
