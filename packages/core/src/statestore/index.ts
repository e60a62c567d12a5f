export { canaryFiles, cleanDirectory, directoriesOverlap, nestedDirectory, nestedLayout } from './layout';
export type { FilepathMode, Files, PlacementPlace } from './layout';
export { createGitStore, gitStateStoreType } from './git';
export type { GitTuning } from './git';
export type { GitStoreSpec } from './git-spec';
export { StoreError } from './store';
export type { ChangeOrigin, StateStore, StateStoreType, StoreChange, StoreErrorReason, StoreLog, StoreOptions, StoreVersion } from './store';
export { BatchWriter } from './writer';
export type { BatchLimits, BatchTarget, Outcome } from './writer';
