import { findCondition, setConditions, type Condition, type ConditionChange, type RunStatus, type WorkflowRunObject, type WorkObject } from '../api';

type Status = Record<string, unknown>;

/** Keys of a status that the engine alone writes; a pipeline's status.yaml cannot change them. */
const ENGINE_KEYS = new Set([
  'kratix', 'observedGeneration', 'workflows', 'workflowsSucceeded', 'workflowsFailed', 'promiseVersion', 'resourceBindingVersion',
  'lastSuccessfulConfigureWorkflowTime', 'healthStatus',
]);

/** Condition types that the engine alone writes. */
const ENGINE_CONDITIONS = new Set([
  'ConfigureWorkflowCompleted', 'DeleteWorkflowCompleted', 'WorksSucceeded', 'Reconciled', 'PromiseAvailable', 'Available',
  'RequirementsFulfilled', 'UpgradeSucceeded', 'WorkflowsAccepted',
]);

const stamp = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');
const isObject = (value: unknown): value is Status => value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * What a pipeline left in status.yaml, merged into the status: objects deeply, everything else replaced; the engine's
 * own keys and conditions are not touched.
 */
export function mergeUserStatus(status: Status, user: Status | undefined, now = new Date()): Status {
  if (!user) return status;
  const merged = { ...status };
  for (const [key, value] of Object.entries(user)) {
    if (ENGINE_KEYS.has(key)) continue;
    merged[key] = key === 'conditions' ? mergeUserConditions(status.conditions, value, now) : mergeDeep(status[key], value);
  }
  return merged;
}

function mergeDeep(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) return after;
  const merged = { ...before };
  for (const [key, value] of Object.entries(after)) merged[key] = mergeDeep(before[key], value);
  return merged;
}

/** Conditions of the user's, each made whole: a schema may ask for fields that status.yaml left out. */
function mergeUserConditions(before: unknown, after: unknown, now: Date): unknown {
  const existing = Array.isArray(before) ? (before as Condition[]) : [];
  const own = (Array.isArray(after) ? after : []).filter((entry): entry is Condition => isObject(entry) && typeof entry.type === 'string' && !ENGINE_CONDITIONS.has(entry.type));
  const whole = own.map(({ type, status, reason, message, ...others }: Partial<Condition>) => {
    const was = findCondition(existing, type ?? '');
    const time = was?.status === status ? was?.lastTransitionTime : undefined;
    return { ...others, lastTransitionTime: others.lastTransitionTime || time || stamp(now), type, status: String(status ?? 'Unknown'), reason: reason || 'SetByPipeline', message: message ?? '' };
  });
  return [...existing.filter(entry => !whole.some(each => each.type === entry.type)), ...whole];
}

/** Conditions by the alphabet, `Ready` first, so that a change of one moves no other. Source: B-RR-29. */
export function inOrder(status: Status): Status {
  if (!Array.isArray(status.conditions)) return status;
  const rank = ({ type }: Condition) => (type === 'Ready' ? '' : type);
  const conditions = [...(status.conditions as Condition[])].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return { ...status, conditions };
}

const COMPLETED: ConditionChange = { type: 'ConfigureWorkflowCompleted', status: 'True', reason: 'PipelinesExecutedSuccessfully', message: 'Pipelines completed' };
const IN_PROGRESS: ConditionChange = { type: 'ConfigureWorkflowCompleted', status: 'False', reason: 'PipelinesInProgress', message: 'Pipelines are still in progress' };

