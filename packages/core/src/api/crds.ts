import { Destination } from './destination';
import { GitStateStore } from './git-state-store';
import { Promise } from './promise';
import { Work, WorkPlacement } from './work';
import { WorkflowRun } from './workflow-run';

/** Every kind of ours. */
export const kinds = [Promise, Work, WorkPlacement, Destination, GitStateStore, WorkflowRun] as const;

/** The CustomResourceDefinitions of every kind of ours, to be applied before the engine starts. */
export function crds() {
  return kinds.map(kind => kind.crd());
}
