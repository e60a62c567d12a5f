import type { KubeObject, ObjectMeta } from './types';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Leaves out what nobody here reads and what makes up half of an object: managedFields and kubectl's copy of the object.
 * Metadata is built anew, because an object that had a field deleted takes twice the memory.
 */
export function stripped<T extends KubeObject>(object: T): T {
  const metadata: ObjectMeta = { name: object.metadata.name };
  for (const [field, value] of Object.entries(object.metadata)) {
    if (field === 'managedFields') continue;
    if (field === 'annotations' && value && LAST_APPLIED in value) {
      const annotations = Object.entries(value as Record<string, string>).filter(([key]) => key !== LAST_APPLIED);
      if (annotations.length) metadata.annotations = Object.fromEntries(annotations);
      continue;
    }
    Object.assign(metadata, { [field]: value });
  }
  return { ...object, metadata };
}

/** Freezes an object and all that hangs on it, so that a change to shared data throws at its cause. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
