import { BucketStateStore, GitStateStore, parseGoDuration, setConditions, specHash, type Condition } from '../api';
import { coreTypes, type Informer } from '../kube';
import { backoffMs } from '../kube/backoff';
import type { Key, KubeObject, ResourceType } from '../kube/types';
import { Controller, type Result } from '../runtime';
import { StoreError } from '../statestore';
import type { EngineContext } from './context';
import { onSpec } from './predicates';

/** What this controller reads and writes of an API object that stands for a store. */
export interface StateStoreObject extends KubeObject {
  spec?: { secretRef?: { name?: string; namespace?: string }; fetchInterval?: string };
  status?: { status: string; conditions?: Condition[]; observedGeneration?: number };
}

interface SecretObject extends KubeObject {
  data?: Record<string, string>;
}

/** How long the answer to a list of one Secret may take, in milliseconds. */
const SECRET_PATIENCE = 10_000;
/** A store that cannot be used is tried again after this time, then ever later: nobody tells when a server is mended. */
const RETRY = { firstMs: 5_000, maxMs: 60_000 };
/** A server that asks for fewer calls is left alone this long. */
const RATE_LIMITED_MS = 60_000;
const DEFAULT_INTERVAL_MS = 5 * 60_000;

const secretRefOf = (store: StateStoreObject) => ({ wanted: store.spec?.secretRef?.name, namespace: store.spec?.secretRef?.namespace ?? 'default' });

/** Settles with the first list; rejects with the server's words as soon as it refuses one. */
async function firstList(informer: Informer<SecretObject>): Promise<void> {
  const refused = new AbortController();
  const stop = informer.onConnection(error => error && refused.abort(error));
  try {
    await informer.whenSynced(AbortSignal.any([AbortSignal.timeout(SECRET_PATIENCE), refused.signal]));
  } finally {
    stop();
  }
}

/** Milliseconds until a store is looked at again when nothing happens; undefined for never. Throws StoreError `InvalidSpec`. */
export function fetchIntervalOf(spec: StateStoreObject['spec']): number | undefined {
  if (spec?.fetchInterval === undefined) return DEFAULT_INTERVAL_MS;
  const interval = parseGoDuration(spec.fetchInterval);
  if (interval === undefined || interval < 0) {
    throw new StoreError('InvalidSpec', `spec.fetchInterval: ${JSON.stringify(spec.fetchInterval)} is not a duration; write it like 5m or 1h30m, or 0 for never`);
  }
  return interval === 0 ? undefined : Math.max(interval, 1_000);
}

/** Looks after git stores: when one changes, when its Secret does, and now and then. */
export const gitStateStoreController = (engine: EngineContext) => stateStoreController(engine, GitStateStore.type, engine.informers.gitStores);

/** Looks after bucket stores, as {@link gitStateStoreController} after git ones. */
export const bucketStateStoreController = (engine: EngineContext) => stateStoreController(engine, BucketStateStore.type, engine.informers.bucketStores);

/** Looks after the stores of a plugin's kind, as {@link gitStateStoreController} after git ones. */
export function pluginStoreController(engine: EngineContext, resource: ResourceType): Controller {
  const informer = engine.cache.informer<StateStoreObject>(resource);
  engine.pluginStores.set(resource.kind, informer as Informer<KubeObject>);
  return stateStoreController(engine, resource, informer);
}

function stateStoreController<T extends StateStoreObject>(engine: EngineContext, resource: ResourceType, informer: Informer<T>): Controller {
  const reconcile = stateStoreReconciler(engine, resource, informer);
  const controller: Controller = new Controller({ name: resource.kind.toLowerCase(), log: engine.log, reconcile: key => reconcile(key, changed => controller.enqueue(changed)) });
  return controller.watches(informer, onSpec);
}

