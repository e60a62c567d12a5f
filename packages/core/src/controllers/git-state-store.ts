import { setConditions, specHash, GitStateStore, type GitStateStoreObject } from '../api';
import { coreTypes, type Informer } from '../kube';
import type { Key, KubeObject } from '../kube/types';
import { Controller, type Result } from '../runtime';
import { StoreError } from '../statestore';
import type { EngineContext } from './context';
import { onSpec } from './predicates';

const KIND = 'GitStateStore';
const RETRY_MS = 15_000;
/** How long the answer to a list of one Secret may take, in milliseconds. */
const SECRET_PATIENCE = 10_000;

interface SecretObject extends KubeObject {
  data?: Record<string, string>;
}

/** Looks after git stores: when one changes, and when its Secret does. */
export function gitStateStoreController(engine: EngineContext): Controller {
  const reconcile = gitStateStoreReconciler(engine);
  const controller: Controller = new Controller({ name: 'gitstatestore', log: engine.log, reconcile: key => reconcile(key, changed => controller.enqueue(changed)) });
  return controller.watches(engine.informers.gitStores, onSpec);
}

/** Opens and checks git stores. Source: kratix-behaviour.md §7.1. */
function gitStateStoreReconciler(engine: EngineContext) {
  const { api, informers, stores, config } = engine;
  const secrets = new Map<string, { ref: string; informer: Informer<SecretObject> }>();

  /** Watches the one Secret that the store names, and no other. */
  async function secretOf(store: GitStateStoreObject, enqueue: (key: Key) => void): Promise<SecretObject | undefined> {
    const { name } = store.metadata;
    const wanted = store.spec?.secretRef?.name;
    const namespace = store.spec?.secretRef?.namespace ?? 'default';
    const ref = wanted ? `${namespace}/${wanted}` : '';
    const before = secrets.get(name);
    if (before && before.ref !== ref) {
      before.informer.release();
      secrets.delete(name);
    }
    if (!wanted) return undefined;
    if (!secrets.has(name)) {
      const informer = engine.cache.informer<SecretObject>(coreTypes.Secret, { namespace, fieldSelector: `metadata.name=${wanted}` });
      secrets.set(name, { ref, informer });
      informer.onChange(() => enqueue(name));
    }
    await secrets.get(name)?.informer.whenSynced(AbortSignal.timeout(SECRET_PATIENCE));
    return secrets.get(name)?.informer.get(ref);
  }

  async function report(store: GitStateStoreObject, reason: string, message: string, isReady: boolean) {
    const conditions = setConditions(store.status?.conditions, [{ type: 'Ready', status: isReady ? 'True' : 'False', reason, message }], engine.now());
    const status = { ...store.status, status: isReady ? 'Ready' : 'NotReady', conditions, observedGeneration: store.metadata.generation ?? 1 };
    const isNews = store.status?.status !== status.status;
    await api.mergePatch(GitStateStore.type, store, { ...store, status }, { subresource: 'status' });
    if (isNews && isReady) engine.events.normal(store, 'Ready', `${KIND} "${store.metadata.name}" is ready`);
    if (isNews && !isReady) engine.events.warning(store, 'NotReady', message);
  }

  async function forget(name: string) {
    secrets.get(name)?.informer.release();
    secrets.delete(name);
    await stores.forget(KIND, name);
  }

  /** `enqueue` asks for another look when the store's Secret changes. */
  return async (key: Key, enqueue: (key: Key) => void): Promise<Result | void> => {
    const store = informers.gitStores.get(key);
    if (!store) return forget(key);
    let secret: SecretObject | undefined;
    try {
      secret = await secretOf(store, enqueue);
    } catch (error) {
      await report(store, 'StateStoreError', `its Secret cannot be read: ${(error as Error).message}`, false);
      throw error;
    }
    const ref = store.spec?.secretRef;
    if (ref?.name && !secret) {
      const why = `Secret ${ref.name} not found in namespace ${ref.namespace ?? 'default'}`;
      await stores.drop(KIND, key, `${KIND}/${key}: not ready: ${why}`);
      return report(store, 'SecretNotFound', why, false);
    }
    const type = engine.registry.stateStores.get(KIND);
    if (!type) throw new Error(`no engine plugin brings a state store for kind ${KIND}`);
    const fingerprint = [store.metadata.uid, specHash(store.spec), secret?.metadata.uid, secret?.metadata.resourceVersion].join('/');
    const decoded = Object.fromEntries(Object.entries(secret?.data ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
    try {
      const open = () =>
        type.create({ name: key, spec: store.spec, ...(secret && { secret: decoded }), allowLocal: config.allowLocalStores, cacheDir: config.cacheDir, log: engine.log });
      const opened = await stores.ensure(KIND, key, fingerprint, open);
      await opened.check();
      stores.ready(KIND, key);
      return await report(store, 'StateStoreReady', 'State store is ready', true);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await stores.drop(KIND, key, `${KIND}/${key}: not ready: ${error.message}`);
      const reason = error.reason === 'InvalidSpec' ? 'ErrorInitialisingWriter' : 'ErrorValidatingPermissions';
      await report(informers.gitStores.get(key) ?? store, reason, `${error.reason}: ${error.message}`, false);
      return error.reason === 'InvalidSpec' ? undefined : { requeueAfterMs: RETRY_MS };
    }
  };
}
