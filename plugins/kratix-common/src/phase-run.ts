import type { ContainerState, Phase, Run, Step } from './types';
import type { SentenceId } from './phase-sentences';
import { errorTailOf, lastWords, tailOf } from './phase-words';

/** A phase and its sentence, before the sentence is written out. */
export interface Finding {
  phase: Phase;
  id: SentenceId;
  values?: Record<string, string | number>;
  since?: string;
  until?: string;
  step?: string;
  container?: string;
}

const CANNOT_PULL = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError'];
const CANNOT_CONFIGURE = ['CreateContainerConfigError'];
const CANNOT_START = ['CreateContainerError', 'RunContainerError', 'StartError', 'CreatePodSandboxError'];

/** What a run that has not succeeded says about the request; undefined when it has. */
export function findingOfRun(run: Run): Finding | undefined {
  if (run.phase === 'Succeeded' || run.phase === 'Skipped') return undefined;
  const suspended = run.steps.find(step => step.phase === 'Suspended');
  if (suspended) return ofSuspended(run, suspended);
  if (run.phase === 'Failed') return ofFailedRun(run);
  const retrying = run.steps.find(step => step.nextRetryAt && step.phase !== 'Succeeded' && step.phase !== 'Running');
  if (retrying) return ofRetrying(run, retrying);
  const running = run.steps.find(step => step.phase === 'Running');
  if (running) return ofRunning(run, running);
  if (run.phase === 'Suspended') return { phase: 'PausedByStep', id: 'pausedByStepSilent', ...at(run, run.steps[0]) };
  const failed = run.steps.find(step => step.phase === 'Failed');
  if (failed) return ofFailedStep(run, failed);
  const next = run.steps.find(step => step.phase === 'Pending');
  if (next && run.steps[0] === next) return undefined;
  if (next) return { phase: 'Running', id: 'between', since: run.startedAt, ...at(run, next) };
  return run.steps.length > 0 ? { phase: 'Running', id: 'finishing', since: run.startedAt } : undefined;
}

/** Why a run of the delete workflow stopped. */
export function findingOfFailedDelete(run: Run): Finding {
  const step = run.steps.find(candidate => candidate.phase === 'Failed');
  if (!step)
    return { phase: 'Failed', id: 'failedDeletingRun', values: { tail: tailOf(run.message) }, since: run.finishedAt };
  const container = failedContainer(step);
  const base = { phase: 'Failed', since: step.finishedAt ?? run.finishedAt } as const;
  if (container?.exitCode !== undefined && !container.helper) {
    const values = { container: container.name, code: container.exitCode, tail: tailOf(container.message) };
    return { ...base, id: 'failedDeletingExit', ...at(run, step, values), container: container.name };
  }
  const tail = container?.helper ? errorTailOf(container.message ?? step.message) : tailOf(container?.message ?? step.message);
  return { ...base, id: 'failedDeleting', ...at(run, step, { tail }) };
}

/** A step's container that failed: a user's one before the helper. */
export function failedContainer(step: Pick<Step, 'containers'>): ContainerState | undefined {
  const failed = step.containers.filter(container => container.phase === 'Failed');
  return failed.find(container => !container.helper) ?? failed[0];
}

function ofSuspended(run: Run, step: Step): Finding {
  const words = lastWords(step.message);
  if (step.nextRetryAt) {
    const values = { words, until: step.nextRetryAt };
    const id = words ? 'retryingAsked' : 'retryingAskedSilent';
    return { phase: 'Retrying', id, until: step.nextRetryAt, ...at(run, step, values) };
  }
  const id = words ? 'pausedByStep' : 'pausedByStepSilent';
  return { phase: 'PausedByStep', id, since: step.finishedAt, ...at(run, step, { words }) };
}

/** The number of an attempt, such as `3`, or `3/7` where it is known how many there are at the most. */
export function attemptText(n: number, { attempts }: Pick<Step, 'attempts'>): string {
  return attempts === undefined || attempts < n ? String(n) : `${n}/${attempts}`;
}

function ofRetrying(run: Run, step: Step): Finding {
  const until = step.nextRetryAt ?? '';
  const container = failedContainer(step);
  const values = { attempt: attemptText(step.attempt + 1, step), until };
  const base = { phase: 'Retrying', until, container: container?.name } as const;
  return container?.exitCode === undefined
    ? { ...base, id: 'retryingUncoded', ...at(run, step, values) }
    : { ...base, id: 'retrying', ...at(run, step, { ...values, code: container.exitCode }) };
}

