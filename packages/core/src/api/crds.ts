import { BucketStateStore } from './bucket-state-store';
import { Destination } from './destination';
import { DryRun } from './dry-run';
import { GitStateStore } from './git-state-store';
import { HealthRecord } from './health-record';
import { Promise } from './promise';
import { PromiseRelease } from './promise-release';
import { PromiseRevision } from './promise-revision';
import { ResourceBinding } from './resource-binding';
import { Work, WorkPlacement } from './work';
import { WorkflowRun } from './workflow-run';

/** Every kind of ours. */
export const kinds = [
  Promise, PromiseRelease, PromiseRevision, ResourceBinding, Work, WorkPlacement, Destination, GitStateStore, BucketStateStore, HealthRecord, DryRun, WorkflowRun,
] as const;

/** The CustomResourceDefinitions of every kind of ours, to be applied before the engine starts. */
export function crds() {
  return kinds.map(kind => kind.crd());
}
