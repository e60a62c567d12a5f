import type { Condition, PipelineRecord, RunStatus, WorkflowRunObject, WorkObject } from '../api';
import { dataDir, recordedObjects } from '../testing/recorded';
import { started, succeeded, suspended } from './run-record';
import { configureStatus, deliveryConditions, inOrder, mergeUserStatus, pipelineStatuses } from './status';
import { aDemand, aRun as recordOf, helper } from './testing/runs';

const NOW = new Date('2026-11-22T12:00:00Z');
const aWork = (name: string, message?: string, scheduling?: string): WorkObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work', metadata: { name },
  ...(message && {
    status: {
      conditions: [
        { type: 'Ready', status: message === 'Ready' ? 'True' : 'False', reason: 'X', message, lastTransitionTime: '' },
        ...(scheduling ? [{ type: 'ScheduleSucceeded', status: 'False' as const, reason: 'X', message: scheduling, lastTransitionTime: '' }] : []),
      ],
    },
  }),
});
const aRun = (status: RunStatus) => ({ spec: { target: { generation: 3 } }, status }) as WorkflowRunObject;

describe('deliveryConditions of a Work that is written anew', () => {
  it('a Work that was ready before its pipeline ran again is not ready', () => {
    const before = aWork('a', 'Ready');
    const [works, reconciled] = deliveryConditions([{ ...before, metadata: { name: 'a', generation: 2 } }], 'resource');
    expect([works.status, reconciled.status]).toEqual(['Unknown', 'Unknown']);
  });
});

describe('mergeUserStatus', () => {
  it.each([
    ['Q-26: objects merge deeply', { db: { host: 'a', port: 1 } }, { db: { port: 2 } }, { db: { host: 'a', port: 2 } }],
    ['lists are replaced', { urls: ['a'] }, { urls: ['b'] }, { urls: ['b'] }],
    ['B36: keys of an earlier pipeline stay', { one: 1 }, { two: 2 }, { one: 1, two: 2 }],
    ['B35: engine keys are not touched', { workflows: 2, kratix: { workflows: {} } }, { workflows: 9, kratix: {}, observedGeneration: 7, x: 1 }, { workflows: 2, kratix: { workflows: {} }, x: 1 }],
    ['B35: conditions that are no list, and entries that are no conditions, count for nothing', { conditions: [{ type: 'Mine' }] }, { conditions: { type: 'Mine' } }, { conditions: [{ type: 'Mine' }] }],
    ['B35: a message alone', { a: 1 }, { message: 'm' }, { a: 1, message: 'm' }],
    ['nothing is nothing', { a: 1 }, undefined, { a: 1 }],
  ])('%s', (_rule, before, user, after) => {
    expect(mergeUserStatus(before, user)).toEqual(after);
  });
});

describe('conditions of the user’s', () => {
  const before = { conditions: [{ type: 'Reconciled', status: 'True' }, { type: 'Mine', status: 'False', reason: 'R', message: 'm', lastTransitionTime: 't' }] };
  it('B35, B-POD-21: merge by type, the engine’s stay', () => {
    const { conditions } = mergeUserStatus(before, { conditions: [{ type: 'Mine', status: 'True', reason: 'R', message: 'n' }, { type: 'Reconciled', status: 'False' }] }, NOW);
    expect(conditions).toEqual([{ type: 'Reconciled', status: 'True' }, { type: 'Mine', status: 'True', reason: 'R', message: 'n', lastTransitionTime: '2026-11-22T12:00:00Z' }]);
  });
  it('B35: what they leave out is filled, and their time stays while they do', () => {
    const { conditions } = mergeUserStatus(before, { conditions: [{ type: 'Mine', status: 'False' }] }, NOW);
    expect(conditions).toContainEqual({ type: 'Mine', status: 'False', reason: 'SetByPipeline', message: '', lastTransitionTime: 't' });
  });
});

