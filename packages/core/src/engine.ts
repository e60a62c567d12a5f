import { hostname } from 'node:os';
import { mkdirSync } from 'node:fs';
import { engineWebhook } from './admission/engine-webhook';
import type { Webhook } from './admission/webhook';
import { kinds } from './api';
import { problemsOf } from './api/kind';
import { engineConfig, Settings, type EngineConfig, type Telemetry } from './config';
import { ConfigMapWatch } from './config-map';
import { EngineContext, openInformers } from './controllers/context';
import { destinationController } from './controllers/destination';
import { dryRunController } from './controllers/dry-run';
import { EngineMetrics } from './controllers/engine-metrics';
import { healthRecordController } from './controllers/health-record';
import { placementController } from './controllers/placement';
import { podTtlController } from './controllers/pod-ttl';
import { promiseController } from './controllers/promise';
import { requestRightsController } from './controllers/request-rights';
import { promiseReleaseController } from './controllers/promise-release';
import { promiseRevisionController } from './controllers/promise-revision';
import { bucketStateStoreController, gitStateStoreController } from './controllers/state-store';
import { Stores } from './controllers/stores';
import { spanOf } from './controllers/spans';
import { workController } from './controllers/work';
import { ApiError, ClusterApi, coreTypes, createCache, type KubeClient, type KubeObject } from './kube';
import type { EnginePlugin } from './plugin';
import { enginePushEvents } from './push-events/engine-push-events';
import { adoptPlugins } from './plugins/adopt';
import { Controller, createLogger, EventRecorder, Health, LeaderElection, Manager, type EventNote, type Logger, type Tracing } from './runtime';
import { FIELD_MANAGER, SYSTEM_NAMESPACE } from './wire/names';

export interface EngineOptions {
  /** The cluster to work on; the CRDs of {@link crds} must be there. */
  kube: KubeClient;
  config: EngineConfig;
  /** Beside those that the configuration names. */
  plugins?: EnginePlugin[];
  log?: Logger;
  now?: () => Date;
  /** Default: metrics of this engine alone, which nobody reads. */
  metrics?: EngineMetrics;
  /** Sends traces where the configuration says; without it they are not made. */
  tracing?: Tracing<Telemetry>;
  /** Names this process in the lease; by default its machine and number, so that a container that starts again leads again. */
  identity?: string;
  /** The lead was lost to another process, and everything has been stopped: this process should end. */
  onFatal?: (error: Error) => void;
}

/** Runs Promise and resource workflows on one cluster. */
export interface Engine {
  /** Settles when every controller works. */
  start(): Promise<void>;
  /** Finishes what is under way, flushes stores, gives the lead away, and ends within 25 seconds. Source: Q-35. */
  stop(): Promise<void>;
  /** Whether this process lives and could work; more checks may be added. */
  readonly health: Health;
}

/** The Lease of upstream's manager, so that the two never work on one cluster at once. Source: B-CFG-3. */
export const LEASE_NAME = '2743c979.kratix.io';

/** How long reconciles under way are waited for, in milliseconds; a store that hangs then is given up. */
const STOP_MS = 15_000;

