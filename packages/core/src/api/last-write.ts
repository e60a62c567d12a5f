import { z } from 'zod';
import { time } from './structural-schema';

/** When the store was last known to hold a placement's files, and which files these were. */
export const placementWrite = () =>
  z.object({
    time: time(),
    /** SHA-256 of the paths of its files, sorted, a line each: it becomes another when a file comes or goes. */
    pathsHash: z.string(),
  });

export type PlacementWrite = z.infer<ReturnType<typeof placementWrite>>;

/** The newest write to a Destination. */
export const destinationWrite = () =>
  z.object({
    time: time(),
    /** `namespace/name` of the placement that was written. */
    placement: z.string(),
    versionID: z.string().optional(),
  });

export type DestinationWrite = z.infer<ReturnType<typeof destinationWrite>>;
