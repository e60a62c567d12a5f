export { chooseByHash, planPlacements } from './plan-placements';
export type { ChooseDestination, PlacementPlan } from './plan-placements';
export { isCandidate, mergeSelectors, requiredLabels } from './selectors';
export { isWritten, workConditions } from './work-status';
