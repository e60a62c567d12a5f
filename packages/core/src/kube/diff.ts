/** JSON values; `undefined` fields count as absent. */
type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same; the order of fields does not matter. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  if (!isFields(a) || !isFields(b)) return false;
  return Object.keys(a).every(key => isSame(a[key], b[key])) && Object.keys(b).every(key => b[key] === undefined || Object.hasOwn(a, key));
}

/**
 * The smallest JSON merge patch (RFC 7386) that turns `current` into `desired`; `undefined` when nothing differs.
 * Lists are replaced as a whole. A `null` in `desired` means that the field is absent, since a patch cannot say otherwise.
 */
export function mergePatchOf(current: Fields, desired: Fields): Fields | undefined {
  const patch: Fields = {};
  for (const key of new Set([...Object.keys(current), ...Object.keys(desired)])) {
    const before = current[key] ?? undefined;
    const after = desired[key] ?? undefined;
    if (isSame(before, after)) continue;
    if (after === undefined) {
      patch[key] = null;
    } else if (isFields(before) && isFields(after)) {
      const inner = mergePatchOf(before, after);
      if (inner) patch[key] = inner;
    } else {
      patch[key] = isFields(after) ? withoutAbsent(after) : after;
    }
  }
  return Object.keys(patch).length ? patch : undefined;
}

/** In a patch a `null` would delete; inside of a value that is new there is nothing to delete. */
function withoutAbsent(value: Fields): Fields {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, isFields(inner) ? withoutAbsent(inner) : inner]),
  );
}

/** Whether a value says nothing: the server stores it as an absent field. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) && Object.values(value).every(isEmpty);
}

/**
 * Whether `actual` holds every field of `applied` with the same value. Fields that only `actual` has (defaults, other
 * writers) do not matter; lists must have the same length.
 */
export function holds(actual: unknown, applied: unknown): boolean {
  if (actual === undefined || actual === null) return isEmpty(applied);
  if (isFields(applied)) {
    return isFields(actual) && Object.entries(applied).every(([key, value]) => holds(actual[key], value));
  }
  if (Array.isArray(applied)) {
    return (
      Array.isArray(actual) && actual.length === applied.length && applied.every((item, i) => holds(actual[i], item))
    );
  }
  return isSame(actual, applied);
}

/**
 * Whether `applied` still names every field of a `fieldsV1` set, as managedFields records them. A field that was applied
 * earlier and is not named any more has to be taken away by applying again.
 */
export function namesAll(owned: unknown, applied: unknown): boolean {
  if (!isFields(owned)) return true;
  return Object.entries(owned).every(([key, inner]) => {
    if (key === '.') return true;
    const kind = key.slice(0, 2);
    const rest = key.slice(2);
    if (kind === 'f:') return isFields(applied) && applied[rest] !== undefined && namesAll(inner, applied[rest]);
    if (kind !== 'k:' && kind !== 'v:') return true;
    if (!Array.isArray(applied)) return false;
    const wanted: unknown = JSON.parse(rest);
    const item = applied.find(candidate => (kind === 'v:' ? isSame(candidate, wanted) : holds(candidate, wanted)));
    return item !== undefined && namesAll(inner, item);
  });
}
