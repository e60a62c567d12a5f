export { concernsWork } from './concerns';
export type { DestinationChange } from './concerns';
export { chooseByHash, placementFinalizers, planPlacements } from './plan-placements';
export type { ChooseDestination, PlacementPlan } from './plan-placements';
export { isCandidate, isDryRun, mergeSelectors, requiredLabels } from './selectors';
export { isWritten, notFromPipeline, schedulingFailed, workConditions, workEvents } from './work-status';
export type { WorkEvent } from './work-status';
