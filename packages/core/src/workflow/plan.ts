import { parseGoDuration, type Pipeline, type PipelineRecord, type RunStatus, type RunTrigger, type WorkflowRunObject, type WorkObject } from '../api';
import { annotations, jobName, labels } from '../wire/names';
import { digestOf } from '../wire/encoding';
import type { JobObject, PodObject } from './kubernetes';
import { containerRecords, failureSentence, hasEnded, helperOutcome, isOver, isRefused, jobFailure, runningContainer, stuckReason, type HelperMessage } from './pod-outcome';

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
  /** Unique where the pipelines run. */
  resourceName?: string;
  /** What the names of this workflow's runs begin with; their sequence follows. */
  runPrefix: string;
  pipelines: Pipeline[];
  /** Hash of the specs. */
  hash: string;
  /** Generation of the target. */
  generation: number;
  /** Somebody asked for a run by label. */
  isManual: boolean;
  /** The label that a suspended workflow carries; without it the workflow goes on. */
  isSuspended: boolean;
}

/** What is there. */
export interface Observed {
  /** Runs of this target and workflow. */
  runs: WorkflowRunObject[];
  /** Jobs of this target and workflow, whichever run they belong to, and their pods. */
  jobs: JobObject[];
  pods: PodObject[];
  work: (run: WorkflowRunObject, name: string) => WorkObject | undefined;
  /** Works of this target that are being deleted. */
  leavingWorks: WorkObject[];
}

/** The next thing to do for one workflow of one target. */
export type Step =
  /** Write a new record; nothing runs yet. */
  | { do: 'begin'; trigger: RunTrigger; sequence: number }
  /** Let a run of which nothing has started yet run for the specs as they are now. */
  | { do: 'retarget'; run: WorkflowRunObject }
  /** Take these labels away: what they ask for is on record. */
  | { do: 'consume-label'; run: WorkflowRunObject; labels: string[] }
  /** Write this status to the record, after the result was merged into the target. */
  | { do: 'record'; run: WorkflowRunObject; status: RunStatus; finished?: FinishedPipeline }
  /** Make the Job that the record names. */
  | { do: 'execute'; run: WorkflowRunObject; index: number; pipeline: Pipeline; job: string }
  /** End a Job that must not go on. */
  | { do: 'stop-job'; run: WorkflowRunObject; job: JobObject }
  /** Wait for events, and look again at `until`. */
  | { do: 'await'; run: WorkflowRunObject; until?: Date }
  /** Nothing is left to do. */
  | { do: 'settled'; run: WorkflowRunObject };

/** A pipeline that ended well: what it left. */
export interface FinishedPipeline {
  name: string;
  /** The Work that it wrote; null when it wrote none, so that an earlier one goes. */
  work: WorkObject | null;
  /** What it asks to be merged into the target's status. */
  status?: Record<string, unknown>;
}

/** A Work that the helper named must show up in the cache within this time. */
const WORK_PATIENCE = 60_000;
/** Between two runs that put a lost Work back. */
const RETRY_PAUSE = 5 * 60_000;
/** Between the beginnings of two runs that somebody asks for by label: who asks all the time gets one run in this time. */
const MANUAL_PAUSE = 10_000;
/** What a pipeline asks for by `retryAfter` is at most this. */
const MAX_DELAY = 10 * 365 * 24 * 3_600_000;
const isActive = (job: JobObject | undefined) => job !== undefined && !isOver(job);
const runOf = (object: JobObject | PodObject) => object.metadata.labels?.[labels.run];
/** A run that was retargeted may find what it had made for the former specs. */
const isOfSpecs = (object: JobObject | PodObject, run: WorkflowRunObject) => (object.metadata.labels?.[labels.hash] ?? run.spec.hash) === run.spec.hash;
const jobOf = (pod: PodObject) => pod.metadata.labels?.['batch.kubernetes.io/job-name'];

/** Whether the run has still something to do. */
export function isActiveRun(run: WorkflowRunObject): boolean {
  return !['Succeeded', 'Failed', 'Superseded'].includes(run.status?.phase ?? 'Pending');
}
const stamp = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');

