import { createHash } from 'node:crypto';
import type { DestinationWrite, PlacementWrite, WorkPlacementObject } from '../api';

/** What a placement records of a write of these files. */
export function writeOf(paths: readonly string[], now: Date): PlacementWrite {
  const pathsHash = createHash('sha256').update([...paths].sort().map(path => `${path}\n`).join('')).digest('hex');
  return { time: now.toISOString().replace(/\.\d+Z$/u, 'Z'), pathsHash };
}

/** The newest write of a Destination's placements, or the one that is on record where its placement has gone since. */
export function newestWrite(placements: readonly WorkPlacementObject[], recorded: DestinationWrite | undefined): DestinationWrite | undefined {
  let newest = recorded;
  for (const { metadata, status } of placements) {
    const time = status?.lastWrite?.time;
    if (time && (!newest || time > newest.time)) {
      newest = { time, placement: `${metadata.namespace}/${metadata.name}`, ...(status.versionID && { versionID: status.versionID }) };
    }
  }
  return newest;
}
