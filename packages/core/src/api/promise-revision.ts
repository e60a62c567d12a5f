import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { conditionMap } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { promiseSpec } from './promise';

const promiseRevisionFields = z.object({
  spec: z.object({ promiseRef: z.object({ name: z.string() }), promiseSpec: promiseSpec(), version: z.string() }),
  status: z.object({ conditions: conditionMap().optional(), latest: z.boolean().optional() }).optional(),
});

/** A Promise as it was at one version. Source: B-API-11. */
export const PromiseRevision = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'PromiseRevision',
  plural: 'promiserevisions',
  singular: 'promiserevision',
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'Promise', jsonPath: '.spec.promiseRef.name', type: 'string' },
    { name: 'Version', jsonPath: '.spec.version', type: 'string' },
    { name: 'Latest', jsonPath: '.status.latest', type: 'boolean' },
  ],
  fields: promiseRevisionFields,
});

export type PromiseRevisionObject = ObjectOf<typeof promiseRevisionFields>;
