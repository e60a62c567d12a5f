import { createHash } from 'node:crypto';

/** Fixed names of the Kratix API. Source: kratix-behaviour.md §0. */
export const GROUP = 'platform.kratix.io';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
export const RUN_GROUP = 'workflows.kratix-ts.dev';
export const SYSTEM_NAMESPACE = 'kratix-platform-system';
export const FIELD_MANAGER = 'kratix-ts';
export const PIPELINE_FIELD_MANAGER = 'kratix-ts-pipeline';
export const HELPER_CONTAINER = 'pipeline-adapter';

export const labels = {
  promiseName: 'kratix.io/promise-name',
  promiseVersion: 'kratix.io/promise-version',
  resourceName: 'kratix.io/resource-name',
  resourceNamespace: 'kratix.io/resource-namespace',
  pipelineName: 'kratix.io/pipeline-name',
  pipelineNamespace: 'kratix.io/pipeline-namespace',
  workflowType: 'kratix.io/workflow-type',
  workflowAction: 'kratix.io/workflow-action',
  workType: 'kratix.io/work-type',
  hash: 'kratix.io/hash',
  managedBy: 'app.kubernetes.io/managed-by',
  work: 'kratix.io/work',
  workloadGroup: 'kratix.io/workload-group-id',
  targetDestination: 'kratix.io/targetDestinationName',
  misplaced: 'kratix.io/misplaced',
  manualReconciliation: 'kratix.io/manual-reconciliation',
  reconcileResources: 'kratix.io/reconcile-resources',
  runFromStart: 'internal.workflows.kratix.io/run-from-start',
  paused: 'kratix.io/paused',
  workflowSuspended: 'kratix.io/workflow-suspended',
  promiseReleaseName: 'kratix.io/promise-release-name',
  latestRevision: 'kratix.io/latest-revision',
  dryRun: 'kratix.io/dry-run',
  dryRunSummary: 'kratix.io/dry-run-summary',
  dryRunOwner: 'kratix.io/dry-run-owner',
  dryRunParent: 'kratix.io/dry-run-parent',
  parentPromiseName: 'kratix.io/parent-promise-name',
  parentResourceName: 'kratix.io/parent-resource-name',
  parentResourceNamespace: 'kratix.io/parent-resource-namespace',
  /** Ours: the WorkflowRun that a Job and its pods belong to. */
  run: 'kratix-ts.dev/run',
  /** Ours: on a Work that holds a piece of another one's files, the name of that one. */
  partOf: 'kratix-ts.dev/part-of',
} as const;

export const annotations = {
  lastUpdatedAt: 'kratix.io/last-updated-at',
  reconciliationInterval: 'kratix.io/reconciliation-interval',
  skipRequestCleanup: 'kratix.io/skip-resource-request-cleanup-on-delete',
  dryRunResourceName: 'kratix.io/dry-run-resource-name',
  dryRunResourceNamespace: 'kratix.io/dry-run-resource-namespace',
  /** On a Promise: `forbidden` lets none of its pipelines run dry. */
  dryRunPolicy: 'workflows.kratix-ts.dev/dry-run',
  traceParent: 'kratix.io/trace-parent',
  traceState: 'kratix.io/trace-state',
  traceTimestamp: 'kratix.io/trace-timestamp',
  traceGeneration: 'kratix.io/trace-generation',
  /** Run the workflow again from this pipeline; the engine takes it away. */
  retryFrom: 'workflows.kratix-ts.dev/retry-from',
  /** On a Promise: its requests run again that began before this time; an RFC 3339 time. */
  requestsSince: 'kratix-ts.dev/reconcile-requests-since',
  /** The entity ref of who asked; carried into runs and commits. */
  requestedBy: 'kratix-ts.dev/requested-by',
  /** The object that a pipeline reads as /kratix/input/object.yaml. */
  object: 'kratix-ts.dev/object',
  /** On a Pipeline: how long one of its runs may take, as a Go duration. */
  timeout: 'workflows.kratix-ts.dev/timeout',
  /** On a Promise: how many of its pipelines get a turn where another Promise gets one, when more wait than may run at once. */
  weight: 'workflows.kratix-ts.dev/weight',
  /** On a Pipeline: `none` lets `*.yaml` and `*.json` files through that do not parse. */
  outputValidation: 'workflows.kratix-ts.dev/output-validation',
} as const;

/** The value of `app.kubernetes.io/managed-by` on Jobs and pods. */
export const MANAGED_BY = 'Kratix';

export const finalizers = {
  promise: {
    resources: 'kratix.io/resource-request-cleanup',
    dynamic: 'kratix.io/dynamic-controller-dependant-resources-cleanup',
    crd: 'kratix.io/api-crd-cleanup',
    dependencies: 'kratix.io/dependencies-cleanup',
    workflows: 'kratix.io/workflows-cleanup',
    deleteWorkflows: 'kratix.io/delete-workflows',
    revisions: 'kratix.io/revision-cleanup',
  },
  request: {
    works: 'kratix.io/work-cleanup',
    workflows: 'kratix.io/workflows-cleanup',
    deleteWorkflows: 'kratix.io/delete-workflows',
    binding: 'kratix.io/resource-binding-cleanup',
  },
  work: 'kratix.io/work-cleanup',
  placement: 'finalizers.workplacement.kratix.io/repo-cleanup',
  placementStateFile: 'finalizers.workplacement.kratix.io/kratix-dot-files-cleanup',
  destination: 'kratix.io/destination-cleanup',
  release: 'kratix.io/promise-cleanup',
  revision: 'kratix.io/resource-request-cleanup',
  healthRecord: 'kratix.io/health-record-cleanup',
} as const;

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** At most 57 characters, ending in a letter or digit. Source: B-GEN-10. */
export function truncateName(name: string): string {
  return name.length > 57 ? name.slice(0, 56).replace(/[^A-Za-z0-9]+$/, '') : name;
}

/** A name of at most 63 characters that is the same for the same inputs. Source: B-GEN-12. */
export function stableName(name: string, ...inputs: string[]): string {
  return `${truncateName(name)}-${md5(inputs.length ? inputs.join('-') : name).slice(0, 5)}`;
}

/** Source: B-WF-1. */
export function pipelineId(promise: string, type: string, action: string, pipeline: string): string {
  return `${promise}-${type}-${action}-${pipeline}`;
}

/** Room for the digits that make a run's name unique, in the 63 characters of a label. */
const RUN_STEM = 50;

/** Unique for a target, a workflow and a number that counts up, and readable. */
export function runName(target: { name: string; uid: string }, type: string, action: string, sequence: number): string {
  const stem = target.name.slice(0, RUN_STEM).replace(/[^A-Za-z0-9]+$/, '');
  return `${stem}-${md5([target.uid, type, action].join('-')).slice(0, 5)}-${sequence}`;
}

/** The same for the same run, pipeline and attempt, so that creating a Job twice is harmless. Form: B-WF-10. */
export function jobName(promise: string, resource: string | undefined, run: string, pipeline: string, attempt: number): string {
  return stableName(['kratix', promise, resource, pipeline].filter(Boolean).join('-'), run, pipeline, String(attempt));
}

/** The Work of a pipeline where none is there yet. Form: B-POD-17. */
export function workName(promise: string, resource: { name: string; uid: string } | undefined, pipeline: string): string {
  return stableName([promise, resource?.name, pipeline].filter(Boolean).join('-'), promise, resource?.uid ?? '', pipeline);
}

/** Source: B-SCH-20. */
export function placementName(work: string, destination: string, group: string): string {
  return `${work}.${destination}-${group.slice(0, 5)}`;
}
