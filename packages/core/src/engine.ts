import { hostname } from 'node:os';
import { mkdirSync } from 'node:fs';
import { kinds } from './api';
import { engineConfig, type EngineConfig } from './config';
import { EngineContext, openInformers } from './controllers/context';
import { destinationReconciler } from './controllers/destination';
import { gitStateStoreReconciler } from './controllers/git-state-store';
import { placementReconciler } from './controllers/placement';
import { PromiseReconciler } from './controllers/promise';
import { RequestControllers } from './controllers/request-controllers';
import { Stores } from './controllers/stores';
import { workReconciler } from './controllers/work';
import { ClusterApi, coreTypes, createCache, keyOf, type InformerEvent, type KubeClient } from './kube';
import type { Key, KubeObject } from './kube/types';
import { registryOf, type EnginePlugin } from './plugin';
import { Controller, createLogger, EventRecorder, LeaderElection, Manager, type Logger } from './runtime';
import { chooseByHash } from './scheduling';
import { gitStateStoreType } from './statestore';
import { FIELD_MANAGER, labels, SYSTEM_NAMESPACE } from './wire/names';

export interface EngineOptions {
  /** The cluster to work on; the CRDs of {@link crds} must be there. */
  kube: KubeClient;
  config: EngineConfig;
  /** Beside the built-in git store and scheduling. */
  plugins?: EnginePlugin[];
  log?: Logger;
  now?: () => Date;
  /** The lead was lost to another process, and everything has been stopped: this process should end. */
  onFatal?: (error: Error) => void;
}

/** Runs Promise and resource workflows on one cluster. */
export interface Engine {
  /** Settles when every controller works. */
  start(): Promise<void>;
  /** Finishes what is under way, flushes stores, and ends within 25 seconds. */
  stop(): Promise<void>;
}

/** What is there without any plugin. */
const builtIn: EnginePlugin = { name: 'built-in', stateStores: [gitStateStoreType], chooseDestination: chooseByHash };

/** Placements mostly wait for a push; many at once fill one batch. */
const PLACEMENT_WORKERS = 256;

/** A store that refuses is asked again this often at least: nobody tells when a hook or a remote is mended. */
const PLACEMENT_RETRY_MS = 60_000;

/** Wires an engine; nothing happens before `start()`. Throws when the configuration is wrong, naming the field. */
export function createEngine({ kube, config, plugins = [], log = createLogger({ name: 'kratix-ts' }), now = () => new Date(), onFatal }: EngineOptions): Engine {
  const settings = engineConfig.parse(config);
  mkdirSync(settings.cacheDir, { recursive: true });
  const cache = createCache(kube, { log });
  const api = new ClusterApi(kube, cache, { fieldManager: FIELD_MANAGER });
  const identity = `${hostname()}-${process.pid}`;
  const events = new EventRecorder({ client: kube, controller: 'kratix-ts/engine', instance: identity, log });
  const lease = { client: kube, name: 'kratix-ts-engine', namespace: SYSTEM_NAMESPACE, identity, log };
  const manager = new Manager({ log, ...(settings.leaderElection && { election: new LeaderElection(lease) }), onFatal });
  const engine = new EngineContext(api, cache, openInformers(cache), settings, registryOf([builtIn, ...plugins]), new Stores(), events, log, now);

  wire(engine, manager);
  return {
    async start() {
      await refuseWithoutKinds(kube);
      await api.apply(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } });
      await manager.start();
    },
    async stop() {
      await manager.stop();
      await engine.stores.close();
      await events.stop();
      await cache.stop();
    },
  };
}

/** Without its kinds the engine would wait for ever. */
async function refuseWithoutKinds(kube: KubeClient): Promise<void> {
  const missing: string[] = [];
  for (const { type } of kinds) {
    const served = await kube.discover(type.group, type.version);
    if (!served.some(each => each.plural === type.plural)) missing.push(`${type.plural}.${type.group}`);
  }
  if (missing.length > 0) throw new Error(`${kube.server} does not serve ${missing.join(', ')}; apply the CRDs of deploy/crds first`);
}

