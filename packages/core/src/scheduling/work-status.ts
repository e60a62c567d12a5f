import { findCondition, type Condition, type ConditionChange, type DestinationObject, type WorkObject, type WorkPlacementObject } from '../api';
import { isResourceWork, type PlacementPlan } from './plan-placements';
import { isWritten } from './placement-status';

const text = (labels: Record<string, string>) => Object.entries(labels).map(([key, value]) => `${key}: ${value}`).join(', ');

/**
 * The conditions of a Work. Ready means that every file is in its store, not merely that a Destination was found.
 * Source: B-SCH-31, B-SCH-32, and Q-2 which this mends.
 */
export function workConditions(plan: PlacementPlan, placements: WorkPlacementObject[], destinations: DestinationObject[]): ConditionChange[] {
  const failing = placements.filter(placement => findCondition(placement.status?.conditions, 'WriteSucceeded')?.status === 'False');
  if (failing.length) {
    const words = failing.map(each => `${each.spec?.targetDestinationName}: ${findCondition(each.status?.conditions, 'WriteSucceeded')?.message}`);
    return pair(
      ['False', 'WorkplacementsFailing', `Workplacements failed to write: [${failing.map(each => each.metadata.name).join(',')}]; ${words.join('; ')}`],
      ['False', 'WorkplacementsFailing', 'Failing'],
    );
  }
  if (plan.unscheduled.length) {
    const wanted = plan.unscheduled.map(group => text(group.labels) || 'no labels').join('; ');
    const existing = destinations.map(each => `${each.metadata.name} (${text(each.metadata.labels ?? {}) || 'no labels'})`).join(', ') || 'none';
    return pair(
      ['False', 'UnscheduledWorkloads', `No matching destination found for workloadGroups: [${plan.unscheduled.map(group => group.id).join(',')}]; wanted ${wanted}; existing destinations: ${existing}`],
      ['False', 'UnscheduledWorkloads', 'Pending'],
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

/** The conditions of a Work whose placements the API server refuses; tried again. Source: B-SCH-31, and Q-6 which this mends. */
export function schedulingFailed(work: WorkObject, words: string): ConditionChange[] {
  const ids = (work.spec?.workloadGroups ?? []).map(group => group.id).join(',');
  return pair(
    ['False', 'FailedToScheduleWorkloads', `Failed to schedule or update for workloadGroups: [${ids}]; ${words}`],
    ['False', 'FailedToScheduleWorkloads', 'Pending'],
  );
}

/** The conditions of a Work that somebody else than its pipeline has changed: it goes nowhere. */
export function notFromPipeline(work: WorkObject): ConditionChange[] {
  const words = `Work "${work.metadata.name}" is not what its pipeline wrote, and is not delivered; run the workflow again (label kratix.io/manual-reconciliation: "true")`;
  return pair(['False', 'NotFromPipeline', words], ['False', 'NotFromPipeline', 'Failing']);
}

type Entry = [ConditionChange['status'], string, string];

function pair(scheduled: Entry, ready: Entry): ConditionChange[] {
  const make = (type: string, [status, reason, message]: Entry): ConditionChange => ({ type, status, reason, message });
  return [make('ScheduleSucceeded', scheduled), make('Ready', ready)];
}

/** What to tell with a Work's new conditions. */
export interface WorkEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

const WARNINGS = ['DestinationSelectorMismatch', 'WorkplacementsFailing', 'FailedToScheduleWorkloads', 'NotFromPipeline'];

/** Events tell what became different, never what still is so. Source: B-SCH-12, B-SCH-31, B-SCH-32; Q-8. */
export function workEvents(work: WorkObject, after: Condition[]): WorkEvent[] {
  const was = findCondition(work.status?.conditions, 'ScheduleSucceeded');
  const is = findCondition(after, 'ScheduleSucceeded');
  if (!is || (was?.reason === is.reason && was.message === is.message)) return [];
  const { reason, message } = is;
  if (reason !== 'UnscheduledWorkloads') return [{ type: WARNINGS.includes(reason) ? 'Warning' : 'Normal', reason, message }];
  const waiting: WorkEvent = { type: 'Normal', reason: 'WaitingDestination', message: 'Waiting for a Destination that matches; it is looked for whenever one changes' };
  return [{ type: 'Normal', reason: 'NoMatchingDestination', message }, ...(isResourceWork(work) ? [waiting] : [])];
}
