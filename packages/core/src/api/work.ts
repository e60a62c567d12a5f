import { z } from 'zod';
import { GROUP, VERSION } from '../wire/names';
import { condition } from './condition';
import { defineKind, type ObjectOf } from './kind';
import { placementWrite } from './last-write';
import { location } from './location';
import { anyObject, int64, time } from './structural-schema';

export const workload = () => z.object({ filepath: z.string().optional(), content: z.string().optional() });

const parts = () => z.array(z.object({ name: z.string(), digest: z.string() }));

const workFields = z.object({
  spec: z
    .object({
      lastExecutionTimestamp: time().optional(),
      promiseName: z.string().optional(),
      resourceName: z.string().optional(),
      workloadGroups: z
        .array(
          z.object({
            directory: z.string().optional(),
            id: z.string().optional(),
            workloads: z.array(workload()).optional(),
            destinationSelectors: z
              .array(z.object({ matchLabels: z.record(z.string(), z.string()).optional(), source: z.string().optional() }))
              .optional(),
          }),
        )
        .optional(),
      /** Ours: what the pipeline left beside its files. The engine merges `status` into the object that it ran for. */
      result: z.object({ status: anyObject().optional() }).optional(),
      /** Ours: where more files are than one object holds, the further Works that hold them all, in order. */
      parts: parts().optional(),
      /** Ours: a piece of the files of another Work, which names it; this one goes nowhere itself. */
      part: z.object({ of: z.string(), piece: z.string() }).optional(),
    })
    .optional(),
  status: z
    .object({ conditions: z.array(condition()).optional(), workPlacements: z.number().int().optional(), workPlacementsCreated: z.number().int().optional() })
    .optional(),
});

/** Source: B-API-13. */
export const Work = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'Work',
  plural: 'works',
  singular: 'work',
  namespaced: true,
  categories: ['kratix'],
  statusSubresource: true,
  columns: [{ name: 'STATUS', jsonPath: '.status.conditions[?(@.type=="Ready")].message', type: 'string' }],
  fields: workFields,
});

export type WorkObject = ObjectOf<typeof workFields>;
export type WorkloadGroup = NonNullable<NonNullable<WorkObject['spec']>['workloadGroups']>[number];
export type Workload = z.infer<ReturnType<typeof workload>>;

const placementFields = z.object({
  spec: z
    .object({
      targetDestinationName: z.string().optional(),
      workloads: z.array(workload()).optional(),
      promiseName: z.string().optional(),
      resourceName: z.string().optional(),
      id: z.string().optional(),
      /** Ours: the Works that hold the files, where `workloads` cannot. */
      parts: parts().optional(),
      /** Generation of the parent Work. */
      generation: int64().optional(),
    })
    .optional(),
  status: z
    .object({
      conditions: z.array(condition()).optional(),
      versionID: z.string().optional(),
      /** Ours: where the files are, so that they follow when the Destination's path or store becomes another. */
      location: location().optional(),
      /** Ours. */
      lastWrite: placementWrite().optional(),
    })
    .optional(),
});

/** Source: B-API-14. */
export const WorkPlacement = defineKind({
  group: GROUP,
  version: VERSION,
  kind: 'WorkPlacement',
  plural: 'workplacements',
  singular: 'workplacement',
  shortNames: ['wp', 'wps'],
  namespaced: true,
  categories: ['kratix'],
  statusSubresource: true,
  columns: [
    { name: 'DESTINATION', jsonPath: '.spec.targetDestinationName', type: 'string' },
    { name: 'STATUS', jsonPath: '.status.conditions[?(@.type=="Ready")].message', type: 'string' },
  ],
  fields: placementFields,
});

export type WorkPlacementObject = ObjectOf<typeof placementFields>;