/** Who is reconciled when what changes. */
function wire(engine: EngineContext, manager: Manager) {
  const { informers, log } = engine;
  const self = (event: InformerEvent<KubeObject>): Key[] => [keyOf(event.object)];

  const reconcileStore = gitStateStoreReconciler(engine);
  const stores = new Controller({ name: 'gitstatestore', log, reconcile: key => reconcileStore(key, changed => stores.enqueue(changed)) });
  stores.watches(informers.gitStores, onSpec);

  const destinations = new Controller({ name: 'destination', log, reconcile: destinationReconciler(engine) });
  destinations
    .watches(informers.destinations, onSpecOrLabels)
    .watches(informers.placements, event => (event.type === 'deleted' ? [event.object.spec?.targetDestinationName ?? ''] : []));

  const placements = new Controller({ name: 'workplacement', log, workers: PLACEMENT_WORKERS, maxRetryMs: PLACEMENT_RETRY_MS, reconcile: placementReconciler(engine) });
  const onDestination = (name: string) => informers.placements.byIndex('destination', name).map(keyOf);
  placements
    .watches(informers.placements, onSpecOrLabels)
    .watches(informers.destinations, event => onSpec(event).flatMap(onDestination));
  engine.stores.onChange = (kind, name) => {
    for (const { metadata } of informers.destinations.byIndex('store', `${kind}/${name}`)) {
      destinations.enqueue(metadata.name);
      for (const key of onDestination(metadata.name)) placements.enqueue(key);
    }
  };

  const works = new Controller({ name: 'work', log, workers: 32, reconcile: workReconciler(engine) });
  works
    .watches(informers.works, onSpecOrLabels)
    .watches(informers.placements, event => [`${event.object.metadata.namespace}/${event.object.metadata.labels?.[labels.work]}`])
    .watches(informers.runs, event => (event.object.status?.pipelines ?? []).flatMap(each => (each.work ? [`${event.object.metadata.namespace}/${each.work.name}`] : [])))
    // where a Destination's labels or its life change, every Work may go elsewhere; its status matters to none
    .watches(informers.destinations, event => (onSpecOrLabels(event).length ? informers.works.list().map(keyOf) : []));

  const requests = new RequestControllers(engine, manager);
  const reconciler = new PromiseReconciler(engine, requests);
  const promises = new Controller({ name: 'promise', log, reconcile: key => reconciler.reconcile(key) });
  const ofPromise = (event: InformerEvent<KubeObject>) => [event.object.metadata.labels?.[labels.promiseName] ?? ''].filter(Boolean);
  const ofPromiseItself = (event: InformerEvent<KubeObject>) => (event.object.metadata.labels?.[labels.resourceName] ? [] : ofPromise(event));
  requests.onGone = promise => promises.enqueue(promise);
  // a definition that went may be what another Promise waits for
  const waiting = (crd: KubeObject) => informers.promises.list().filter(each => (each.spec?.api?.metadata as { name?: string } | undefined)?.name === crd.metadata.name);
  promises.watches(informers.promises, self).watches(informers.crds, event => [...ofPromise(event), ...waiting(event.object).map(keyOf)]);
  for (const informer of [informers.jobs, informers.pods, informers.works, informers.runs]) promises.watches<KubeObject>(informer, ofPromiseItself);
  const { serviceAccounts, configMaps, roles, roleBindings, clusterRoles, clusterRoleBindings } = informers;
  for (const informer of [serviceAccounts, configMaps, roles, roleBindings, clusterRoles, clusterRoleBindings]) {
    promises.watches(informer, event => (event.type === 'deleted' ? ofPromise(event) : []));
  }
  for (const controller of [stores, destinations, placements, works, promises]) manager.add(controller);
}

/** Our own status writes are no news. */
function onSpec(event: InformerEvent<KubeObject>): Key[] {
  if (event.type !== 'modified') return [keyOf(event.object)];
  const { generation, deletionTimestamp } = event.object.metadata;
  const hasChanged = generation !== event.previous.metadata.generation || deletionTimestamp !== event.previous.metadata.deletionTimestamp;
  return hasChanged ? [keyOf(event.object)] : [];
}

function onSpecOrLabels(event: InformerEvent<KubeObject>): Key[] {
  if (event.type !== 'modified') return [keyOf(event.object)];
  const text = (object: KubeObject) => JSON.stringify(Object.entries(object.metadata.labels ?? {}).sort());
  return text(event.object) !== text(event.previous) ? [keyOf(event.object)] : onSpec(event);
}

