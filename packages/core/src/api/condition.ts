import { z } from 'zod';
import { int64, time } from './structural-schema';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** meta/v1 Condition. */
export const condition = () =>
  z.object({
    type: z.string().max(316).regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: z.string().min(1).max(1024).regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/),
    message: z.string().max(32768),
    lastTransitionTime: time(),
    observedGeneration: int64().min(0).optional(),
  });

/** Conditions as a list that is keyed by their type. */
export const conditionMap = () => z.array(condition()).meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

export type Condition = z.infer<ReturnType<typeof condition>>;

export function findCondition<C extends { type: string }>(conditions: C[] | undefined, type: string): C | undefined {
  return conditions?.find(entry => entry.type === type);
}

export function isTrue(conditions: { type: string; status: string }[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

export type ConditionChange = Omit<Condition, 'lastTransitionTime'>;

const MAX_MESSAGE = 32_768;

/**
 * The conditions after some were set: others stay as they are, and the time of a condition moves only when its status
 * or reason does (a message that counts up is not a transition).
 */
export function setConditions(existing: Condition[] | undefined, changes: ConditionChange[], now: Date): Condition[] {
  const result = [...(existing ?? [])];
  for (const change of changes) {
    const index = result.findIndex(entry => entry.type === change.type);
    const before = result[index];
    const moved = !before || before.status !== change.status || before.reason !== change.reason;
    const after = {
      ...change,
      message: change.message.slice(0, MAX_MESSAGE),
      lastTransitionTime: moved || !before.lastTransitionTime ? now.toISOString().replace(/\.\d+Z$/, 'Z') : before.lastTransitionTime,
    };
    if (before) result[index] = after;
    else result.push(after);
  }
  return result;
}
