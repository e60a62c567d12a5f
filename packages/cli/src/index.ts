export { type AgentLog, type AgentOptions, createBareRepository, DestinationAgent, Repository, type SyncResult } from './agent';
