import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { condition } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { refusedUnless, words } from './refusals';

const promiseReleaseFields = z.object({
  spec: z
    .object({
      version: z.string().optional(),
      sourceRef: z
        .object({
          type: z.enum(['http']),
          url: z.string().optional(),
          secretRef: z
            .object({ name: z.string().optional(), namespace: z.string().optional() })
            .meta({ 'x-kubernetes-map-type': 'atomic' })
            .optional(),
        })
        .meta({ default: { type: 'http' } }),
    })
    .meta(refusedUnless("has(self.sourceRef.url) && self.sourceRef.url != ''", words.releaseUrl))
    .optional(),
  status: z.object({ status: z.string().optional(), conditions: z.array(condition()).optional() }).optional(),
});

/** A Promise that is installed from a URL. Source: B-API-10. */
export const PromiseRelease = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'PromiseRelease',
  plural: 'promisereleases',
  singular: 'promiserelease',
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'Status', jsonPath: '.status.status', type: 'string' },
    { name: 'Version', jsonPath: '.spec.version', type: 'string' },
  ],
  fields: promiseReleaseFields,
});

export type PromiseReleaseObject = ObjectOf<typeof promiseReleaseFields>;
