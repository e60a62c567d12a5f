import { hostname } from 'node:os';
import { mkdirSync } from 'node:fs';
import { kinds } from './api';
import { problemsOf } from './api/kind';
import { engineConfig, Settings, type EngineConfig } from './config';
import { ConfigMapWatch } from './config-map';
import { EngineContext, openInformers } from './controllers/context';
import { destinationController } from './controllers/destination';
import { placementController } from './controllers/placement';
import { promiseController } from './controllers/promise';
import { promiseRevisionController } from './controllers/promise-revision';
import { bucketStateStoreController, gitStateStoreController } from './controllers/state-store';
import { Stores } from './controllers/stores';
import { workController } from './controllers/work';
import { ClusterApi, coreTypes, createCache, type KubeClient } from './kube';
import { registryOf, type EnginePlugin } from './plugin';
import { createLogger, EventRecorder, LeaderElection, Manager, type Logger } from './runtime';
import { chooseByHash } from './scheduling';
import { gitStateStoreType } from './statestore';
import { FIELD_MANAGER, SYSTEM_NAMESPACE } from './wire/names';

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

/** Wires an engine; nothing happens before `start()`. Throws when the configuration is wrong, naming the field. */
export function createEngine({ kube, config, plugins = [], log = createLogger({ name: 'kratix-ts' }), now = () => new Date(), onFatal }: EngineOptions): Engine {
  const settings = new Settings(parsedConfig(config));
  mkdirSync(settings.current.cacheDir, { recursive: true });
  const cache = createCache(kube, { log });
  const api = new ClusterApi(kube, cache, { fieldManager: FIELD_MANAGER });
  const identity = `${hostname()}-${process.pid}`;
  const events = new EventRecorder({ client: kube, controller: 'kratix-ts/engine', instance: identity, log });
  const lease = { client: kube, name: 'kratix-ts-engine', namespace: SYSTEM_NAMESPACE, identity, log, times: () => settings.current };
  const manager = new Manager({ log, ...(settings.current.leaderElection && { election: new LeaderElection(lease) }), onFatal });
  const engine = new EngineContext(api, cache, openInformers(cache), settings, registryOf([builtIn, ...plugins]), new Stores(), events, log, now);

  const configMap = new ConfigMapWatch({ settings, cache, events, log });
  const controllers = [gitStateStoreController, bucketStateStoreController, destinationController, placementController, workController, promiseRevisionController];
  for (const make of controllers) manager.add(make(engine));
  manager.add(promiseController(engine, manager));
  return {
    async start() {
      await refuseWithoutKinds(kube);
      await api.apply(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } });
      await configMap.start();
      await manager.start();
    },
    async stop() {
      await manager.stop();
      configMap.end();
      await engine.stores.close();
      await events.stop();
      await cache.stop();
    },
  };
}

function parsedConfig(config: EngineConfig) {
  const problems = problemsOf(engineConfig, config);
  if (problems.length > 0) throw new Error(`configuration of the engine: ${problems.join('; ')}`);
  return engineConfig.parse(config);
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
