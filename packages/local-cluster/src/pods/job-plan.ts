import { createHash } from 'node:crypto';
import { mergeConditions } from './status';
import type { Condition, Job, JobStatus, Pod } from './types';

export interface JobBackOff {
  /** Milliseconds before the first repetition; doubled with each failure. */
  first: number;
  most: number;
}

/** How Kubernetes does it. */
export const JOB_BACK_OFF: JobBackOff = { first: 10_000, most: 600_000 };
const DEFAULT_BACKOFF_LIMIT = 6;

export interface JobPlan {
  /** The name of a pod to create. */
  create?: string;
  /** Names of pods to delete. */
  remove: string[];
  status: JobStatus;
  /** The job has outlived itself. */
  removeJob?: boolean;
  /** When to look again though nothing happens; milliseconds since 1970. */
  lookAgainAt?: number;
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
}

type Outcome = { type: 'Complete' | 'Failed'; reason: string; message: string };

/** The name of the n-th pod of a Job: creating it twice is harmless. */
export function podName(job: Job, n: number): string {
  const suffix = createHash('sha256').update(`${job.metadata.uid}/${n}`).digest('hex').slice(0, 5);
  return `${job.metadata.name.slice(0, 57)}-${suffix}`;
}

function conditionOf(job: Job, type: string): Condition | undefined {
  return job.status?.conditions?.find(condition => condition.type === type && condition.status === 'True');
}

export function isFinished(job: Job): boolean {
  return Boolean(conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed'));
}

function phase(pod: Pod): string {
  return pod.status?.phase ?? 'Pending';
}

function isTerminal(pod: Pod): boolean {
  return phase(pod) === 'Succeeded' || phase(pod) === 'Failed';
}

/** When the last of a pod's containers ended; milliseconds since 1970. */
function endOf(pod: Pod): number {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const ends = statuses.map(status => Date.parse(status.state.terminated?.finishedAt ?? '')).filter(Number.isFinite);
  return ends.length > 0 ? Math.max(...ends) : Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
}

function restarts(pods: Pod[]): number {
  const statuses = pods.flatMap(pod => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]);
  return statuses.reduce((sum, status) => sum + status.restartCount, 0);
}

interface Tally {
  active: Pod[];
  terminating: Pod[];
  failed: Pod[];
  succeeded: Pod[];
  /** All pods that failed, also those that are gone: the n-th pod is only ever made after n failures. */
  failures: number;
}

function tallyOf(job: Job, pods: Pod[]): Tally {
  const live = pods.filter(pod => !isTerminal(pod));
  const failed = pods.filter(pod => phase(pod) === 'Failed');
  const succeeded = pods.filter(pod => phase(pod) === 'Succeeded');
  const atLeast = job.status?.failed ?? 0;
  let failures = atLeast;
  const byName = new Map(pods.map(pod => [pod.metadata.name, pod]));
  const limit = Math.max(atLeast, job.spec.backoffLimit ?? DEFAULT_BACKOFF_LIMIT) + pods.length;
  for (let n = 0; n <= limit; n += 1) {
    const pod = byName.get(podName(job, n));
    if (pod) {
      failures = Math.max(failures, n + (phase(pod) === 'Failed' ? 1 : 0));
    }
  }
  return {
    active: live.filter(pod => !pod.metadata.deletionTimestamp),
    terminating: live.filter(pod => pod.metadata.deletionTimestamp),
    failed,
    succeeded,
    failures: Math.max(failures, failed.length),
  };
}

