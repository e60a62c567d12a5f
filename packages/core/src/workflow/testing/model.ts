import type { RunStatus, WorkflowRunObject } from '../../api';
import { labels } from '../../wire/names';
import type { JobObject, PodObject } from '../kubernetes';
import { nextStep } from '../plan';
import { firstStatus } from '../run-record';
import type { Demand, Observed, Step } from '../step';
import { aDemand, aPipeline, aRun, helper, LIMITS, NOW } from './runs';

/** What a model knows of the cluster: all of it, or what an engine's cache holds. */
interface View {
  demand: Demand;
  runs: WorkflowRunObject[];
  jobs: JobObject[];
  pods: PodObject[];
}

/** Something that users, pods, the network or time do. */
export type Event =
  | { what: 'engine' | 'step' | 'restart' | 'manual' | 'resume' | 'delete-job' | 'delete-pod' | 'pod-gone' | 'refuse' | 'lose' }
  | { what: 'edit'; hash: string; isSeen: boolean }
  | { what: 'pod'; ends: 'well' | 'badly' | 'suspended'; isSeen?: boolean }
  | { what: 'see'; kind: keyof View }
  | { what: 'wait'; seconds: number };

/** More steps than this in one go would be a loop. */
const MOST_STEPS = 40;

/**
 * One workflow in a model of a cluster: an engine that acts on a cache which may lag behind, writes that may be refused or
 * whose answers may get lost, a kubelet, users. What must never happen is noted in `wrong`.
 */
export class Model {
  readonly wrong: string[] = [];
  writes = 0;
  private truth: View = { demand: aDemand({ pipelines: [aPipeline('one'), aPipeline('two'), aPipeline('three')] }), runs: [], jobs: [], pods: [] };
  private cache: View = this.truth;
  private now = NOW;
  private uids = 0;
  private nextWrite: 'works' | 'refused' | 'lost' = 'works';
  private readonly finished = new Set<string>();
  private readonly endedWell = new Set<string>();

  /** The last run on record. */
  get latest(): WorkflowRunObject | undefined {
    return this.truth.runs.at(-1);
  }

  get hash(): string {
    return this.truth.demand.hash;
  }

  /** Pipelines of the last run that are said to have succeeded, and have not, for its specs. */
  get pretended(): string[] {
    const { spec, status } = this.truth.runs.at(-1) ?? aRun(undefined);
    const done = (status?.pipelines ?? []).filter(({ phase }) => phase === 'Succeeded');
    return done.filter(({ job }) => !this.endedWell.has(`${job} ${spec.hash}`)).map(({ name }) => name);
  }

  happen(event: Event): void {
    const { truth } = this;
    switch (event.what) {
      case 'engine':
        this.engine(MOST_STEPS);
        break;
      case 'step':
        this.engine(1);
        break;
      case 'restart':
        this.cache = truth;
        break;
      case 'see':
        this.cache = { ...this.cache, [event.kind]: truth[event.kind] };
        break;
      case 'edit':
        if (event.hash !== truth.demand.hash) this.demand({ hash: event.hash, generation: truth.demand.generation + 1 });
        if (event.isSeen) this.happen({ what: 'see', kind: 'demand' });
        break;
      case 'manual':
        this.demand({ isManual: true });
        break;
      case 'resume':
        this.demand({ isSuspended: false });
        break;
      case 'pod':
        this.endPod(event.ends);
        if (event.isSeen) this.happen({ what: 'see', kind: 'pods' });
        break;
      case 'delete-job':
        // who deletes a Job by hand is slower than the watch that shows its pods
        this.happen({ what: 'see', kind: 'pods' });
        this.deleteJob(truth.jobs.find(({ metadata }) => !this.finished.has(metadata.name)));
        break;
      case 'delete-pod':
        this.endPod('badly');
        break;
      case 'pod-gone':
        this.write('pods', truth.pods.filter(({ metadata }) => !metadata.deletionTimestamp));
        this.write('jobs', truth.jobs.filter(({ metadata }) => !metadata.deletionTimestamp));
        break;
      case 'wait':
        this.now = new Date(this.now.getTime() + event.seconds * 1_000);
        // watches are late by less than that
        this.cache = truth;
        break;
      default:
        this.nextWrite = event.what === 'refuse' ? 'refused' : 'lost';
    }
  }

