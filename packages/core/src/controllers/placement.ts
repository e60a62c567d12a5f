import { setConditions, WorkPlacement, type ConditionChange, type DestinationObject, type WorkPlacementObject } from '../api';
import type { Key } from '../kube/types';
import type { Result } from '../runtime';
import { isWritten } from '../scheduling';
import { nestedDirectory, nestedLayout, StoreError, type StoreChange } from '../statestore';
import { decodeContent } from '../wire/encoding';
import { annotations, finalizers, labels } from '../wire/names';
import type { EngineContext } from './context';
import { destinationProblem } from './destination';

/** Placements become files in a store. Source: kratix-behaviour.md §7.3, §7.4, §10.5. */
export function placementReconciler(engine: EngineContext) {
  const { api, informers, stores } = engine;

  async function write(placement: WorkPlacementObject, destination: DestinationObject): Promise<Result | void> {
    const problem = destinationProblem(destination);
    if (problem) return report(placement, failed('InvalidDestination', `Destination "${destination.metadata.name}": ${problem}`));
    const store = stores.of(destination);
    if (!store) return report(placement, failed('StateStoreNotReady', `Destination "${destination.metadata.name}": ${stores.whyNot(destination)}`));
    const { version } = await store.submit(changeFor(placement, destination));
    await report(latest(placement), written(placement.metadata.generation ?? 1), version);
    engine.events.normal(placement, 'WorkloadsWrittenToStateStore', `successfully written to Destination: ${destination.metadata.name} with versionID: ${version}`);
    return undefined;
  }

  async function remove(placement: WorkPlacementObject, destination: DestinationObject | undefined): Promise<void> {
    if (!placement.metadata.finalizers?.includes(finalizers.placement)) return;
    if (destination) {
      const store = stores.of(destination);
      if (!store) {
        await report(placement, failed('StateStoreNotReady', `its files cannot be removed: ${stores.whyNot(destination)}`));
        return;
      }
      await store.submit(changeFor(placement, destination));
    }
    await api.removeFinalizers(WorkPlacement.type, latest(placement), finalizers.placement);
  }

  function latest(placement: WorkPlacementObject): WorkPlacementObject {
    return informers.placements.get(`${placement.metadata.namespace}/${placement.metadata.name}`) ?? placement;
  }

  async function report(placement: WorkPlacementObject, changes: ConditionChange[], version?: string): Promise<void> {
    const conditions = setConditions(placement.status?.conditions, [...changes, scheduled(placement)], engine.now());
    const status = { ...placement.status, conditions, ...(version && { versionID: version }) };
    await api.mergePatch(WorkPlacement.type, placement, { ...placement, status }, { subresource: 'status' });
  }

  return async (key: Key): Promise<Result | void> => {
    const placement = informers.placements.get(key);
    if (!placement) return undefined;
    const destination = informers.destinations.get(placement.spec?.targetDestinationName ?? '');
    try {
      if (placement.metadata.deletionTimestamp) return await remove(placement, destination);
      if (!destination || isWritten(placement)) return undefined;
      return await write(placement, destination);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await report(latest(placement), failed(error.reason, `Destination "${destination?.metadata.name}": ${error.message}`));
      engine.events.warning(placement, 'FailedWriteToDestination', `error writing to destination; check kubectl get destination for more info: ${error.message}`);
      throw error; // the queue tries again, ever more slowly
    }
  };
}

function scheduled(placement: WorkPlacementObject): ConditionChange {
  return placement.metadata.labels?.[labels.misplaced] === 'true'
    ? { type: 'ScheduleSucceeded', status: 'False', reason: 'DestinationSelectorMismatch', message: 'Target destination no longer matches destinationSelectors' }
    : { type: 'ScheduleSucceeded', status: 'True', reason: 'ScheduledToDestination', message: 'Scheduled to correct Destination' };
}

function written(observedGeneration: number): ConditionChange[] {
  return [
    { type: 'WriteSucceeded', status: 'True', reason: 'WorkloadsWrittenToStateStore', message: 'Workloads written to State Store', observedGeneration },
    { type: 'Ready', status: 'True', reason: 'WorkloadsWrittenToTargetDestination', message: 'Ready' },
  ];
}

function failed(reason: string, message: string): ConditionChange[] {
  return [
    { type: 'WriteSucceeded', status: 'False', reason: 'WorkloadsFailedWrite', message: `${reason}: ${message}` },
    { type: 'Ready', status: 'False', reason: 'WorkloadsFailedWrite', message: 'Failing' },
  ];
}

/** What the store is asked for. Throws {@link StoreError} when a path may not be written. */
function changeFor(placement: WorkPlacementObject, destination: DestinationObject): StoreChange {
  const { promiseName = '', resourceName, id = '', workloads = [] } = placement.spec ?? {};
  const place = {
    destinationPath: destination.spec?.path ?? '',
    namespace: placement.metadata.namespace ?? '',
    promise: promiseName,
    resource: resourceName,
    pipeline: placement.metadata.labels?.[labels.pipelineName],
    groupId: id,
  };
  const origin = {
    id: placement.metadata.name,
    promise: promiseName,
    ...(resourceName && { request: `${placement.metadata.namespace}/${resourceName}` }),
    ...(placement.metadata.annotations?.[annotations.requestedBy] && { requestedBy: placement.metadata.annotations[annotations.requestedBy] }),
  };
  if (placement.metadata.deletionTimestamp) return { ...origin, owns: nestedDirectory(place), put: new Map(), remove: [] };
  const files = workloads.map(({ filepath = '', content = '' }): [string, Uint8Array] => [filepath, decodeContent(content)]);
  return { ...origin, ...nestedLayout(place, files), remove: [] };
}