/** Opens stores of one kind and checks them: when they or their Secret change, and now and then. Source: kratix-behaviour.md §7.1. */
function stateStoreReconciler<T extends StateStoreObject>(engine: EngineContext, resource: ResourceType, informer: Informer<T>) {
  const { api, stores } = engine;
  const { kind } = resource;
  const secrets = new Map<string, { ref: string; informer: Informer<SecretObject> }>();
  /** How often in a row a store could not be used. */
  const failures = new Map<Key, number>();
  /** When all files of a store were compared last, in milliseconds since 1970; opening it compares them. */
  const compared = new Map<Key, number>();

  /** Watches the one Secret that the store names, and no other. */
  async function secretOf(store: T, enqueue: (key: Key) => void): Promise<SecretObject | undefined> {
    const { name } = store.metadata;
    const { wanted, namespace } = secretRefOf(store);
    const ref = wanted ? `${namespace}/${wanted}` : '';
    const before = secrets.get(name);
    if (before && before.ref !== ref) {
      before.informer.release();
      secrets.delete(name);
    }
    if (!wanted) return undefined;
    if (!secrets.has(name)) {
      const watched = engine.cache.informer<SecretObject>(coreTypes.Secret, { namespace, fieldSelector: `metadata.name=${wanted}` });
      secrets.set(name, { ref, informer: watched });
      watched.onChange(event => {
        const isReadBelow = event.type === 'added' && event.initial;
        if (!isReadBelow) enqueue(name);
      });
    }
    const watched = secrets.get(name)?.informer;
    if (watched) await firstList(watched);
    return watched?.get(ref);
  }

  async function report(store: T, reason: string, message: string): Promise<void> {
    const isReady = reason === 'StateStoreReady';
    const conditions = setConditions(store.status?.conditions, [{ type: 'Ready', status: isReady ? 'True' : 'False', reason, message }], engine.now());
    const status = { ...store.status, status: isReady ? 'Ready' : 'NotReady', conditions, observedGeneration: store.metadata.generation ?? 1 };
    const isNews = store.status?.status !== status.status;
    await api.mergePatch(resource, store, { ...store, status }, { subresource: 'status' });
    if (isNews && isReady) engine.events.normal(store, 'Ready', `${kind} "${store.metadata.name}" is ready`);
    if (isNews && !isReady) engine.events.warning(store, 'NotReady', message);
  }

  async function forget(name: string): Promise<void> {
    secrets.get(name)?.informer.release();
    secrets.delete(name);
    failures.delete(name);
    compared.delete(name);
    await stores.forget(kind, name);
  }

  /** Opens the store with this spec and Secret, or gives back the one that is open with them, and tries it. */
  async function open(store: T, secret: SecretObject | undefined, enqueue: (key: Key) => void): Promise<void> {
    const { name, uid } = store.metadata;
    const type = engine.registry.stateStores.get(kind);
    if (!type) throw new StoreError('InvalidSpec', `no plugin of this engine brings state stores of kind ${kind}; put one that does into plugins of ConfigMap kratix, and start the engine again`);
    const { allowLocalStores: allowLocal, cacheDir, minimumFetchInterval } = engine.config;
    const fingerprint = [uid, specHash(store.spec), secret?.metadata.uid, secret?.metadata.resourceVersion, minimumFetchInterval].join('/');
    const decoded = Object.fromEntries(Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
    const opened = await stores.ensure(kind, name, fingerprint, () =>
      type.create({
        name,
        spec: store.spec,
        ...(secret && { secret: decoded }),
        allowLocal, cacheDir, minimumFetchInterval,
        metrics: engine.metrics.store(`${kind}/${name}`),
        log: engine.log,
        onFailure: () => enqueue(name),
        onForeignChange: change => stores.changedByOthers({ kind, name }, change),
      }));
    await opened.check();
    stores.ready(kind, name);
  }

  /** Has all files compared when that was last done long ago; gives back when it is next, in milliseconds from now. Source: B-SS-25. */
  function compareAll(name: string): number {
    const { stateStoreReconciliationInterval: interval } = engine.config;
    const now = engine.now().getTime();
    const last = compared.get(name) ?? now;
    const isDue = interval > 0 && now - last >= interval;
    compared.set(name, isDue ? now : last);
    if (isDue) stores.changedByOthers({ kind, name }, { version: '', paths: undefined });
    return interval > 0 ? (compared.get(name) ?? now) + interval - now : Infinity;
  }

  /** A spec or Secret that cannot work waits for a change; everything else is tried again. */
  async function failed(store: T, error: StoreError): Promise<Result | void> {
    const { name } = store.metadata;
    const latest = informer.get(name) ?? store;
    const why = `${kind}/${name}: not ready: ${error.message}`;
    if (error.reason === 'InvalidSpec') {
      await stores.drop(kind, name, why);
      return report(latest, 'ErrorInitialisingWriter', error.message);
    }
    stores.suspend(kind, name, why);
    await report(latest, 'ErrorValidatingPermissions', `Error validating state store permissions: ${error.message}`);
    const count = (failures.get(name) ?? 0) + 1;
    failures.set(name, count);
    return { requeueAfterMs: Math.max(backoffMs(count, RETRY), error.reason === 'RateLimited' ? RATE_LIMITED_MS : 0) };
  }

  /** `enqueue` asks for another look when the store's Secret changes, and when a write found that the store does not work. */
  return async (key: Key, enqueue: (key: Key) => void): Promise<Result | void> => {
    const store = informer.get(key);
    if (!store) return forget(key);
    let secret: SecretObject | undefined;
    try {
      secret = await secretOf(store, enqueue);
    } catch (error) {
      const why = `its Secret cannot be read: ${(error as Error).message}`;
      await stores.drop(kind, key, `${kind}/${key}: not ready: ${why}`);
      await report(store, 'StateStoreError', why);
      throw error;
    }
    const { wanted, namespace } = secretRefOf(store);
    if (wanted && !secret) {
      const why = `Secret ${wanted} not found in namespace ${namespace}`;
      await stores.drop(kind, key, `${kind}/${key}: not ready: ${why}`);
      return report(store, 'SecretNotFound', why);
    }
    try {
      const fetchInterval = fetchIntervalOf(store.spec) ?? Infinity;
      await open(store, secret, enqueue);
      failures.delete(key);
      await report(informer.get(key) ?? store, 'StateStoreReady', 'State store is ready');
      const requeueAfterMs = Math.min(fetchInterval, compareAll(key));
      return requeueAfterMs === Infinity ? undefined : { requeueAfterMs };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return failed(store, error);
    }
  };
}
