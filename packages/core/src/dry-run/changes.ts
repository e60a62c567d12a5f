import type { WorkObject } from '../api';
import { decodeContent } from '../wire/encoding';

/** Path → text. */
export type Files = ReadonlyMap<string, string>;

/** What would become of one file. */
export interface FileChange {
  path: string;
  change: 'Added' | 'Modified' | 'Removed';
  before: string;
  after: string;
}

/** The files that Works hold; bytes that are no UTF-8 are shown as such. */
export function filesOf(works: WorkObject[]): Map<string, string> {
  const workloads = works.flatMap(({ spec }) => (spec?.workloadGroups ?? []).flatMap(group => group.workloads ?? []));
  return new Map(workloads.map(({ filepath = '', content = '' }) => [filepath, decodeContent(content).toString('utf8')]));
}

/** What differs, by path. */
export function changesBetween(before: Files, after: Files): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    if (old === undefined) return [{ path, change: 'Added', before: '', after: now ?? '' }];
    return [{ path, change: now === undefined ? 'Removed' : 'Modified', before: old, after: now ?? '' }];
  });
}
