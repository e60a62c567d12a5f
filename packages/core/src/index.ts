/** The engine: runs Kratix Promises on any Kubernetes API server. Kinds are in `./api`, the client in `./kube`. */
export { createEngine } from './engine';
export type { Engine, EngineOptions } from './engine';
export { configFromEnvironment } from './config';
export type { EngineConfig } from './config';
export type { EnginePlugin, WorkflowListener } from './plugin';
export type { ChooseDestination } from './scheduling';
export type { StateStore, StateStoreType, StoreChange, StoreOptions, StoreVersion } from './statestore';
export { StoreError } from './statestore';
export { createLogger } from './runtime';
export type { Logger } from './runtime';
