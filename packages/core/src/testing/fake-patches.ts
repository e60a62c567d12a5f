import type { DynamicObject } from '../kube/types';

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(current: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Fields = isFields(current) ? { ...current } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** RFC 7386. */
export function mergePatched(current: DynamicObject, patch: unknown): DynamicObject {
  return merged(current, patch) as DynamicObject;
}

/** `fieldsV1` of a value; lists count as one field. */
function fieldsOf(value: Fields): Fields {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [`f:${key}`, isFields(inner) ? fieldsOf(inner) : {}]),
  );
}

/** Takes away what an earlier apply set and this one does not name. */
function pruned(current: unknown, owned: unknown, applied: unknown): unknown {
  if (!isFields(current) || !isFields(owned)) return current;
  const result: Fields = { ...current };
  for (const [field, inner] of Object.entries(owned)) {
    const key = field.slice(2);
    const wanted = isFields(applied) ? applied[key] : undefined;
    if (wanted === undefined && !Object.keys(inner as Fields).length) delete result[key];
    else result[key] = pruned(result[key], inner, wanted);
  }
  return result;
}

/** Server-side apply by one manager with force, without the rules for lists. */
export function apply(current: DynamicObject | undefined, body: DynamicObject, manager: string): DynamicObject {
  interface Entry {
    manager: string;
    operation: string;
    fieldsV1: Fields;
  }
  const entries = ((current?.metadata as { managedFields?: Entry[] })?.managedFields ?? []).filter(
    each => each.manager !== manager,
  );
  const earlier = (current?.metadata as { managedFields?: Entry[] })?.managedFields?.find(
    each => each.manager === manager,
  );
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = body;
  const { name: _name, namespace: _namespace, ...named } = metadata;
  const fieldsV1 = fieldsOf({ ...rest, metadata: named });
  const object = merged(pruned(current, earlier?.fieldsV1, body), body) as DynamicObject;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      managedFields: [...entries, { manager, operation: 'Apply', fieldsV1 }],
    } as DynamicObject['metadata'],
  };
}
