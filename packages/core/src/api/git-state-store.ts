import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { defineKind, type ObjectOf } from './kind';
import { storeSpecFields, storeStatus } from './state-store-fields';

const gitStateStoreFields = z.object({
  spec: z
    .object({
      ...storeSpecFields(),
      url: z.string().optional(),
      branch: z.string().default('main'),
      authMethod: z.enum(['basicAuth', 'ssh', 'githubApp']).default('basicAuth'),
      gitAuthor: z.object({ name: z.string().optional(), email: z.string().optional() }).default({ name: 'kratix' }),
      /** Ours: allows plain `http:`. TLS certificates are verified whatever this says. */
      insecure: z.boolean().optional(),
      /** Ours: what one commit holds: all that goes out together (the default), what is of one Promise, or one placement. */
      commitGranularity: z.enum(['batch', 'promise', 'object']).optional(),
      /** Ours: the first line of commits, with `{{action}}`, `{{placement}}`, `{{promise}}`, `{{request}}`, `{{requestedBy}}`, `{{generation}}`. */
      commitMessage: z.string().optional(),
      /** Ours: pushes that the server is asked for at most. Default: none; for github.com 6 per minute with a burst of 3. */
      pushLimit: z.object({ perMinute: z.number().int().min(1), burst: z.number().int().min(1).optional() }).optional(),
    })
    .optional(),
  status: storeStatus().optional(),
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
