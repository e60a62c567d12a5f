import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { condition } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { int64 } from './structural-schema';

const gitStateStoreFields = z.object({
  spec: z
    .object({
      url: z.string().optional(),
      path: z.string().optional(),
      branch: z.string().default('main'),
      authMethod: z.enum(['basicAuth', 'ssh', 'githubApp']).default('basicAuth'),
      secretRef: z
        .object({ name: z.string().optional(), namespace: z.string().optional() })
        .meta({ 'x-kubernetes-map-type': 'atomic' })
        .optional(),
      gitAuthor: z.object({ name: z.string().optional(), email: z.string().optional() }).default({ name: 'kratix' }),
      /** Ours: allows plain `http:`. TLS certificates are verified whatever this says. */
      insecure: z.boolean().optional(),
    })
    .optional(),
  status: z
    .object({ status: z.string(), conditions: z.array(condition()).optional(), observedGeneration: int64().optional() })
    .optional(),
});

/** Source: B-API-16. */
export const GitStateStore = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'GitStateStore',
  plural: 'gitstatestores',
  singular: 'gitstatestore',
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'URL', jsonPath: '.spec.url', type: 'string' },
    { name: 'Branch', jsonPath: '.spec.branch', type: 'string' },
    { name: 'Ready', jsonPath: '.status.conditions[?(@.type=="Ready")].status', type: 'string' },
  ],
  fields: gitStateStoreFields,
});

export type GitStateStoreObject = ObjectOf<typeof gitStateStoreFields>;
export type GitStateStoreSpec = NonNullable<GitStateStoreObject['spec']>;
