import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { condition } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { anyObject } from './structural-schema';

const dryRunFields = z.object({
  spec: z
    .object({
      promiseRef: z.object({ name: z.string() }),
      resourceRequestRef: z.object({ name: z.string(), namespace: z.string().optional() }),
      /** The spec of the request. */
      resource: anyObject(),
    })
    .optional(),
  status: z
    .object({
      conditions: z.array(condition()).optional(),
      components: z
        .array(
          z.object({
            promise: z.string(),
            request: z.string(),
            namespace: z.string().optional(),
            dryRun: z.string(),
            phase: z.string(),
            message: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** Asks what a request would write. Source: B-API-19. */
export const DryRun = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'DryRun',
  plural: 'dryruns',
  singular: 'dryrun',
  namespaced: true,
  categories: ['kratix'],
  statusSubresource: true,
  fields: dryRunFields,
});

export type DryRunObject = ObjectOf<typeof dryRunFields>;
