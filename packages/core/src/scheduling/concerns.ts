import { findCondition, type DestinationObject, type WorkObject } from '../api';
import { isResourceWork } from './plan-placements';
import { isCandidate, requiredLabels } from '../wire/selectors';

/** A Destination before and after it changed; undefined where it was not there yet, or is gone. */
export interface DestinationChange {
  before?: DestinationObject;
  after?: DestinationObject;
}

const labelText = (destination: DestinationObject | undefined) => JSON.stringify(Object.entries(destination?.metadata.labels ?? {}).sort());

/**
 * Whether the Work may go elsewhere, or has something else to say, since the Destination changed: all others need not be
 * looked at. `isPlacedThere` tells that one of its placements names the Destination.
 */
export function concernsWork(work: WorkObject, { before, after }: DestinationChange, isPlacedThere: boolean): boolean {
  if (isPlacedThere && Boolean(before) !== Boolean(after)) return true;
  const isWaiting = findCondition(work.status?.conditions, 'ScheduleSucceeded')?.reason === 'UnscheduledWorkloads';
  // its condition lists the labels that there are
  if (isWaiting && (Boolean(before) !== Boolean(after) || labelText(before) !== labelText(after))) return true;
  if (isResourceWork(work) && !isPlacedThere && !isWaiting && work.status) return false;
  return (work.spec?.workloadGroups ?? []).some(group => {
    const required = requiredLabels(work, group);
    const matches = (destination: DestinationObject | undefined) => Boolean(destination && isCandidate(destination, required));
    return matches(before) !== matches(after);
  });
}
