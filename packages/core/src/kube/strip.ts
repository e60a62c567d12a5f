import type { KubeObject, ObjectMeta } from './types';

/** An entry of metadata.managedFields, as far as it is read. */
interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  fieldsV1?: unknown;
}

/** Object -> what each manager applied to it, from its managedFields. */
const applied = new WeakMap<KubeObject, Map<string, unknown>>();

/**
 * The fields (`fieldsV1`) that a manager has set on a cached object by server-side apply; `undefined` when it never did.
 * The object itself does not show them, see {@link stripped}.
 */
export function appliedBy(object: KubeObject, manager: string): unknown {
  return applied.get(object)?.get(manager);
}

function rememberApplied(object: KubeObject, managedFields: unknown) {
  if (!Array.isArray(managedFields)) return;
  for (const { manager, operation, subresource, fieldsV1 } of managedFields as ManagedFields[]) {
    if (operation !== 'Apply' || subresource || !manager) continue;
    const byManager = applied.get(object) ?? new Map<string, unknown>();
    applied.set(object, byManager.set(manager, fieldsV1));
  }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Leaves out what nobody here reads and what makes up half of an object: managedFields and kubectl's copy of the object.
 * Metadata is built anew, because an object that had a field deleted takes twice the memory.
 */
export function stripped<T extends KubeObject>(object: T): T {
  const metadata: ObjectMeta = { name: object.metadata.name };
  let managedFields: unknown;
  for (const [field, value] of Object.entries(object.metadata)) {
    if (field === 'managedFields') {
      managedFields = value;
      continue;
    }
    if (field === 'annotations' && value && LAST_APPLIED in value) {
      const annotations = Object.entries(value as Record<string, string>).filter(([key]) => key !== LAST_APPLIED);
      if (annotations.length) metadata.annotations = Object.fromEntries(annotations);
      continue;
    }
    Object.assign(metadata, { [field]: value });
  }
  const lean = { ...object, metadata };
  rememberApplied(lean, managedFields);
  return lean;
}

/** Freezes an object and all that hangs on it, so that a change to shared data throws at its cause. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
