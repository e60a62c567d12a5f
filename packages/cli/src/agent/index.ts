export { type AgentLog, type AgentOptions, DestinationAgent, FIELD_MANAGER, type SyncResult } from './agent';
export { createBareRepository, Repository } from './repository';
