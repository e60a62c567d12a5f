import {
  cleanFormValues,
  fieldChanges,
  maskSecrets,
  type EditConflict,
  type FieldChange,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { load } from 'js-yaml';

type Fields = Record<string, unknown>;

/** What a form's values ask for; or what in them cannot be asked for yet, in a sentence that names the field. */
export type EditReading = { spec: Fields; problem?: undefined } | { spec?: undefined; problem: string };

/** Reads a form that began with `current`. What nobody touched stays exactly as it is. */
export function readEdit(values: Fields, schema: unknown, current: Fields, secrets: Record<string, string>): EditReading {
  try {
    return { spec: cleanFormValues(values, schema, { parseYaml: load, current, secrets }) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Field by field what an edit changes, in the order of the new spec. Of a secret it says that it changed, and no more. */
export function visibleChanges(before: Fields, after: Fields, schema: unknown): FieldChange[] {
  return fieldChanges(maskSecrets(before, schema), maskSecrets(after, schema, before));
}

export type Side = 'mine' | 'theirs';

/** Whose value is taken where nobody has chosen yet: one's own, unless only the other one changed it. */
export function suggestedSide({ base, mine }: EditConflict['fields'][number]): Side {
  return fieldChanges(base, mine).length > 0 ? 'mine' : 'theirs';
}

/** The newer spec, with one's own value in each field for which one's own was chosen. */
export function mergedSpec(conflict: Pick<EditConflict, 'theirs' | 'fields'>, sideOf: (path: string) => Side): Fields {
  const merged = { spec: structuredClone(conflict.theirs) };
  for (const { path, mine } of conflict.fields) if (sideOf(path) === 'mine') setAt(merged, keysOf(path), mine);
  return merged.spec;
}

/** Reads `spec.a["b.c"][0]`. */
export function keysOf(path: string): (string | number)[] {
  const keys: (string | number)[] = [];
  for (const [, plain, quoted, index] of path.matchAll(/(?:^|\.)([\w-]+)|\["(.*?)"\](?=[.[]|$)|\[(\d+)\]/g)) {
    keys.push(index === undefined ? plain ?? quoted : Number(index));
  }
  return keys;
}

function setAt(root: object, keys: (string | number)[], value: unknown): void {
  let place: object = root;
  for (const key of keys.slice(0, -1)) {
    const inner: unknown = Reflect.get(place, key);
    if (typeof inner !== 'object' || inner === null) return;
    place = inner;
  }
  const last = keys[keys.length - 1];
  if (value !== undefined) Reflect.set(place, last, value);
  else if (Array.isArray(place)) place.splice(Number(last), 1);
  else Reflect.deleteProperty(place, last);
}
