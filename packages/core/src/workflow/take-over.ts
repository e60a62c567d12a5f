import type { PipelineRecord, RunStatus, WorkflowRunObject, WorkObject } from '../api';
import { digestOf } from '../wire/encoding';
import { labels } from '../wire/names';
import type { JobObject, PodObject } from './kubernetes';
import { containerStatuses, failureSentence, hasEnded, jobFailure } from './pod-outcome';
import { stepOfRunning } from './plan-pod';
import { failed, runOf, stamp, started, succeeded, supersede, withPipeline } from './run-record';
import type { PipelineStatus } from './status';
import type { Demand, Observed, Step, WorkflowLimits } from './step';

/** What the helpers of another engine wrote last reaches the cache within this time after their pod's end. */
const SETTLE = 5_000;
const createdAt = ({ metadata }: JobObject | PodObject | WorkflowRunObject) => Date.parse(metadata.creationTimestamp ?? '') || 0;
const nameOf = (job: JobObject) => job.metadata.labels?.[labels.pipelineName] ?? '';
const hasCondition = (job: JobObject, type: string) => Boolean(job.status?.conditions?.some(each => each.type === type && each.status === 'True'));
const isHeld = (job: JobObject) => hasCondition(job, 'Suspended') || job.spec?.suspend === true;
const isComplete = (job: JobObject, pods: PodObject[]) =>
  hasCondition(job, 'Complete') || pods.some(pod => pod.metadata.labels?.['batch.kubernetes.io/job-name'] === job.metadata.name && pod.status?.phase === 'Succeeded');

/**
 * The newest Job of this workflow, where another engine made it after our last record: that engine then says by its Jobs
 * how far the workflow is. Source: B-WF-41, B-WF-42.
 */
export function foreignJob(latest: WorkflowRunObject | undefined, { uid }: Demand, { runs, jobs }: Observed): JobObject | undefined {
  const isOwn = ({ metadata }: JobObject) => !uid || !metadata.ownerReferences?.length || metadata.ownerReferences.some(owner => owner.uid === uid);
  const newest = jobs.filter(isOwn).sort((a, b) => createdAt(a) - createdAt(b)).at(-1);
  if (!newest || runOf(newest) || newest.metadata.deletionTimestamp) return undefined;
  if (runs.some(run => run.status?.pipelines.some(each => each.job === newest.metadata.name))) return undefined;
  const since = latest ? Math.max(createdAt(latest), ...(latest.status?.pipelines ?? []).map(each => Date.parse(each.startedAt ?? '') || 0)) : -1;
  return createdAt(newest) > since ? newest : undefined;
}

/**
 * The record of what another engine has done: pipelines before the newest Job's are over, as it would not have begun that
 * one else. Works that are there are vouched for as they are. Source: B-RR-10, B-WF-45, B-CR-3.
 */
export function adoptedStatus(newest: JobObject, demand: Demand, observed: Observed, now: Date): RunStatus {
  const hash = newest.metadata.labels?.[labels.hash];
  const ofRun = observed.jobs.filter(job => !runOf(job) && job.metadata.labels?.[labels.hash] === hash);
  const named = hash === demand.hash ? demand.pipelines.map(each => each.metadata.name) : observed.mirrored.map(each => each.name);
  const names = named.includes(nameOf(newest)) ? named : [nameOf(newest)];
  const at = names.indexOf(nameOf(newest));
  const pipelines = names.map((name, index): PipelineRecord => {
    const job = [...ofRun].sort((a, b) => createdAt(a) - createdAt(b)).filter(each => nameOf(each) === name).at(-1);
    const work = vouchedWork(observed.works, name);
    if (index > at) return { name, phase: 'Pending', attempt: 0, ...(work && { work }) };
    const since = job?.metadata.creationTimestamp;
    return { name, phase: index < at ? 'Succeeded' : 'Running', attempt: 1, takenOver: true, ...(job && { job: job.metadata.name }), ...(since && { startedAt: since }), ...(work && { work }) };
  });
  const status: RunStatus = { phase: 'Running', startedAt: pipelines[0].startedAt ?? stamp(now), pipelines };
  return isHeld(newest) ? supersede(status, now) : status;
}

