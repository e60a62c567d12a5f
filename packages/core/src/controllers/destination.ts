import { Destination, findCondition, setConditions, WorkPlacement, type DestinationObject } from '../api';
import type { Key } from '../kube/types';
import { Controller, type Result } from '../runtime';
import { canaryFiles, StoreError } from '../statestore';
import { finalizers } from '../wire/names';
import type { EngineContext } from './context';
import { onSpecOrLabels } from './predicates';

const RETRY_MS = 15_000;

/** Looks after Destinations: when one changes, when its store does, and when one of its placements is gone. */
export function destinationController(engine: EngineContext): Controller {
  const { informers, log, stores } = engine;
  const controller = new Controller({ name: 'destination', log, reconcile: destinationReconciler(engine) });
  stores.onChange((kind, name) => {
    for (const { metadata } of informers.destinations.byIndex('store', `${kind}/${name}`)) controller.enqueue(metadata.name);
  });
  return controller
    .watches(informers.destinations, onSpecOrLabels)
    .watches(informers.placements, event => (event.type === 'deleted' ? [event.object.spec?.targetDestinationName ?? ''] : []));
}

/** A Destination is ready when something could be written to it. Source: kratix-behaviour.md §7.2, §10.6. */
function destinationReconciler(engine: EngineContext) {
  const { api, informers, stores } = engine;

  async function report(destination: DestinationObject, status: 'True' | 'False', reason: string, message: string) {
    const observedGeneration = destination.metadata.generation ?? 1;
    const conditions = setConditions(destination.status?.conditions, [{ type: 'Ready', status, reason, message, observedGeneration }], engine.now());
    const isNews = findCondition(destination.status?.conditions, 'Ready')?.status !== status;
    await api.mergePatch(Destination.type, destination, { ...destination, status: { ...destination.status, conditions } }, { subresource: 'status' });
    if (isNews && status === 'True') engine.events.normal(destination, 'DestinationReady', 'Destination is Ready');
    if (isNews && status === 'False') engine.events.warning(destination, 'DestinationNotReady', message);
  }

  /** With `cleanup: all` everything that was written goes first. */
  async function remove(destination: DestinationObject): Promise<Result | void> {
    if (!destination.metadata.finalizers?.includes(finalizers.destination)) return undefined;
    if (destination.spec?.cleanup !== 'all') {
      await api.removeFinalizers(Destination.type, destination, finalizers.destination);
      return undefined;
    }
    const placements = informers.placements.byIndex('destination', destination.metadata.name);
    for (const placement of placements) await engine.deleteOnce(WorkPlacement.type, placement);
    if (placements.length > 0) return undefined;
    const store = stores.of(destination);
    if (!store) {
      const why = engine.storeProblem(destination);
      if (why) await report(destination, 'False', 'StateStoreNotReady', `its files cannot be removed: ${why}; mend the store, or set spec.cleanup: none to leave them`);
      return undefined;
    }
    await store.submit({ id: 'kratix-canary', owns: null, put: new Map(), remove: [...canaries(destination).keys()] });
    await api.removeFinalizers(Destination.type, destination, finalizers.destination);
    return undefined;
  }

  async function check(destination: DestinationObject): Promise<Result | void> {
    const problem = destinationProblem(destination);
    if (problem) return report(destination, 'False', 'InvalidDestination', problem);
    const store = stores.of(destination);
    if (!store) {
      const why = engine.storeProblem(destination);
      if (why === undefined) return undefined;
      return report(destination, 'False', why.endsWith('not found') ? 'StateStoreNotFound' : 'StateStoreNotReady', why);
    }
    const ready = findCondition(destination.status?.conditions, 'Ready');
    if (ready?.status === 'True' && ready.observedGeneration === destination.metadata.generation) return undefined;
    const files = canaries(destination);
    if (destination.spec?.initWorkloads?.enabled === false) {
      await store.submit({ id: 'kratix-canary', owns: null, put: new Map(), remove: [...files.keys()] });
      return report(destination, 'True', 'DestinationReady', 'Destination is ready');
    }
    await store.submit({ id: 'kratix-canary', owns: null, put: files, remove: [] });
    return report(destination, 'True', 'TestDocumentsWritten', 'Test documents written to State Store');
  }

  return async (key: Key): Promise<Result | void> => {
    const destination = informers.destinations.get(key);
    if (!destination) return undefined;
    try {
      if (destination.metadata.deletionTimestamp) return await remove(destination);
      const wantsCleanup = destination.spec?.cleanup === 'all';
      const held = await api.patchMetadata(Destination.type, destination, wantsCleanup ? { addFinalizers: [finalizers.destination] } : { removeFinalizers: [finalizers.destination] });
      return await check(held);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await report(informers.destinations.get(key) ?? destination, 'False', 'StateStoreWriteFailed', `Failed to write test documents to State Store: ${error.message}`);
      return { requeueAfterMs: RETRY_MS };
    }
  };
}

function canaries(destination: DestinationObject) {
  return canaryFiles(destination.spec?.path ?? '', destination.spec?.filepath?.mode ?? 'nestedByMetadata');
}

/** What the schema lets pass and the engine cannot do. */
export function destinationProblem(destination: DestinationObject): string | undefined {
  const { path, stateStoreRef, filepath } = destination.spec ?? {};
  if (!path) return 'path field is required';
  if (!stateStoreRef) return 'stateStoreRef field is required';
  if (filepath?.mode && filepath.mode !== 'nestedByMetadata') return `filepath.mode: "${filepath.mode}" is not supported by this version; use nestedByMetadata`;
  return undefined;
}
