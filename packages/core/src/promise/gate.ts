import { findCondition, setConditions, type Condition, type PromiseObject } from '../api';

type Status = Record<string, unknown>;

/** Whether requests of the Promise are fulfilled now. */
export function isAvailable(promise: PromiseObject): boolean {
  return promise.status?.status === 'Available';
}

/** The status of a request that waits for its Promise; the Promise's own words say for what. Source: B-RR-7. */
export function waitingStatus(status: Status, promise: PromiseObject, now: Date): Status {
  const why = findCondition(promise.status?.conditions, 'Available')?.message;
  const message = `Promise Requirements are not installed: Promise "${promise.metadata.name}" is not available${why ? `: ${why}` : ''}`;
  const change = { type: 'PromiseAvailable', status: 'False' as const, reason: 'PromiseRequirementsNotInstalled', message };
  return { ...status, message: status.message ?? 'Pending', conditions: setConditions(status.conditions as Condition[] | undefined, [change], now) };
}

/** The wait is over. Source: B-RR-7. */
export function admittedStatus(status: Status, now: Date): Status {
  const conditions = status.conditions as Condition[] | undefined;
  if (findCondition(conditions, 'PromiseAvailable')?.status !== 'False') return status;
  const change = { type: 'PromiseAvailable', status: 'True' as const, reason: 'PromiseAvailable', message: 'Promise Requirements are met' };
  return { ...status, conditions: setConditions(conditions, [change], now) };
}
