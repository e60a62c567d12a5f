import { z } from 'zod';
import { condition } from './condition';
import { int64 } from './structural-schema';

/** Fields that every kind of state store has. */
export const storeSpecFields = () => ({
  path: z.string().optional(),
  secretRef: z
    .object({ name: z.string().optional(), namespace: z.string().optional() })
    .meta({ 'x-kubernetes-map-type': 'atomic' })
    .optional(),
  /** Ours: how often the store is looked at when nothing is written, as a Go duration; `0` is never. Default `5m`. */
  fetchInterval: z.string().optional(),
  /** Ours: whether files that somebody else changed are put right (`repair`, the default), or only named in a condition. */
  drift: z.enum(['repair', 'report']).optional(),
});

/** `status` of every kind of state store. */
export const storeStatus = () =>
  z.object({ status: z.string(), conditions: z.array(condition()).optional(), observedGeneration: int64().optional() });
