import { findCondition, setConditions, type Condition, type PromiseObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { labels } from '../wire/names';

type Status = Record<string, unknown>;
const isMarked = (object: DynamicObject | PromiseObject) => object.metadata.labels?.[labels.paused] === 'true';
const reasonOf = (status: Status) => findCondition(status.conditions as Condition[] | undefined, 'Reconciled')?.reason;

/** Whose label pauses a request, as a sentence; undefined when it goes on. Source: B-RR-2. */
export function pauseOf(request: DynamicObject, promise: PromiseObject): string | undefined {
  const set = `'${labels.paused}' label set to 'true'`;
  if (isMarked(promise)) return `${set} for promise; pausing reconciliation for this resource request`;
  return isMarked(request) ? `${set} for this resource request; pausing reconciliation` : undefined;
}

/** Whether the request was paused when it was looked at last. */
export function isMarkedPaused(request: DynamicObject): boolean {
  return reasonOf(request.status ?? {}) === 'PausedReconciliation';
}

/** A paused request: nothing happens to it, not even its deletion. Source: B-RR-2. */
export function pausedStatus(request: DynamicObject, now: Date): Status {
  const waiting = request.metadata.deletionTimestamp ? `: its deletion goes on once label ${labels.paused} is taken away` : '';
  return withReconciled(request.status, 'PausedReconciliation', `Paused${waiting}`, now);
}

/** It goes on. Source: B-RR-3. */
export function unpausedStatus(request: DynamicObject, now: Date): Status {
  return withReconciled(request.status, 'Unpaused', 'Pending', now);
}

function withReconciled(status: Status = {}, reason: string, message: string, now: Date): Status {
  return { ...status, conditions: setConditions(status.conditions as Condition[] | undefined, [{ type: 'Reconciled', status: 'Unknown', reason, message }], now) };
}
