import { setConditions, specHash, WorkPlacement, type ConditionChange, type DestinationObject, type PlacementLocation, type WorkPlacementObject } from '../api';
import { keyOf } from '../kube';
import type { Key } from '../kube/types';
import { Controller, type Result } from '../runtime';
import { isWritten } from '../scheduling';
import { nestedDirectory, nestedLayout, StoreError, type StoreChange } from '../statestore';
import { decodeContent } from '../wire/encoding';
import { annotations, finalizers, labels } from '../wire/names';
import type { EngineContext } from './context';
import { destinationProblem } from './destination';
import { onSpec, onSpecOrLabels } from './predicates';

/** Placements mostly wait for a push; many at once fill one batch. */
const WORKERS = 256;

/** A store that refuses is asked again this often at least: nobody tells when a hook or a remote is mended. */
const MAX_RETRY_MS = 60_000;

/** Looks after placements: when one changes, and when its Destination or its store does. */
export function placementController(engine: EngineContext): Controller {
  const { informers, log, stores } = engine;
  const controller = new Controller({ name: 'workplacement', log, workers: WORKERS, maxRetryMs: MAX_RETRY_MS, reconcile: placementReconciler(engine) });
  const onDestination = (name: string) => informers.placements.byIndex('destination', name).map(keyOf);
  stores.onChange((kind, name) => {
    for (const { metadata } of informers.destinations.byIndex('store', `${kind}/${name}`)) {
      for (const key of onDestination(metadata.name)) controller.enqueue(key);
    }
  });
  return controller
    .watches(informers.placements, onSpecOrLabels)
    .watches(informers.destinations, event => onSpec(event).flatMap(onDestination));
}