/** Decides from what was recorded, never from what happens to exist. Source: kratix-behaviour.md §3.6, §3.9, §4.6. */
export function nextStep(demand: Demand, observed: Observed, limits: WorkflowLimits, now: Date): Step {
  const runs = [...observed.runs].sort((a, b) => a.spec.sequence - b.spec.sequence);
  const latest = runs.at(-1);
  if (!latest) return { do: 'begin', trigger: 'created', sequence: nextSequence(latest, demand, observed) };
  const due = manualDue(latest, demand);
  if (due === undefined || due <= now.getTime()) return stepOfLatest(latest, demand, observed, limits, now);
  const step = stepOfLatest(latest, { ...demand, isManual: false }, observed, limits, now);
  if (step.do !== 'await' && step.do !== 'settled') return step;
  const until = step.do === 'await' && step.until ? Math.min(due, step.until.getTime()) : due;
  return { do: 'await', run: step.run, until: new Date(until) };
}

/** When a run that is asked for by label may begin, where it must wait for that. */
function manualDue(latest: WorkflowRunObject, demand: Demand): number | undefined {
  const isAnswered = latest.spec.trigger === 'manual' && latest.spec.hash === demand.hash && ['Running', 'Succeeded'].includes(latest.status?.phase ?? '');
  return demand.isManual && isAnswered && latest.status?.startedAt ? Date.parse(latest.status.startedAt) + MANUAL_PAUSE : undefined;
}

function stepOfLatest(latest: WorkflowRunObject, demand: Demand, observed: Observed, limits: WorkflowLimits, now: Date): Step {
  const begin = (trigger: RunTrigger): Step => ({ do: 'begin', trigger, sequence: nextSequence(latest, demand, observed) });
  const phase = latest.status?.phase ?? 'Pending';
  const hasChanged = latest.spec.hash !== demand.hash;
  const isUntouched = (latest.status?.pipelines ?? []).every(pipeline => pipeline.phase === 'Pending');

  if (demand.isManual && latest.spec.trigger === 'manual' && phase === 'Pending' && isUntouched) return { do: 'consume-label', run: latest, labels: [labels.manualReconciliation, labels.workflowSuspended] };
  if (!isActiveRun(latest)) {
    const leftover = observed.jobs.find(job => isActive(job) && latest.status?.pipelines.some(pipeline => pipeline.phase === 'Failed' && pipeline.job === job.metadata.name));
    if (leftover) return { do: 'stop-job', run: latest, job: leftover };
    if (demand.isManual) return begin('manual');
    // an edit that was taken back leaves a run that gave way to nothing
    if (hasChanged || phase === 'Superseded') return begin(triggerOf(latest, demand));
    return stepOfSettled(latest, observed, now, begin);
  }
  return stepOfActiveRun(latest, demand, observed, limits, now, hasChanged);
}

/** Why the run after this one begins. */
function triggerOf({ spec }: WorkflowRunObject, demand: Demand): RunTrigger {
  if (spec.target.generation !== demand.generation) return 'updated';
  return spec.hash !== demand.hash ? 'promise-updated' : spec.trigger;
}

/**
 * A record that was deleted leaves its Jobs behind. Where the newest of them ran for the same specs, its number is taken
 * again, so that the new record finds what that run has done; else numbers go on, so that nothing old is taken for new.
 */
function nextSequence(latest: WorkflowRunObject | undefined, demand: Demand, { jobs }: Observed): number {
  const known = latest?.spec.sequence ?? 0;
  const newest = jobs
    .map(job => ({ job, sequence: runOf(job)?.startsWith(demand.runPrefix) ? Number(runOf(job)?.slice(demand.runPrefix.length)) : 0 }))
    .reduce<{ job?: JobObject; sequence: number }>((best, next) => (next.sequence > best.sequence ? next : best), { sequence: known });
  const isSame = newest.sequence > known && newest.job?.metadata.labels?.[labels.hash] === demand.hash;
  return isSame ? newest.sequence : newest.sequence + 1;
}

/** Nothing is left to do as long as what the run has made is there. */
function stepOfSettled(run: WorkflowRunObject, observed: Observed, now: Date, begin: (trigger: RunTrigger) => Step): Step {
  const isLost = run.spec.action === 'configure' && run.status?.pipelines.some(({ work }) => work && !observed.work(run, work.name));
  if (run.status?.phase !== 'Succeeded' || !isLost) return { do: 'settled', run };
  const due = Date.parse(run.status.finishedAt ?? stamp(now)) + RETRY_PAUSE;
  return run.spec.trigger === 'retry' && now.getTime() < due ? { do: 'await', run, until: new Date(due) } : begin('retry');
}

