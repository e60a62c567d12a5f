import { promiseHash, setConditions, type ConditionChange, type PromiseObject, type PromiseStatus, type WorkflowRunObject, type WorkObject } from '../api';
import type { PromiseApi } from '../api';
import { labels } from '../wire/names';
import { configureStatus } from './status';

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
  userStatus?: Record<string, unknown>;
  now: Date;
}

const stamp = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');
const make = (type: string, status: ConditionChange['status'], reason: string, message: string): ConditionChange => ({ type, status, reason, message });

/**
 * The whole status of a Promise. It is Available when its API is served and its workflow has once ended well; a later
 * run does not take that away (Q-20). Source: kratix-behaviour.md §2.10.
 */
export function promiseStatus(input: PromiseStatusInput): PromiseStatus {
  const { promise, api, problems, run, works, pipelines, userStatus, now } = input;
  const before = withoutProblems((promise.status ?? {}) as Record<string, unknown>);
  const isCurrent = !run || run.spec.hash === promiseHash(promise.spec);
  const generation = isCurrent ? promise.metadata.generation ?? 1 : run.spec.target.generation;
  const base = pipelines > 0 ? configureStatus({ before, generation, run, works, subject: 'promise', userStatus: onlyMessage(userStatus), now }) : withoutWorkflow(before, generation, now);
  const isAvailable = problems.length === 0 && input.isServed && (pipelines === 0 || run?.status?.phase === 'Succeeded' || wasAvailable(promise, run));
  const state = isAvailable ? 'Available' : 'Unavailable';
  const changes = [availability(isAvailable, problems, input.isServed), ...(problems.length ? [make('Reconciled', 'False', 'InvalidPromise', problems.join('; '))] : [])];
  const version = promise.metadata.labels?.[labels.promiseVersion];
  const isNews = isAvailable && before.status !== 'Available';
  const since = isNews ? stamp(now) : (before.lastAvailableTime as string | undefined);
  const mirrored = {
    ...(api && { kind: api.resource.kind, apiVersion: `${api.resource.group}/${api.resource.version}` }),
    ...(version && { version }),
    status: state,
    ...(since && { lastAvailableTime: since }),
  };
  const kratix = (base.kratix ?? {}) as Record<string, unknown>;
  return {
    ...base,
    ...mirrored,
    ...(problems.length && { message: problems.join('; ') }),
    workflows: Number(base.workflows ?? 0),
    workflowsSucceeded: Number(base.workflowsSucceeded ?? 0),
    workflowsFailed: Number(base.workflowsFailed ?? 0),
    conditions: setConditions(base.conditions as PromiseStatus['conditions'], changes, now),
    kratix: { ...kratix, ...mirrored },
  };
}

/** The message of a Promise that is wrong says what; it ends with that. */
function withoutProblems(status: Record<string, unknown>): Record<string, unknown> {
  const wasWrong = (status.conditions as PromiseStatus['conditions'])?.some(each => each.type === 'Reconciled' && each.reason === 'InvalidPromise');
  if (!wasWrong) return status;
  const { message: _message, ...rest } = status;
  return rest;
}

function availability(isAvailable: boolean, problems: string[], isServed: boolean): ConditionChange {
  if (isAvailable) return make('Available', 'True', 'PromiseAvailable', 'Ready to fulfil resource requests');
  const why = [...problems, ...(isServed || problems.length ? [] : ['its API is not served yet'])].join('; ');
  return make('Available', 'False', 'PromiseUnavailable', `Cannot fulfil resource requests${why && `: ${why}`}`);
}

/** A Promise that was Available stays so while a newer run is under way or has failed. */
function wasAvailable(promise: PromiseObject, run: WorkflowRunObject | undefined): boolean {
  return promise.status?.status === 'Available' && (run?.spec.sequence ?? 1) > 1;
}

/** A Promise keeps the message alone: its schema has no other free fields. Source: B-POD-21. */
function onlyMessage(status: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  return status?.message === undefined ? undefined : { message: String(status.message) };
}

function withoutWorkflow(before: Record<string, unknown>, generation: number, now: Date): Record<string, unknown> {
  const conditions = setConditions(before.conditions as PromiseStatus['conditions'], [make('Reconciled', 'True', 'Reconciled', 'Reconciled')], now);
  return { ...before, conditions, observedGeneration: generation, workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 };
}
