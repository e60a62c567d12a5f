import { z } from 'zod';
import { API_VERSION, GROUP, VERSION } from '../wire/names';
import { condition } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { anyObject, int64, time } from './structural-schema';

const pipelines = () => z.array(anyObject()).meta({ 'x-kubernetes-preserve-unknown-fields': true });
const workflow = () => z.object({ configure: pipelines().optional(), delete: pipelines().optional() });

export const pipelineStatus = () =>
  z.object({
    name: z.string().optional(),
    phase: z.string().optional(),
    message: z.string().optional(),
    nextRetryAt: z.string().optional(),
    attempts: int64().optional(),
    lastTransitionTime: time().optional(),
  });

const selector = () => z.object({ matchLabels: z.record(z.string(), z.string()).optional() });

/** What a Promise asks for; a revision of it holds the same. */
export const promiseSpec = () =>
  z.object({
    api: anyObject().meta({ 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }).optional(),
    dependencies: z.array(anyObject()).optional(),
    destinationSelectors: z.array(selector()).optional(),
    requiredPromises: z.array(z.object({ name: z.string().optional(), version: z.string().optional() })).optional(),
    workflows: z
      .object({
        config: z.object({ pipelineNamespace: z.string().optional(), reconciliationInterval: z.string().optional() }).optional(),
        promise: workflow().optional(),
        resource: workflow().optional(),
      })
      .optional(),
  });

const promiseFields = z.object({
  spec: promiseSpec().optional(),
  status: z
    .object({
      conditions: z.array(condition()).optional(),
      version: z.string().optional(),
      observedGeneration: int64().optional(),
      kind: z.string().optional(),
      apiVersion: z.string().optional(),
      status: z.string().optional(),
      message: z.string().optional(),
      lastAvailableTime: time().optional(),
      workflows: int64(),
      workflowsSucceeded: int64(),
      workflowsFailed: int64(),
      requiredPromises: z.array(z.object({ name: z.string().optional(), version: z.string().optional(), state: z.string().optional() })).optional(),
      requiredBy: z
        .array(z.object({ promise: z.object({ name: z.string().optional(), version: z.string().optional() }).optional(), requiredVersion: z.string().optional() }))
        .optional(),
      kratix: z
        .object({
          kind: z.string().optional(),
          version: z.string().optional(),
          apiVersion: z.string().optional(),
          status: z.string().optional(),
          lastAvailableTime: time().optional(),
          workflows: z.object({ pipelines: z.array(pipelineStatus()).optional(), suspendedGeneration: int64().optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Source: B-API-1 to B-API-7. */
export const Promise = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'Promise',
  plural: 'promises',
  singular: 'promise',
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'Status', jsonPath: '.status.status', type: 'string' },
    { name: 'Kind', jsonPath: '.status.kind', type: 'string' },
    { name: 'API Version', jsonPath: '.status.apiVersion', type: 'string' },
    { name: 'Version', jsonPath: '.status.version', type: 'string' },
    { name: 'Message', jsonPath: '.status.message', type: 'string' },
  ],
  fields: promiseFields,
});

export type PromiseObject = ObjectOf<typeof promiseFields>;
export type PromiseSpec = NonNullable<PromiseObject['spec']>;
export type PromiseStatus = NonNullable<PromiseObject['status']>;

/** What makes an object no Promise at all, with the mend; undefined when it is one. */
export function notAPromise(object: Record<string, unknown>): string | undefined {
  if (object.kind !== 'Promise') return `kind: expected "Promise", found ${JSON.stringify(object.kind)}`;
  if (object.apiVersion === API_VERSION) return undefined;
  if (object.apiVersion === undefined && object.platform === API_VERSION) {
    return `the key "platform:" stands where "apiVersion:" belongs; write "apiVersion: ${API_VERSION}"`;
  }
  return `apiVersion: expected "${API_VERSION}", found ${JSON.stringify(object.apiVersion)}`;
}
