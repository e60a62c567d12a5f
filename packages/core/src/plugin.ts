import type { WorkflowRunObject } from './api';
import type { ChooseDestination } from './scheduling';
import type { StateStoreType } from './statestore';

/** Told what happens to workflows; what it throws is logged and changes nothing. */
export interface WorkflowListener {
  /** A run came into being or its record changed. */
  onRun?(run: WorkflowRunObject): void;
}

/** What can be added to an engine. The built-in stores and the built-in scheduling are plugins too. */
export interface EnginePlugin {
  name: string;
  /** Kinds of state stores, by the kind of their API object. */
  stateStores?: StateStoreType[];
  /** Picks one of several Destinations that match a request's files. The last plugin that has one decides. */
  chooseDestination?: ChooseDestination;
  listeners?: WorkflowListener[];
}

/** What all plugins of an engine add up to. */
export interface Registry {
  stateStores: ReadonlyMap<string, StateStoreType>;
  chooseDestination: ChooseDestination;
  listeners: readonly WorkflowListener[];
}

/** Throws when two plugins bring the same kind of store, or none schedules. */
export function registryOf(plugins: EnginePlugin[]): Registry {
  const stateStores = new Map<string, StateStoreType>();
  for (const plugin of plugins) {
    for (const type of plugin.stateStores ?? []) {
      if (stateStores.has(type.kind)) throw new Error(`engine plugin "${plugin.name}": a state store for kind ${type.kind} is there already`);
      stateStores.set(type.kind, type);
    }
  }
  const chooseDestination = plugins.map(plugin => plugin.chooseDestination).filter(choose => choose !== undefined).at(-1);
  if (!chooseDestination) throw new Error('no engine plugin brings chooseDestination');
  return { stateStores, chooseDestination, listeners: plugins.flatMap(plugin => plugin.listeners ?? []) };
}
