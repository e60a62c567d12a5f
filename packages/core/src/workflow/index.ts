export { accountObjects } from './rbac';
export { configureStatus } from './status';
export { firstStatus, nextStep, obsoleteJobs, obsoleteRuns } from './plan';
export type { Demand, FinishedPipeline, Observed, Step, WorkflowLimits } from './plan';
export { InputTooLargeError, pipelineJob } from './job';
export type { JobSettings } from './job';
export type { JobObject, PodObject } from './kubernetes';
export { ownerOf, pipelineNamespace, targetLabels, workflowLabels } from './target';
export type { Target, Workflow, WorkflowAction, WorkflowType } from './target';
