import { countFiles, findingOfDelivery, findingOfUse, namesOf } from './phase-delivery';
import { failedContainer, findingOfFailedDelete, findingOfRun, type Finding } from './phase-run';
import { renderSentence } from './phase-sentences';
import { parseStatus, runOfStatus, type ParsedStatus } from './phase-status';
import { tailOf } from './phase-words';
import type { DestinationState, PhaseSummary, Run, Step } from './types';

const PAUSED = 'kratix.io/paused';

/** Everything that the phase of a request follows from. */
export interface PhaseInput {
  metadata: {
    name: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  /** The object's status as it is. */
  status: Record<string, unknown>;
  promise?: { name: string; available: boolean; paused?: boolean; missing?: string[] };
  /** Newest first. */
  runs: Run[];
  destinations: DestinationState[];
  /** Message of a Work that found no destination. */
  workPending?: string;
  /** Set while the cluster is not reachable: when it was last heard of, and its name. */
  stale?: { since: string; cluster: string };
  now: Date;
}

/**
 * The phase of a request and its sentence, from the objects alone. The API, the pages, the task log and the command
 * line all use it, so that they never disagree. Takes any status, whoever wrote it; always answers with a sentence.
 */
export function phaseOf(input: PhaseInput): PhaseSummary {
  const status = parseStatus(input.status);
  const run = currentRun(input, status);
  const summary = summarise(finding(input, status, run), run, input.now);
  if (!input.stale) return summary;
  const { since, cluster } = input.stale;
  const values = { at: since, cluster, last: summary.sentence };
  return { ...summarise({ phase: 'Unknown', id: 'unknown', values, since }, run, input.now), lastKnown: summary };
}

/** The step and container whose log explains the summary best; undefined when nothing has run yet. */
export function tellingContainer(run: Run | undefined): { step: Step; container?: string } | undefined {
  const step =
    run?.steps.find(candidate => candidate.phase === 'Failed') ??
    run?.steps.find(candidate => ['Running', 'Suspended'].includes(candidate.phase)) ??
    [...(run?.steps ?? [])].reverse().find(candidate => candidate.phase === 'Succeeded');
  if (!step) return undefined;
  const started = step.containers.filter(container => !container.helper && container.phase !== 'Waiting');
  const container =
    failedContainer(step) ?? started.find(candidate => candidate.phase === 'Running') ?? started[started.length - 1];
  return { step, container: container?.name };
}

function finding(input: PhaseInput, status: ParsedStatus, run: Run | undefined): Finding {
  const paused = ofPaused(input, status);
  if (paused) return paused;
  if (input.metadata.deletionTimestamp) return ofDeleting(input, run);
  return (
    ofChange(input, run) ??
    (run && findingOfRun(run)) ??
    ofWaiting(input, status, run) ??
    ofRefusal(status, run) ??
    ofQueued(input, status, run) ??
    findingOfDelivery(input.destinations, input.workPending, status) ??
    ofUnreconciled(status) ??
    findingOfUse(input.destinations, status) ??
    ofReady(input, status, run)
  );
}

function currentRun({ metadata, runs }: PhaseInput, { pipelines }: ParsedStatus): Run | undefined {
  const action = metadata.deletionTimestamp ? 'delete' : 'configure';
  const recorded = runs.find(run => run.action === action && run.type === 'resource' && run.phase !== 'Skipped');
  // While a delete workflow has not begun, the status still lists the steps of the configure workflow.
  if (!recorded) return metadata.deletionTimestamp ? undefined : runOfStatus(pipelines, action);
  const suspended = new Map(pipelines.filter(step => step.phase === 'Suspended').map(step => [step.name, step]));
  if (suspended.size === 0 || recorded.phase === 'Failed') return recorded;
  // A suspended step's own Job has succeeded: only the status knows that it waits.
  const steps = recorded.steps.map(step => {
    const known = suspended.get(step.name);
    return known && step.phase !== 'Running'
      ? {
          ...step,
          phase: known.phase,
          message: known.message ?? step.message,
          nextRetryAt: known.nextRetryAt ?? step.nextRetryAt,
        }
      : step;
  });
  return steps.some(step => step.phase === 'Suspended') ? { ...recorded, phase: 'Suspended', steps } : recorded;
}

function ofPaused({ metadata, promise }: PhaseInput, { conditions }: ParsedStatus): Finding | undefined {
  const reconciled = conditions.get('Reconciled');
  const ownPause = metadata.labels?.[PAUSED] === 'true';
  if (!ownPause && !promise?.paused) return undefined;
  const since = reconciled?.reason === 'PausedReconciliation' ? reconciled.lastTransitionTime : undefined;
  if (metadata.deletionTimestamp) return { phase: 'Paused', id: 'pausedDeleting', since };
  return ownPause || !promise
    ? { phase: 'Paused', id: 'paused', since }
    : { phase: 'Paused', id: 'pausedOffer', values: { promise: promise.name }, since };
}

function ofDeleting({ metadata, destinations }: PhaseInput, run: Run | undefined): Finding {
  const since = metadata.deletionTimestamp;
  if (run?.phase === 'Failed') return findingOfFailedDelete(run);
  const step = run?.steps.find(candidate => candidate.phase === 'Running')?.name;
  const count = countFiles(destinations);
  const files = { count, destinations: namesOf(destinations.filter(destination => destination.files.length > 0)) };
  if (step && count > 0)
    return { phase: 'Deleting', id: 'deletingStepThenFiles', values: { step, ...files }, since, step };
  if (step) return { phase: 'Deleting', id: 'deletingStep', values: { step }, since, step };
  return count > 0
    ? { phase: 'Deleting', id: 'deletingFiles', values: files, since }
    : { phase: 'Deleting', id: 'deleting', since };
}

/** The object was edited after the newest run began. */
function ofChange({ metadata }: PhaseInput, run: Run | undefined): Finding | undefined {
  const ended = run && ['Succeeded', 'Failed'].includes(run.phase);
  const older = ended && run.generation !== undefined && run.generation < (metadata.generation ?? 0);
  return older ? { phase: 'Queued', id: 'changeQueued' } : undefined;
}

function ofWaiting({ promise }: PhaseInput, status: ParsedStatus, run: Run | undefined): Finding | undefined {
  const served = run?.phase === 'Succeeded' || status.conditions.get('Reconciled')?.status === 'True';
  if (served || !promise || promise.available) return undefined;
  const missing = promise.missing?.join(', ');
  return missing
    ? { phase: 'Waiting', id: 'waitingMissing', values: { missing, promise: promise.name } }
    : { phase: 'Waiting', id: 'waiting', values: { promise: promise.name } };
}

/** Something other than a step or a delivery was refused; the condition holds the reason. */
function ofRefusal({ conditions }: ParsedStatus, run: Run | undefined): Finding | undefined {
  const configured = conditions.get('ConfigureWorkflowCompleted');
  const reconciled = conditions.get('Reconciled');
  // The conditions of an earlier run stand until the engine writes those of the next one.
  if (run?.phase === 'Succeeded') return undefined;
  const workflow = !run && configured?.status === 'False' && configured.reason === 'ConfigureWorkflowFailed';
  const aboutRuns = ['WorksFailing', 'ConfigureWorkflowFailed'].includes(reconciled?.reason ?? '');
  const refused = reconciled?.status === 'False' && !aboutRuns;
  const telling = workflow ? configured : reconciled;
  if (!telling || (!workflow && !refused)) return undefined;
  return {
    phase: 'Failed',
    id: 'failedRun',
    values: { tail: tailOf(telling.message) },
    since: telling.lastTransitionTime,
  };
}

function ofQueued({ metadata }: PhaseInput, status: ParsedStatus, run: Run | undefined): Finding | undefined {
  if (run?.phase === 'Succeeded') return undefined;
  const reconciled = status.conditions.get('Reconciled')?.status === 'True' || status.observedGeneration !== undefined;
  if (reconciled && !run) return undefined;
  if (reconciled && !run?.startedAt) return { phase: 'Queued', id: 'changeQueued' };
  const since = run?.startedAt ?? metadata.creationTimestamp;
  return since ? { phase: 'Queued', id: 'queued', values: { since }, since } : { phase: 'Queued', id: 'queuedUndated' };
}

/** Everything seems there, but the engine has not said so yet. */
function ofUnreconciled({ conditions }: ParsedStatus): Finding | undefined {
  const reconciled = conditions.get('Reconciled');
  if (!reconciled || reconciled.status === 'True') return undefined;
  return reconciled.status === 'Unknown'
    ? { phase: 'Delivering', id: 'delivering', since: reconciled.lastTransitionTime }
    : {
        phase: 'Failed',
        id: 'failedRun',
        values: { tail: tailOf(reconciled.message) },
        since: reconciled.lastTransitionTime,
      };
}

function ofReady({ destinations }: PhaseInput, { conditions }: ParsedStatus, run: Run | undefined): Finding {
  const reconciled = conditions.get('Reconciled');
  const since = reconciled?.lastTransitionTime ?? run?.finishedAt;
  const names = namesOf(destinations);
  const values = { destinations: names, ...(since && { at: since }) };
  if (!names) return { phase: 'Ready', id: since ? 'readyAlone' : 'readyAloneUndated', values, since };
  return { phase: 'Ready', id: since ? 'ready' : 'readyUndated', values, since };
}

function summarise(
  { phase, id, values = {}, since, until, step, container }: Finding,
  run: Run | undefined,
  now: Date,
): PhaseSummary {
  const message = { id, values };
  const total = run?.steps.length ?? 0;
  const done = run?.steps.filter(candidate => candidate.phase === 'Succeeded').length ?? 0;
  return {
    phase,
    sentence: renderSentence(message, { now }),
    message,
    ...(since && { since }),
    ...(until && { until }),
    ...(step && { step }),
    ...(container && { container }),
    ...(total > 0 && { progress: { done, total } }),
  };
}