function outcomeOf(job: Job, tally: Tally, startTime: number, now: number): Outcome | undefined {
  const settled = conditionOf(job, 'FailureTarget');
  if (settled) {
    return { type: 'Failed', reason: settled.reason ?? '', message: settled.message ?? '' };
  }
  if (tally.succeeded.length > 0 || (job.status?.succeeded ?? 0) > 0) {
    return { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  }
  const limit = job.spec.backoffLimit ?? DEFAULT_BACKOFF_LIMIT;
  const restarted = job.spec.template.spec.restartPolicy === 'OnFailure' ? restarts(tally.active) : 0;
  if (tally.failures > limit || (restarted > 0 && restarted >= limit)) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  const deadline = job.spec.activeDeadlineSeconds;
  if (deadline !== undefined && now >= startTime + deadline * 1000) {
    return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  return undefined;
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

function counters(tally: Tally, job: Job, removed: string[]): JobStatus {
  const active = tally.active.filter(pod => !removed.includes(pod.metadata.name));
  const terminating = tally.terminating.length + tally.active.length - active.length;
  const ready = active.filter(pod => pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True'));
  const succeeded = Math.max(job.status?.succeeded ?? 0, tally.succeeded.length);
  return {
    ...(active.length > 0 ? { active: active.length } : {}),
    ready: ready.length,
    terminating,
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(tally.failures > 0 ? { failed: tally.failures } : {}),
    uncountedTerminatedPods: {},
  };
}

function planFinished(job: Job, now: number): JobPlan {
  const plan: JobPlan = { remove: [], status: job.status ?? {}, events: [] };
  const ttl = job.spec.ttlSecondsAfterFinished;
  if (ttl === undefined) {
    return plan;
  }
  const finished = Date.parse((conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed'))?.lastTransitionTime ?? '') || now;
  const due = finished + ttl * 1000;
  return due <= now ? { ...plan, removeJob: true } : { ...plan, lookAgainAt: due };
}

function planSuspended(job: Job, tally: Tally, now: number): JobPlan {
  const suspended: Condition = { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' };
  const remove = tally.active.map(pod => pod.metadata.name);
  const isNew = !conditionOf(job, 'Suspended');
  return {
    remove,
    // Those that the pause ends have not failed.
    status: { ...counters({ ...tally, failures: job.status?.failed ?? 0 }, job, remove), ...(job.status?.startTime ? { startTime: job.status.startTime } : {}), conditions: mergeConditions(job.status?.conditions, [suspended], iso(now), iso(now)) },
    events: isNew ? [{ type: 'Normal', reason: 'Suspended', message: 'Job suspended' }] : [],
  };
}

/** Says how a Job ends: first that it will, then, when no pod is left, that it has. */
function planOutcome(job: Job, outcome: Outcome, tally: Tally, startTime: number, now: number): JobPlan {
  const remove = tally.active.map(pod => pod.metadata.name);
  const isFailure = outcome.type === 'Failed';
  const { reason, message } = outcome;
  const wanted: Condition[] = [{ type: isFailure ? 'FailureTarget' : 'SuccessCriteriaMet', status: 'True', reason, message }];
  const isOver = tally.active.length + tally.terminating.length === 0;
  if (isOver) {
    wanted.push({ type: outcome.type, status: 'True', reason, message });
  }
  const done: JobPlan['events'] = isFailure ? [{ type: 'Warning', reason, message }] : [{ type: 'Normal', reason: 'Completed', message: 'Job completed' }];
  return {
    remove,
    status: {
      ...counters(tally, job, remove),
      startTime: iso(startTime),
      ...(isOver && !isFailure ? { completionTime: iso(now) } : {}),
      conditions: mergeConditions(job.status?.conditions, wanted, iso(now), iso(now)),
    },
    events: isOver ? done : [],
  };
}

/** What is to be done about a Job with one completion and at most one pod at a time. `pods` are all that it owns. */
export function planJob(job: Job, pods: Pod[], now: number, backOff: JobBackOff = JOB_BACK_OFF): JobPlan {
  if (isFinished(job)) {
    return planFinished(job, now);
  }
  const tally = tallyOf(job, pods);
  if (job.spec.suspend) {
    return planSuspended(job, tally, now);
  }
  const wasSuspended = conditionOf(job, 'Suspended');
  const startTime = wasSuspended ? now : Date.parse(job.status?.startTime ?? '') || now;
  const outcome = outcomeOf(job, tally, startTime, now);
  if (outcome) {
    return planOutcome(job, outcome, tally, startTime, now);
  }
  const resumed: Condition[] = wasSuspended ? [{ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }] : [];
  const conditions = mergeConditions(job.status?.conditions, resumed, iso(now), iso(now));
  const plan: JobPlan = {
    remove: [],
    status: { ...counters(tally, job, []), startTime: iso(startTime), ...(conditions.length > 0 ? { conditions } : {}) },
    events: wasSuspended ? [{ type: 'Normal', reason: 'Resumed', message: 'Job resumed' }] : [],
  };
  const deadline = job.spec.activeDeadlineSeconds === undefined ? Infinity : startTime + job.spec.activeDeadlineSeconds * 1000;
  const lookAgainAt = (time: number) => (Number.isFinite(Math.min(time, deadline)) ? { lookAgainAt: Math.min(time, deadline) } : {});
  if (tally.active.length + tally.terminating.length > 0 || job.spec.parallelism === 0) {
    return { ...plan, ...lookAgainAt(Infinity) };
  }
  const lastFailure = tally.failed.length > 0 ? Math.max(...tally.failed.map(endOf)) : 0;
  const due = tally.failures === 0 ? now : lastFailure + Math.min(backOff.most, backOff.first * 2 ** (tally.failures - 1));
  if (due > now) {
    return { ...plan, ...lookAgainAt(due) };
  }
  return { ...plan, status: { ...plan.status, active: 1 }, create: podName(job, tally.failures), ...lookAgainAt(Infinity) };
}
