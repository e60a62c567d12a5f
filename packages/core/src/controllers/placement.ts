import { findCondition, setConditions, WorkPlacement, type ConditionChange, type DestinationObject, type FileLocation, type WorkPlacementObject } from '../api';
import { keyOf, type InformerEvent } from '../kube';
import type { Key } from '../kube/types';
import { Controller, LOW_PRIORITY } from '../runtime';
import { destinationProblem, failedConditions, isWritten, scheduledConditions, writeOf, writtenConditions } from '../scheduling';
import { Delivery, StoreError, type ForeignChange } from '../statestore';
import { finalizers } from '../wire/names';
import type { EngineContext } from './context';
import { Comparison, driftCondition, driftOf, noDrift, placementsTouchedBy, Suspects } from './drift';
import { isSameLocation, locationOf, placedFiles, storeOf, storeAddress, targetAt } from './placed';
import { onSpec, onSpecOrLabels } from './predicates';

/** Placements mostly wait for a push; many at once fill one batch. */
const WORKERS = 256;

/** A store that refuses is asked again after this time, then ever later: nobody tells when a hook or a remote is mended. */
const RETRY = { firstRetryMs: 250, maxRetryMs: 60_000 };

/** Looks after placements: when one changes, and when its Destination or its store does. */
export function placementController(engine: EngineContext): Controller {
  const { informers, log, stores } = engine;
  const suspects = new Suspects();
  const controller = new Controller({ name: 'workplacement', log, workers: WORKERS, ...RETRY, reconcile: placementReconciler(engine, suspects) });
  const onDestination = (name: string) => informers.placements.byIndex('destination', name);
  stores.onChange((kind, name) => {
    for (const { metadata } of informers.destinations.byIndex('store', `${kind}/${name}`)) {
      for (const placement of onDestination(metadata.name)) controller.enqueue(keyOf(placement));
    }
  });
  stores.onForeignChange((ref, change) => {
    const touched = placementsTouchedBy(engine, ref, change);
    suspects.add(touched, change);
    for (const key of touched) controller.enqueue(key, { priority: LOW_PRIORITY });
  });
  /** A file that was somebody else's is free when he is gone. */
  const refusedBeside = (event: InformerEvent<WorkPlacementObject>) =>
    event.type === 'deleted' ? onDestination(event.object.spec?.targetDestinationName ?? '').filter(isRefused).map(keyOf) : [];
  return controller
    .watches(informers.placements, event => [...onSpecOrLabels(event), ...refusedBeside(event)])
    .watches(informers.destinations, event => (onSpec(event).length || becameReady(event) ? onDestination(event.object.metadata.name).map(keyOf) : []));
}

function isRefused(placement: WorkPlacementObject): boolean {
  return findCondition(placement.status?.conditions, 'WriteSucceeded')?.message.startsWith('PathConflict') ?? false;
}

function becameReady(event: InformerEvent<DestinationObject>): boolean {
  const isReady = (destination: DestinationObject) => findCondition(destination.status?.conditions, 'Ready')?.status === 'True';
  return event.type === 'modified' && isReady(event.object) && !isReady(event.previous);
}

/** What only another spec can mend. */
const WAITS_FOR_CHANGE = ['InvalidPath', 'InvalidContent', 'InvalidSpec'];