/** The conditions that tell about a configure workflow. Source: B-RR-22, B-RR-24, B-RR-31, B-RR-41. */
export function workflowConditions(run: RunStatus): ConditionChange[] {
  const reconciled = (status: ConditionChange['status'], reason: string, message: string): ConditionChange => ({ type: 'Reconciled', status, reason, message });
  switch (run.phase) {
    case 'Succeeded':
      return [COMPLETED];
    case 'Failed': {
      const failed = run.pipelines.find(pipeline => pipeline.phase === 'Failed');
      const message = `A Configure Pipeline has failed: ${failed?.name ?? ''}${failed?.message ? `: ${failed.message}` : ''}`;
      return [
        { type: 'ConfigureWorkflowCompleted', status: 'False', reason: 'ConfigureWorkflowFailed', message },
        reconciled('False', 'ConfigureWorkflowFailed', 'Failing'),
      ];
    }
    case 'Suspended':
      return [IN_PROGRESS, reconciled('Unknown', 'WorkflowSuspended', 'Suspended')];
    default: {
      const troubled = run.pipelines.find(pipeline => ['Running', 'Pending'].includes(pipeline.phase) && pipeline.message);
      const progress = troubled ? { ...IN_PROGRESS, message: `${IN_PROGRESS.message}: ${troubled.name}: ${troubled.message}` } : IN_PROGRESS;
      return [progress, reconciled('Unknown', 'WorkflowPending', 'Pending')];
    }
  }
}

/** An entry of `status.kratix.workflows.pipelines`. */
export interface PipelineStatus {
  name: string;
  phase: string;
  message?: string;
  nextRetryAt?: string;
  attempts?: number;
  lastTransitionTime?: string;
}

/** What a target's status says of its pipelines; whoever wrote it, entries that cannot be read are left out. */
export function mirroredPipelines(status: Status | undefined): PipelineStatus[] {
  const kratix = isObject(status?.kratix) ? status.kratix : {};
  const list = isObject(kratix.workflows) && Array.isArray(kratix.workflows.pipelines) ? kratix.workflows.pipelines : [];
  return list.filter((entry): entry is PipelineStatus => isObject(entry) && typeof entry.name === 'string' && typeof entry.phase === 'string');
}

/** The generation that a suspended workflow was suspended at; gone when it goes on. Source: B-POD-24, B-RR-40. */
export function suspendedSince(status: Status, run: RunStatus, generation: number): { suspendedGeneration?: number } {
  if (run.phase !== 'Suspended') return { suspendedGeneration: undefined };
  const kratix = isObject(status.kratix) ? status.kratix : {};
  const known = isObject(kratix.workflows) ? kratix.workflows.suspendedGeneration : undefined;
  return { suspendedGeneration: typeof known === 'number' ? known : generation };
}

/** `status.kratix.workflows.pipelines` as upstream writes it: the record's mirror. Source: B-WF-51. */
export function pipelineStatuses(run: RunStatus, before: PipelineStatus[] | undefined, now: Date): PipelineStatus[] {
  return run.pipelines.map(({ name, phase, message, nextRetryAt, attempt }) => {
    const mirrored = phase === 'Skipped' ? 'Pending' : phase;
    const earlier = before?.find(each => each.name === name);
    return {
      name,
      phase: mirrored,
      ...(message && { message }),
      // attempts count how often it asked for a retry
      ...(nextRetryAt && { nextRetryAt, attempts: phase === 'Suspended' ? attempt : attempt - 1 }),
      lastTransitionTime: earlier?.phase === mirrored && earlier.lastTransitionTime ? earlier.lastTransitionTime : stamp(now),
    };
  });
}

