import type { StoreChange } from '@kratix-ts/core';

/** A placement of three files of about 700 bytes, as nestedByMetadata lays them out. */
export function aPlacement(number: number, round = 0): StoreChange {
  const owns = `dev/resources/default/redis/request-${number}/configure/5058f`;
  const text = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}-${number}\n  namespace: default\ndata:\n  round: "${round}"\n  text: ${`${name} of ${number} `.repeat(40)}\n`;
  const put = new Map(['deployment', 'service', 'secret'].map(name => [`${owns}/${name}.yaml`, text(name)]));
  return { id: `redis.request-${number}`, promise: 'redis', request: `default/request-${number}`, owns, put, remove: [] };
}

export function placements(count: number, from = 0, round = 0): StoreChange[] {
  return Array.from({ length: count }, (_, index) => aPlacement(from + index, round));
}

/** Files of somebody else's, at most a thousand in a directory. */
export function otherFiles(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`other/${Math.floor(index / 1000)}/file-${index}.yaml`, `kind: Other\nnumber: ${index}\n`]));
}
