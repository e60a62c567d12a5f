import type { JobObject } from './kubernetes';
import { podsDue } from './retention';

const aJob = (status: JobObject['status']): JobObject => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, status });

describe('podsDue', () => {
  it.each<[string, JobObject['status'], string | undefined]>([
    ['one that runs', { active: 1 }, undefined],
    ['one that is complete', { completionTime: '2026-11-22T12:00:00Z', conditions: [{ type: 'Complete', status: 'True' }] }, '2026-11-22T12:01:00.000Z'],
    ['one that has failed', { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime: '2026-11-22T12:00:30Z' }] }, '2026-11-22T12:01:30.000Z'],
    ['one whose condition is not true', { conditions: [{ type: 'Complete', status: 'False', lastTransitionTime: '2026-11-22T12:00:30Z' }] }, undefined],
  ])('B-WF-70: %s', (_title, status, expected) => expect(podsDue(aJob(status), 60)?.toISOString()).toBe(expected));
});
