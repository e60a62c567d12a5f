/** The engine: runs Kratix Promises on any Kubernetes API server. Kinds are in `./api`, the client in `./kube`. */
export { createEngine } from './engine';
export type { Engine, EngineOptions } from './engine';
export { configFromEnvironment } from './config';
export { EngineMetrics } from './controllers/engine-metrics';
export type { EngineConfig, Telemetry } from './config';
export type { AdmissionRule, EngineEvent, EnginePlugin, PluginContext, PluginExport, WorkflowListener } from './plugin';
export type { ChooseDestination } from './scheduling';
export type { StateStore, StateStoreType, StoreChange, StoreOptions, StoreVersion } from './statestore';
export { bucketStateStoreType, gitStateStoreType, StoreError } from './statestore';
export { createLogger, Health, metricsEndpoint, parseAddress, probeEndpoint, Tracing } from './runtime';
export type { HealthCheck, HttpEndpoint, Logger, SpanSink } from './runtime';