/** What to do for a pipeline whose Job another engine made: let it end, and take what it left. */
export function stepOfTakenOver(run: WorkflowRunObject, status: RunStatus, index: number, demand: Demand, observed: Observed, limits: WorkflowLimits, now: Date): Step {
  const { name, job: jobName, startedAt } = status.pipelines[index];
  const job = observed.jobs.find(each => each.metadata.name === jobName);
  const pods = observed.pods.filter(pod => pod.metadata.labels?.['batch.kubernetes.io/job-name'] === jobName);
  const give = (next: RunStatus): Step => ({ do: 'record', run, status: next });
  const hasChanged = run.spec.hash !== demand.hash;
  if (!job || job.metadata.deletionTimestamp) return give(hasChanged || demand.isManual ? supersede(status, now) : started(status, index, demand, run, now));
  if (isComplete(job, pods)) return stepOfEnded(run, status, index, job, pods, observed, now);
  if (demand.isManual || isHeld(job)) return { do: 'stop-job', run, job };
  const failure = jobFailure(job);
  const last = pods.filter(hasEnded).at(-1) ?? pods.at(-1);
  if (failure) return give(failed(status, index, failureSentence(last) ?? failure.message ?? 'its Job failed', last, now));
  const pipeline = demand.pipelines.find(each => each.metadata.name === name);
  return stepOfRunning(run, { ...status, pipelines: withPipeline(status, index, { startedAt: startedAt ?? stamp(now) }) }, index, job, pods, pipeline, limits, now);
}

function stepOfEnded(run: WorkflowRunObject, status: RunStatus, index: number, job: JobObject, pods: PodObject[], observed: Observed, now: Date): Step {
  const pod = pods.find(each => each.status?.phase === 'Succeeded');
  const completionTime = job.status?.completionTime ?? (pod && containerStatuses(pod).at(-1)?.state?.terminated?.finishedAt);
  const due = (Date.parse(completionTime ?? '') || createdAt(job)) + SETTLE;
  if (now.getTime() < due) return { do: 'await', run, until: new Date(due) };
  const { name } = status.pipelines[index];
  const said = observed.mirrored.find(each => each.name === name);
  if (said?.phase === 'Suspended') return { do: 'record', run, status: suspendedAs(status, index, said) };
  const work = run.spec.action === 'configure' ? vouchedWork(observed.works, name) : undefined;
  // an interval counts from then
  return { do: 'record', run, status: succeeded(status, index, work, pod, new Date(due - SETTLE)) };
}

function suspendedAs(status: RunStatus, index: number, { message, nextRetryAt, attempts, lastTransitionTime }: PipelineStatus): RunStatus {
  const pipelines = withPipeline(status, index, {
    phase: 'Suspended',
    attempt: attempts ?? 1,
    ...(lastTransitionTime && { finishedAt: lastTransitionTime }),
    ...(message && { message }),
    ...(nextRetryAt && { nextRetryAt }),
  });
  return { ...status, phase: 'Suspended', ...(message && { message }), pipelines };
}

/** The newest Work of a pipeline, as it is now. */
function vouchedWork(works: WorkObject[], pipeline: string): PipelineRecord['work'] {
  const newest = works
    .filter(({ metadata }) => metadata.labels?.[labels.pipelineName] === pipeline && !metadata.deletionTimestamp)
    .sort((a, b) => (a.spec?.lastExecutionTimestamp ?? '').localeCompare(b.spec?.lastExecutionTimestamp ?? ''))
    .at(-1);
  return newest && { name: newest.metadata.name, digest: digestOf(newest.spec) };
}
