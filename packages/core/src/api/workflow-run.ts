import { z } from 'zod';
import { RUN_GROUP } from '../wire/names';
import { defineKind, type ObjectOf } from './kind';
import { int64, time } from './structural-schema';

const containerRecord = () =>
  z.object({
    name: z.string(),
    startedAt: time().optional(),
    finishedAt: time().optional(),
    exitCode: z.number().int().optional(),
    reason: z.string().optional(),
    message: z.string().optional(),
  });

const pipelineRecord = () =>
  z.object({
    name: z.string(),
    phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Suspended', 'Skipped']),
    /** Counts the times that the engine started it, from 1. */
    attempt: z.number().int(),
    job: z.string().optional(),
    /** Its Job is another engine's, whose helpers write the Work and the status themselves. */
    takenOver: z.boolean().optional(),
    startedAt: time().optional(),
    finishedAt: time().optional(),
    message: z.string().optional(),
    nextRetryAt: time().optional(),
    /** What it produced, as the helper named it. */
    work: z.object({ name: z.string(), digest: z.string() }).optional(),
    containers: z.array(containerRecord()).optional(),
  });

const runFields = z.object({
  spec: z.object({
    target: z.object({
      apiVersion: z.string(),
      kind: z.string(),
      plural: z.string(),
      name: z.string(),
      namespace: z.string().optional(),
      uid: z.string(),
      generation: int64(),
    }),
    promiseName: z.string(),
    type: z.enum(['promise', 'resource']),
    action: z.enum(['configure', 'delete']),
    trigger: z.enum(['created', 'updated', 'promise-updated', 'promise-upgraded', 'periodic', 'manual', 'retry']),
    actor: z.string().optional(),
    /** Hash of the specs that it runs for. */
    hash: z.string(),
    /** Counts the runs of its target and workflow, from 1. */
    sequence: int64(),
  }),
  status: z
    .object({
      phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Suspended', 'Superseded']),
      message: z.string().optional(),
      startedAt: time().optional(),
      finishedAt: time().optional(),
      pipelines: z.array(pipelineRecord()),
    })
    .optional(),
});

/** The record of one run of a workflow: progress is read from here, never inferred from what happens to exist. */
export const WorkflowRun = defineKind({
  group: RUN_GROUP,
  version: 'v1alpha1',
  kind: 'WorkflowRun',
  plural: 'workflowruns',
  singular: 'workflowrun',
  shortNames: ['wfr'],
  namespaced: true,
  categories: ['kratix'],
  columns: [
    { name: 'Target', jsonPath: '.spec.target.name', type: 'string' },
    { name: 'Workflow', jsonPath: '.spec.action', type: 'string' },
    { name: 'Trigger', jsonPath: '.spec.trigger', type: 'string' },
    { name: 'Phase', jsonPath: '.status.phase', type: 'string' },
    { name: 'Message', jsonPath: '.status.message', type: 'string' },
    { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' },
  ],
  fields: runFields,
});

export type WorkflowRunObject = ObjectOf<typeof runFields>;
export type RunStatus = NonNullable<WorkflowRunObject['status']>;
export type PipelineRecord = z.infer<ReturnType<typeof pipelineRecord>>;
export type ContainerRecord = z.infer<ReturnType<typeof containerRecord>>;
export type RunTrigger = WorkflowRunObject['spec']['trigger'];
