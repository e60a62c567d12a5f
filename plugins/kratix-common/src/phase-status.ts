import type { Condition, Run, Step, StepPhase } from './types';

/** What the phase needs to know of a request's status; anything else, or of the wrong type, is ignored. */
export interface ParsedStatus {
  conditions: Map<string, Condition>;
  /** `status.kratix.workflows.pipelines`, as steps. */
  pipelines: Step[];
  observedGeneration?: number;
  /** `status.healthStatus`. */
  health?: { state: string; words: string };
}

const STEP_PHASES: StepPhase[] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Suspended', 'Skipped'];

/** Reads a status that anybody may have written: never throws. Source: kratix-behaviour.md §3.7, §8.4. */
export function parseStatus(status: unknown): ParsedStatus {
  const root = record(status);
  const workflows = record(record(root.kratix).workflows);
  const conditions = list(root.conditions).map(parseCondition).filter(isThere);
  return {
    conditions: new Map(conditions.map(condition => [condition.type, condition])),
    pipelines: list(workflows.pipelines).map(parsePipeline).filter(isThere),
    observedGeneration: typeof root.observedGeneration === 'number' ? root.observedGeneration : undefined,
    health: parseHealth(root.healthStatus),
  };
}

/** The pipelines of a status as a run, for clusters that keep no record of runs; undefined when there are none. */
export function runOfStatus(pipelines: Step[], action: Run['action']): Run | undefined {
  if (pipelines.length === 0) return undefined;
  const is = (phase: StepPhase) => (step: Step) => step.phase === phase;
  let phase: StepPhase = 'Running';
  if (pipelines.some(is('Failed'))) phase = 'Failed';
  else if (pipelines.some(is('Suspended'))) phase = 'Suspended';
  else if (pipelines.every(is('Pending'))) phase = 'Pending';
  else if (pipelines.every(is('Succeeded'))) phase = 'Succeeded';
  return { id: 'status', action, type: 'resource', trigger: 'unknown', phase, steps: pipelines };
}

function parseCondition(value: unknown): Condition | undefined {
  const { type, status, reason, message, lastTransitionTime } = record(value);
  if (typeof type !== 'string' || (status !== 'True' && status !== 'False' && status !== 'Unknown')) return undefined;
  return {
    type,
    status,
    reason: text(reason),
    message: text(message),
    lastTransitionTime: text(lastTransitionTime),
  };
}

function parsePipeline(value: unknown): Step | undefined {
  const { name, phase, message, attempts, nextRetryAt, lastTransitionTime } = record(value);
  const known = STEP_PHASES.find(candidate => candidate === phase);
  if (typeof name !== 'string' || !known) return undefined;
  return {
    name,
    phase: known,
    message: text(message),
    attempt: typeof attempts === 'number' ? attempts : 1,
    startedAt: known === 'Running' ? text(lastTransitionTime) : undefined,
    nextRetryAt: text(nextRetryAt),
    containers: [],
  };
}

function parseHealth(value: unknown): ParsedStatus['health'] {
  const { state, healthRecords } = record(value);
  if (typeof state !== 'string') return undefined;
  const telling = list(healthRecords)
    .map(record)
    .find(entry => entry.state === state && entry.details !== undefined);
  return { state, words: wordsOf(telling?.details) };
}

function wordsOf(details: unknown): string {
  if (typeof details === 'string') return details;
  const { message } = record(details);
  return typeof message === 'string' ? message : '';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