/** Placements become files in a store. Source: kratix-behaviour.md §7.3, §7.4, §10.5. */
function placementReconciler(engine: EngineContext) {
  const { api, informers, stores } = engine;

  async function write(placement: WorkPlacementObject, destination: DestinationObject): Promise<Result | void> {
    const problem = destinationProblem(destination);
    if (problem) return report(placement, failed('InvalidDestination', `Destination "${destination.metadata.name}": ${problem}`));
    const store = stores.of(destination);
    if (!store) {
      const why = engine.storeProblem(destination);
      return why === undefined ? undefined : report(placement, failed('StateStoreNotReady', `Destination "${destination.metadata.name}": ${why}`));
    }
    const location = locationOf(destination);
    const { version } = await store.submit(changeFor(placement, location.path));
    engine.metrics.placementWritten(placement, 'success');
    await removeFormer(placement, destination, location);
    await report(latest(placement), written(placement.metadata.generation ?? 1), { versionID: version, location });
    engine.events.normal(placement, 'WorkloadsWrittenToStateStore', `successfully written to Destination: ${destination.metadata.name} with versionID: ${version}`);
    return undefined;
  }

  /** Which repository is meant when a store's name is the same tells its address. */
  function locationOf(destination: DestinationObject): PlacementLocation {
    const { path = '', stateStoreRef } = destination.spec ?? {};
    const { url, branch, path: root } = informers.gitStores.get(stateStoreRef?.name ?? '')?.spec ?? {};
    return { store: `${stateStoreRef?.kind}/${stateStoreRef?.name}`, repository: specHash({ url, branch, path: root }), path };
  }

  /** Files follow their Destination: what it received at another path, or in another store, goes. */
  async function removeFormer(placement: WorkPlacementObject, destination: DestinationObject, now: PlacementLocation) {
    const former = placement.status?.location;
    if (!former || isSameLocation(former, now)) return;
    const isHere = former.store === now.store;
    const [kind, name = ''] = former.store.split('/');
    const stateStoreRef = { kind: kind as 'GitStateStore', name };
    const store = stores.of({ ...destination, spec: { ...destination.spec, path: former.path, stateStoreRef } } as DestinationObject);
    if (!store || (isHere && former.repository !== now.repository)) {
      engine.events.warning(placement, 'FilesLeftBehind', `its files at "${former.path}" in ${former.store} cannot be reached any more and stay there`);
      return;
    }
    await store.submit({ ...changeFor(placement, former.path), put: new Map() });
  }

  async function remove(placement: WorkPlacementObject, destination: DestinationObject | undefined): Promise<void> {
    if (!placement.metadata.finalizers?.includes(finalizers.placement)) return;
    if (destination) {
      const store = stores.of(destination);
      if (!store) {
        const why = engine.storeProblem(destination);
        if (why) await report(placement, failed('StateStoreNotReady', `its files cannot be removed: ${why}; mend the store, or delete Destination "${destination.metadata.name}" to leave them`));
        return;
      }
      await store.submit({ ...changeFor(placement, placement.status?.location?.path ?? destination.spec?.path ?? ''), put: new Map() });
    }
    await api.removeFinalizers(WorkPlacement.type, latest(placement), finalizers.placement);
  }

  function latest(placement: WorkPlacementObject): WorkPlacementObject {
    return informers.placements.get(`${placement.metadata.namespace}/${placement.metadata.name}`) ?? placement;
  }

  async function report(placement: WorkPlacementObject, changes: ConditionChange[], done: Pick<NonNullable<WorkPlacementObject['status']>, 'versionID' | 'location'> = {}): Promise<void> {
    const conditions = setConditions(placement.status?.conditions, [...changes, scheduled(placement)], engine.now());
    const { versionID, location } = done;
    const status = { ...placement.status, conditions, ...(versionID && { versionID }), ...(location && { location }) };
    await api.mergePatch(WorkPlacement.type, placement, { ...placement, status }, { subresource: 'status' });
  }

  return async (key: Key): Promise<Result | void> => {
    const placement = informers.placements.get(key);
    if (!placement) return undefined;
    const destination = informers.destinations.get(placement.spec?.targetDestinationName ?? '');
    try {
      if (placement.metadata.deletionTimestamp) return await remove(placement, destination);
      if (!destination) return undefined;
      const { location } = placement.status ?? {};
      if (isWritten(placement) && (!location || isSameLocation(location, locationOf(destination)))) return undefined;
      return await write(placement, destination);
    } catch (error) {
      // a store that closes, as when this process ends, says nothing of the placement
      if (!(error instanceof StoreError) || error.reason === 'Closed') throw error;
      engine.metrics.placementWritten(placement, 'failure');
      await report(latest(placement), failed(error.reason, `Destination "${destination?.metadata.name}": ${error.message}`));
      engine.events.warning(placement, 'FailedWriteToDestination', `error writing to destination; check kubectl get destination for more info: ${error.message}`);
      throw error; // the queue tries again, ever more slowly
    }
  };
}

function isSameLocation(a: PlacementLocation, b: PlacementLocation): boolean {
  return a.store === b.store && a.repository === b.repository && a.path === b.path;
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
function changeFor(placement: WorkPlacementObject, destinationPath: string): StoreChange {
  const { promiseName = '', resourceName, id = '', workloads = [] } = placement.spec ?? {};
  const namespace = placement.metadata.labels?.[labels.resourceNamespace] ?? placement.metadata.namespace ?? '';
  const place = {
    destinationPath,
    // where pipelines run in a namespace of their own, two requests may bear one name
    namespace,
    promise: promiseName,
    resource: resourceName,
    pipeline: placement.metadata.labels?.[labels.pipelineName],
    groupId: id,
  };
  const origin = {
    id: placement.metadata.name,
    promise: promiseName,
    ...(resourceName && { request: `${namespace}/${resourceName}` }),
    ...(placement.metadata.annotations?.[annotations.requestedBy] && { requestedBy: placement.metadata.annotations[annotations.requestedBy] }),
  };
  if (placement.metadata.deletionTimestamp) return { ...origin, owns: nestedDirectory(place), put: new Map(), remove: [] };
  const files = workloads.map(({ filepath = '', content = '' }): [string, Uint8Array] => [filepath, decodeContent(content)]);
  return { ...origin, ...nestedLayout(place, files), remove: [] };
}
