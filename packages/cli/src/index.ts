/** Parts of the `kratix-ts` command that tests and tools use. */
export { type AgentLog, type AgentOptions, createBareRepository, DestinationAgent, Repository, type SyncResult } from './agent';
export { type Example, type Examples, readExamples } from './dev/examples';
export { Applier, type Target } from './kube/apply';
export { installDefinitions } from './kube/crds';
export { readManifests } from './engine/manifests';
