import { findCondition, type ConditionChange, type DestinationObject, type WorkPlacementObject } from '../api';
import type { PlacementPlan } from './plan-placements';

/** Whether this version of the placement is in its store. */
export function isWritten(placement: WorkPlacementObject): boolean {
  const written = findCondition(placement.status?.conditions, 'WriteSucceeded');
  return written?.status === 'True' && written.observedGeneration === placement.metadata.generation;
}

const text = (labels: Record<string, string>) => Object.entries(labels).map(([key, value]) => `${key}: ${value}`).join(', ');

/**
 * The conditions of a Work. Ready means that every file is in its store, not merely that a Destination was found.
 * Source: B-SCH-31, B-SCH-32, and Q-2 which this mends.
 */
export function workConditions(plan: PlacementPlan, placements: WorkPlacementObject[], destinations: DestinationObject[]): ConditionChange[] {
  const failing = placements.filter(placement => findCondition(placement.status?.conditions, 'WriteSucceeded')?.status === 'False');
  if (plan.unscheduled.length) {
    const wanted = plan.unscheduled.map(group => text(group.labels) || 'no labels').join('; ');
    const existing = destinations.map(each => `${each.metadata.name} (${text(each.metadata.labels ?? {}) || 'no labels'})`).join(', ') || 'none';
    return pair(
      ['False', 'UnscheduledWorkloads', `No matching destination found for workloadGroups: [${plan.unscheduled.map(group => group.id).join(',')}]; wanted ${wanted}; existing destinations: ${existing}`],
      ['False', 'UnscheduledWorkloads', 'Pending'],
    );
  }
  if (failing.length) {
    const words = failing.map(each => `${each.spec?.targetDestinationName}: ${findCondition(each.status?.conditions, 'WriteSucceeded')?.message}`);
    return pair(
      ['False', 'WorkplacementsFailing', `Workplacements failed to write: [${failing.map(each => each.metadata.name).join(',')}]; ${words.join('; ')}`],
      ['False', 'WorkplacementsFailing', 'Failing'],
    );
  }
  if (plan.misplaced.length) {
    return pair(
      ['False', 'DestinationSelectorMismatch', `Target destination no longer matches destinationSelectors for workloadGroups: [${[...new Set(plan.misplaced)].join(',')}]`],
      ['False', 'Misplaced', 'Misplaced'],
    );
  }
  const scheduled: Entry = ['True', 'AllWorkplacementsScheduled', 'All workplacements scheduled successfully'];
  const pending = placements.filter(placement => !isWritten(placement)).length + (plan.wanted.length - placements.length);
  if (pending > 0) return pair(scheduled, ['False', 'WorkplacementsPending', 'Pending']);
  return pair(scheduled, ['True', 'AllWorkplacementsScheduled', 'Ready']);
}

type Entry = [ConditionChange['status'], string, string];

function pair(scheduled: Entry, ready: Entry): ConditionChange[] {
  const make = (type: string, [status, reason, message]: Entry): ConditionChange => ({ type, status, reason, message });
  return [make('ScheduleSucceeded', scheduled), make('Ready', ready)];
}
