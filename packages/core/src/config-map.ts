import { readConfig, type Overrides } from './config-keys';
import type { Settings } from './config';
import { coreTypes, type Cache } from './kube';
import type { KubeObject } from './kube/types';
import type { EventRecorder, Logger } from './runtime';
import { SYSTEM_NAMESPACE } from './wire/names';

/** Where an operator writes the configuration. Source: kratix-behaviour.md §9.1. */
export const CONFIG_MAP = { name: 'kratix', namespace: SYSTEM_NAMESPACE } as const;

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

/** Keeps {@link Settings} in step with ConfigMap `kratix`, and reports on it what cannot be used. */
export class ConfigMapWatch {
  private overrides: Overrides = {};
  private map?: ConfigMap;
  private stop?: () => void;

  constructor(private readonly options: { settings: Settings; cache: Cache; events: EventRecorder; log: Logger }) {}

  /** Settles when the ConfigMap was read, or is not there: then the defaults hold. */
  async start(signal?: AbortSignal): Promise<void> {
    const { namespace, name } = CONFIG_MAP;
    const informer = this.options.cache.informer<ConfigMap>(coreTypes.ConfigMap, { namespace, fieldSelector: `metadata.name=${name}` });
    const unsubscribe = informer.onChange(event => this.read(event.type === 'deleted' ? undefined : event.object));
    this.stop = () => {
      unsubscribe();
      informer.release();
    };
    await informer.whenSynced(signal);
  }

  /** Tells of what the configuration asks for and cannot be had. */
  report(reason: string, sentences: string[]): void {
    if (this.map) this.tell(this.map, reason, sentences);
    else this.options.log.warn({ reason }, sentences.join('. '));
  }

  end(): void {
    this.stop?.();
  }

  private read(map: ConfigMap | undefined) {
    const { settings, log } = this.options;
    this.map = map;
    if (!map) {
      this.overrides = {};
      settings.override({});
      return;
    }
    const { overrides, problems, warnings } = readConfig(map.data?.config, this.overrides, settings.current);
    this.overrides = overrides;
    settings.override(overrides);
    if (problems.length > 0) this.tell(map, 'InvalidConfiguration', problems);
    if (warnings.length > 0) this.tell(map, 'UnknownConfiguration', warnings);
    log.info({ configMap: `${CONFIG_MAP.namespace}/${CONFIG_MAP.name}`, keys: Object.keys(overrides) }, 'the configuration was read');
  }

  private tell(map: ConfigMap, reason: string, sentences: string[]) {
    const message = sentences.join('. ');
    this.options.events.warning(map, reason, message);
    this.options.log.warn({ configMap: `${CONFIG_MAP.namespace}/${CONFIG_MAP.name}`, reason }, message);
  }
}
