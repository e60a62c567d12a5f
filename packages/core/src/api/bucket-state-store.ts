import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { defineKind, type ObjectOf } from './kind';
import { words } from './refusals';
import { storeSpecFields, storeStatus } from './state-store-fields';

const bucketStateStoreFields = z.object({
  spec: z
    .object({
      bucketName: z.string(),
      endpoint: z.string(),
      ...storeSpecFields(),
      insecure: z.boolean().optional(),
      useDualStack: z.boolean().optional(),
      authMethod: z.enum(['accessKey', 'IAM']).default('accessKey'),
      /** Ours: the bucket's region. Default: what the endpoint names, else `us-east-1`. */
      region: z.string().optional(),
      /** Ours: how the server encrypts objects; without it, as the bucket says. */
      serverSideEncryption: z.object({ algorithm: z.enum(['AES256', 'aws:kms']), kmsKeyId: z.string().optional() }).optional(),
    })
    .meta({
      'x-kubernetes-validations': [
        ['has(self.secretRef)', words.bucketSecret],
        ["!has(self.secretRef) || (has(self.secretRef.name) && self.secretRef.name != '')", words.bucketSecretName],
        ["!has(self.secretRef) || (has(self.secretRef.__namespace__) && self.secretRef.__namespace__ != '')", words.bucketSecretNamespace],
      ].map(([rule, message]) => ({ rule: `self.authMethod != 'accessKey' || (${rule})`, message })),
    })
    .optional(),
  status: storeStatus().optional(),
});

/** Source: B-API-17. */
export const BucketStateStore = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'BucketStateStore',
  plural: 'bucketstatestores',
  singular: 'bucketstatestore',
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'Name', jsonPath: '.spec.bucketName', type: 'string' },
    { name: 'Endpoint', jsonPath: '.spec.endpoint', type: 'string' },
    { name: 'Ready', jsonPath: '.status.conditions[?(@.type=="Ready")].status', type: 'string' },
  ],
  fields: bucketStateStoreFields,
});

export type BucketStateStoreObject = ObjectOf<typeof bucketStateStoreFields>;
export type BucketStateStoreSpec = NonNullable<BucketStateStoreObject['spec']>;
