import type { JobObject } from './kubernetes';
import type { WorkObject } from '../api';
import { obsoleteWorks, podsDue } from './retention';
import { aRun } from './testing/runs';

const aJob = (status: JobObject['status']): JobObject => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, status });

describe('podsDue', () => {
  it.each<[string, JobObject['status'], string | undefined]>([
    ['one that runs', { active: 1 }, undefined],
    ['one that is complete', { completionTime: '2026-11-22T12:00:00Z', conditions: [{ type: 'Complete', status: 'True' }] }, '2026-11-22T12:01:00.000Z'],
    ['one that has failed', { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime: '2026-11-22T12:00:30Z' }] }, '2026-11-22T12:01:30.000Z'],
    ['one whose condition is not true', { conditions: [{ type: 'Complete', status: 'False', lastTransitionTime: '2026-11-22T12:00:30Z' }] }, undefined],
  ])('B-WF-70: %s', (_title, status, expected) => expect(podsDue(aJob(status), 60)?.toISOString()).toBe(expected));
});

describe('obsoleteWorks', () => {
  const aWork = (name: string, pipeline: string, namespace = 'default'): WorkObject => ({ apiVersion: 'x', kind: 'Work', metadata: { name, namespace, labels: { 'kratix.io/pipeline-name': pipeline } } });
  const run = aRun({ phase: 'Succeeded', pipelines: [{ name: 'one', phase: 'Succeeded', attempt: 1, work: { name: 'w1', digest: 'd' } }, { name: 'two', phase: 'Succeeded', attempt: 1 }] });

  it('B-WF-50, Q-11, Q-46: pipelines that are gone, other namespaces, and twins of the Work that counts', () => {
    const works = [aWork('w1', 'one'), aWork('twin', 'one'), aWork('w2', 'two'), aWork('old', 'three'), aWork('far', 'one', 'elsewhere')];
    expect(obsoleteWorks(works, run, ['one', 'two']).map(({ metadata }) => metadata.name)).toEqual(['twin', 'old', 'far']);
  });
});
