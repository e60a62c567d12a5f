import { findCondition, ResourceBinding, setConditions, type Condition, type ConditionChange, type ResourceBindingObject, type RunStatus } from '../api';
import type { DynamicObject } from '../kube/types';
import { labels, stableName } from '../wire/names';
import { LATEST, NOT_SET } from './versions';

/** Whether a new request follows its Promise, or stays at the version that it begins with. */
export type BindingStrategy = 'floating' | 'pinned';

type BindingStatus = NonNullable<ResourceBindingObject['status']>;

/** The value of the label that tells whose binding it is: labels hold 63 characters. Source: B-RB-3. */
export function boundName(request: string): string {
  return request.length > 63 ? stableName(request) : request;
}

export interface BindingInput {
  request: DynamicObject;
  promise: string;
  existing?: ResourceBindingObject;
  strategy: BindingStrategy;
  /** The version that a pinned request begins with. */
  latestVersion?: string;
}

/** The binding as it should be; a version that it has is the user's and stays. Source: B-RB-1 to B-RB-3, B-RB-9. */
export function wantedBinding({ request, promise, existing, strategy, latestVersion }: BindingInput): ResourceBindingObject {
  const { name, namespace = '' } = request.metadata;
  const before = typeof request.status?.resourceBindingVersion === 'string' ? request.status.resourceBindingVersion : '';
  const first = strategy === 'pinned' ? latestVersion || LATEST : LATEST;
  const { [labels.manualReconciliation]: _manual, [labels.runFromStart]: _restart, ...copied } = request.metadata.labels ?? {};
  const manual = existing?.metadata.labels?.[labels.manualReconciliation];
  return {
    ...(existing ?? { apiVersion: ResourceBinding.apiVersion, kind: 'ResourceBinding' }),
    metadata: {
      ...(existing?.metadata ?? { name: stableName(`${name}-${promise}`), namespace }),
      labels: {
        ...copied,
        [labels.promiseName]: promise,
        [labels.resourceName]: boundName(name),
        ...(manual !== undefined && { [labels.manualReconciliation]: manual }),
      },
    },
    spec: {
      version: existing?.spec.version || before || first,
      promiseRef: { ...existing?.spec.promiseRef, name: promise },
      resourceRef: { ...existing?.spec.resourceRef, name, namespace },
    },
  };
}

const upgrade = (status: ConditionChange['status'], reason: string, message: string): ConditionChange => ({ type: 'UpgradeSucceeded', status, reason, message });

/** The version that is being applied. Source: B-RB-7. */
export function versionInFlight(conditions: Condition[] | undefined): string | undefined {
  const current = findCondition(conditions, 'UpgradeSucceeded');
  if (current?.status !== 'Unknown' || current.reason !== 'UpgradeInProgress') return undefined;
  return /version (\S+)/.exec(current.message)?.[1];
}

/** Somebody asked by label on the binding for another run. Source: B-RB-5. */
export function requestedStatus(before: BindingStatus | undefined, version: string, now: Date): BindingStatus {
  const { failedVersion: _failed, ...rest } = before ?? {};
  return { ...rest, conditions: setConditions(before?.conditions, [upgrade('Unknown', 'UpgradeInProgress', `Reconciliation requested for version ${version}`)], now) };
}

/**
 * What the binding says of the request's newest run, which applies `version`. An installation is no upgrade: until
 * something is to be upgraded or has failed, the binding notes the version alone. Source: B-RB-6, B-RB-8.
 */
export function statusAfter(former: BindingStatus | undefined, version: string, run: Pick<RunStatus, 'phase' | 'message'>, now: Date): BindingStatus | undefined {
  const before = former ?? {};
  const { failedVersion, ...rest } = before;
  const condition = findCondition(before.conditions, 'UpgradeSucceeded');
  const said = (change: ConditionChange) => setConditions(before.conditions, [change], now);
  switch (run.phase) {
    case 'Succeeded': {
      const isUpgrade = condition !== undefined || (before.lastAppliedVersion !== undefined && before.lastAppliedVersion !== version);
      return { ...rest, lastAppliedVersion: version, ...(isUpgrade && { conditions: said(upgrade('True', 'UpgradeComplete', `Resource is at version ${version}`)) }) };
    }
    case 'Failed':
      return { ...before, failedVersion: version, conditions: said(upgrade('False', 'UpgradeFailed', `A Configure Pipeline has failed: ${run.message ?? ''}`)) };
    case 'Superseded':
      return former;
    default: {
      const isUpgrade = before.lastAppliedVersion !== undefined && before.lastAppliedVersion !== version;
      const isRepeat = condition?.status === 'False';
      if (version === NOT_SET || versionInFlight(before.conditions) === version || !(isUpgrade || isRepeat)) return former;
      return { ...rest, conditions: said(upgrade('Unknown', 'UpgradeInProgress', `Upgrade to version ${version} is in progress`)) };
    }
  }
}
