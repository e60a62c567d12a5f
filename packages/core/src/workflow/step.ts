import type { Pipeline, PipelineRecord, RunStatus, RunTrigger, WorkflowRunObject, WorkObject } from '../api';
import type { JobObject, PodObject } from './kubernetes';
import type { PipelineStatus } from './status';

/** How long things may take, in milliseconds. */
export interface WorkflowLimits {
  /** One attempt of one pipeline, its Job's retries included. */
  timeout: number;
  /** A pod that cannot start: no image, no Secret, no node. */
  startTimeout: number;
}

/** What should have run: derived from the objects as they are now. */
export interface Demand {
  promiseName: string;
  /** Uid of the target. */
  uid?: string;
  /** Unique where the pipelines run. */
  resourceName?: string;
  /** What the names of this workflow's runs begin with; their sequence follows. */
  runPrefix: string;
  pipelines: Pipeline[];
  /** Hash of the specs. */
  hash: string;
  /** Generation of the target. */
  generation: number;
  /** The target moves to another version of its Promise. */
  isUpgrade?: boolean;
  /** Somebody asked for a run by label. */
  isManual: boolean;
  /** Somebody asked for a run from the start, but what runs now may end first. Source: B-RR-13. */
  isRestart?: boolean;
  /** Somebody asked, by annotation, to run again from the pipeline of this name. */
  retryFrom?: string;
  /** The label that a suspended workflow carries; without it the workflow goes on. */
  isSuspended: boolean;
  /** Whether a pipeline must ask for its turn before it starts. */
  mustQueue?: boolean;
  /** How long after its end a workflow runs again although nothing changed, in milliseconds; never when there is none. */
  interval?: number;
  /** Whether one that failed runs again then, too. */
  repeatsFailed?: boolean;
}

/** What is there. */
export interface Observed {
  /** Runs of this target and workflow. */
  runs: WorkflowRunObject[];
  /** Jobs of this target and workflow, whichever run they belong to, and their pods. */
  jobs: JobObject[];
  pods: PodObject[];
  work: (run: WorkflowRunObject, name: string) => WorkObject | undefined;
  /** Works of this target where its pipelines run. */
  works: WorkObject[];
  /** What the target's status says of its pipelines. */
  mirrored: PipelineStatus[];
}

/** The next thing to do for one workflow of one target. */
export type Step =
  /** Write a new record; nothing runs yet. With `carried`, pipelines that stay as they ended in the run before. */
  | { do: 'begin'; trigger: RunTrigger; sequence: number; carried?: PipelineRecord[] }
  /** Write the record of a run that another engine began. */
  | { do: 'adopt'; sequence: number; hash: string; status: RunStatus }
  /** Let a run of which nothing has started yet run for the specs as they are now. */
  | { do: 'retarget'; run: WorkflowRunObject }
  /** Take these labels and annotations away: what they ask for is on record, or cannot be done, as the warning says. */
  | { do: 'consume'; run: WorkflowRunObject; labels?: string[]; annotations?: string[]; warning?: string }
  /**
   * Write this status to the record, after the result was merged into the target. With `resumes`, because the target does
   * not say any more that it is suspended: to be asked once more, as a cache may show it from before it was.
   */
  | { do: 'record'; run: WorkflowRunObject; status: RunStatus; finished?: FinishedPipeline; resumes?: boolean }
  /** Ask for the turn of a pipeline that would start now. */
  | { do: 'queue'; run: WorkflowRunObject; index: number }
  /** Make the Job that the record names. */
  | { do: 'execute'; run: WorkflowRunObject; index: number; pipeline: Pipeline; job: string }
  /** End a Job that must not go on. */
  | { do: 'stop-job'; run: WorkflowRunObject; job: JobObject }
  /** Wait for events, and look again at `until`. */
  | { do: 'await'; run: WorkflowRunObject; until?: Date }
  /** Nothing is left to do before `until`. */
  | { do: 'settled'; run: WorkflowRunObject; until?: Date };

/** A pipeline that ended well: what it left. */
export interface FinishedPipeline {
  name: string;
  /** The Work that it wrote; null when it wrote none, so that an earlier one goes. */
  work: WorkObject | null;
  /** What it asks to be merged into the target's status. */
  status?: Record<string, unknown>;
}