  /** Lets everything go well from here on until nothing happens any more; how many writes that took. */
  settle(): number {
    const before = this.writes;
    this.nextWrite = 'works';
    for (let round = 0; round < 60; round += 1) {
      const state = JSON.stringify([this.truth, this.cache]);
      this.cache = this.truth;
      this.engine(MOST_STEPS);
      for (const event of [{ what: 'pod', ends: 'well' }, { what: 'pod-gone' }, { what: 'resume' }] as Event[]) this.happen(event);
      this.cache = this.truth;
      this.engine(MOST_STEPS);
      if (JSON.stringify([this.truth, this.cache]) === state) {
        if (!this.truth.demand.isManual) break;
        // a label that came too soon waits for its time
        this.happen({ what: 'wait', seconds: 11 });
      }
    }
    return this.writes - before;
  }

  private engine(most: number): void {
    for (let count = 0; count < most; count += 1) {
      const { demand, runs, jobs, pods } = this.cache;
      const observed: Observed = { runs, jobs, pods, work: () => undefined, works: [], mirrored: [] };
      if (!this.carryOut(nextStep(demand, observed, LIMITS, this.now))) return;
    }
    if (most > 1) this.wrong.push('the engine goes round in circles');
  }

  /** False when there is nothing more to do now, or the write went wrong. */
  private carryOut(step: Step): boolean {
    const { demand } = this.cache;
    switch (step.do) {
      case 'begin': {
        const run = aRun(undefined, { sequence: step.sequence, trigger: step.trigger, hash: demand.hash, target: this.target });
        return this.putRun({ ...run, status: firstStatus(demand, run, this.now, { carried: step.carried }) });
      }
      case 'retarget': {
        const run = { ...step.run, spec: { ...step.run.spec, hash: demand.hash, target: this.target } };
        return this.putRun({ ...run, status: firstStatus(demand, run, this.now) }, step.run);
      }
      case 'record': {
        if (step.status.phase === 'Suspended' && !this.engineWrites('demand', { ...this.truth.demand, isSuspended: true })) return false;
        return this.putRun({ ...step.run, status: step.status }, step.run);
      }
      case 'consume': {
        // a patch on the condition that nobody wrote in between
        if (this.cache.demand !== this.truth.demand) return this.conflict('demand');
        const isTaken = (label: string) => step.labels?.includes(label);
        return this.engineWrites('demand', { ...demand, ...(isTaken(labels.manualReconciliation) && { isManual: false }), ...(isTaken(labels.workflowSuspended) && { isSuspended: false }) });
      }
      case 'execute':
        this.execute(step);
        return false;
      case 'stop-job':
        return this.written(() => this.endJob(step.job.metadata.uid), 'jobs');
      default:
        return false;
    }
  }

  private get target() {
    return { ...aRun(undefined).spec.target, generation: this.cache.demand.generation };
  }

  private putRun(run: WorkflowRunObject, former?: WorkflowRunObject): boolean {
    const known = this.truth.runs.find(({ metadata }) => metadata.name === run.metadata.name);
    if (known !== former) return this.conflict('runs');
    return this.engineWrites('runs', [...this.truth.runs.filter(each => each !== known), run].sort((a, b) => a.spec.sequence - b.spec.sequence));
  }

