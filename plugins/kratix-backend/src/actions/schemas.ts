import type { z } from 'zod/v3';

type Zod = typeof z;

/** Fields of inputs and outputs that several actions share, made with the zod that the registry hands over. */
export const promiseFields = (zod: Zod) => ({
  cluster: zod.string().optional().describe('Name of the cluster, as list-promises gives it. Only needed where several clusters have the Promise.'),
  promise: zod.string().describe('Name of the Promise, as list-promises gives it, such as "postgresql".'),
});

export const requestFields = (zod: Zod) => ({
  ...promiseFields(zod),
  namespace: zod.string().describe('Kubernetes namespace of the request.'),
  name: zod.string().describe('Name of the request.'),
});

export const placeFields = (zod: Zod) => ({
  cluster: zod.string(),
  promise: zod.string(),
  kind: zod.string(),
  namespace: zod.string(),
  name: zod.string(),
});

export const phaseFields = (zod: Zod) => ({
  phase: zod.string().describe('One word for how it is: Ready, Running, Failed, PausedByStep, NotPlaced and others.'),
  sentence: zod.string().describe('The same as a sentence for people, with step, container and reason where they matter.'),
});

export const stepFields = (zod: Zod) => ({
  name: zod.string(),
  phase: zod.string(),
  message: zod.string().optional(),
  attempt: zod.number(),
  startedAt: zod.string().optional(),
  finishedAt: zod.string().optional(),
  nextRetryAt: zod.string().optional(),
  containers: zod.array(
    zod.object({ name: zod.string(), phase: zod.string(), reason: zod.string().optional(), message: zod.string().optional(), exitCode: zod.number().optional() }),
  ),
});

export const previewFields = (zod: Zod) => ({
  accepted: zod.boolean().describe('Whether the server would take it.'),
  problems: zod.array(zod.object({ field: zod.string().optional(), message: zod.string() })).describe('What the server refuses, by field where it says which.'),
  changes: zod.array(
    zod.object({ path: zod.string(), change: zod.string(), before: zod.unknown().optional(), after: zod.unknown().optional() }),
  ).describe('Fields that would change; all of them where the request is new.'),
  manifest: zod.string().optional().describe('The object as it would be stored, as YAML, with defaults filled in.'),
});
