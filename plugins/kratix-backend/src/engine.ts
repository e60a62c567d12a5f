import { coreServices, createBackendModule, type LoggerService, type RootConfigService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import { createEngine, createLogger, type Engine, type EngineConfig, type Logger } from '@kratix-ts/core';
import { clustersFromConfig, connect, type KubeClient, type NamedCluster } from '@kratix-ts/core/kube';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

/** Where the engine works, and how. */
interface EngineSettings {
  cluster: NamedCluster;
  config: EngineConfig;
}

/** Reads `kratix.engine`; undefined where it is not switched on. Throws an Error that names the field. */
function engineSettings(config: RootConfigService): EngineSettings | undefined {
  const engine = config.getOptionalConfig('kratix.engine');
  if (!engine?.getOptionalBoolean('enabled')) return undefined;
  const clusters = clustersFromConfig(config.getOptional('kratix.clusters'));
  const name = engine.getOptionalString('cluster') ?? clusters[0]?.name;
  const cluster = clusters.find(each => each.name === name);
  if (!cluster) throw new Error(`kratix.engine.cluster: there is no cluster "${name ?? ''}" in kratix.clusters; there are: ${clusters.map(each => each.name).join(', ') || 'none'}`);
  return {
    cluster,
    config: {
      helperImage: engine.getString('helperImage'),
      cacheDir: engine.getOptionalString('cacheDir') ?? join(tmpdir(), `kratix-engine-${cluster.name}`),
      allowLocalStores: engine.getOptionalBoolean('allowLocalStores'),
      leaderElection: true,
    },
  };
}

/** Puts the engine's lines, in which secrets are blank, into the backend's log. ConfigMap `kratix` may ask for lines of text. */
function engineLog(logger: LoggerService): Logger {
  const write = (line: string) => {
    if (!line.startsWith('{')) {
      logger.info(line.trim());
      return;
    }
    const { level, msg, ts: _time, severity: _severity, ...fields }: JsonObject = JSON.parse(line);
    if (level === 'error') logger.error(String(msg), fields);
    else if (level === 'warn') logger.warn(String(msg), fields);
    else if (level === 'info') logger.info(String(msg), fields);
    else logger.debug(String(msg), fields);
  };
  return createLogger({ name: 'engine', level: 'info', destination: { write } });
}

/**
 * Runs an engine as one replica among others: it waits for the lead, works while it has it, and when it is lost, or the
 * cluster cannot be reached, begins anew.
 */
class EngineRunner {
  private engine?: Engine;
  private kube?: KubeClient;
  private timer?: NodeJS.Timeout;
  private retryMs = FIRST_RETRY_MS;
  private isStopped = false;

  constructor(private readonly settings: EngineSettings, private readonly logger: LoggerService, private readonly log: Logger) {}

  async start(): Promise<void> {
    try {
      this.kube = await connect({ ...this.settings.cluster.source, userAgent: 'kratix-ts-engine' });
      this.engine = createEngine({ kube: this.kube, config: this.settings.config, log: this.log, onFatal: error => this.again(error) });
      if (this.isStopped) return;
      await this.engine.start();
      this.retryMs = FIRST_RETRY_MS;
      if (!this.isStopped) this.logger.info(`The engine leads in cluster "${this.settings.cluster.name}"`);
    } catch (error) {
      this.again(error);
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.close();
  }

  private again(error: unknown): void {
    if (this.isStopped || this.timer) return;
    const words = error instanceof Error ? error.message : String(error);
    this.logger.warn(`The engine of cluster "${this.settings.cluster.name}" stopped and starts again in ${this.retryMs / 1000} s: ${words}`);
    this.timer = setTimeout(async () => {
      await this.close().catch(failure => this.logger.warn(`The engine did not end well: ${failure}`));
      this.timer = undefined;
      if (!this.isStopped) void this.start();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private async close(): Promise<void> {
    const { engine, kube } = this;
    this.engine = undefined;
    this.kube = undefined;
    await engine?.stop();
    await kube?.close();
  }
}

/**
 * The engine inside the backend, for a small team that wants one process. Off unless `kratix.engine.enabled`. It takes part
 * in the leader election of all engines of its cluster, so it does no harm beside others.
 */
export const kratixEngineFeature = createBackendModule({
  pluginId: 'kratix',
  moduleId: 'engine',
  register(env) {
    env.registerInit({
      deps: { config: coreServices.rootConfig, lifecycle: coreServices.rootLifecycle, logger: coreServices.logger },
      async init({ config, lifecycle, logger }) {
        const settings = engineSettings(config);
        if (!settings) return;
        const runner = new EngineRunner(settings, logger, engineLog(logger));
        lifecycle.addShutdownHook(() => runner.stop());
        // Whoever does not lead waits for it, which may be for ever.
        lifecycle.addStartupHook(() => void runner.start());
      },
    });
  },
});

export default kratixEngineFeature;
