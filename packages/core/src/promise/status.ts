import { findCondition, promiseHash, setConditions, type Condition, type ConditionChange, type PromiseObject, type PromiseStatus, type WorkflowRunObject, type WorkObject } from '../api';
import type { PromiseApi } from '../api';
import { workflowWarnings } from '../api/workflow-problems';
import { labels } from '../wire/names';
import { configureStatus } from '../workflow/status';
import type { Requirements } from './requirements';

type Status = Record<string, unknown>;

export interface PromiseStatusInput {
  promise: PromiseObject;
  api?: PromiseApi;
  /** Why the Promise cannot be used, one sentence each; empty when it can. */
  problems: string[];
  /** Whether the API is served. */
  isServed: boolean;
  run?: WorkflowRunObject;
  /** Works that the Promise's own pipelines wrote. */
  works: WorkObject[];
  pipelines: number;
  requirements: Requirements;
  requiredBy: NonNullable<PromiseStatus['requiredBy']>;
  userStatus?: Status;
  now: Date;
}

/** The condition that tells of what is accepted and has no effect. */
export const WARNED = 'WorkflowsAccepted';

const stamp = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');
const make = (type: string, status: ConditionChange['status'], reason: string, message: string): ConditionChange => ({ type, status, reason, message });
const conditionsOf = (status: Status) => status.conditions as Condition[] | undefined;

/**
 * The whole status of a Promise. It is Available when its API is served, what it requires is there, and its workflow has
 * once ended well; a later run does not take that away (Q-20), unless it is suspended (B-PR-29). Source: kratix-behaviour.md
 * §2.5, §2.10.
 */
export function promiseStatus(input: PromiseStatusInput): PromiseStatus {
  const { promise, problems, run, works, pipelines, requirements, userStatus, now } = input;
  const before = withoutProblems((promise.status ?? {}) as Status);
  const isCurrent = !run || run.spec.hash === promiseHash(promise.spec);
  const generation = isCurrent ? promise.metadata.generation ?? 1 : run.spec.target.generation;
  const base = pipelines > 0 ? configureStatus({ before, generation, run, works, subject: 'promise', userStatus: onlyMessage(userStatus), now }) : withoutWorkflow(before, generation, now);
  const hasRun = pipelines === 0 || run?.status?.phase === 'Succeeded' || wasAvailable(promise, run);
  const why = [...problems, ...(problems.length === 0 && !input.isServed ? ['its API is not served yet'] : []), ...requirements.unmet];
  const isSuspended = why.length === 0 && pipelines > 0 && run?.status?.phase === 'Suspended';
  const isAvailable = why.length === 0 && hasRun && !isSuspended;
  const available = isSuspended ? make('Available', 'False', 'WorkflowSuspended', 'Suspended') : availability(isAvailable, why);
  return assembled(input, problems.length ? before : base, { isAvailable, changes: [available, ...acceptance(promise), ...verdicts(input, base)] });
}

/** A paused Promise: nothing happens to it, not even its deletion. Source: B-PR-3. */
export function pausedStatus(promise: PromiseObject, api: PromiseApi | undefined, now: Date): PromiseStatus {
  const waiting = promise.metadata.deletionTimestamp ? `: its deletion goes on once label ${labels.paused} is taken away` : '';
  const changes = [make('Available', 'False', 'PausedReconciliation', 'Paused'), make('Reconciled', 'Unknown', 'PausedReconciliation', `Paused${waiting}`)];
  const before = (promise.status ?? {}) as Status;
  const { requiredPromises = [], requiredBy = [] } = promise.status ?? {};
  return assembled({ promise, api, requirements: { states: requiredPromises, isFulfilled: true, unmet: [] }, requiredBy, problems: [], now }, before, { isAvailable: false, changes });
}

/** Whether the Promise was paused when it was looked at last. */
export function isMarkedPaused(promise: PromiseObject): boolean {
  return findCondition(promise.status?.conditions, 'Reconciled')?.reason === 'PausedReconciliation';
}

/** The label was taken away. Source: B-PR-4; without pipelines there is nothing to wait for (Q-21). */
export function unpausedStatus(promise: PromiseObject, now: Date): PromiseStatus {
  const counters = { workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 };
  return { ...counters, ...promise.status, conditions: setConditions(promise.status?.conditions, [make('Reconciled', 'Unknown', 'Unpaused', 'Pending')], now) };
}

type Assembly = Pick<PromiseStatusInput, 'promise' | 'api' | 'problems' | 'requirements' | 'requiredBy' | 'now'>;