  private execute({ run, index, pipeline, job: name }: Step & { do: 'execute' }): void {
    const taken = this.truth.jobs.find(({ metadata }) => metadata.name === name);
    const uid = `uid-${(this.uids += 1)}`;
    const marks = { [labels.run]: run.metadata.name, [labels.hash]: run.spec.hash, [labels.pipelineName]: pipeline.metadata.name };
    const job: JobObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, uid, namespace: 'default', labels: marks }, status: {} };
    const pod: PodObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-${uid}`, uid: `pod-${uid}`, namespace: 'default', labels: { ...marks, 'batch.kubernetes.io/job-name': name }, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }] },
      status: { phase: 'Running' },
    };
    // the server answers with the one that has the name
    if (taken) return void this.written(() => {}, 'jobs');
    this.written(() => {
      this.judge(run, index, name);
      this.write('jobs', [...this.truth.jobs, job]);
      this.write('pods', [...this.truth.pods, pod]);
    }, 'jobs');
    // pods come by the watch; a lost Job is seen before anything else happens, as the error's pause is longer than a watch's
    this.cache = { ...this.cache, jobs: this.truth.jobs };
    return undefined;
  }

  private judge(run: WorkflowRunObject, index: number, name: string): void {
    const record = this.truth.runs.find(({ metadata }) => metadata.name === run.metadata.name)?.status as RunStatus;
    if (record.pipelines.slice(0, index).some(({ phase }) => phase !== 'Succeeded')) this.wrong.push(`${name} started before the pipelines in front of it`);
    if (this.truth.pods.some(({ status }) => status?.phase === 'Running')) this.wrong.push(`${name} started beside another pod`);
    if (this.finished.has(`${name} ${run.spec.hash}`)) this.wrong.push(`${name} ran twice`);
  }

  private endPod(ends: 'well' | 'badly' | 'suspended'): void {
    const pod = this.truth.pods.find(({ status }) => status?.phase === 'Running');
    if (!pod) return;
    const { metadata } = pod;
    const said = ends === 'suspended' ? { v: 1, work: null, control: { suspend: true } } : { v: 1, work: null };
    const status = ends === 'badly' ? { phase: 'Failed' as const } : helper(said).status;
    this.write('pods', this.truth.pods.map(each => (each === pod ? { ...each, status } : each)));
    const name = metadata.labels?.['batch.kubernetes.io/job-name'] ?? '';
    if (ends !== 'badly') this.endedWell.add(`${name} ${metadata.labels?.[labels.hash]}`);
    // what ends well after it was told to end may be gone before anybody sees that
    if (ends !== 'badly' && !metadata.deletionTimestamp) this.finished.add(name).add(`${name} ${metadata.labels?.[labels.hash]}`);
    const condition = { type: ends === 'badly' ? 'Failed' : 'Complete', status: 'True' };
    this.write('jobs', this.truth.jobs.map(each => (each.metadata.uid === metadata.ownerReferences?.[0].uid ? { ...each, status: { conditions: [condition] } } : each)));
  }

  /** In the foreground: it stays until its pods are gone. */
  private endJob(uid: string | undefined): void {
    const job = this.truth.jobs.find(({ metadata }) => metadata.uid === uid);
    if (!job) return;
    const ending = { ...job, metadata: { ...job.metadata, deletionTimestamp: 'now' } };
    this.deleteJob(job);
    if (this.truth.pods.some(pod => pod.metadata.ownerReferences?.[0].uid === uid)) this.write('jobs', [...this.truth.jobs, ending]);
  }

  /** Its pods live on for a while, being told to end. */
  private deleteJob(job: JobObject | undefined): void {
    if (!job) return;
    this.write('jobs', this.truth.jobs.filter(each => each !== job));
    const isOfJob = (pod: PodObject) => pod.metadata.ownerReferences?.[0].uid === job.metadata.uid;
    this.write('pods', this.truth.pods.map(pod => (isOfJob(pod) ? { ...pod, metadata: { ...pod.metadata, deletionTimestamp: 'now' } } : pod)));
  }

  private demand(change: Partial<Demand>): void {
    this.write('demand', { ...this.truth.demand, ...change });
  }

  private write<K extends keyof View>(kind: K, value: View[K]): void {
    this.truth = { ...this.truth, [kind]: value };
  }

  private engineWrites<K extends keyof View>(kind: K, value: View[K]): boolean {
    return this.written(() => this.write(kind, value), kind);
  }

  /** A write of the engine; its answer is in the cache at once. */
  private written(act: () => void, kind: keyof View): boolean {
    const fate = this.nextWrite;
    this.nextWrite = 'works';
    this.writes += 1;
    if (fate !== 'refused') act();
    if (fate === 'works') this.cache = { ...this.cache, [kind]: this.truth[kind] };
    return fate === 'works';
  }

  /** Another writer was faster: the engine tries again when it has seen that. */
  private conflict(kind: keyof View): false {
    this.writes += 1;
    this.cache = { ...this.cache, [kind]: this.truth[kind] };
    return false;
  }
}