function stepOfActiveRun(run: WorkflowRunObject, demand: Demand, observed: Observed, limits: WorkflowLimits, now: Date, hasChanged: boolean): Step {
  const status: RunStatus = run.status ?? { phase: 'Pending', pipelines: [] };
  const index = status.pipelines.findIndex(pipeline => !['Succeeded', 'Skipped'].includes(pipeline.phase));
  const record = status.pipelines[index];
  const superseded: Step = { do: 'record', run, status: supersede(status, now) };
  if (!record) return { do: 'record', run, status: { ...status, phase: 'Succeeded', finishedAt: stamp(now) } };

  if (record.phase === 'Suspended') return stepOfSuspended(run, status, index, demand, now, hasChanged);
  const pipeline = demand.pipelines.find(each => each.metadata.name === record.name);
  if (record.phase === 'Pending') {
    if (index === 0 && hasChanged) return { do: 'retarget', run };
    if (hasChanged || demand.isManual || !pipeline) return superseded;
    return { do: 'record', run, status: started(status, index, demand, run, now) };
  }
  const job = record.job ?? '';
  const found = observed.jobs.find(each => each.metadata.name === job);
  // a name may be taken by chance
  if (found && (runOf(found) !== run.metadata.name || !isOfSpecs(found, run)) && !found.metadata.deletionTimestamp) return { do: 'stop-job', run, job: found };
  const isOfJob = ({ metadata }: PodObject) => !found || !metadata.ownerReferences || metadata.ownerReferences.some(owner => owner.uid === found.metadata.uid);
  const pods = observed.pods.filter(pod => jobOf(pod) === job && runOf(pod) === run.metadata.name && isOfSpecs(pod, run) && isOfJob(pod)).sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
  const done = pods.find(pod => pod.status?.phase === 'Succeeded');
  if (done) return stepOfSuccess(run, status, index, done, observed, now);

  if (demand.isManual) return found && isActive(found) ? { do: 'stop-job', run, job: found } : superseded;
  if (!found) {
    // not before it could start: what is edited meanwhile costs nothing
    if (hasChanged && index === 0 && record.attempt === 1) return stepBeforeStart(run, status, index, observed, limits, now) ?? { do: 'retarget', run };
    if (hasChanged || !pipeline) return superseded;
    return stepBeforeStart(run, status, index, observed, limits, now) ?? { do: 'execute', run, index, pipeline, job };
  }
  const failure = jobFailure(found);
  if (failure) {
    const last = pods.filter(pod => pod.status?.phase === 'Failed').at(-1) ?? pods.at(-1);
    const why = failureSentence(last) ?? failure.message ?? failure.reason ?? 'its Job failed';
    return { do: 'record', run, status: failed(status, index, why, last, now) };
  }
  const refused = pods.find(isRefused);
  if (refused) return { do: 'record', run, status: failed(status, index, failureSentence(refused) ?? 'its output was refused', refused, now) };
  return stepOfRunning(run, status, index, pods, pipeline, limits, now);
}

/**
 * One pod of a workflow at a time: what another Job or one that was deleted still does would come late, and be taken for
 * this one's. A Work that goes away must be gone, or what is written to it goes with it.
 */
function stepBeforeStart(run: WorkflowRunObject, status: RunStatus, index: number, observed: Observed, limits: WorkflowLimits, now: Date): Step | undefined {
  // the Job controller says of a Job that it is complete a moment after its pod has succeeded
  const isDone = ({ metadata: { name } }: JobObject) =>
    observed.pods.some(pod => jobOf(pod) === name && pod.status?.phase === 'Succeeded') || status.pipelines.some(each => each.phase === 'Succeeded' && each.job === name);
  const stray = observed.jobs.find(job => isActive(job) && !isDone(job));
  if (stray) return { do: 'stop-job', run, job: stray };
  const pod = observed.pods.find(each => !hasEnded(each));
  const work = observed.leavingWorks.find(each => each.metadata.labels?.[labels.pipelineName] === status.pipelines[index].name);
  const late = pod ? `pod "${pod.metadata.name}"` : work && `Work "${work.metadata.name}"`;
  if (!late) return undefined;
  const due = Date.parse(status.pipelines[index].startedAt ?? stamp(now)) + limits.startTimeout;
  if (now.getTime() < due) return { do: 'await', run, until: new Date(due) };
  return { do: 'record', run, status: failed(status, index, `cannot start: ${late} of an earlier run is still there`, undefined, now) };
}