describe('deliveryConditions', () => {
  it.each([
    ['B-RR-26: no Works', [], 'True', 'WorksSucceeded', 'Reconciled'],
    ['B-RR-26, B-RR-27: all ready', [aWork('a', 'Ready')], 'True', 'WorksSucceeded', 'Reconciled'],
    ['Q-2: one not written yet', [aWork('a', 'Ready'), aWork('b', 'Pending')], 'Unknown', 'WorksPending', 'WorksPending'],
    ['B-RR-26, B-RR-27: one unknown', [aWork('a')], 'Unknown', 'WorksPending', 'WorksPending'],
    ['B-RR-26, B-RR-27: one failing', [aWork('a', 'Pending'), aWork('b', 'Failing')], 'False', 'WorksFailing', 'WorksFailing'],
    ['B-RR-26, B-RR-27: one misplaced', [aWork('a', 'Misplaced')], 'False', 'WorksMisplaced', 'WorksFailing'],
  ])('%s', (_rule, works, status, ofWorks, reason) => {
    expect(deliveryConditions(works, 'resource')).toMatchObject([{ type: 'WorksSucceeded', status, reason: ofWorks }, { type: 'Reconciled', status, reason }]);
  });
  it('says which labels no destination has', () => {
    expect(deliveryConditions([aWork('a', 'Pending', 'wanted region: mars')], 'resource')[0].message).toContain('wanted region: mars');
  });
});

describe('configureStatus', () => {
  const pipelines = [{ name: 'one', phase: 'Succeeded' as const, attempt: 1 }, { name: 'two', phase: 'Running' as const, attempt: 1 }];
  it('B-RR-22: while a pipeline runs', () => {
    const status = configureStatus({ before: {}, generation: 3, run: aRun({ phase: 'Running', pipelines }), works: [], subject: 'resource', now: NOW });
    expect(status).toMatchObject({ message: 'Pending', workflows: 2, workflowsSucceeded: 1, workflowsFailed: 0, kratix: { workflows: { pipelines: [{ name: 'one', phase: 'Succeeded' }, { name: 'two', phase: 'Running' }] } } });
    expect(status.conditions).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'ConfigureWorkflowCompleted', reason: 'PipelinesInProgress' })]));
    expect(status).not.toHaveProperty('observedGeneration');
  });
  it('while a pipeline is tried again, the condition says why', () => {
    const troubled = [pipelines[0], { ...pipelines[1], message: 'container "x" exited with 3; it is tried again' }];
    const status = configureStatus({ before: {}, generation: 3, run: aRun({ phase: 'Running', pipelines: troubled }), works: [], subject: 'resource', now: NOW });
    expect(status.conditions).toEqual(expect.arrayContaining([expect.objectContaining({ reason: 'PipelinesInProgress', message: 'Pipelines are still in progress: two: container "x" exited with 3; it is tried again' })]));
  });
  it('B-RR-24: a failure names pipeline and container', () => {
    const failed = { phase: 'Failed' as const, pipelines: [pipelines[0], { ...pipelines[1], phase: 'Failed' as const, message: 'container "x" exited with 3' }] };
    const status = configureStatus({ before: {}, generation: 3, run: aRun(failed), works: [], subject: 'resource', now: NOW });
    expect(status).toMatchObject({ workflowsFailed: 1 });
    expect(JSON.stringify(status.conditions)).toContain('A Configure Pipeline has failed: two: container \\"x\\" exited with 3');
  });
  it('is the same when written twice, so that nothing is written the second time', () => {
    const done = { phase: 'Succeeded' as const, pipelines: pipelines.map(each => ({ ...each, phase: 'Succeeded' as const })) };
    const input = { generation: 3, run: aRun(done), works: [aWork('a', 'Ready')], subject: 'resource' as const };
    const once = configureStatus({ ...input, before: {}, now: NOW });
    expect(configureStatus({ ...input, before: once, now: new Date('2027-01-01') })).toEqual(once);
    expect(once).toMatchObject({ message: 'Resource requested', observedGeneration: 3 });
  });
  it('B-RR-40: a suspension that ends with a run from the start leaves no mark', () => {
    const waiting: RunStatus = { phase: 'Suspended', pipelines: [pipelines[0], { name: 'two', phase: 'Suspended', attempt: 2, message: 'ask Ana', nextRetryAt: '2026-11-22T13:00:00Z' }] };
    const held = configureStatus({ before: {}, generation: 3, run: aRun(waiting), works: [], subject: 'resource', now: NOW });
    expect(held).toMatchObject({ kratix: { workflows: { suspendedGeneration: 3, pipelines: [{ phase: 'Succeeded' }, { phase: 'Suspended', message: 'ask Ana', attempts: 2 }] } } });
    const anew: RunStatus = { phase: 'Pending', pipelines: pipelines.map(({ name }) => ({ name, phase: 'Pending', attempt: 0 })) };
    const { kratix } = configureStatus({ before: held, generation: 4, run: aRun(anew), works: [], subject: 'resource', now: NOW });
    expect(JSON.parse(JSON.stringify(kratix))).toEqual({ workflows: { pipelines: ['one', 'two'].map(name => ({ name, phase: 'Pending', lastTransitionTime: '2026-11-22T12:00:00Z' })) } });
  });
  it('B-POD-23: a pipeline that goes on loses what it said when it asked to wait, once it asks no more', () => {
    const demand = aDemand();
    const first: RunStatus = { phase: 'Running', pipelines: [{ name: 'one', phase: 'Running', attempt: 1 }] };
    const asked = suspended(first, 0, { v: 1, work: null, control: { retryAfter: '10m', message: 'quota' } }, helper({ v: 1, work: null }), NOW);
    expect(pipelineStatuses(asked, undefined, NOW)[0]).toMatchObject({ phase: 'Suspended', message: 'quota', attempts: 1, nextRetryAt: '2026-11-22T12:10:00Z' });
    const again = started(asked, 0, demand, recordOf(asked), NOW);
    expect(pipelineStatuses(again, undefined, NOW)[0]).toMatchObject({ phase: 'Running' });
    expect(pipelineStatuses(again, undefined, NOW)[0]).not.toHaveProperty('message');
    expect(pipelineStatuses(succeeded(again, 0, undefined, undefined, NOW), undefined, NOW)).toEqual([{ name: 'one', phase: 'Succeeded', lastTransitionTime: '2026-11-22T12:00:00Z' }]);
  });
  it('Q-26: a message that a pipeline wrote stays', () => {
    const before = { message: 'it works' };
    expect(configureStatus({ before, generation: 1, run: aRun({ phase: 'Running', pipelines }), works: [], subject: 'resource', now: NOW }).message).toBe('it works');
  });
});

