import type { KubeObject } from './types';

/** Whether finalizers or a grace period keep a deleted object in place. */
export function isHeld(object: KubeObject | undefined): boolean {
  if (!object?.metadata?.deletionTimestamp) return false;
  return Boolean(object.metadata.finalizers?.length) || (object.metadata.deletionGracePeriodSeconds ?? 0) > 0;
}