/** The run as its target's status shows it meanwhile; the record itself stays as it is until the pipeline has ended. */
function inTrouble(run: WorkflowRunObject, status: RunStatus, index: number, message: string): WorkflowRunObject {
  return { ...run, status: { ...status, pipelines: withPipeline(status, index, { message }) } };
}

/** What a pipeline may still take before the engine gives it up. */
function stepOfRunning(run: WorkflowRunObject, status: RunStatus, index: number, pods: PodObject[], pipeline: Pipeline | undefined, limits: WorkflowLimits, now: Date): Step {
  const record = status.pipelines[index];
  const own = parseGoDuration(pipeline?.metadata.annotations?.[annotations.timeout] ?? '') ?? 0;
  const timeout = own > 0 ? own : limits.timeout;
  const since = Date.parse(record.startedAt ?? stamp(now));
  const pod = pods.at(-1);
  const stuck = pod && stuckReason(pod);
  const limit = stuck ? Math.min(limits.startTimeout, timeout) : timeout;
  const due = since + limit;
  if (now.getTime() < due) {
    const early = stuck ? due : Math.min(due, since + Math.min(limits.startTimeout, timeout));
    const failure = failureSentence(pods.filter(each => each.status?.phase === 'Failed').at(-1));
    const trouble = stuck ?? (failure && `${failure}; it is tried again`);
    return { do: 'await', run: trouble ? inTrouble(run, status, index, trouble) : run, until: new Date(now.getTime() < early ? early : due) };
  }
  const container = pod && runningContainer(pod);
  const why = stuck ?? (container ? `container "${container}" did not end within ${limit / 1_000} s` : `did not end within ${limit / 1_000} s`);
  return { do: 'record', run, status: failed(status, index, why, pod, now) };
}

function stepOfSuccess(run: WorkflowRunObject, status: RunStatus, index: number, pod: PodObject, observed: Observed, now: Date): Step {
  const said = helperOutcome(pod);
  if (!said) return { do: 'record', run, status: failed(status, index, 'the helper container ended without saying what it wrote', pod, now) };
  if (said.control?.retryAfter || said.control?.suspend) return { do: 'record', run, status: suspended(status, index, said, pod, now), finished: inline(status, index, said) };
  if (!said.work) return { do: 'record', run, status: succeeded(status, index, undefined, pod, now), finished: { name: status.pipelines[index].name, work: null, status: said.status } };
  const work = observed.work(run, said.work.name);
  if (work && !work.metadata.deletionTimestamp && digestOf(work.spec) === said.work.digest) {
    const finished = { name: status.pipelines[index].name, work, status: work.spec?.result?.status };
    return { do: 'record', run, status: succeeded(status, index, said.work, pod, now), finished };
  }
  // the node's clock may be behind ours
  const ended = Math.max(Date.parse(containerRecords(pod).at(-1)?.finishedAt ?? stamp(now)), Date.parse(status.pipelines[index].startedAt ?? stamp(now)));
  const until = ended + WORK_PATIENCE;
  if (now.getTime() < until) return { do: 'await', run, until: new Date(until) };
  const why = `Work "${said.work.name}" is not what the pipeline wrote: it was ${work ? 'changed' : 'removed'} in between; run the workflow again`;
  return { do: 'record', run, status: failed(status, index, why, pod, now) };
}

function inline(status: RunStatus, index: number, said: HelperMessage): FinishedPipeline | undefined {
  return said.status && { name: status.pipelines[index].name, work: null, status: said.status };
}

function stepOfSuspended(run: WorkflowRunObject, status: RunStatus, index: number, demand: Demand, now: Date, hasChanged: boolean): Step {
  const record = status.pipelines[index];
  if (demand.isSuspended && (hasChanged || demand.isManual)) return { do: 'consume-label', run, labels: [labels.workflowSuspended] };
  if (hasChanged || demand.isManual) return { do: 'record', run, status: supersede(status, now) };
  const due = record.nextRetryAt ? Date.parse(record.nextRetryAt) : undefined;
  if (demand.isSuspended && (due === undefined || due > now.getTime())) return { do: 'await', run, ...(due && { until: new Date(due) }) };
  if (demand.isSuspended) return { do: 'consume-label', run, labels: [labels.workflowSuspended] };
  return { do: 'record', run, status: started(status, index, demand, run, now) };
}

