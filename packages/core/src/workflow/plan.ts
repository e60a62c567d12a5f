import type { PipelineRecord, RunStatus, RunTrigger, WorkflowRunObject } from '../api';
import { labels } from '../wire/names';
import type { JobObject, PodObject } from './kubernetes';
import { stepOfRunning, stepOfSuccess } from './plan-pod';
import { failureSentence, hasEnded, hasSucceeded, isOver as isJobOver, isRefused, jobFailure } from './pod-outcome';
import { failed, isActiveRun, runOf, stamp, started, supersede } from './run-record';
import type { Demand, Observed, Step, WorkflowLimits } from './step';
import { carriedPipelines, isOver, manualDue, periodDue, repetitionDue, stepOfAsking, triggerOf } from './triggers';
import { adoptedStatus, foreignJob, stepOfTakenOver } from './take-over';

/** Between two runs that put a lost Work back. */
const RETRY_PAUSE = 5 * 60_000;
const isActive = (job: JobObject | undefined) => job !== undefined && !isJobOver(job);
/** A run that was retargeted may find what it had made for the former specs. */
const isOfSpecs = (object: JobObject | PodObject, run: WorkflowRunObject) => (object.metadata.labels?.[labels.hash] ?? run.spec.hash) === run.spec.hash;
const jobOf = (pod: PodObject) => pod.metadata.labels?.['batch.kubernetes.io/job-name'];

/** Decides from what was recorded, never from what happens to exist. Source: kratix-behaviour.md §3.6, §3.9, §4.6. */
export function nextStep(demand: Demand, observed: Observed, limits: WorkflowLimits, now: Date): Step {
  const runs = [...observed.runs].sort((a, b) => a.spec.sequence - b.spec.sequence);
  const latest = runs.at(-1);
  const foreign = foreignJob(latest, demand, observed);
  if (foreign && latest && isActiveRun(latest)) return { do: 'record', run: latest, status: supersede(latest.status ?? { phase: 'Pending', pipelines: [] }, now) };
  if (foreign) {
    const sequence = (latest?.spec.sequence ?? 0) + 1;
    return { do: 'adopt', sequence, hash: foreign.metadata.labels?.[labels.hash] ?? '', status: adoptedStatus(foreign, demand, observed, now) };
  }
  if (!latest) return { do: 'begin', trigger: 'created', sequence: nextSequence(latest, demand, observed) };
  // an engine that has just started may have listed the target before the records, and another have seen an edit in between
  if (latest.spec.target.generation > demand.generation) return { do: 'await', run: latest };
  const due = manualDue(latest, demand);
  if (due === undefined || due <= now.getTime()) return stepOfLatest(latest, demand, observed, limits, now);
  const step = stepOfLatest(latest, { ...demand, isManual: false }, observed, limits, now);
  if (step.do !== 'await' && step.do !== 'settled') return step;
  const until = step.do === 'await' && step.until ? Math.min(due, step.until.getTime()) : due;
  return { do: 'await', run: step.run, until: new Date(until) };
}

function stepOfLatest(latest: WorkflowRunObject, demand: Demand, observed: Observed, limits: WorkflowLimits, now: Date): Step {
  const begin = (trigger: RunTrigger, carried?: PipelineRecord[]): Step => ({ do: 'begin', trigger, sequence: nextSequence(latest, demand, observed), ...(carried && { carried }) });
  const hasChanged = latest.spec.hash !== demand.hash;
  const asking = stepOfAsking(latest, demand);
  if (asking) return asking;
  if (isActiveRun(latest)) return stepOfActiveRun(latest, demand, observed, limits, now, hasChanged);

  const leftover = observed.jobs.find(job => isActive(job) && latest.status?.pipelines.some(pipeline => pipeline.phase === 'Failed' && pipeline.job === job.metadata.name));
  if (leftover) return { do: 'stop-job', run: latest, job: leftover };
  if (demand.isManual || demand.isRestart) return begin('manual');
  if (demand.retryFrom !== undefined) return begin('retry', carriedPipelines(latest, demand));
  // an edit that was taken back leaves a run that gave way to nothing
  if (hasChanged || latest.status?.phase === 'Superseded') return begin(triggerOf(latest, demand, now));
  const repetition = repetitionDue(latest, demand, observed);
  if (repetition && isOver(repetition.at, now)) return begin(repetition.trigger);
  const step = stepOfSettled(latest, observed, now, begin);
  return step.do === 'settled' && repetition ? { ...step, until: repetition.at } : step;
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
    if (hasChanged || demand.isManual || demand.isRestart || !pipeline) return superseded;
    return stepToStart(run, status, index, demand, now);
  }
  if (record.takenOver) return stepOfTakenOver(run, status, index, demand, observed, limits, now);
  const job = record.job ?? '';
  const found = observed.jobs.find(each => each.metadata.name === job);
  const canRetarget = hasChanged && index === 0 && record.attempt === 1;
  // the answer to a retargeting write was lost, and its Job made for the specs that are wanted again
  if (canRetarget && found && runOf(found) === run.metadata.name && found.metadata.labels?.[labels.hash] === demand.hash) return { do: 'retarget', run };
  // a name may be taken by chance
  if (found && (runOf(found) !== run.metadata.name || !isOfSpecs(found, run)) && !found.metadata.deletionTimestamp) return { do: 'stop-job', run, job: found };
  const isOfJob = ({ metadata }: PodObject) => !found || !metadata.ownerReferences || metadata.ownerReferences.some(owner => owner.uid === found.metadata.uid);
  const pods = observed.pods.filter(pod => jobOf(pod) === job && runOf(pod) === run.metadata.name && isOfSpecs(pod, run) && isOfJob(pod)).sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
  const done = pods.find(hasSucceeded);
  if (done) return stepOfSuccess(run, status, index, done, observed, now);

  if (demand.isManual) return found && isActive(found) ? { do: 'stop-job', run, job: found } : superseded;
  if (!found) {
    // not before it could start: what is edited meanwhile costs nothing
    if (canRetarget) return stepBeforeStart(run, status, index, observed, limits, now) ?? { do: 'retarget', run };
    if (hasChanged || demand.isRestart || !pipeline) return superseded;
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
  return stepOfRunning(run, status, index, found, pods, pipeline, limits, now);
}

