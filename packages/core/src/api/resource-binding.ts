import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { conditionMap } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { integer } from './structural-schema';

const resourceBindingFields = z.object({
  spec: z.object({
    /** A version of the Promise, or `latest`. */
    version: z.string(),
    promiseRef: z.object({ name: z.string() }),
    resourceRef: z.object({ name: z.string(), namespace: z.string(), generation: integer().optional() }),
  }),
  status: z
    .object({ conditions: conditionMap().optional(), lastAppliedVersion: z.string().optional(), failedVersion: z.string().optional() })
    .optional(),
});

/** Which version of its Promise a request follows. Source: B-API-12. */
export const ResourceBinding = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'ResourceBinding',
  plural: 'resourcebindings',
  singular: 'resourcebinding',
  namespaced: true,
  categories: ['kratix'],
  statusSubresource: true,
  selectableFields: ['.spec.version'],
  columns: [
    { name: 'Resource', jsonPath: '.spec.resourceRef.name', type: 'string' },
    { name: 'Promise', jsonPath: '.spec.promiseRef.name', type: 'string' },
    { name: 'Desired', jsonPath: '.spec.version', type: 'string' },
    { name: 'Applied', jsonPath: '.status.lastAppliedVersion', type: 'string' },
  ],
  fields: resourceBindingFields,
});

export type ResourceBindingObject = ObjectOf<typeof resourceBindingFields>;
