import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { defineKind, type ObjectOf } from './kind';
import { anyObject, int64, integer } from './structural-schema';

const healthRecordFields = z.object({
  data: z
    .object({
      promiseRef: z.object({ name: z.string() }),
      state: z.enum(['unknown', 'ready', 'unhealthy', 'healthy', 'degraded']).meta({ default: 'unknown' }),
      resourceRef: z.object({ name: z.string(), namespace: z.string(), generation: integer().optional() }).optional(),
      /** Seconds since 1970, UTC. */
      lastRun: int64().optional(),
      details: anyObject().optional(),
    })
    .optional(),
});

/** What somebody found out about a request's health. Source: B-API-18. */
export const HealthRecord = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'HealthRecord',
  plural: 'healthrecords',
  singular: 'healthrecord',
  namespaced: true,
  columns: [
    { name: 'Status', jsonPath: '.data.state', type: 'string' },
    { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' },
  ],
  fields: healthRecordFields,
});

export type HealthRecordObject = ObjectOf<typeof healthRecordFields>;