/**
 * One pod of a workflow at a time: what another Job or one that was deleted still does would come late, and be taken for
 * this one's. A Work that goes away must be gone, or what is written to it goes with it.
 */
function stepBeforeStart(run: WorkflowRunObject, status: RunStatus, index: number, observed: Observed, limits: WorkflowLimits, now: Date): Step | undefined {
  // the Job controller says of a Job that it is complete a moment after its pod has succeeded
  const isDone = ({ metadata: { name } }: JobObject) =>
    observed.pods.some(pod => jobOf(pod) === name && hasSucceeded(pod)) || status.pipelines.some(each => each.phase === 'Succeeded' && each.job === name);
  const stray = observed.jobs.find(job => isActive(job) && !isDone(job));
  if (stray) return { do: 'stop-job', run, job: stray };
  const pod = observed.pods.find(each => !hasEnded(each));
  const work = observed.works.find(each => each.metadata.deletionTimestamp && each.metadata.labels?.[labels.pipelineName] === status.pipelines[index].name);
  // a Job that was ended is there as long as its pods are, which may not have shown yet
  const job = observed.jobs.find(each => each.metadata.deletionTimestamp);
  const late = [pod, job, work].find(each => each !== undefined);
  if (!late) return undefined;
  const due = Date.parse(status.pipelines[index].startedAt ?? stamp(now)) + limits.startTimeout;
  if (now.getTime() < due) return { do: 'await', run, until: new Date(due) };
  return { do: 'record', run, status: failed(status, index, `cannot start: ${late.kind} "${late.metadata.name}" of an earlier run is still there`, undefined, now) };
}

function stepToStart(run: WorkflowRunObject, status: RunStatus, index: number, demand: Demand, now: Date): Step {
  if (demand.mustQueue) return { do: 'queue', run, index };
  return { do: 'record', run, status: started(status, index, demand, run, now) };
}

/** Source: B-RR-40 to B-RR-42; the interval restarts what is suspended, as it is documented to. */
function stepOfSuspended(run: WorkflowRunObject, status: RunStatus, index: number, demand: Demand, now: Date, hasChanged: boolean): Step {
  const record = status.pipelines[index];
  const period = periodDue(record.finishedAt, demand);
  const retry = record.nextRetryAt ? new Date(record.nextRetryAt) : undefined;
  const consume: Step = { do: 'consume', run, labels: [labels.workflowSuspended] };
  const startsAnew = hasChanged || demand.isManual || demand.retryFrom !== undefined || isOver(period, now);
  if (startsAnew || (demand.isRestart && !demand.isSuspended)) return demand.isSuspended ? consume : { do: 'record', run, status: supersede(status, now) };
  if (!demand.isSuspended) {
    const step = stepToStart(run, status, index, demand, now);
    return step.do === 'record' ? { ...step, resumes: true } : step;
  }
  if (isOver(retry, now)) return consume;
  const until = retry && period ? new Date(Math.min(retry.getTime(), period.getTime())) : retry ?? period;
  return { do: 'await', run, ...(until && { until }) };
}
