import fc from 'fast-check';
import { planJob, podName, type JobPlan } from './job-plan';
import { aJob, aPod } from './testing/builders';
import type { Job, Pod } from './types';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

function jobPod(job: Job, n: number, phase: string, options: { ended?: number; deleting?: boolean; restarts?: number } = {}): Pod {
  const terminated = { exitCode: 1, reason: 'Error', startedAt: null, finishedAt: at(options.ended ?? 0) };
  return aPod({
    metadata: { name: podName(job, n), uid: `pod-${n}`, ...(options.deleting ? { deletionTimestamp: at(0) } : {}) },
    status: {
      phase: phase as 'Failed',
      containerStatuses: [{ name: 'main', image: '', imageID: '', ready: false, started: false, restartCount: options.restarts ?? 0, state: options.ended === undefined ? {} : { terminated }, lastState: {} }],
    },
  });
}

const conditions = (plan: JobPlan) => plan.status.conditions?.map(c => `${c.type}=${c.status} ${c.reason}`) ?? [];

const outline = (plan: JobPlan) => [plan.create, plan.lookAgainAt];

describe('a Job', () => {
  it('starts with one pod', () => {
    const job = aJob();
    expect(planJob(job, [], NOW)).toMatchObject({ create: podName(job, 0), remove: [], status: { active: 1, ready: 0, startTime: '2026-01-01T00:00:00Z', uncountedTerminatedPods: {} } });
  });

  it('waits while its pod runs, and while it is being ended', () => {
    const job = aJob();
    expect(planJob(job, [jobPod(job, 0, 'Running')], NOW).create).toBeUndefined();
    const ending = planJob(job, [jobPod(job, 0, 'Running', { deleting: true })], NOW);
    expect([ending.create, ending.status.terminating]).toEqual([undefined, 1]);
  });

  it('is complete when a pod succeeded', () => {
    const job = aJob();
    const plan = planJob(job, [jobPod(job, 0, 'Succeeded')], NOW);
    expect(conditions(plan)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
    expect(plan.create).toBeUndefined();
    expect(plan.status).toMatchObject({ succeeded: 1, completionTime: '2026-01-01T00:00:00Z' });
  });

  it.each([[1, 10], [2, 20], [3, 40], [7, 600], [8, 600]])('tries again after %d failures, %d s after the last one', (failures, seconds) => {
    const job = aJob({ spec: { backoffLimit: 20 }, status: { startTime: at(-1000) } });
    const pods = Array.from({ length: failures }, (_, n) => jobPod(job, n, 'Failed', { ended: 0 }));
    expect(outline(planJob(job, pods, NOW + 1000))).toEqual([undefined, NOW + seconds * 1000]);
    expect(planJob(job, pods, NOW + seconds * 1000)).toMatchObject({ create: podName(job, failures), status: { failed: failures } });
  });

  it('fails when the limit is passed', () => {
    const job = aJob({ spec: { backoffLimit: 1 } });
    const plan = planJob(job, [jobPod(job, 0, 'Failed', { ended: 0 }), jobPod(job, 1, 'Failed', { ended: 0 })], NOW);
    expect(conditions(plan)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
    expect(plan.status.failed).toBe(2);
  });

  it('counts a pod that failed and was removed since', () => {
    const job = aJob({ spec: { backoffLimit: 1 }, status: { failed: 1, startTime: at(-100) } });
    expect(planJob(job, [], NOW).create).toBe(podName(job, 1));
    expect(conditions(planJob(job, [jobPod(job, 1, 'Failed', { ended: 0 })], NOW))).toContain('Failed=True BackoffLimitExceeded');
  });

  it('with OnFailure counts restarts, and ends the pod', () => {
    const job = aJob({ spec: { backoffLimit: 2, template: { spec: { restartPolicy: 'OnFailure', containers: [] } } } });
    expect(planJob(job, [jobPod(job, 0, 'Running', { restarts: 1 })], NOW).remove).toEqual([]);
    const plan = planJob(job, [jobPod(job, 0, 'Running', { restarts: 2 })], NOW);
    expect([plan.remove, conditions(plan)]).toEqual([[podName(job, 0)], ['FailureTarget=True BackoffLimitExceeded']]);
  });

  it('that takes too long ends its pod first, and then fails', () => {
    const job = aJob({ spec: { activeDeadlineSeconds: 5 }, status: { startTime: at(0) } });
    expect(planJob(job, [jobPod(job, 0, 'Running')], NOW).lookAgainAt).toBe(NOW + 5000);
    const late = planJob(job, [jobPod(job, 0, 'Running')], NOW + 5000);
    expect([late.remove, conditions(late)]).toEqual([[podName(job, 0)], ['FailureTarget=True DeadlineExceeded']]);
    const over = planJob({ ...job, status: late.status }, [jobPod(job, 0, 'Failed', { ended: 6, deleting: true })], NOW + 6000);
    expect(conditions(over)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
    expect(over.status.failed).toBe(1);
  });

  it('that is suspended ends its pod without a failure, and begins anew when resumed', () => {
    const job = aJob({ spec: { suspend: true }, status: { startTime: at(-100) } });
    const paused = planJob(job, [jobPod(job, 0, 'Running')], NOW);
    expect([paused.remove, conditions(paused)]).toEqual([[podName(job, 0)], ['Suspended=True JobSuspended']]);
    const gone = planJob({ ...job, status: paused.status }, [jobPod(job, 0, 'Failed', { ended: 0, deleting: true })], NOW);
    expect(gone.status.failed).toBeUndefined();
    const resumed = planJob(aJob({ status: gone.status }), [], NOW + 9000);
    expect(resumed).toMatchObject({ create: podName(job, 0), status: { startTime: '2026-01-01T00:00:09Z' } });
    expect(conditions(resumed)).toEqual(['Suspended=False JobResumed']);
  });

  it('that is over changes nothing more, until its time to live is over too', () => {
    const done = aJob({ spec: { ttlSecondsAfterFinished: 60 }, status: { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: at(0) }] } });
    expect(planJob(done, [], NOW)).toEqual({ remove: [], status: done.status, events: [], lookAgainAt: NOW + 60_000 });
    expect(planJob(done, [], NOW + 60_000).removeJob).toBe(true);
  });

  it('with parallelism 0 has no pods', () => {
    expect(planJob(aJob({ spec: { parallelism: 0 } }), [], NOW).create).toBeUndefined();
  });
});

type Happening = 'fail' | 'succeed' | 'remove' | 'wait' | 'restart process';

it('never makes more than backoffLimit + 1 pods, and never two at a time, whatever happens to them', () => {
  const happening = fc.constantFrom<Happening>('fail', 'fail', 'succeed', 'remove', 'wait', 'restart process');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.array(happening, { maxLength: 40 }), (backoffLimit, happenings) => {
      let job = aJob({ spec: { backoffLimit } });
      let pods: Pod[] = [];
      let now = NOW;
      let made = 0;
      let madeAfterEnd = 0;
      const step = () => {
        const plan = planJob(job, pods, now);
        const isOver = job.status?.conditions?.some(c => c.type === 'Complete' || c.type === 'Failed');
        job = { ...job, status: plan.status };
        if (plan.create && !pods.some(pod => pod.metadata.name === plan.create)) {
          madeAfterEnd += isOver ? 1 : 0;
          made += 1;
          pods = [...pods, aPod({ metadata: { name: plan.create, uid: `pod-${made}` }, status: { phase: 'Running' } })];
        }
        expect(pods.filter(pod => pod.status?.phase === 'Running').length).toBeLessThanOrEqual(1);
      };
      step();
      for (const what of happenings) {
        const phases = { fail: 'Failed', succeed: 'Succeeded' } as const;
        if (what === 'fail' || what === 'succeed') {
          pods = pods.map(pod => (pod.status?.phase === 'Running' ? { ...pod, status: { phase: phases[what] } } : pod));
        } else if (what === 'remove') {
          pods = pods.filter(pod => pod.status?.phase === 'Running');
        } else if (what === 'wait') {
          now += 700_000;
        }
        step();
        step();
      }
      expect(madeAfterEnd).toBe(0);
      expect(made).toBeLessThanOrEqual(backoffLimit + 1);
    }),
    { numRuns: 500 },
  );
});
