import { findCondition, type ConditionChange, type WorkPlacementObject } from '../api';
import { labels } from '../wire/names';

const READY: ConditionChange = { type: 'Ready', status: 'True', reason: 'WorkloadsWrittenToTargetDestination', message: 'Ready' };

/** Whether this version of the placement is in its store. */
export function isWritten(placement: WorkPlacementObject): boolean {
  const written = findCondition(placement.status?.conditions, 'WriteSucceeded');
  return written?.status === 'True' && written.observedGeneration === placement.metadata.generation;
}

function isMisplaced(placement: WorkPlacementObject): boolean {
  return placement.metadata.labels?.[labels.misplaced] === 'true';
}

/** Whether the placement is where it belongs. Source: B-SCH-25, B-SCH-26. */
export function scheduledConditions(placement: WorkPlacementObject): ConditionChange[] {
  if (isMisplaced(placement)) {
    return [
      { type: 'ScheduleSucceeded', status: 'False', reason: 'DestinationSelectorMismatch', message: 'Target destination no longer matches destinationSelectors' },
      { type: 'Ready', status: 'False', reason: 'Misplaced', message: 'Misplaced' },
    ];
  }
  const scheduled: ConditionChange = { type: 'ScheduleSucceeded', status: 'True', reason: 'ScheduledToDestination', message: 'Scheduled to correct Destination' };
  return isWritten(placement) ? [scheduled, READY] : [scheduled];
}

/** What a placement says when its files are in the store: Ready, unless it is where it no longer belongs. Source: B-SS-24. */
export function writtenConditions(placement: WorkPlacementObject): ConditionChange[] {
  const observedGeneration = placement.metadata.generation ?? 1;
  const written: ConditionChange = { type: 'WriteSucceeded', status: 'True', reason: 'WorkloadsWrittenToStateStore', message: 'Workloads written to State Store', observedGeneration };
  return [written, READY, ...scheduledConditions(placement)];
}

/** What a placement says when its files are not in the store. Source: B-SS-23. */
export function failedConditions(placement: WorkPlacementObject, reason: string, message: string): ConditionChange[] {
  const [scheduled] = scheduledConditions(placement);
  return [
    { type: 'WriteSucceeded', status: 'False', reason: 'WorkloadsFailedWrite', message: `${reason}: ${message}` },
    { type: 'Ready', status: 'False', reason: 'WorkloadsFailedWrite', message: 'Failing' },
    ...(scheduled ? [scheduled] : []),
  ];
}
