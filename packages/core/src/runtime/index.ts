/** Controller runtime: work queue, controllers, manager, leader election, events, log and clock. */
export { pause, systemClock } from './clock';
export type { Clock } from './clock';
export { Controller } from './controller';
export type { ControllerOptions, Reconcile, ReconcileContext, ReconcileOutcome, Result } from './controller';
export { EventRecorder } from './event-recorder';
export type { EventNote, EventRecorderOptions } from './event-recorder';
export { LeaderElection } from './leader-election';
export type { LeaderElectionOptions } from './leader-election';
export { createLogger } from './logger';
export type { Logger, LoggerOptions } from './logger';
export { Manager } from './manager';
export type { Election, ManagerOptions, Runnable } from './manager';
export { TerminalError } from './terminal-error';
export { LOW_PRIORITY, WorkQueue } from './work-queue';
export type { WorkQueueOptions } from './work-queue';
