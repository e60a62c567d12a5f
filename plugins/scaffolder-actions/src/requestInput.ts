import type { z as Zod } from 'zod/v3';

type Z = typeof Zod;

/** Which request an action is about. */
export const requestInput = {
  cluster: (z: Z) => z.string().optional().describe('Name of a cluster in kratix.clusters; default: the first'),
  apiVersion: (z: Z) => z.string().describe('Group and version of the Promise’s API'),
  kind: (z: Z) => z.string().describe('Kind of the Promise’s API'),
  name: (z: Z) => z.string().describe('Name of the request'),
  namespace: (z: Z) => z.string().optional().describe('Namespace of the request; default: default'),
};

/** The same, with what is asked for; any of it may stand in a manifest instead. */
export const askedInput = {
  ...requestInput,
  manifest: (z: Z) => z.union([z.string(), z.record(z.any())]).optional().describe('The whole object, as an object or as YAML'),
  apiVersion: (z: Z) => requestInput.apiVersion(z).optional(),
  kind: (z: Z) => requestInput.kind(z).optional(),
  name: (z: Z) => requestInput.name(z).optional(),
  spec: (z: Z) => z.union([z.string(), z.record(z.any())]).optional().describe('What is asked for, as a form submits it'),
};