/** Placements become files in a store. Source: kratix-behaviour.md §7.3, §7.4, §10.5. */
function placementReconciler(engine: EngineContext, suspects: Suspects) {
  const { api, informers, stores } = engine;
  const delivery = new Delivery();
  const comparison = new Comparison();

  async function write(placement: WorkPlacementObject, destination: DestinationObject): Promise<void> {
    const { name } = destination.metadata;
    const problem = destinationProblem(destination, informers.destinations.list(), ref => storeAddress(engine, ref));
    if (problem) {
      await report(placement, failedConditions(placement, 'InvalidDestination', `Destination "${name}": ${problem}`));
      return;
    }
    const store = stores.of(destination.spec?.stateStoreRef);
    if (!store) {
      const why = engine.storeProblem(destination.spec?.stateStoreRef);
      if (why !== undefined) await report(placement, failedConditions(placement, 'StateStoreNotReady', `Destination "${name}": ${why}`));
      return;
    }
    const location = locationOf(engine, destination);
    const placed = placedFiles(placement, engine);
    const paths = placed.paths();
    const { version } = await delivery.deliver(targetAt(engine, store, location, destination), placed);
    await removeFormer(placement, destination, location);
    const after = latest(placement);
    const now = { ...after, metadata: { ...after.metadata, generation: placement.metadata.generation } };
    await report(after, [...writtenConditions(now), ...noDrift(after)], { versionID: version, location, lastWrite: writeOf(paths, engine.now()) });
    const words = version ? ` with versionID: ${version}` : '';
    engine.events.normal(placement, 'WorkloadsWrittenToStateStore', `successfully written to Destination: ${name}${words}`);
  }

  /** Looks at files that somebody else may have changed; puts them right, or says that they are different. Source: Q-56. */
  async function inspect(placement: WorkPlacementObject, destination: DestinationObject, change: ForeignChange): Promise<void> {
    const ref = destination.spec?.stateStoreRef;
    const store = stores.of(ref);
    if (!store) {
      suspects.add([keyOf(placement)], change); // until the store can be used again
      return;
    }
    const target = targetAt(engine, store, locationOf(engine, destination), destination);
    const placed = placedFiles(placement, engine);
    const differences = await comparison.differences(store, async () => delivery.change(target, placed), change);
    if (differences.length === 0) {
      await report(latest(placement), noDrift(latest(placement)));
      return;
    }
    const { repairs, words } = driftOf(engine, ref, differences, change);
    const done = repairs ? { versionID: (await delivery.deliver(target, placed)).version, lastWrite: writeOf(placed.paths(), engine.now()) } : {};
    if (repairs) engine.metrics.store(`${ref?.kind}/${ref?.name}`).repaired(differences.length);
    await report(latest(placement), [driftCondition(repairs, words)], done);
    engine.events.warning(placement, repairs ? 'DriftRepaired' : 'FilesChanged', words);
  }

  /** Files follow their Destination: what it received at another path, or in another store, goes. */
  async function removeFormer(placement: WorkPlacementObject, destination: DestinationObject, now: FileLocation) {
    const former = placement.status?.location;
    if (!former || isSameLocation(former, now)) return;
    const store = stores.of(storeOf(former));
    if (!store || (former.store === now.store && former.repository !== now.repository)) {
      leftBehind(placement, former);
      return;
    }
    await delivery.vacate(targetAt(engine, store, former, destination), placedFiles(placement, engine));
  }

  function leftBehind(placement: WorkPlacementObject, { path, store }: FileLocation) {
    engine.events.warning(placement, 'FilesLeftBehind', `its files at "${path}" in ${store} cannot be reached any more and stay there`);
  }

  async function remove(placement: WorkPlacementObject, destination: DestinationObject | undefined): Promise<void> {
    const held = [finalizers.placement, finalizers.placementStateFile].filter(name => placement.metadata.finalizers?.includes(name));
    if (held.length === 0) return;
    if (destination) {
      const location = placement.status?.location ?? locationOf(engine, destination);
      const ref = storeOf(location);
      const store = stores.of(ref);
      // a store that is gone may come back; for a Destination that goes, too, nobody waits
      const isLost = destination.metadata.deletionTimestamp !== undefined && !engine.isStoreThere(ref);
      if (!store && !isLost) {
        const why = engine.storeProblem(ref);
        if (why) await report(placement, failedConditions(placement, 'StateStoreNotReady', `its files cannot be removed: ${why}; mend the store, or delete Destination "${destination.metadata.name}" to leave them`));
        return;
      }
      if (store) await delivery.withdraw(targetAt(engine, store, location, destination), placedFiles(placement, engine));
      else leftBehind(placement, location);
    }
    await api.removeFinalizers(WorkPlacement.type, latest(placement), ...held);
  }

  function latest(placement: WorkPlacementObject): WorkPlacementObject {
    return informers.placements.get(keyOf(placement)) ?? placement;
  }

  async function report(placement: WorkPlacementObject, changes: ConditionChange[], done: Pick<NonNullable<WorkPlacementObject['status']>, 'versionID' | 'location' | 'lastWrite'> = {}): Promise<void> {
    const conditions = setConditions(placement.status?.conditions, changes, engine.now());
    const { versionID, ...others } = done;
    const status = { ...placement.status, conditions, ...(versionID && { versionID }), ...others };
    await api.mergePatch(WorkPlacement.type, placement, { ...placement, status }, { subresource: 'status' });
  }

  async function fail(placement: WorkPlacementObject, destination: DestinationObject | undefined, error: StoreError): Promise<void> {
    const current = latest(placement);
    await report(current, failedConditions(current, error.reason, `Destination "${destination?.metadata.name}": ${error.message}`));
    const isLeaving = placement.metadata.deletionTimestamp !== undefined;
    if (isLeaving) engine.events.warning(placement, 'FailedDeleteFilesFromRepository', error.message);
    else engine.events.warning(placement, 'FailedWriteToDestination', `error writing to destination; check kubectl get destination for more info: ${error.message}`);
    if (!WAITS_FOR_CHANGE.includes(error.reason)) throw error; // the queue tries again, ever more slowly
  }

  return async (key: Key): Promise<void> => {
    const placement = informers.placements.get(key);
    if (!placement) {
      suspects.take(key);
      return;
    }
    const destination = informers.destinations.get(placement.spec?.targetDestinationName ?? '');
    try {
      if (placement.metadata.deletionTimestamp) {
        await remove(placement, destination);
      } else if (destination) {
        const { location } = placement.status ?? {};
        const isThere = isWritten(placement) && (!location || isSameLocation(location, locationOf(engine, destination)));
        const change = suspects.take(key);
        try {
          if (!isThere) await write(placement, destination);
          else if (change) await inspect(placement, destination, change);
          if (isThere) await report(latest(placement), scheduledConditions(latest(placement)));
        } catch (error) {
          if (change) suspects.add([key], change);
          throw error;
        }
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await fail(placement, destination, error);
    }
  };
}
