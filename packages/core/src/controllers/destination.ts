import { Destination, findCondition, setConditions, WorkPlacement, type DestinationObject, type FileLocation } from '../api';
import { keyOf, type InformerEvent } from '../kube';
import type { Key } from '../kube/types';
import { Controller, LOW_PRIORITY, type Result } from '../runtime';
import { destinationProblem } from '../scheduling';
import { canaryFiles, StoreError, type ForeignChange, type StateStore, type StoreChange } from '../statestore';
import { finalizers } from '../wire/names';
import type { EngineContext } from './context';
import { Comparison, destinationsTouchedBy, driftOf, Suspects } from './drift';
import { LastWrites, wasWritten } from './last-writes';
import { isSameLocation, locationOf, storeOf, storeAddress } from './placed';
import { onSpec, onSpecOrLabels } from './predicates';

const RETRY_MS = 15_000;

/** Looks after Destinations: when one changes, when its store does, and when one of its placements is gone. */
export function destinationController(engine: EngineContext): Controller {
  const { informers, log, stores } = engine;
  const suspects = new Suspects();
  const lastWrites = new LastWrites(() => engine.now());
  const controller = new Controller({ name: 'destination', log, reconcile: destinationReconciler(engine, suspects, lastWrites) });
  stores.onChange((kind, name) => {
    for (const { metadata } of informers.destinations.byIndex('store', `${kind}/${name}`)) controller.enqueue(metadata.name);
  });
  stores.onForeignChange((ref, change) => {
    const touched = destinationsTouchedBy(engine, ref, change);
    suspects.add(touched, change);
    for (const key of touched) controller.enqueue(key, { priority: LOW_PRIORITY });
  });
  return controller
    .watches(informers.destinations, event => [...onSpecOrLabels(event), ...refusedBeside(engine, event)])
    .watches(informers.placements, event => {
      const destination = event.object.spec?.targetDestinationName ?? '';
      const afterMs = wasWritten(event) ? lastWrites.noticed(destination) : undefined;
      if (afterMs !== undefined) controller.enqueue(destination, { afterMs });
      return event.type === 'deleted' ? [destination] : [];
    });
}

/** Destinations in whose way another may have been that has gone elsewhere now. */
function refusedBeside({ informers }: EngineContext, event: InformerEvent<DestinationObject>): Key[] {
  if (event.type === 'added' || onSpec(event).length === 0) return [];
  return informers.destinations.list().filter(each => readyOf(each)?.reason === 'InvalidDestination').map(keyOf);
}

function readyOf(destination: DestinationObject) {
  return findCondition(destination.status?.conditions, 'Ready');
}