function ofRunning(run: Run, step: Step): Finding {
  const base = { phase: 'Running', since: step.startedAt } as const;
  const waiting = step.containers.find(container => container.phase === 'Waiting' && isStuck(container));
  if (waiting) return ofStuck(run, step, waiting);
  const active = step.containers.find(container => container.phase === 'Running');
  if (active?.helper) return { ...base, id: 'collecting', ...at(run, step) };
  if (active) {
    const values = { container: active.name, ...(active.startedAt && { since: active.startedAt }) };
    return active.startedAt
      ? { ...base, id: 'running', ...at(run, step, values), container: active.name }
      : { ...base, id: 'runningUndated', ...at(run, step), container: active.name };
  }
  const failed = failedContainer(step);
  if (failed) return ofFailedAttempt(run, step, failed);
  const next = step.containers.find(container => container.phase === 'Waiting');
  if (next && step.message) return { ...base, id: 'waitsForPlace', ...at(run, step, { tail: tailOf(step.message) }) };
  if (next?.helper) return { ...base, id: 'collecting', ...at(run, step) };
  if (next) return { ...base, id: 'starting', ...at(run, step, { container: next.name }), container: next.name };
  if (step.containers.length > 0) return { ...base, id: 'collecting', ...at(run, step) };
  return step.startedAt
    ? { ...base, id: 'runningStep', ...at(run, step, { since: step.startedAt }) }
    : { ...base, id: 'runningUndated', ...at(run, step) };
}

/** The pod has ended and the step has not: its Job starts another one, at a time that only the cluster knows. */
function ofFailedAttempt(run: Run, step: Step, failed: ContainerState): Finding {
  const { name: container, helper, exitCode: code, reason = 'Error', message } = failed;
  const values = { attempt: attemptText(step.attempt + 1, step), tail: helper ? errorTailOf(message) : tailOf(message) };
  const base = { phase: 'Retrying', since: failed.finishedAt, container } as const;
  if (helper) return { ...base, id: 'retriedOutput', ...at(run, step, values) };
  return code === undefined || reason !== 'Error'
    ? { ...base, id: 'retriedReason', ...at(run, step, { ...values, container, reason }) }
    : { ...base, id: 'retriedExit', ...at(run, step, { ...values, container, code }) };
}

function isStuck({ reason = '' }: ContainerState): boolean {
  return [...CANNOT_PULL, ...CANNOT_CONFIGURE, ...CANNOT_START, 'CrashLoopBackOff'].includes(reason);
}

function ofStuck(run: Run, step: Step, container: ContainerState): Finding {
  const reason = container.reason ?? '';
  const values = { container: container.name, reason, tail: tailOf(container.message) };
  const rest = { since: step.startedAt, container: container.name, ...at(run, step, values) };
  if (reason === 'CrashLoopBackOff') return { phase: 'Retrying', id: 'restarting', ...rest };
  if (CANNOT_PULL.includes(reason)) return { phase: 'Running', id: 'cannotPull', ...rest };
  if (CANNOT_CONFIGURE.includes(reason)) return { phase: 'Running', id: 'cannotConfigure', ...rest };
  return { phase: 'Running', id: 'cannotStart', ...rest };
}

function ofFailedRun(run: Run): Finding {
  const step = run.steps.find(candidate => candidate.phase === 'Failed');
  if (step) return ofFailedStep(run, step);
  return { phase: 'Failed', id: 'failedRun', values: { tail: tailOf(run.message) }, since: run.finishedAt };
}

function ofFailedStep(run: Run, step: Step): Finding {
  const container = failedContainer(step);
  const base = { phase: 'Failed', since: step.finishedAt ?? run.finishedAt, container: container?.name } as const;
  if (!container) return { ...base, id: 'failedStep', ...at(run, step, { tail: tailOf(step.message ?? run.message) }) };
  const tail = tailOf(container.message);
  if (container.helper) {
    return { ...base, id: 'failedOutput', ...at(run, step, { tail: errorTailOf(container.message ?? step.message) }) };
  }
  const values = { container: container.name, tail };
  if (container.reason === 'OOMKilled') return { ...base, id: 'failedMemory', ...at(run, step, values) };
  if (container.exitCode !== undefined) {
    return { ...base, id: 'failedExit', ...at(run, step, { ...values, code: container.exitCode }) };
  }
  return { ...base, id: 'failedReason', ...at(run, step, { ...values, reason: container.reason ?? 'Error' }) };
}

function at(
  run: Run,
  step: Step | undefined,
  values: Record<string, string | number> = {},
): Pick<Finding, 'step' | 'values'> {
  const n = step ? run.steps.indexOf(step) + 1 : 1;
  return { step: step?.name, values: { n, total: run.steps.length, step: step?.name ?? '', ...values } };
}
