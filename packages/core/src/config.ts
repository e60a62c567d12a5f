import { z } from 'zod';

/** How an engine runs; times in milliseconds. */
export const engineConfig = z.object({
  /** Image of the one helper container of a pipeline pod. */
  helperImage: z.string().min(1),
  helperPullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  /** Allows `file:` URLs in state stores: for laptops and tests. */
  allowLocalStores: z.boolean().default(false),
  /** Folder for local copies of stores; one engine alone uses it. */
  cacheDir: z.string().min(1),
  /** How long one attempt of a pipeline may take, its retries included. */
  pipelineTimeout: z.number().positive().default(60 * 60_000),
  /** How long a pod may wait for its image, a Secret or a node. */
  startTimeout: z.number().positive().default(10 * 60_000),
  /** Job retries where a Pipeline does not say; Kubernetes' own default is 6. */
  defaultBackoffLimit: z.number().int().min(0).optional(),
  /** Several engines may run against one cluster; one of them works. */
  leaderElection: z.boolean().default(false),
  /** Finished Jobs kept for each pipeline. */
  jobsToKeep: z.number().int().min(1).default(5),
  /** Records of runs kept for each target. */
  runsToKeep: z.number().int().min(1).default(10),
});

export type EngineConfig = z.input<typeof engineConfig>;
export type ResolvedConfig = z.output<typeof engineConfig>;
