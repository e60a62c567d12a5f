import { runOfStatus, type ParsedStatus } from './phase-status';
import { conditionOf, isNewerFirst, kratixLabels, type JobSource, type PodSource, type PromiseSource } from './stateObjects';
import { containersOf, podMessage, podRef } from './statePods';
import { attemptsOf } from './stateRuns';
import type { Run, Step, StepPhase } from './types';

const pipelineOf = (job: JobSource) => job.metadata.labels?.[kratixLabels.pipeline] ?? job.metadata.name;
const actionOf = (job: JobSource): Run['action'] =>
  job.metadata.labels?.[kratixLabels.workflowAction] === 'delete' ? 'delete' : 'configure';

function phaseOfJob(job: JobSource): StepPhase {
  const is = (type: string) => conditionOf(job.status?.conditions, type)?.status === 'True';
  if (is('Complete') || is('SuccessCriteriaMet')) return 'Succeeded';
  if (is('Failed') || is('FailureTarget')) return 'Failed';
  return job.spec?.suspend ? 'Suspended' : 'Running';
}

function attemptOf({ status }: JobSource): number {
  const last = status?.active || status?.succeeded ? 1 : 0;
  return Math.max(1, (status?.failed ?? 0) + last);
}

function stepOf(job: JobSource, earlier: number, pods: PodSource[]): Step {
  const phase = phaseOfJob(job);
  const pod = pods.find(candidate => candidate.metadata.labels?.[kratixLabels.job] === job.metadata.name);
  const failure = conditionOf(job.status?.conditions, 'Failed');
  return {
    name: pipelineOf(job),
    phase,
    message: phase === 'Failed' ? failure?.message : pod && podMessage(pod),
    attempt: earlier + attemptOf(job),
    attempts: earlier === 0 ? attemptsOf(job) : undefined,
    startedAt: job.status?.startTime ?? job.metadata.creationTimestamp,
    finishedAt: job.status?.completionTime ?? (phase === 'Failed' ? failure?.lastTransitionTime : undefined),
    containers: pod ? containersOf(pod) : [],
    pod: podRef(pod),
  };
}

/** A job belongs to the run before it, unless its specs are others or the pipelines begin anew with it. */
function beginsRun(run: JobSource[] | undefined, job: JobSource): run is undefined {
  if (!run) return true;
  const [first] = run;
  const differs = first.metadata.labels?.[kratixLabels.hash] !== job.metadata.labels?.[kratixLabels.hash];
  if (differs || actionOf(first) !== actionOf(job)) return true;
  const index = run.findIndex(other => pipelineOf(other) === pipelineOf(job));
  const isRetryOfLast = index > 0 && pipelineOf(run[run.length - 1]) === pipelineOf(job);
  return index >= 0 && !isRetryOfLast;
}

function groupsOf(jobs: JobSource[]): JobSource[][] {
  const groups: JobSource[][] = [];
  for (const job of [...jobs].sort((a, b) => -isNewerFirst(a, b))) {
    const last = groups[groups.length - 1];
    if (beginsRun(last, job)) groups.push([job]);
    else last.push(job);
  }
  return groups.reverse();
}

/** A step that suspended itself has a Job that succeeded: only the status knows that it waits. */
function withStatus(step: Step, { pipelines }: ParsedStatus): Step {
  const known = pipelines.find(pipeline => pipeline.name === step.name && pipeline.phase === 'Suspended');
  if (!known || step.phase === 'Running') return step;
  const { phase, message, nextRetryAt, attempt } = known;
  return { ...step, phase, message, nextRetryAt, attempt };
}

function phaseOfSteps(steps: Step[], isNewest: boolean): StepPhase {
  const has = (phase: StepPhase) => steps.some(step => step.phase === phase);
  if (has('Failed')) return 'Failed';
  if (steps.every(step => step.phase === 'Succeeded')) return 'Succeeded';
  if (!isNewest) return 'Skipped';
  return has('Suspended') ? 'Suspended' : 'Running';
}

function runOf(jobs: JobSource[], isNewest: boolean, sources: JobSources): Run {
  const { promise, pods, status, type = 'resource' } = sources;
  const action = actionOf(jobs[0]);
  const declared = (promise?.spec?.workflows?.[type]?.[action] ?? []).map(pipeline => pipeline.metadata?.name ?? '');
  const names = [...new Set([...declared.filter(Boolean), ...jobs.map(pipelineOf)])];
  const steps = names.map((name): Step => {
    const own = jobs.filter(job => pipelineOf(job) === name);
    const job = own[own.length - 1];
    if (!job) return { name, phase: 'Pending', attempt: 1, containers: [] };
    const step = stepOf(job, own.length - 1, pods);
    return isNewest && action === 'configure' ? withStatus(step, status) : step;
  });
  const phase = phaseOfSteps(steps, isNewest);
  const ends = steps.map(step => step.finishedAt ?? '').sort();
  return {
    id: jobs[0].metadata.name,
    action,
    type,
    trigger: 'unknown',
    phase,
    startedAt: steps[0]?.startedAt ?? jobs[0].metadata.creationTimestamp,
    finishedAt: phase === 'Succeeded' || phase === 'Failed' ? ends[ends.length - 1] || undefined : undefined,
    steps,
  };
}

export interface JobSources {
  jobs: JobSource[];
  pods: PodSource[];
  promise?: PromiseSource;
  status: ParsedStatus;
  /** Whose workflow it is; a request's where nothing is said. */
  type?: Run['type'];
}

/** The runs of a cluster whose engine keeps no record of them: from Jobs and pods, else from the status alone. */
export function runsOfJobs(sources: JobSources): Run[] {
  const newestPods = [...sources.pods].sort(isNewerFirst);
  const groups = groupsOf(sources.jobs);
  if (groups.length > 0) return groups.map((jobs, index) => runOf(jobs, index === 0, { ...sources, pods: newestPods }));
  const run = runOfStatus(sources.status.pipelines, 'configure');
  return run ? [{ ...run, type: sources.type ?? run.type }] : [];
}
