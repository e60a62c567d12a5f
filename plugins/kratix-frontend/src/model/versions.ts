import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';

/** A newer version than the one that the request runs with; undefined where there is none, or where none is known. */
export function newerVersion({ versions, promiseVersion }: Pick<RequestDetail, 'versions' | 'promiseVersion'>): string | undefined {
  const current = versions.current ?? promiseVersion;
  if (!current) return undefined;
  const newest = [...versions.available].sort(compareVersions).pop();
  return newest !== undefined && compareVersions(newest, current) > 0 ? newest : undefined;
}

/** Orders versions as people read them: `v1.9.0` before `v1.10.0`, and `v2.0.0-rc.1` before `v2.0.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(partsOf);
  return (
    left.release.localeCompare(right.release, 'en', { numeric: true }) ||
    Number(left.pre === '') - Number(right.pre === '') ||
    left.pre.localeCompare(right.pre, 'en', { numeric: true })
  );
}

function partsOf(version: string): { release: string; pre: string } {
  const [release, ...pre] = version.replace(/^v/i, '').split('+')[0].split('-');
  return { release, pre: pre.join('-') };
}
