import type { Resource } from '../resources/resource';
import { isObject } from '../schema/types';
import type { StoredMeta, StoredObject } from '../store/store';
import { badRequest, conflict } from './errors';
import { timestamp } from './metadata';

export interface DeleteOptions {
  dryRun: boolean;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  warnings: string[];
}

export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

/** What a deletion makes of an object: nothing (`removed`), or the object marked as being deleted. */
export function planDeletion(before: StoredObject, resource: Resource, options: DeleteOptions, now: Date): { object: StoredObject; removed: boolean } {
  checkPreconditions(before.metadata, resource, options);
  const finalizers = deletionFinalizers(before, resource, options);
  const grace = gracePeriod(before, resource, options);
  const holdsContent = resource.kind === 'Namespace' && !resource.group;
  const removed = finalizers.length === 0 && grace === 0 && !holdsContent;
  const metadata: StoredMeta = { ...before.metadata };
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (!removed) {
    const marked = metadata.deletionTimestamp !== undefined;
    if (!marked && metadata.generation !== undefined) metadata.generation += 1;
    const known = metadata.deletionGracePeriodSeconds ?? 0;
    if (!marked || grace < known) {
      metadata.deletionTimestamp = timestamp(new Date(now.getTime() + grace * 1000));
      metadata.deletionGracePeriodSeconds = grace;
    }
    if (holdsContent) delete metadata.deletionGracePeriodSeconds;
  }
  const object = { ...before, metadata };
  return { object: holdsContent ? { ...object, status: { ...(isObject(before.status) ? before.status : {}), phase: 'Terminating' } } : object, removed };
}

function checkPreconditions(metadata: StoredMeta, { kind, group }: Resource, { preconditions }: DeleteOptions): void {
  const type = { group, resource: kind };
  if (preconditions?.uid && preconditions.uid !== metadata.uid) {
    throw conflict(
      type,
      metadata.name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      type,
      metadata.name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

function deletionFinalizers({ metadata }: StoredObject, resource: Resource, options: DeleteOptions): string[] {
  const policy = policyOf(resource, options);
  const given = metadata.finalizers ?? [];
  if (policy === undefined) return given;
  const rest = given.filter(finalizer => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (policy === 'Orphan') return [...rest, ORPHAN];
  return policy === 'Foreground' ? [...rest, FOREGROUND] : rest;
}

/** Undefined: nobody said anything, so finalizers that an earlier call has set decide. */
function policyOf(resource: Resource, { propagationPolicy, orphanDependents, warnings }: DeleteOptions): string | undefined {
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    throw badRequest('orphanDependents and deletionPropagation cannot be both set');
  }
  if (propagationPolicy !== undefined) {
    if (!['Orphan', 'Foreground', 'Background'].includes(propagationPolicy)) {
      throw badRequest(`invalid propagationPolicy ${JSON.stringify(propagationPolicy)}: it is Orphan, Foreground or Background`);
    }
    return propagationPolicy;
  }
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (resource.group === 'batch' && resource.kind === 'Job') {
    warnings.push(
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    );
    return 'Orphan';
  }
  return undefined;
}

/** Only pods end gracefully, and only those that a node has taken. */
function gracePeriod({ spec, status, metadata }: StoredObject, resource: Resource, { gracePeriodSeconds }: DeleteOptions): number {
  if (resource.kind !== 'Pod' || resource.group) return 0;
  const { nodeName, terminationGracePeriodSeconds } = isObject(spec) ? spec : {};
  const phase = isObject(status) ? status.phase : undefined;
  if (!nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  if (gracePeriodSeconds === 0) return 0;
  const wanted = gracePeriodSeconds ?? (typeof terminationGracePeriodSeconds === 'number' ? terminationGracePeriodSeconds : 30);
  return Math.min(wanted, metadata.deletionTimestamp ? (metadata.deletionGracePeriodSeconds ?? wanted) : wanted);
}