/** Wires an engine; nothing happens before `start()`. Throws when the configuration is wrong, naming the field. */
export function createEngine({ kube, config, plugins = [], log = createLogger({ name: 'kratix-ts' }), now = () => new Date(), metrics = new EngineMetrics(), tracing, identity = `${hostname()}-${process.pid}`, onFatal }: EngineOptions): Engine {
  const settings = new Settings(parsedConfig(config));
  mkdirSync(settings.current.cacheDir, { recursive: true });
  const cache = createCache(kube, { log });
  const api = new ClusterApi(kube, cache, { fieldManager: FIELD_MANAGER });
  const events = new EventRecorder({ client: kube, controller: 'kratix-ts/engine', instance: identity, log });
  const lease = { client: kube, name: LEASE_NAME, namespace: SYSTEM_NAMESPACE, identity, log, times: () => settings.current };
  const election = settings.current.leaderElection ? new LeaderElection(lease) : undefined;
  const informers = openInformers(cache);
  const manager = new Manager({
    log,
    election,
    onFatal,
    stopTimeoutMs: STOP_MS,
    onAdd: runnable => {
      if (!(runnable instanceof Controller)) return;
      metrics.runtime.watch(runnable);
      if (tracing) runnable.trace(tracing, (key, fields) => spanOf(runnable.name, key, fields, informers));
    },
    onRemove: runnable => runnable instanceof Controller && metrics.runtime.forget(runnable),
  });
  const stores = new Stores();
  const engine = new EngineContext(api, cache, informers, settings, stores, log, now, metrics);
  metrics.collect(informers, () => manager.isStarted);
  if (election) metrics.runtime.collectLead(LEASE_NAME, () => election.isLeading);
  const health = new Health();
  health.addReadiness('caches', () => (manager.isReady ? undefined : 'the first lists are not in, or it is ending'));

  // added first, so that it is stopped last: what is under way still reaches the stores
  manager.add({ name: 'stores', start() {}, stop: () => stores.close() });

  const configMap = new ConfigMapWatch({ settings, cache, events, log });
  const controllers = [gitStateStoreController, bucketStateStoreController, destinationController, placementController, workController, promiseRevisionController, promiseReleaseController, healthRecordController, dryRunController, podTtlController];
  for (const make of controllers) manager.add(make(engine));
  manager.add(promiseController(engine, manager));
  if (settings.current.requestsRole) manager.add(requestRightsController(engine, settings.current.requestsRole));
  const record = (object: KubeObject, note: EventNote) => events.record(object, note);
  let webhook: Webhook | undefined;
  const pushEvents = enginePushEvents(engine);
  if (settings.current.admission) health.addReadiness('webhook', () => (webhook ? webhook.check() : 'it is not started yet'));
  return {
    health,
    async start() {
      await refuseWithoutKinds(kube);
      await ensureSystemNamespace(kube);
      settings.onChange(({ logLevel: level, logStructured: structured }) => log.tune?.({ level, structured }));
      await configMap.start();
      if (tracing) await followTelemetry(tracing, settings);
      const problems = await adoptPlugins(engine, manager, { given: plugins, record });
      if (problems.length > 0) configMap.report('InvalidPlugin', problems);
      // every replica answers, also one that waits for the lead
      webhook = await engineWebhook(engine);
      await webhook?.start();
      await pushEvents?.start();
      await manager.start();
    },
    async stop() {
      await pushEvents?.stop();
      await manager.stop();
      await webhook?.stop();
      configMap.end();
      await events.stop();
      await cache.stop();
      await tracing?.use(undefined);
    },
  };
}

/** Traces go where the settings say at the time. */
async function followTelemetry(tracing: Tracing<Telemetry>, settings: Settings): Promise<void> {
  const wanted = () => (settings.current.telemetry?.traces.enabled ? settings.current.telemetry : undefined);
  settings.onChange((now, before) => {
    if (JSON.stringify(now.telemetry) !== JSON.stringify(before.telemetry)) void tracing.use(wanted());
  });
  await tracing.use(wanted());
}

function parsedConfig(config: EngineConfig) {
  const problems = problemsOf(engineConfig, config);
  if (problems.length > 0) throw new Error(`configuration of the engine: ${problems.join('; ')}`);
  return engineConfig.parse(config);
}

/** Asks first: where the manifests are used, the engine may not make namespaces, and need not. */
async function ensureSystemNamespace(kube: KubeClient): Promise<void> {
  const metadata = { name: SYSTEM_NAMESPACE };
  try {
    await kube.get(coreTypes.Namespace, metadata);
  } catch (error) {
    if (!(error instanceof ApiError) || !error.isNotFound) throw error;
    await kube.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata }).catch(unlessThere);
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof ApiError) || !error.isAlreadyExists) throw error;
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
