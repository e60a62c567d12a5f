import type { PipelineRecordSource, RunSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { metricsSummary, type CountedRequest } from './metricsSummary';

const SINCE = new Date('2026-11-22T00:00:00Z');
const at = (seconds: number) => new Date(SINCE.getTime() + seconds * 1_000).toISOString();

const aRequest = (name: string, more: Partial<CountedRequest> = {}): CountedRequest => ({ facts: { cluster: 'demo', promise: 'redis', namespace: 'team', name }, phase: 'Ready', ...more });
const aRecord = (name: string, from: number, to: number, phase: PipelineRecordSource['phase'] = 'Succeeded'): PipelineRecordSource => ({ name, phase, attempt: 1, startedAt: at(from), finishedAt: at(to) });
function aRun(name: string, pipelines: PipelineRecordSource[], more: Partial<RunSource['spec']> = {}): RunSource {
  const last = pipelines[pipelines.length - 1];
  const phase = last.phase === 'Failed' ? 'Failed' : 'Succeeded';
  return {
    apiVersion: 'v1', kind: 'WorkflowRun', metadata: { name: `run-of-${name}` },
    spec: { target: { uid: 'u', generation: 1, name, namespace: 'team' }, promiseName: 'redis', type: 'resource', action: 'configure', trigger: 'created', sequence: 1, ...more },
    status: { phase, startedAt: pipelines[0].startedAt, finishedAt: last.finishedAt, pipelines },
  };
}
const of = (requests: CountedRequest[], runs: RunSource[]) => metricsSummary(requests, [{ cluster: 'demo', runs }], SINCE).promises;

it('counts requests by phase, runs, and how long each pipeline took', () => {
  const runs = Array.from({ length: 20 }, (_, index) => aRun('one', [aRecord('prepare', 0, index + 1), aRecord('act', 30, 31)]));
  const failed = aRun('two', [aRecord('prepare', 0, 100, 'Failed')]);
  expect(of([aRequest('one'), aRequest('two', { phase: 'Failed' })], [...runs, failed])).toEqual([{
    cluster: 'demo', promise: 'redis', requests: 2, counts: { Ready: 1, Failed: 1 }, runs: { succeeded: 20, failed: 1 },
    pipelines: [
      { action: 'configure', name: 'act', succeeded: 20, failed: 0, medianSeconds: 1, p95Seconds: 1 },
      { action: 'configure', name: 'prepare', succeeded: 20, failed: 1, medianSeconds: 10, p95Seconds: 19 },
    ],
  }]);
});

it.each<[string, RunSource[]]>([
  ['what ended before', [aRun('one', [aRecord('prepare', -20, -10)])]],
  ['what goes on', [{ ...aRun('one', [{ name: 'prepare', phase: 'Running', attempt: 1, startedAt: at(1) }]), status: { phase: 'Running' } }]],
  ['runs of the Promise itself', [aRun('one', [aRecord('prepare', 0, 1)], { type: 'promise' })]],
  ['runs of requests that the caller may not see', [aRun('hidden', [aRecord('prepare', 0, 1)])]],
  ['runs of another Promise of the same name of request', [aRun('one', [aRecord('prepare', 0, 1)], { promiseName: 'kafka' })]],
])('leaves out %s', (_, runs) => expect(of([aRequest('one')], runs)).toMatchObject([{ runs: { succeeded: 0, failed: 0 }, pipelines: [] }]));

it('keeps the workflows apart, and Promises and clusters', () => {
  const elsewhere = aRequest('one', { facts: { cluster: 'other', promise: 'redis', namespace: 'team', name: 'one' } });
  const summary = metricsSummary([aRequest('one'), elsewhere], [{ cluster: 'demo', runs: [aRun('one', [aRecord('act', 0, 2)]), aRun('one', [aRecord('act', 0, 9)], { action: 'delete' })] }], SINCE);
  expect(summary.since).toBe('2026-11-22T00:00:00.000Z');
  expect(summary.promises.map(({ cluster, pipelines }) => [cluster, pipelines.map(({ action, medianSeconds }) => [action, medianSeconds])])).toEqual([
    ['demo', [['configure', 2], ['delete', 9]]],
    ['other', []],
  ]);
});

it('says nothing of durations that are not known', () => {
  expect(of([aRequest('one')], [aRun('one', [aRecord('act', 0, 1, 'Failed')])])[0].pipelines).toEqual([{ action: 'configure', name: 'act', succeeded: 0, failed: 1 }]);
});
