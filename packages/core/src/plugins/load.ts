import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { problemsOf } from '../api/kind';
import type { PluginEntry } from '../config';
import type { KubeObject } from '../kube/types';
import type { EnginePlugin, PluginContext, PluginExport } from '../plugin';
import type { EventNote, Logger } from '../runtime';
import { builtInPlugins } from './built-in';
import { within } from './within';

const LOAD_PATIENCE_MS = 30_000;

const callable = z.custom<(...args: never[]) => unknown>(value => typeof value === 'function', 'must be a function');
const patience = z.custom<number>(value => typeof value === 'number' && value >= 0, 'must be milliseconds, or Infinity');
const resource = z.object({ group: z.string(), version: z.string(), kind: z.string(), plural: z.string(), namespaced: z.literal(false, 'must be false: state stores belong to no namespace') });

/** What a package must bring, checked before anything of it is used. */
const pluginShape = z.strictObject({
  name: z.string().min(1),
  stateStores: z.array(z.looseObject({ kind: z.string().min(1), create: callable, patienceMs: patience.optional(), resource: resource.optional() })).optional(),
  chooseDestination: callable.optional(),
  admission: z.array(z.looseObject({ kind: z.string().min(1), problems: callable })).optional(),
  listeners: z.array(z.looseObject({ onRun: callable.optional(), onEvent: callable.optional() })).optional(),
});

export interface LoadOptions {
  /** Packages are looked for in `node_modules` of this folder, and of those above it. */
  folder: string;
  log: Logger;
  record(object: KubeObject, note: EventNote): void;
  /** For tests; else the module is imported. */
  importModule?: (url: string) => Promise<{ default?: unknown }>;
}

export interface LoadedPlugins {
  plugins: EnginePlugin[];
  /** One sentence for each that could not be loaded: the engine goes without it. */
  problems: string[];
}

/** Loads what the configuration names, each by itself: one that fails takes no other along. */
export async function loadPlugins(entries: readonly PluginEntry[], options: LoadOptions): Promise<LoadedPlugins> {
  const loaded: LoadedPlugins = { plugins: [], problems: [] };
  for (const entry of entries) {
    try {
      loaded.plugins.push(await within(LOAD_PATIENCE_MS, 'loading it', () => load(entry, options)));
    } catch (error) {
      loaded.problems.push(`plugin "${entry.package}": ${(error as Error)?.message ?? error}`);
    }
  }
  return loaded;
}

async function load({ package: name, options }: PluginEntry, { folder, log, record, importModule }: LoadOptions): Promise<EnginePlugin> {
  const brought = builtInPlugins.get(name) ?? (await exportOf(name, folder, importModule ?? (url => import(url))));
  const context: PluginContext = { options, log: log.child({ plugin: name }), record };
  const made = typeof brought === 'function' ? await (brought as Extract<PluginExport, (context: PluginContext) => unknown>)(context) : brought;
  const problems = problemsOf(pluginShape, made);
  if (problems.length > 0) throw new Error(`its default export is no plugin: ${problems.join('; ')}`);
  return made as EnginePlugin;
}

async function exportOf(name: string, folder: string, importModule: (url: string) => Promise<{ default?: unknown }>): Promise<unknown> {
  let file: string;
  try {
    file = createRequire(join(folder, 'plugins.js')).resolve(name);
  } catch {
    throw new Error(`it is not installed in ${join(folder, 'node_modules')}; install it, or take it out of plugins`);
  }
  const { default: brought } = await importModule(pathToFileURL(file).href);
  return brought;
}
