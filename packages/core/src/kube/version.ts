const NUMBER = /^\d+$/;

/**
 * Compares two resourceVersions of one collection: negative when `a` is older, 0 when they are the same, `undefined` when
 * they cannot be compared because one is missing or not a number.
 */
export function compareVersions(a: string | undefined, b: string | undefined): number | undefined {
  if (a === b && a !== undefined) return 0;
  if (!a || !b || !NUMBER.test(a) || !NUMBER.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