/** Both forms of what is mirrored: `status.kratix` and, as it was once, the top of the status. Source: B-API-6, Q-50. */
function assembled({ promise, api, problems, requirements, requiredBy, now }: Assembly, base: Status, outcome: { isAvailable: boolean; changes: ConditionChange[] }): PromiseStatus {
  const { version: _version, requiredPromises: _required, requiredBy: _requiredBy, ...kept } = base;
  const { version: _former, ...kratix } = (base.kratix ?? {}) as Status;
  const version = promise.metadata.labels?.[labels.promiseVersion];
  const isNews = outcome.isAvailable && promise.status?.status !== 'Available';
  const since = isNews ? stamp(now) : (base.lastAvailableTime as string | undefined);
  const mirrored = {
    ...(api && { kind: api.resource.kind, apiVersion: `${api.resource.group}/${api.resource.version}`.toLowerCase() }),
    ...(version && { version }),
    status: outcome.isAvailable ? 'Available' : 'Unavailable',
    ...(since && { lastAvailableTime: since }),
  };
  const others = conditionsOf(kept)?.filter(({ type }) => type !== WARNED);
  const former = others?.filter(({ type }) => type !== 'RequirementsFulfilled' || requirements.condition || requirements.states.length > 0);
  return {
    ...kept,
    ...mirrored,
    ...(problems.length && { message: problems.join('; ') }),
    workflows: Number(base.workflows ?? 0),
    workflowsSucceeded: Number(base.workflowsSucceeded ?? 0),
    workflowsFailed: Number(base.workflowsFailed ?? 0),
    ...(requirements.states.length && { requiredPromises: requirements.states }),
    ...(requiredBy.length && { requiredBy }),
    conditions: setConditions(former, outcome.changes, now),
    kratix: { ...kratix, ...mirrored },
  };
}

/** What its pipelines say without effect. Source: Q-60. */
function acceptance(promise: PromiseObject): ConditionChange[] {
  const warnings = workflowWarnings(promise);
  return warnings.length ? [make(WARNED, 'True', 'AcceptedWithWarnings', warnings.join('; '))] : [];
}

/** What stands over the outcome of the workflow. Source: B-PR-13. */
function verdicts({ problems, requirements }: PromiseStatusInput, base: Status): ConditionChange[] {
  const fulfilled = requirements.condition ? [requirements.condition] : [];
  if (problems.length) return [...fulfilled, make('Reconciled', 'False', 'InvalidPromise', problems.join('; '))];
  const hasFailed = findCondition(conditionsOf(base), 'Reconciled')?.status === 'False';
  return requirements.isFulfilled || hasFailed ? fulfilled : [...fulfilled, make('Reconciled', 'Unknown', 'RequirementsNotFulfilled', 'Pending')];
}

/** The message of a Promise that is wrong says what; it ends with that. */
function withoutProblems(status: Status): Status {
  const wasWrong = findCondition(conditionsOf(status), 'Reconciled')?.reason === 'InvalidPromise';
  if (!wasWrong) return status;
  const { message: _message, ...rest } = status;
  return rest;
}

/** Source: B-PR-40, B-PR-41. */
function availability(isAvailable: boolean, why: string[]): ConditionChange {
  if (isAvailable) return make('Available', 'True', 'PromiseAvailable', 'Ready to fulfil resource requests');
  return make('Available', 'False', 'PromiseUnavailable', `Cannot fulfil resource requests${why.length ? `: ${why.join('; ')}` : ''}`);
}

/** A Promise that could be used once can be while a newer run is under way or has failed. */
function wasAvailable(promise: PromiseObject, run: WorkflowRunObject | undefined): boolean {
  return promise.status?.lastAvailableTime !== undefined && (run?.spec.sequence ?? 1) > 1;
}

/** A Promise keeps the message alone: its schema has no other free fields. Source: B-POD-21. */
function onlyMessage(status: Status | undefined): Status | undefined {
  return status?.message === undefined ? undefined : { message: String(status.message) };
}

/** Nothing runs: the Promise is reconciled as it is, and nothing of an earlier workflow is told. Source: B-PR-25, Q-22. */
function withoutWorkflow(before: Status, generation: number, now: Date): Status {
  const others = conditionsOf(before)?.filter(({ type }) => type !== 'ConfigureWorkflowCompleted' && type !== 'WorksSucceeded');
  const { workflows: _workflows, ...kratix } = (before.kratix ?? {}) as Status;
  const conditions = setConditions(others, [make('Reconciled', 'True', 'Reconciled', 'Reconciled')], now);
  return { ...before, kratix, conditions, observedGeneration: generation, workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 };
}