/** WorksSucceeded and Reconciled, once the workflow has ended well. Source: B-RR-26, B-RR-27, B-PR-42, B-PR-43. */
export function deliveryConditions(works: WorkObject[], subject: 'resource' | 'promise', run?: RunStatus): ConditionChange[] {
  // what another engine said of a Work stands until ours has looked
  const takenOver = new Set(run?.pipelines.filter(each => each.takenOver).map(({ work }) => work?.name));
  const messageOfWork = (work: WorkObject) => {
    const ready = findCondition(work.status?.conditions, 'Ready');
    const isOfOther = ready?.observedGeneration === undefined && takenOver.has(work.metadata.name);
    const isCurrent = !work.metadata.deletionTimestamp && (isOfOther || ready?.observedGeneration === work.metadata.generation);
    return isCurrent ? ready?.message ?? 'Pending' : 'Pending';
  };
  const named = (message: string) => works.filter(work => messageOfWork(work) === message).map(work => work.metadata.name);
  const make = (status: ConditionChange['status'], reason: string, words: string, outcome: [ConditionChange['status'], string, string]): ConditionChange[] => [
    { type: 'WorksSucceeded', status, reason, message: words },
    { type: 'Reconciled', status: outcome[0], reason: outcome[1], message: outcome[2] },
  ];
  const some = `Some works associated with this ${subject}`;
  const failing = named('Failing');
  if (failing.length) return make('False', 'WorksFailing', `${some} ${subject === 'resource' ? 'failed' : 'are not ready'}: [${failing.join(',')}]${wordsOf(works, failing)}`, ['False', 'WorksFailing', 'Failing']);
  const pending = named('Pending');
  if (pending.length) return make('Unknown', 'WorksPending', `${some} are not ready: [${pending.join(',')}]${wordsOf(works, pending)}`, ['Unknown', 'WorksPending', 'Pending']);
  const misplaced = named('Misplaced');
  if (misplaced.length) return make('False', 'WorksMisplaced', `${some} are misplaced: [${misplaced.join(',')}]`, ['False', 'WorksFailing', 'Failing']);
  return make('True', 'WorksSucceeded', `All works associated with this ${subject} are ready`, ['True', 'Reconciled', 'Reconciled']);
}

function wordsOf(works: WorkObject[], names: string[]): string {
  const words = works
    .filter(work => names.includes(work.metadata.name))
    .map(work => findCondition(work.status?.conditions, 'ScheduleSucceeded'))
    .filter(condition => condition?.status === 'False')
    .map(condition => condition?.message);
  return words.length ? `; ${words.join('; ')}` : '';
}

export interface StatusInput {
  before: Status;
  generation: number;
  run?: WorkflowRunObject;
  /** Works of the target, static dependencies left out. */
  works: WorkObject[];
  subject: 'resource' | 'promise';
  /** What a pipeline that has just ended left in status.yaml. */
  userStatus?: Status;
  now: Date;
}

/** The whole status of a target after its configure workflow got this far. */
export function configureStatus({ before, generation, run, works, subject, userStatus, now }: StatusInput): Status {
  const merged = mergeUserStatus(before, userStatus, now);
  if (!run?.status) return merged;
  const total = run.status.pipelines.length;
  const done = run.status.pipelines.filter(pipeline => pipeline.phase === 'Succeeded').length;
  const isDone = run.status.phase === 'Succeeded';
  const changes = [...workflowConditions(run.status), ...(isDone ? deliveryConditions(works, subject, run.status) : [])];
  const conditions = setConditions(merged.conditions as Condition[] | undefined, changes, now);
  const kratix = isObject(merged.kratix) ? merged.kratix : {};
  const workflows = isObject(kratix.workflows) ? kratix.workflows : {};
  const succeededAt = isDone ? findCondition(conditions, 'ConfigureWorkflowCompleted')?.lastTransitionTime : undefined;
  const stamped = subject === 'resource' && succeededAt ? { lastSuccessfulConfigureWorkflowTime: succeededAt } : {};
  return {
    ...merged,
    ...stamped,
    message: messageOf(merged, run.status, userStatus, subject),
    conditions,
    workflows: total,
    workflowsSucceeded: done,
    workflowsFailed: run.status.phase === 'Failed' ? 1 : 0,
    ...(isDone && { observedGeneration: generation }),
    kratix: { ...kratix, workflows: { ...workflows, ...stamped, ...suspendedSince(merged, run.status, generation), pipelines: pipelineStatuses(run.status, mirroredPipelines(merged), now) } },
  };
}

/** `Pending` while nothing better is known; a message that a pipeline wrote stays. Source: B-POD-22, and Q-26 which this mends. */
function messageOf(merged: Status, run: RunStatus, userStatus: Status | undefined, subject: StatusInput['subject']): string {
  const before = typeof merged.message === 'string' ? merged.message : '';
  if (userStatus?.message !== undefined) return String(userStatus.message);
  const own = before === 'Pending' ? '' : before;
  if (run.phase !== 'Succeeded') return own || 'Pending';
  return own || (subject === 'resource' ? 'Resource requested' : 'Promise configured');
}
