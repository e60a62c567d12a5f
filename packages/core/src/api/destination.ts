import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { condition } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { destinationWrite } from './last-write';
import { location } from './location';
import { refusedUnless, words } from './refusals';

const destinationFields = z.object({
  spec: z
    .object({
      path: z.string().meta(refusedUnless("self != ''", words.destinationPath)),
      // an engine with stores of other kinds adds theirs to the definition
      stateStoreRef: z.object({ kind: z.string().meta({ enum: ['BucketStateStore', 'GitStateStore'] }), name: z.string() }).optional(),
      strictMatchLabels: z.boolean().optional(),
      filepath: z
        .object({
          mode: z
            .enum(['nestedByMetadata', 'aggregatedYAML', 'none'])
            .meta({ 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'filepath.mode is immutable' }] })
            .optional(),
          filename: z.string().optional(),
        })
        .default({ mode: 'nestedByMetadata' }),
      cleanup: z.enum(['none', 'all']).default('none'),
      initWorkloads: z.object({ enabled: z.boolean().default(true) }).default({} as { enabled: boolean }),
    })
    .meta(refusedUnless('has(self.stateStoreRef)', words.destinationStore))
    .optional(),
  status: z
    .object({
      conditions: z.array(condition()).optional(),
      /** Ours: where the test documents are, so that they follow when the path or the store becomes another. */
      location: location().optional(),
      /** Ours: written at most once a minute. */
      lastWrite: destinationWrite().optional(),
    })
    .optional(),
});

/** Source: B-API-15. */
export const Destination = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'Destination',
  plural: 'destinations',
  singular: 'destination',
  shortNames: ['dest', 'dests'],
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'StateStoreKind', jsonPath: '.spec.stateStoreRef.kind', type: 'string' },
    { name: 'StateStoreName', jsonPath: '.spec.stateStoreRef.name', type: 'string' },
    { name: 'Ready', jsonPath: '.status.conditions[?(@.type=="Ready")].status', type: 'string' },
  ],
  fields: destinationFields,
});

export type DestinationObject = ObjectOf<typeof destinationFields>;
