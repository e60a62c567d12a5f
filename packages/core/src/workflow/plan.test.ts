import fc from 'fast-check';
import type { RunStatus, WorkflowRunObject } from '../api';
import { labels } from '../wire/names';
import type { JobObject, PodObject } from './kubernetes';
import { nextStep } from './plan';
import { obsoleteJobs, obsoleteRuns } from './retention';
import { firstStatus } from './run-record';
import type { Demand, Observed, Step } from './step';
import { NOW, LIMITS, later, aPipeline, aDemand, aRun, running, ended, aJob, aWork, helper, userPod, there, aStray, done, named } from './testing/runs';

/** Suspended at its first pipeline. */
const held = (): RunStatus => ({ phase: 'Suspended', pipelines: [{ name: 'one', phase: 'Suspended', attempt: 1 }] });

/** The pod's times as a node with another clock says them. */
const clocked = (pod: PodObject, finishedAt: string): PodObject => JSON.parse(JSON.stringify(pod).replaceAll('2026-11-22T12:00:00Z', finishedAt));

describe('nextStep', () => {
  const cases: [string, Demand, Observed, Date, object][] = [
    ['B-RR-10: the first run begins', aDemand(), there([]), NOW, { do: 'begin', trigger: 'created', sequence: 1 }],
    ['a settled run stays settled', aDemand(), there([aRun(ended('Succeeded'))]), NOW, { do: 'settled' }],
    ['a failed run is not repeated by itself', aDemand(), there([aRun(ended('Failed'))]), NOW, { do: 'settled' }],
    ['B-RR-10: another spec begins a run', aDemand({ hash: 'h2', generation: 2 }), there([aRun(ended('Succeeded'))]), NOW, { do: 'begin', trigger: 'updated', sequence: 2 }],
    ['a changed Promise is told apart', aDemand({ hash: 'h2' }), there([aRun(ended('Failed'))]), NOW, { do: 'begin', trigger: 'promise-updated', sequence: 2 }],
    ['§2.11: so is a request that moves to another version', aDemand({ hash: 'h2', isUpgrade: true }), there([aRun(ended('Succeeded'))]), NOW, { do: 'begin', trigger: 'promise-upgraded', sequence: 2 }],
    ['B-RR-12: the manual label begins a run', aDemand({ isManual: true }), there([aRun(ended('Succeeded'))]), NOW, { do: 'begin', trigger: 'manual', sequence: 2 }],
    ['Q-18: the label goes once its run is on record', aDemand({ isManual: true }), there([aRun({ phase: 'Pending', pipelines: [{ name: 'one', phase: 'Pending', attempt: 0 }] }, { trigger: 'manual' })]), NOW, { do: 'consume' }],
    ['a manual run starts when its label is gone', aDemand(), there([aRun({ phase: 'Pending', pipelines: [{ name: 'one', phase: 'Pending', attempt: 0 }] }, { trigger: 'manual' })]), NOW, { do: 'record', status: { phase: 'Running', pipelines: [{ phase: 'Running', attempt: 1 }] } }],
    ['B-RR-12: the manual label ends the running Job first', aDemand({ isManual: true }), there([aRun(running())], { job: aJob() }), NOW, { do: 'stop-job', job: { metadata: { name: 'job-one' } } }],
    ['B-RR-12: then its run gives way', aDemand({ isManual: true }), there([aRun(running())]), NOW, { do: 'record', status: { phase: 'Superseded' } }],
    ['the Job that the record names is made', aDemand(), there([aRun(running())]), NOW, { do: 'execute', job: 'job-one', index: 0 }],
    ['a running Job is awaited', aDemand(), there([aRun(running())], { job: aJob() }), NOW, { do: 'await' }],
    ['B-RR-45: a spec change waits for the running Job', aDemand({ hash: 'h2' }), there([aRun(running())], { job: aJob() }), NOW, { do: 'await' }],
    ['B-RR-45: pipelines of the old spec are not started', aDemand({ hash: 'h2' }), there([aRun({ ...running(1), pipelines: [{ name: 'one', phase: 'Succeeded', attempt: 1 }, { name: 'two', phase: 'Pending', attempt: 0 }] })]), NOW, { do: 'record', status: { phase: 'Superseded', pipelines: [{ phase: 'Succeeded' }, { phase: 'Skipped' }] } }],
    ['a Work that the helper named counts', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper(named)], work: aWork }), NOW, { do: 'record', status: { phase: 'Running', pipelines: [{ phase: 'Succeeded', work: named.work }, { phase: 'Pending' }] }, finished: { name: 'one', status: { stage: 'prepared' } } }],
    ['the helper’s end is the pod’s, before the kubelet has put the pod away', aDemand(), there([aRun(running())], { job: aJob(), pods: [{ ...helper(named), status: { ...helper(named).status, phase: 'Running' } }], work: aWork }), NOW, { do: 'record', status: { pipelines: [{ phase: 'Succeeded', work: named.work }, { phase: 'Pending' }] } }],
    ['a Work that has not arrived is awaited', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper(named)] }), NOW, { do: 'await', until: later(60) }],
    ['a Work that somebody changed is not believed', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper(named)], work: { ...aWork, spec: { promiseName: 'other' } } }), later(61), { do: 'record', status: { phase: 'Failed', message: expect.stringContaining('"w" is not what the pipeline wrote') } }],
    ['neither files nor result is an outcome too', aDemand(), there([aRun(running(1))], { job: aJob(), pods: [helper({ v: 1, work: null })] }), NOW, { do: 'record', status: { phase: 'Succeeded' }, finished: { name: 'two', work: null } }],
    ['a helper that says nothing has failed', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper('nonsense')] }), NOW, { do: 'record', status: { phase: 'Failed', message: expect.stringContaining('without saying') } }],
    ['a pod that cannot start says so while it is awaited', aDemand(), there([aRun(running())], { job: aJob(), pods: [userPod({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } }, 'Pending')] }), NOW, { do: 'await', run: { status: { pipelines: [{ phase: 'Running', message: 'container "work" cannot start: CreateContainerConfigError: secret "x" not found' }, {}] } } }],
    ['a container that is tried again says why', aDemand(), there([aRun(running())], { job: aJob(), pods: [userPod({ terminated: { exitCode: 3, reason: 'Error', message: 'no database' } }, 'Failed')] }), NOW, { do: 'await', run: { status: { pipelines: [{ message: 'container "work" exited with 3: no database; it is tried again' }, {}] } } }],
    ['output that is refused is refused at once, not after all retries', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper({ v: 1, error: 'output/x.yaml: line 3: bad' }, 1)] }), NOW, { do: 'record', status: { phase: 'Failed', message: 'one: output/x.yaml: line 3: bad' } }],
    ['an API server that is away is tried again', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper({ v: 1, error: 'Work could not be written', retry: true }, 1)] }), NOW, { do: 'await' }],
    ['the helper’s own words tell what failed', aDemand(), there([aRun(running())], { job: aJob('Failed'), pods: [helper({ v: 1, error: 'output/x.yaml: line 3: bad' }, 1)] }), NOW, { do: 'record', status: { phase: 'Failed', message: 'one: output/x.yaml: line 3: bad', pipelines: [{ phase: 'Failed' }, { phase: 'Skipped' }] } }],
    ['a container that failed is named with its code', aDemand(), there([aRun(running())], { job: aJob('Failed'), pods: [userPod({ terminated: { exitCode: 3, reason: 'Error', message: 'cannot reach the database' } }, 'Failed')] }), NOW, { do: 'record', status: { message: 'one: container "work" exited with 3: cannot reach the database' } }],
    ['out of memory is said', aDemand(), there([aRun(running())], { job: aJob('Failed'), pods: [userPod({ terminated: { exitCode: 137, reason: 'OOMKilled' } }, 'Failed')] }), NOW, { do: 'record', status: { message: 'one: container "work" exited with 137 (OOMKilled)' } }],
    ['a Job that failed without a pod gives its own words', aDemand(), there([aRun(running())], { job: aJob('Failed') }), NOW, { do: 'record', status: { message: 'one: Job has reached the specified backoff limit' } }],
    ['Q-28: what never ends is given up', aDemand(), there([aRun(running())], { job: aJob(), pods: [userPod({ running: {} }, 'Running')] }), later(3_600), { do: 'record', status: { phase: 'Failed', message: 'one: container "work" did not end within 3600 s' } }],
    ['a pipeline may say how long it takes', aDemand({ pipelines: [aPipeline('one', { 'workflows.kratix-ts.dev/timeout': '10s' }), aPipeline('two')] }), there([aRun(running())], { job: aJob(), pods: [userPod({ running: {} }, 'Running')] }), later(10), { do: 'record', status: { phase: 'Failed' } }],
    ['Q-28: an image that cannot be pulled is given up with the kubelet’s words', aDemand(), there([aRun(running())], { job: aJob(), pods: [userPod({ waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }, 'Pending')] }), later(600), { do: 'record', status: { message: 'one: container "work" cannot start: ImagePullBackOff: no such image' } }],
    ['a Job given up is ended', aDemand(), there([aRun(ended('Failed'))], { job: aJob() }), NOW, { do: 'stop-job', job: { metadata: { name: 'job-one' } } }],
    ['B-POD-24: a pipeline may ask to be run later', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper({ v: 1, work: null, control: { retryAfter: '10m', message: 'quota' } })] }), NOW, { do: 'record', status: { phase: 'Suspended', pipelines: [{ phase: 'Suspended', message: 'quota', nextRetryAt: '2026-11-22T12:10:00Z' }, {}] } }],
    ['B43: also where the node’s clock is an hour ahead', aDemand(), there([aRun(running())], { job: aJob(), pods: [clocked(helper({ v: 1, work: null, control: { retryAfter: '10m' } }), '2026-11-22T13:00:00Z')] }), NOW, { do: 'record', status: { pipelines: [{ nextRetryAt: '2026-11-22T12:10:00Z' }, {}] } }],
    ['B43: or behind', aDemand(), there([aRun(running())], { job: aJob(), pods: [clocked(helper({ v: 1, work: null, control: { retryAfter: '10m' } }), '2026-11-22T11:00:00Z')] }), NOW, { do: 'record', status: { pipelines: [{ nextRetryAt: '2026-11-22T12:10:00Z' }, {}] } }],
    ['B42: of what a container printed last, the end is kept', aDemand(), there([aRun(running())], { job: aJob('Failed'), pods: [userPod({ terminated: { exitCode: 1, reason: 'Error', message: `${'<script>\u001b[31m'.repeat(100_000)}the end` } }, 'Failed')] }), NOW, { do: 'record', status: { message: expect.stringMatching(/^one: container "work" exited with 1: .{0,1030}the end$/s) } }],
    ['B-RR-41: a suspended run waits', aDemand({ isSuspended: true }), there([aRun({ phase: 'Suspended', pipelines: [{ name: 'one', phase: 'Suspended', attempt: 1, nextRetryAt: '2026-11-22T12:10:00Z' }] })]), NOW, { do: 'await', until: later(600) }],
    ['B-RR-42: without the label it goes on where it was', aDemand(), there([aRun({ phase: 'Suspended', pipelines: [{ name: 'one', phase: 'Suspended', attempt: 1 }] })]), NOW, { do: 'record', status: { phase: 'Running', pipelines: [{ phase: 'Running', attempt: 2 }] } }],
    ['B-RR-41: when its time has come the label goes first', aDemand({ isSuspended: true }), there([aRun({ phase: 'Suspended', pipelines: [{ name: 'one', phase: 'Suspended', attempt: 1, nextRetryAt: '2026-11-22T11:00:00Z' }] })]), NOW, { do: 'consume', labels: [labels.workflowSuspended] }],
    ['B-RR-40: without the label a suspended run goes on, if the label is gone indeed', aDemand(), there([aRun(held())]), NOW, { do: 'record', resumes: true, status: { phase: 'Running', pipelines: [{ phase: 'Running' }] } }],
    ['B-RR-40: the manual label ends a suspension, its label first', aDemand({ isSuspended: true, isManual: true }), there([aRun(held())]), NOW, { do: 'consume', labels: [labels.workflowSuspended] }],
    ['B-RR-40: then the suspended run gives way to one from the start', aDemand({ isManual: true }), there([aRun(held())]), NOW, { do: 'record', status: { phase: 'Superseded', pipelines: [{ phase: 'Skipped' }] } }],
    ['B-RR-40: which begins', aDemand({ isManual: true }), there([aRun({ ...held(), phase: 'Superseded' })]), NOW, { do: 'begin', trigger: 'manual' }],
    ['B-RR-40: a newer generation, with another spec, ends a suspension, label included', aDemand({ isSuspended: true, hash: 'h2' }), there([aRun({ phase: 'Suspended', pipelines: [{ name: 'one', phase: 'Suspended', attempt: 1 }] })]), NOW, { do: 'consume', labels: [labels.workflowSuspended] }],
    ['a wish for the far future is bounded', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper({ v: 1, work: null, control: { retryAfter: '99999999999h' } })] }), NOW, { do: 'record', status: { pipelines: [{ nextRetryAt: '2036-11-19T12:00:00Z' }, {}] } }],
    ['a Job deleted by hand is made anew when its pods have ended', aDemand(), there([aRun(running())], { pods: [userPod({ running: {} }, 'Running')] }), NOW, { do: 'await' }],
    ['a pod of a Job of the same name that was deleted does not count', aDemand(), there([aRun(running())], { job: { ...aJob(), metadata: { name: 'job-one', namespace: 'default', uid: 'new' } }, pods: [{ ...helper(named), metadata: { name: 'pod', namespace: 'default', ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job-one', uid: 'old' }] } }], work: aWork }), NOW, { do: 'await' }],
    ['what another run still does is ended before a Job starts', aDemand(), there([aRun(running(), { sequence: 2 })], { others: [aStray('cart-abcde-1')] }), NOW, { do: 'stop-job', job: { metadata: { name: 'job-of-cart-abcde-1' } } }],
    ['its pod is awaited', aDemand(), there([aRun(running(), { sequence: 2 })], { otherPods: [userPod({ running: {} }, 'Running')] }), NOW, { do: 'await' }],
    ['and named when it does not end', aDemand(), there([aRun(running(), { sequence: 2 })], { otherPods: [userPod({ running: {} }, 'Running')] }), later(600), { do: 'record', status: { phase: 'Failed', message: expect.stringContaining('Pod "pod" of an earlier run') } }],
    ['a Work that is being deleted is awaited before it is written anew', aDemand(), there([aRun(running())], { leaving: [{ ...aWork, metadata: { name: 'w', deletionTimestamp: '2026-11-22T12:00:00Z', labels: { [labels.pipelineName]: 'one' } } }] }), NOW, { do: 'await' }],
    ['a Work that is being deleted is no outcome', aDemand(), there([aRun(running())], { job: aJob(), pods: [helper(named)], work: { ...aWork, metadata: { name: 'w', deletionTimestamp: 'now' } } }), NOW, { do: 'await' }],
    ['a Job whose name another run took by chance goes', aDemand(), there([aRun(running())], { others: [{ ...aStray('other-1'), metadata: { ...aStray('other-1').metadata, name: 'job-one' } }] }), NOW, { do: 'stop-job' }],
    ['a deleted record is written again from its Jobs', aDemand(), there([], { others: [aStray('cart-abcde-3')] }), NOW, { do: 'begin', trigger: 'created', sequence: 3 }],
    ['but not for another spec', aDemand({ hash: 'h2' }), there([], { others: [aStray('cart-abcde-3')] }), NOW, { do: 'begin', sequence: 4 }],
    ['nor for another object of that name', aDemand(), there([], { others: [aStray('cart-fffff-3')] }), NOW, { do: 'begin', sequence: 1 }],
    ['a lost Work is made anew', aDemand(), there([aRun(done)]), NOW, { do: 'begin', trigger: 'retry', sequence: 2 }],
    ['but not again and again', aDemand(), there([aRun(done, { trigger: 'retry' })]), NOW, { do: 'await', until: later(300) }],
    ['a Work that is there is left alone', aDemand(), there([aRun(done)], { work: aWork }), NOW, { do: 'settled' }],
    ['an edit that is taken back begins the run that gave way to it', aDemand({ generation: 3 }), there([aRun({ phase: 'Superseded', pipelines: [{ name: 'one', phase: 'Skipped', attempt: 1 }] })]), NOW, { do: 'begin', trigger: 'updated', sequence: 2 }],
    ['a Promise that changed and changed back begins it, too', aDemand(), there([aRun({ phase: 'Superseded', pipelines: [{ name: 'one', phase: 'Skipped', attempt: 1 }] })]), NOW, { do: 'begin', trigger: 'created', sequence: 2 }],
    ['D62: a record of a newer generation than the target that is seen waits for the target', aDemand({ hash: 'h0' }), there([aRun(running(), { target: { ...aRun(undefined).spec.target, generation: 2 } })]), NOW, { do: 'await' }],
    ['A21: a run that has not started runs for the newest specs', aDemand({ hash: 'h2', generation: 2 }), there([aRun(running())]), NOW, { do: 'retarget', run: { spec: { sequence: 1 } } }],
    ['A21: not before it could start', aDemand({ hash: 'h2', generation: 2 }), there([aRun(running(), { sequence: 2 })], { otherPods: [userPod({ running: {} }, 'Running')] }), NOW, { do: 'await' }],
    ['A21: one that has run a pipeline gives way', aDemand({ hash: 'h2' }), there([aRun(running(1))]), NOW, { do: 'record', status: { phase: 'Superseded' } }],
    ['A21: a manual run that has not started runs for the newest specs', aDemand({ hash: 'h2' }), there([aRun({ phase: 'Pending', pipelines: [{ name: 'one', phase: 'Pending', attempt: 0 }] }, { trigger: 'manual' })]), NOW, { do: 'retarget' }],
    ['A21: a Job that was made for the former specs goes', aDemand(), there([aRun(running())], { others: [{ ...aStray('cart-abcde-1', 'h0'), metadata: { ...aStray('cart-abcde-1', 'h0').metadata, name: 'job-one' } }] }), NOW, { do: 'stop-job', job: { metadata: { name: 'job-one' } } }],
    ['A21: unless it was made for the specs that are wanted now', aDemand({ hash: 'h0' }), there([aRun(running())], { others: [{ ...aStray('cart-abcde-1', 'h0'), metadata: { ...aStray('cart-abcde-1', 'h0').metadata, name: 'job-one' } }] }), NOW, { do: 'retarget' }],
    ['A21: what its pod has done does not count', aDemand(), there([aRun(running())], { otherPods: [{ ...helper(named), metadata: { name: 'pod', namespace: 'default', labels: { 'kratix-ts.dev/run': 'cart-abcde-1', 'batch.kubernetes.io/job-name': 'job-one', 'kratix.io/hash': 'h0' } } }], work: aWork }), NOW, { do: 'execute', job: 'job-one' }],
    ['A20: a label that is set again at once waits', aDemand({ isManual: true }), there([aRun({ ...done, startedAt: '2026-11-22T12:00:00Z' }, { trigger: 'manual' })], { work: aWork }), later(1), { do: 'await', until: later(10) }],
    ['A20: also while its run is under way', aDemand({ isManual: true }), there([aRun(running(), { trigger: 'manual' })], { job: aJob() }), later(1), { do: 'await', until: later(10) }],
    ['A20: and then begins a run', aDemand({ isManual: true }), there([aRun({ ...done, startedAt: '2026-11-22T12:00:00Z' }, { trigger: 'manual' })], { work: aWork }), later(10), { do: 'begin', trigger: 'manual' }],
    ['A20: after a failure it need not wait', aDemand({ isManual: true }), there([aRun({ ...ended('Failed'), startedAt: '2026-11-22T12:00:00Z' }, { trigger: 'manual' })]), later(1), { do: 'begin', trigger: 'manual' }],
    ['a pipeline that is no longer declared gives way', aDemand({ pipelines: [aPipeline('two')] }), there([aRun(running())]), NOW, { do: 'record', status: { phase: 'Superseded' } }],
  ];
  it.each(cases)('%s', (_rule, demand, observed, now, expected) => {
    expect(nextStep(demand, observed, LIMITS, now)).toMatchObject(expected);
  });

  it('a pipeline never starts before the one in front of it succeeded, whatever the pods do', () => {
    const outcome = fc.constantFrom('succeed', 'fail', 'vanish', 'hang', 'change', 'manual');
    fc.assert(fc.property(fc.array(outcome, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (outcomes, count) => {
      const pipelines = Array.from({ length: count }, (_, index) => aPipeline(`p${index}`));
      const runs: WorkflowRunObject[] = [];
      let demand = aDemand({ pipelines });
      let job: JobObject | undefined;
      let pods: PodObject[] = [];
      let now = NOW;
      const write = (run: WorkflowRunObject, status: RunStatus) => void (runs[runs.findIndex(each => each.spec.sequence === run.spec.sequence)] = { ...run, status });
      const startedTooEarly: Step[] = [];
      const apply = (step: Step): boolean => {
        if (step.do === 'begin') {
          const run = aRun(undefined, { sequence: step.sequence, trigger: step.trigger, hash: demand.hash });
          runs.push({ ...run, status: firstStatus(demand, run, now) });
        } else if (step.do === 'retarget') {
          const run = { ...step.run, spec: { ...step.run.spec, hash: demand.hash } };
          runs[runs.length - 1] = { ...run, status: firstStatus(demand, run, now) };
        } else if (step.do === 'record') {
          write(step.run, step.status);
          job = undefined;
          pods = [];
        } else if (step.do === 'consume') demand = { ...demand, isManual: false };
        else if (step.do === 'execute') {
          const before = step.run.status?.pipelines.slice(0, step.index) ?? [];
          if (before.some(pipeline => pipeline.phase !== 'Succeeded')) startedTooEarly.push(step);
          job = aJob();
        } else if (step.do === 'stop-job') job = undefined;
        else return false;
        return true;
      };
      for (const what of outcomes) {
        let budget = 30;
        while (apply(nextStep(demand, there(runs, { job, pods }), LIMITS, now))) expect(budget--).toBeGreaterThan(0);
        if (what === 'succeed' && job) pods = [helper({ v: 1, work: null })];
        if (what === 'fail' && job) job = aJob('Failed');
        if (what === 'vanish') [job, pods] = [undefined, []];
        if (what === 'hang') now = new Date(now.getTime() + LIMITS.timeout);
        if (what === 'change') demand = { ...demand, hash: `${demand.hash}x`, generation: demand.generation + 1 };
        if (what === 'manual') demand = { ...demand, isManual: true };
      }
      expect(startedTooEarly).toEqual([]);
      expect(runs.filter(run => ['Running', 'Pending'].includes(run.status?.phase ?? '')).length).toBeLessThanOrEqual(1);
    }));
  });
});

describe('obsoleteJobs and obsoleteRuns', () => {
  const job = (name: string, pipeline: string, at: string, over = true): JobObject => ({
    ...aJob(over ? 'Complete' : undefined),
    metadata: { name, creationTimestamp: at, labels: { [labels.pipelineName]: pipeline, [labels.workflowAction]: 'configure' } },
  });
  it('B-WF-50: for each pipeline the newest stay, and what runs is left alone', () => {
    const jobs = [job('a1', 'a', '1'), job('a2', 'a', '2'), job('a3', 'a', '3'), job('b1', 'b', '1'), job('c1', 'c', '1', false), job('c2', 'c', '2')];
    expect(obsoleteJobs(jobs, 1).map(each => each.metadata.name)).toEqual(['a2', 'a1']);
  });
  it('the last runs stay', () => {
    const runs = [1, 2, 3].map(sequence => aRun(ended('Succeeded'), { sequence }));
    expect(obsoleteRuns(runs, 2).map(run => run.spec.sequence)).toEqual([1]);
  });
});
