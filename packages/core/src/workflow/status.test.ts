import type { RunStatus, WorkflowRunObject, WorkObject } from '../api';
import { configureStatus, deliveryConditions, mergeUserStatus } from './status';

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
    ['Q-36: keys of an earlier pipeline stay', { one: 1 }, { two: 2 }, { one: 1, two: 2 }],
    ['engine keys are not touched', { workflows: 2, kratix: { workflows: {} } }, { workflows: 9, kratix: {}, observedGeneration: 7, x: 1 }, { workflows: 2, kratix: { workflows: {} }, x: 1 }],
    ['the user’s conditions merge by type, the engine’s stay', { conditions: [{ type: 'Reconciled', status: 'True' }, { type: 'Mine', status: 'False' }] }, { conditions: [{ type: 'Mine', status: 'True' }, { type: 'Reconciled', status: 'False' }] }, { conditions: [{ type: 'Reconciled', status: 'True' }, { type: 'Mine', status: 'True' }] }],
    ['nothing is nothing', { a: 1 }, undefined, { a: 1 }],
  ])('%s', (_rule, before, user, after) => {
    expect(mergeUserStatus(before, user)).toEqual(after);
  });
});

describe('deliveryConditions', () => {
  it.each([
    ['no Works', [], 'True', 'Reconciled'],
    ['all ready', [aWork('a', 'Ready')], 'True', 'Reconciled'],
    ['Q-2: one not written yet', [aWork('a', 'Ready'), aWork('b', 'Pending')], 'Unknown', 'WorksPending'],
    ['one unknown', [aWork('a')], 'Unknown', 'WorksPending'],
    ['one failing', [aWork('a', 'Pending'), aWork('b', 'Failing')], 'False', 'WorksFailing'],
    ['one misplaced', [aWork('a', 'Misplaced')], 'False', 'WorksFailing'],
  ])('%s', (_rule, works, status, reason) => {
    expect(deliveryConditions(works, 'resource')[1]).toMatchObject({ type: 'Reconciled', status, reason });
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
  it('Q-26: a message that a pipeline wrote stays', () => {
    const before = { message: 'it works' };
    expect(configureStatus({ before, generation: 1, run: aRun({ phase: 'Running', pipelines }), works: [], subject: 'resource', now: NOW }).message).toBe('it works');
  });
});