/** The record with one pipeline changed; the parts that every change shares stand here. */
function withPipeline(status: RunStatus, index: number, change: Partial<PipelineRecord>): PipelineRecord[] {
  return status.pipelines.map((pipeline, at) => (at === index ? { ...pipeline, ...change } : pipeline));
}

/** The status that a new record begins with: its first pipeline is named with its Job, so that one write starts the run. */
export function firstStatus(demand: Demand, run: WorkflowRunObject, now: Date): RunStatus {
  const pending: RunStatus = {
    phase: 'Pending',
    pipelines: demand.pipelines.map(pipeline => ({ name: pipeline.metadata.name, phase: 'Pending', attempt: 0 })),
  };
  // a manual run waits for its label to be taken away, so that a crash in between neither loses it nor runs it twice
  return run.spec.trigger === 'manual' ? pending : started(pending, 0, demand, run, now);
}

function started(status: RunStatus, index: number, demand: Demand, run: WorkflowRunObject, now: Date): RunStatus {
  const { name, attempt } = status.pipelines[index];
  const job = jobName(demand.promiseName, demand.resourceName, run.metadata.name, name, attempt + 1);
  const fresh: PipelineRecord = { name, phase: 'Running', attempt: attempt + 1, job, startedAt: stamp(now) };
  const pipelines = status.pipelines.map((pipeline, at) => (at === index ? fresh : pipeline));
  return { phase: 'Running', startedAt: status.startedAt ?? stamp(now), pipelines };
}

function succeeded(status: RunStatus, index: number, work: PipelineRecord['work'], pod: PodObject, now: Date): RunStatus {
  const pipelines = withPipeline(status, index, { phase: 'Succeeded', finishedAt: stamp(now), containers: containerRecords(pod), ...(work && { work }) });
  const isLast = index === pipelines.length - 1;
  return { ...status, phase: isLast ? 'Succeeded' : 'Running', ...(isLast && { finishedAt: stamp(now) }), pipelines };
}

function suspended(status: RunStatus, index: number, said: HelperMessage, pod: PodObject, now: Date): RunStatus {
  const delay = parseGoDuration(said.control?.retryAfter ?? '');
  const message = said.control?.message;
  const pipelines = withPipeline(status, index, {
    phase: 'Suspended',
    finishedAt: stamp(now),
    containers: containerRecords(pod),
    ...(message && { message }),
    ...(delay !== undefined && { nextRetryAt: stamp(new Date(now.getTime() + Math.min(Math.max(delay, 1_000), MAX_DELAY))) }),
  });
  return { ...status, phase: 'Suspended', ...(message && { message }), pipelines };
}

function failed(status: RunStatus, index: number, why: string, pod: PodObject | undefined, now: Date): RunStatus {
  const change = { phase: 'Failed' as const, finishedAt: stamp(now), message: why, ...(pod && { containers: containerRecords(pod) }) };
  const pipelines = withPipeline(status, index, change).map((pipeline, at) => (at > index ? { ...pipeline, phase: 'Skipped' as const } : pipeline));
  return { ...status, phase: 'Failed', message: `${status.pipelines[index].name}: ${why}`, finishedAt: stamp(now), pipelines };
}

/** The record of a run that gives way. */
export function supersede(status: RunStatus, now: Date): RunStatus {
  const pipelines = status.pipelines.map(pipeline => (pipeline.phase === 'Succeeded' ? pipeline : { ...pipeline, phase: 'Skipped' as const }));
  return { ...status, phase: 'Superseded', message: 'A newer run took its place', finishedAt: stamp(now), pipelines };
}

/** Runs that may go: all but the newest `keep`. */
export function obsoleteRuns(runs: WorkflowRunObject[], keep: number): WorkflowRunObject[] {
  const sorted = [...runs].sort((a, b) => b.spec.sequence - a.spec.sequence);
  return sorted.slice(keep);
}

/** Jobs that may go: for each pipeline all but the newest `keep`. Source: B-WF-50. */
export function obsoleteJobs(jobs: JobObject[], keep: number): JobObject[] {
  const perPipeline = new Map<string, JobObject[]>();
  for (const job of jobs) {
    const key = [job.metadata.labels?.[labels.workflowAction], job.metadata.labels?.[labels.pipelineName]].join('/');
    perPipeline.set(key, [...(perPipeline.get(key) ?? []), job]);
  }
  return [...perPipeline.values()].flatMap(list =>
    list.sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')).slice(keep).filter(isOver),
  );
}
