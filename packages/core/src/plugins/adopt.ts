import type { EngineContext } from '../controllers/context';
import { pluginStoreController } from '../controllers/state-store';
import type { KubeObject } from '../kube/types';
import type { EnginePlugin } from '../plugin';
import type { EventNote, Manager } from '../runtime';
import { loadPlugins } from './load';
import { registryOf } from './registry';
import { serveStoreKind } from './store-kinds';

interface Adoption {
  /** Plugins that the program brought itself. */
  given: readonly EnginePlugin[];
  record(object: KubeObject, note: EventNote): void;
}

/**
 * Loads the plugins that the configuration names, and lets the engine work with them. Answers with a sentence for each that
 * cannot be used: the engine goes without it. Throws when what is left cannot work together.
 */
export async function adoptPlugins(engine: EngineContext, manager: Manager, { given, record }: Adoption): Promise<string[]> {
  const { api, cache, config, log } = engine;
  const { plugins, problems } = await loadPlugins(config.plugins, { folder: config.pluginsDir ?? process.cwd(), log, record });
  const registry = registryOf([...plugins, ...given], log);
  engine.adopt(registry);
  for (const type of registry.stateStores.values()) {
    if (!type.resource) continue;
    try {
      await serveStoreKind(api, cache, type);
      manager.add(pluginStoreController(engine, type.resource));
    } catch (error) {
      problems.push(`state stores of kind ${type.kind} cannot be served: ${(error as Error).message}`);
    }
  }
  return problems;
}
