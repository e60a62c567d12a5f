import { StatusError, type LocalApi, type LocalEvent } from '../api';
import { delayOf, timestamp } from './context';
import type { Recorder } from './events';
import { isFinished, planJob, JOB_BACK_OFF, type JobBackOff, type JobPlan } from './job-plan';
import { JOBS, PODS, type Job, type Pod } from './types';

const MAX_TIMER_MS = 2 ** 31 - 1;
/** Between attempts to make a pod that is refused, for example by a quota. */
const REFUSED_BACK_OFF = { first: 1000, most: 60_000 };

interface JobsOptions {
  api: LocalApi;
  record: Recorder;
  log: (message: string) => void;
  backOff?: JobBackOff;
  /** Where the pods go; nowhere while nothing can run them. */
  nodeName?: string;
}

function ownerUid(pod: Pod): string | undefined {
  return pod.metadata.ownerReferences?.find(owner => owner.controller && owner.kind === 'Job')?.uid;
}

/** The pod that a Job's template describes. */
export function podOf(job: Job, name: string, nodeName?: string): object {
  const { metadata: template = {}, spec } = job.spec.template;
  const { uid } = job.metadata;
  const own = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': job.metadata.name, 'controller-uid': uid, 'job-name': job.metadata.name };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${job.metadata.name}-`,
      namespace: job.metadata.namespace,
      labels: { ...template.labels, ...own },
      ...(template.annotations ? { annotations: template.annotations } : {}),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: { ...structuredClone(spec), ...(nodeName ? { nodeName } : {}) },
  };
}

/** Makes the pods of Jobs, and says in the Jobs' status how they fare. */
export class JobController {
  private readonly podsByJob = new Map<string, Map<string, Pod>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** How often in a row a Job's pod was refused, and when to try again (milliseconds since 1970). */
  private readonly refusals = new Map<string, { times: number; due: number }>();
  private readonly stops: (() => void)[] = [];

  constructor(private readonly options: JobsOptions) {}

  start(): void {
    const { api } = this.options;
    // Pods first: a Job must not look as though it had none yet.
    api.list<Pod>(PODS).forEach(pod => this.podsOf(ownerUid(pod)).set(pod.metadata.uid, pod));
    this.stops.push(api.watch<Pod>(PODS, event => this.onPod(event)), api.watch<Job>(JOBS, ({ type, object }) => (type === 'DELETED' ? this.forget(object) : this.sync(object))));
  }

  stop(): void {
    this.stops.forEach(stop => stop());
    this.timers.forEach(timer => clearTimeout(timer));
    this.timers.clear();
  }

  private podsOf(jobUid: string | undefined): Map<string, Pod> {
    const pods = (jobUid && this.podsByJob.get(jobUid)) || new Map<string, Pod>();
    if (jobUid) {
      this.podsByJob.set(jobUid, pods);
    }
    return pods;
  }

  private onPod({ type, object: pod }: LocalEvent<Pod>): void {
    const uid = ownerUid(pod);
    const owner = pod.metadata.ownerReferences?.find(reference => reference.uid === uid);
    if (!uid || !owner) {
      return;
    }
    const pods = this.podsOf(uid);
    const isRemoved = type === 'DELETED';
    if (isRemoved) {
      // One that ended before it was removed counts once more, in the status that is written now.
      pods.set(pod.metadata.uid, withEnd(pod));
    } else {
      pods.set(pod.metadata.uid, pod);
    }
    const job = this.options.api.get<Job>(JOBS, { namespace: pod.metadata.namespace, name: owner.name });
    if (job?.metadata.uid === uid) {
      this.sync(job);
    }
    if (isRemoved) {
      pods.delete(pod.metadata.uid);
      if (!job) {
        this.podsByJob.delete(uid);
      }
    }
  }

  private forget(job: Job): void {
    clearTimeout(this.timers.get(job.metadata.uid));
    this.timers.delete(job.metadata.uid);
    this.refusals.delete(job.metadata.uid);
    this.podsByJob.delete(job.metadata.uid);
  }

  private sync(seen: Job): void {
    const { api, log } = this.options;
    const { namespace, name, uid } = seen.metadata;
    const job = api.get<Job>(JOBS, { namespace, name });
    if (!job || job.metadata.uid !== uid || job.metadata.deletionTimestamp) {
      return;
    }
    try {
      this.apply(job, planJob(job, [...this.podsOf(uid).values()], Date.now(), this.options.backOff ?? JOB_BACK_OFF));
    } catch (error) {
      log(`job ${namespace}/${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private apply(job: Job, plan: JobPlan): void {
    const { api, record } = this.options;
    const { namespace, name, uid } = job.metadata;
    const involved = { apiVersion: 'batch/v1', kind: 'Job', metadata: job.metadata };
    if (plan.removeJob) {
      api.delete(JOBS, { namespace, name }, { propagationPolicy: 'Background', preconditions: { uid } });
      return;
    }
    const isRefused = plan.create !== undefined && !this.tryPod(job, plan.create);
    if (!isFinished(job)) {
      const { active, ...idle } = structuredClone(plan.status);
      const status = isRefused || active === undefined ? idle : { active, ...idle };
      api.update<Job>(JOBS, { namespace, name }, draft => {
        draft.status = status;
      }, 'status');
    }
    plan.remove.forEach(pod => {
      api.delete(PODS, { namespace, name: pod });
      record(involved, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod}` });
    });
    plan.events.forEach(event => record(involved, event));
    this.lookAgain(job, isRefused ? Math.min(this.refusals.get(uid)?.due ?? Infinity, plan.lookAgainAt ?? Infinity) : plan.lookAgainAt);
  }

  /** Makes a pod, unless one was refused a short time ago. False when there is none. */
  private tryPod(job: Job, name: string): boolean {
    const { uid } = job.metadata;
    const refusal = this.refusals.get(uid);
    if (refusal && refusal.due > Date.now()) return false;
    if (this.createPod(job, name)) {
      this.refusals.delete(uid);
      return true;
    }
    const times = (refusal?.times ?? 0) + 1;
    this.refusals.set(uid, { times, due: Date.now() + delayOf(REFUSED_BACK_OFF, times) });
    return false;
  }

  /** False when the pod was refused. */
  private createPod(job: Job, name: string): boolean {
    const { api, record } = this.options;
    const involved = { apiVersion: 'batch/v1', kind: 'Job', metadata: job.metadata };
    try {
      const pod = api.create<Pod>(PODS, podOf(job, name, this.options.nodeName));
      this.podsOf(job.metadata.uid).set(pod.metadata.uid, pod);
      record(involved, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${name}` });
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) {
        throw error;
      }
      if (error.reason === 'AlreadyExists') {
        return true;
      }
      record(involved, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}` });
      return false;
    }
  }

  private lookAgain(job: Job, at: number | undefined): void {
    const { uid } = job.metadata;
    clearTimeout(this.timers.get(uid));
    this.timers.delete(uid);
    if (at !== undefined) {
      const wait = Math.min(MAX_TIMER_MS, Math.max(0, at - Date.now()) + 1);
      this.timers.set(uid, setTimeout(() => this.sync(job), wait));
    }
  }
}

/** A pod that was removed before it ended has failed, as far as its Job is concerned. */
function withEnd(pod: Pod): Pod {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' ? pod : { ...pod, status: { ...pod.status, phase: 'Failed', reason: 'Deleted', message: `removed at ${timestamp()}` } };
}