/** A Destination is ready when something could be written to it. Source: kratix-behaviour.md §7.2, §10.6. */
function destinationReconciler(engine: EngineContext, suspects: Suspects, lastWrites: LastWrites) {
  const { api, informers, stores } = engine;
  const comparison = new Comparison();
  const lastWriteOf = (destination: DestinationObject) => lastWrites.of(destination, informers.placements.byIndex('destination', destination.metadata.name));

  async function report(destination: DestinationObject, status: 'True' | 'False', reason: string, message: string, location?: FileLocation) {
    const observedGeneration = destination.metadata.generation ?? 1;
    const conditions = setConditions(destination.status?.conditions, [{ type: 'Ready', status, reason, message, observedGeneration }], engine.now());
    const isNews = readyOf(destination)?.status !== status;
    const after = { ...destination.status, conditions, ...(location && { location }), ...lastWriteOf(destination) };
    await api.mergePatch(Destination.type, destination, { ...destination, status: after }, { subresource: 'status' });
    lastWrites.settled(destination.metadata.name);
    if (isNews && status === 'True') engine.events.normal(destination, 'DestinationReady', 'Destination is Ready');
    if (isNews && status === 'False') engine.events.warning(destination, 'DestinationNotReady', message);
  }

  /** Gives back in how many milliseconds the last write is to be recorded. */
  async function record(key: Key): Promise<number | undefined> {
    const destination = informers.destinations.get(key);
    if (!destination) return undefined;
    if (lastWrites.isNew(key) && lastWriteOf(destination).lastWrite !== destination.status?.lastWrite) lastWrites.noticed(key);
    const dueMs = lastWrites.dueIn(key);
    if (dueMs !== 0) return dueMs;
    await api.mergePatch(Destination.type, destination, { ...destination, status: { ...destination.status, ...lastWriteOf(destination) } }, { subresource: 'status' });
    lastWrites.settled(key);
    return undefined;
  }

  /** With `cleanup: all` everything that was written goes first. */
  async function remove(destination: DestinationObject): Promise<void> {
    if (!destination.metadata.finalizers?.includes(finalizers.destination)) return;
    if (destination.spec?.cleanup === 'all') {
      const placements = informers.placements.byIndex('destination', destination.metadata.name);
      for (const placement of placements) await engine.deleteOnce(WorkPlacement.type, placement);
      if (placements.length > 0) return;
      const location = destination.status?.location ?? locationOf(engine, destination);
      if (!(await removeCanaries(destination, location))) {
        const why = engine.storeProblem(storeOf(location));
        if (why) await report(destination, 'False', 'StateStoreNotReady', `its files cannot be removed: ${why}; mend the store, delete it, or set spec.cleanup: none to leave them`);
        return;
      }
    }
    await api.removeFinalizers(Destination.type, informers.destinations.get(destination.metadata.name) ?? destination, finalizers.destination);
  }

  /** False while the store is there and cannot be used. What is in one that is gone stays there. */
  async function removeCanaries(destination: DestinationObject, location: FileLocation): Promise<boolean> {
    const store = stores.of(storeOf(location));
    const paths = [...canaryFiles(location.path, modeOf(destination)).keys()];
    if (store) await store.submit({ id: 'kratix-canary', owns: null, put: new Map(), remove: paths });
    else if (engine.isStoreThere(storeOf(location))) return false;
    else engine.events.warning(destination, 'FilesLeftBehind', `its test documents at "${location.path}" in ${location.store} cannot be reached any more and stay there`);
    return true;
  }

  /** Test documents that somebody else changed are put right, or only named. */
  async function inspect(destination: DestinationObject, store: StateStore, change: StoreChange, suspicion: ForeignChange): Promise<void> {
    const ref = destination.spec?.stateStoreRef;
    const differences = await comparison.differences(store, async () => change, suspicion);
    if (differences.length === 0) return;
    const { repairs, words } = driftOf(engine, ref, differences, suspicion);
    if (repairs) await store.submit(change);
    if (repairs) engine.metrics.store(`${ref?.kind}/${ref?.name}`).repaired(differences.length);
    engine.events.warning(destination, repairs ? 'DriftRepaired' : 'FilesChanged', words);
  }

  async function check(destination: DestinationObject): Promise<void> {
    const { spec } = destination;
    const problem = destinationProblem(destination, informers.destinations.list(), ref => storeAddress(engine, ref));
    if (problem) {
      await report(destination, 'False', 'InvalidDestination', problem);
      return;
    }
    const store = stores.of(spec?.stateStoreRef);
    if (!store) {
      const why = engine.storeProblem(spec?.stateStoreRef);
      const isThere = spec?.stateStoreRef && engine.isStoreThere(spec.stateStoreRef);
      if (why !== undefined) await report(destination, 'False', isThere ? 'StateStoreNotReady' : 'StateStoreNotFound', why);
      else if (!readyOf(destination)) await report(destination, 'False', 'DestinationNotReady', 'Destination is not ready');
      return;
    }
    const location = locationOf(engine, destination);
    const former = destination.status?.location;
    const ready = readyOf(destination);
    const isHere = !former || isSameLocation(former, location);
    const files = canaryFiles(location.path, modeOf(destination));
    const isWanted = spec?.initWorkloads?.enabled !== false;
    const change = { id: 'kratix-canary', owns: null, ...(isWanted ? { put: files, remove: [] } : { put: new Map(), remove: [...files.keys()] }) };
    const suspicion = suspects.take(destination.metadata.name);
    if (isHere && ready?.status === 'True' && ready.observedGeneration === destination.metadata.generation) {
      if (suspicion) await inspect(destination, store, change, suspicion);
      return;
    }
    await store.submit(change);
    const hasMoved = former && (former.store !== location.store || former.path !== location.path);
    if (hasMoved) await removeCanaries(destination, former);
    if (isWanted) await report(destination, 'True', 'TestDocumentsWritten', 'Test documents written to State Store', location);
    else await report(destination, 'True', 'DestinationReady', 'Destination is ready', location);
  }

  return async (key: Key): Promise<Result | void> => {
    const destination = informers.destinations.get(key);
    if (!destination) {
      lastWrites.forget(key);
      return undefined;
    }
    try {
      if (destination.metadata.deletionTimestamp) {
        await remove(destination);
        return undefined;
      }
      const wantsCleanup = destination.spec?.cleanup === 'all';
      const held = await api.patchMetadata(Destination.type, destination, wantsCleanup ? { addFinalizers: [finalizers.destination] } : { removeFinalizers: [finalizers.destination] });
      await check(held);
      return { requeueAfterMs: await record(key) };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await report(informers.destinations.get(key) ?? destination, 'False', 'StateStoreWriteFailed', `Failed to write test documents to State Store: ${error.message}`);
      return { requeueAfterMs: RETRY_MS };
    }
  };
}

function modeOf(destination: DestinationObject) {
  return destination.spec?.filepath?.mode ?? 'nestedByMetadata';
}
