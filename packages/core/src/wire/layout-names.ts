import { createHash } from 'node:crypto';

/** The directory of the files that no entry of destination-selectors.yaml claims. */
export const ROOT_DIRECTORY = '.';

/** Id of a workload group: hex md5 of its directory. */
export function groupId(directory: string): string {
  return createHash('md5').update(directory).digest('hex');
}

/** The part of a group id that stands in names of placements and in paths. */
export function shortGroupId(id: string): string {
  return id.slice(0, 5);
}
