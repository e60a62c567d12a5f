export { changesBetween, filesOf } from './changes';
export type { FileChange, Files } from './changes';
export { COMPONENT_PATIENCE, completedConditions, componentsOf, componentStatuses, diffsWork, dryRunInput, dryRunProblem, dryRunStatus, ephemeralRequest, isChildOf, isOverDryRun, outcomeOf, summaryOf, summaryWork } from './plan';
export type { Offer } from './plan';
export { compoundSummary, dryRunSummary } from './summary';
export type { ComponentOutcome, PipelineChanges } from './summary';
