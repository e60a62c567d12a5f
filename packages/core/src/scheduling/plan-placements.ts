import { createHash } from 'node:crypto';
import type { DestinationObject, WorkObject, WorkloadGroup, WorkPlacementObject } from '../api';
import { annotations, API_VERSION, finalizers, labels, placementName } from '../wire/names';
import { isCandidate, requiredLabels } from '../wire/selectors';

/** What the placements of one Work should be. */
export interface PlacementPlan {
  /** Placements as they should be, new ones and those that stay. */
  wanted: WorkPlacementObject[];
  /** Placements whose workload group is gone. */
  obsolete: WorkPlacementObject[];
  /** Ids of groups that no Destination matches, with the labels that they ask for. */
  unscheduled: { id: string; labels: Record<string, string> }[];
  /** Ids of groups whose Destination no longer matches. */
  misplaced: string[];
}

/** Picks one of several Destinations: the same one for the same Work, spread evenly over Works. */
export type ChooseDestination = (work: WorkObject, group: WorkloadGroup, candidates: DestinationObject[]) => DestinationObject;

/** Rendezvous hashing: losing a placement, or a restore, brings the Work back to where it was. */
export const chooseByHash: ChooseDestination = (work, group, candidates) => {
  const weight = (destination: DestinationObject) =>
    createHash('md5').update([work.metadata.uid, group.id, destination.metadata.name].join('\n')).digest('hex');
  return candidates.reduce((best, next) => (weight(next) > weight(best) ? next : best));
};

/** A Work of a request goes to one Destination, one of a Promise to all that match. Source: B-SCH-2. */
export function isResourceWork(work: WorkObject): boolean {
  return Boolean(work.spec?.resourceName);
}

/** Where the files of a Work go. Source: kratix-behaviour.md §6.3 to §6.5. */
export function planPlacements(
  work: WorkObject,
  destinations: DestinationObject[],
  existing: WorkPlacementObject[],
  choose: ChooseDestination = chooseByHash,
): PlacementPlan {
  const plan: PlacementPlan = { wanted: [], obsolete: [], unscheduled: [], misplaced: [] };
  const groups = work.spec?.workloadGroups ?? [];
  for (const group of groups) planGroup(work, group, destinations, existing, choose, plan);
  const ids = new Set(groups.map(group => group.id));
  plan.obsolete.push(...existing.filter(placement => !ids.has(placement.spec?.id)));
  return plan;
}

function planGroup(
  work: WorkObject,
  group: WorkloadGroup,
  destinations: DestinationObject[],
  existing: WorkPlacementObject[],
  choose: ChooseDestination,
  plan: PlacementPlan,
) {
  const required = requiredLabels(work, group);
  const candidates = destinations.filter(destination => isCandidate(destination, required));
  const placed = existing.filter(placement => placement.spec?.id === group.id && !placement.metadata.deletionTimestamp);
  const targets = new Map<string, boolean>(); // destination name -> misplaced
  for (const placement of placed) {
    const name = placement.spec?.targetDestinationName ?? '';
    targets.set(name, !candidates.some(candidate => candidate.metadata.name === name));
  }
  if (!isResourceWork(work)) for (const candidate of candidates) targets.set(candidate.metadata.name, false);
  else if (targets.size === 0 && candidates.length > 0) targets.set(choose(work, group, candidates).metadata.name, false);

  if (targets.size === 0) plan.unscheduled.push({ id: group.id ?? '', labels: required });
  for (const [name, misplaced] of targets) {
    if (misplaced) plan.misplaced.push(group.id ?? '');
    const destination = destinations.find(each => each.metadata.name === name);
    const before = placed.find(placement => placement.spec?.targetDestinationName === name);
    plan.wanted.push(placementOf(work, group, { name, destination, misplaced, before }));
  }
}

interface Place {
  name: string;
  /** Undefined when it is gone: its placements stay, and nothing holds them up. */
  destination: DestinationObject | undefined;
  misplaced: boolean;
  before: WorkPlacementObject | undefined;
}

const TRACES: readonly string[] = [annotations.traceParent, annotations.traceState, annotations.traceTimestamp, annotations.traceGeneration];

function placementOf(work: WorkObject, group: WorkloadGroup, { name, destination, misplaced, before }: Place): WorkPlacementObject {
  const resourceNamespace = work.metadata.labels?.[labels.resourceNamespace];
  const traces = Object.entries(before?.metadata.annotations ?? {}).filter(([key]) => TRACES.includes(key));
  const noted = { ...work.metadata.annotations, ...Object.fromEntries(traces) };
  return {
    apiVersion: API_VERSION,
    kind: 'WorkPlacement',
    metadata: {
      name: before?.metadata.name ?? placementName(work.metadata.name, name, group.id ?? ''),
      namespace: work.metadata.namespace,
      labels: {
        [labels.work]: work.metadata.name,
        [labels.workloadGroup]: group.id ?? '',
        [labels.targetDestination]: name,
        [labels.pipelineName]: work.metadata.labels?.[labels.pipelineName] ?? '',
        ...(resourceNamespace && { [labels.resourceNamespace]: resourceNamespace }),
        ...(misplaced && { [labels.misplaced]: 'true' }),
      },
      ...(Object.keys(noted).length > 0 && { annotations: noted }),
      ...(destination && { finalizers: placementFinalizers(destination) }),
      ownerReferences: [
        { apiVersion: work.apiVersion, kind: 'Work', name: work.metadata.name, uid: work.metadata.uid ?? '', controller: true, blockOwnerDeletion: true },
      ],
    },
    spec: {
      targetDestinationName: name,
      promiseName: work.spec?.promiseName,
      ...(work.spec?.resourceName && { resourceName: work.spec.resourceName }),
      id: group.id,
      generation: work.metadata.generation ?? 1,
      workloads: group.workloads ?? [],
      ...(work.spec?.parts && { parts: work.spec.parts }),
    },
  };
}

/** What a placement waits for when it is deleted. Source: B-SS-22, kratix-behaviour.md §0.4. */
export function placementFinalizers(destination: DestinationObject): string[] {
  return destination.spec?.filepath?.mode === 'none' ? [finalizers.placement, finalizers.placementStateFile] : [finalizers.placement];
}