const described = dataDir ? describe : describe.skip;
described('the status of a request as another engine wrote it', () => {
  const records = (...phases: PipelineRecord['phase'][]): PipelineRecord[] => phases.map((phase, index) => ({ name: ['prepare', 'act'][index], phase, attempt: 1 }));
  const act = (change: Partial<PipelineRecord>): PipelineRecord[] => [{ name: 'prepare', phase: 'Succeeded', attempt: 1 }, { name: 'act', phase: 'Suspended', attempt: 1, ...change }];
  /** Times apart, and without words that ours adds. */
  const shape = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, each) => (/Time$/.test(key) ? 'time' : each)));

  it.each<[string, Parameters<typeof recordedObjects>[0], RunStatus, Record<string, unknown>, object]>([
    ['B-RR-20, B-RR-21, B-RR-22: running', 'running-long', { phase: 'Running', pipelines: records('Succeeded', 'Running') }, { stage: 'prepared', endpoint: 'http://crawling.example.org' }, {}],
    ['B-RR-23, B-RR-25, B-RR-27, B-RR-28, B-RR-29, B-RR-31: ready', 'ready', { phase: 'Succeeded', pipelines: records('Succeeded', 'Succeeded') }, { stage: 'acted', endpoint: 'http://fine.example.org', message: 'it works' }, { promiseVersion: 'v1.0.0', resourceBindingVersion: 'latest' }],
    ['B-RR-24: failed', 'failed', { phase: 'Failed', pipelines: records('Succeeded', 'Failed') }, { stage: 'prepared', endpoint: 'http://broken.example.org' }, {}],
    ['B-RR-41, B-WF-51: suspended', 'suspended', { phase: 'Suspended', pipelines: act({ message: 'waiting for approval' }) }, { stage: 'acted', endpoint: 'http://held.example.org', message: 'it works' }, {}],
    ['B-RR-41, B-POD-24: to be retried', 'retry-after', { phase: 'Suspended', pipelines: act({ message: 'quota is not ready', nextRetryAt: '2026-11-22T09:54:20Z' }) }, { stage: 'acted', endpoint: 'http://later.example.org', message: 'it works' }, {}],
  ])('%s', (_rule, moment, run, userStatus, version) => {
    const recorded = recordedObjects(moment).find(({ kind }) => kind === 'Recorded')?.status;
    const ours = configureStatus({ before: {}, generation: 1, run: { spec: { target: { generation: 1 } }, status: run } as WorkflowRunObject, works: [], subject: 'resource', userStatus, now: NOW });
    expect(shape(inOrder({ ...ours, ...version }))).toEqual(shape(recorded));
  });
});

describe('inOrder', () => {
  it('B-RR-29: Ready first, the others by the alphabet', () => {
    const conditions = ['WorksSucceeded', 'Reconciled', 'Ready', 'Available'].map(type => ({ type, status: 'True' }));
    expect((inOrder({ conditions }).conditions as Condition[]).map(({ type }) => type)).toEqual(['Ready', 'Available', 'Reconciled', 'WorksSucceeded']);
  });
});
