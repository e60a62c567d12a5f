import { newRecord, phaseOf, podStatus, qosClass, type ContainerRecord } from './status';
import { aPod } from './testing/builders';
import type { ContainerState } from './types';

const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode, reason: exitCode ? 'Error' : 'Completed', startedAt: 't', finishedAt: 't' } });
const running: ContainerState = { running: { startedAt: 't' } };
const waiting: ContainerState = { waiting: { reason: 'PodInitializing' } };
const record = (state: ContainerState, name = 'c'): ContainerRecord => ({ ...newRecord({ name, image: 'x' }, false), state });
const records = (...states: ContainerState[]) => states.map((state, i) => record(state, `c${i}`));

describe('phase', () => {
  it.each<[string, string, ContainerState[], ContainerState[], string]>([
    ['nothing yet', 'Never', [waiting], [waiting], 'Pending'],
    ['first of two', 'Never', [running, waiting], [waiting], 'Pending'],
    ['inits done', 'Never', [ended(0), ended(0)], [waiting], 'Pending'],
    ['main runs', 'Never', [ended(0)], [running], 'Running'],
    ['one of two mains runs', 'Never', [], [running, waiting], 'Pending'],
    ['one of two mains ended', 'Never', [], [ended(1), running], 'Running'],
    ['all well', 'Never', [ended(0)], [ended(0), ended(0)], 'Succeeded'],
    ['one not', 'Never', [ended(0)], [ended(0), ended(2)], 'Failed'],
    ['init failed', 'Never', [ended(1), waiting], [waiting], 'Failed'],
    ['init failed and runs again', 'OnFailure', [ended(1)], [waiting], 'Pending'],
    ['main failed and runs again', 'OnFailure', [], [ended(1)], 'Running'],
    ['main ended and runs again', 'Always', [], [ended(0)], 'Running'],
    ['main done', 'OnFailure', [], [ended(0)], 'Succeeded'],
  ])('%s (%s)', (_, policy, init, main, phase) => {
    expect(phaseOf(policy, records(...init), records(...main), false)).toBe(phase);
  });

  it('a pod that was ended has failed, unless it was done already', () => {
    expect(phaseOf('Always', [], records(running), true)).toBe('Failed');
    expect(phaseOf('Never', records(ended(0)), records(ended(0)), true)).toBe('Succeeded');
  });
});

describe('conditions', () => {
  const conditionsOf = (init: ContainerRecord[], main: ContainerRecord[], before?: ReturnType<typeof podStatus>) => {
    const pod = aPod({ spec: { restartPolicy: 'Never' }, status: before });
    return podStatus(pod, { init, main, startTime: 't0', address: '127.0.0.1', hasVolumes: true }, 't1');
  };
  const short = (status: ReturnType<typeof podStatus>) => status.conditions?.map(c => [c.type, c.status, c.reason, c.message].filter(Boolean).join(' '));

  it('name the containers that are not done', () => {
    expect(short(conditionsOf([record(running, 'a'), record(waiting, 'b')], [record(waiting, 'm')]))).toEqual([
      'PodReadyToStartContainers True',
      'Initialized False ContainersNotInitialized containers with incomplete status: [a b]',
      'Ready False ContainersNotReady containers with unready status: [m]',
      'ContainersReady False ContainersNotReady containers with unready status: [m]',
      'PodScheduled True',
    ]);
  });

  it('of one that succeeded and one that failed', () => {
    expect(short(conditionsOf([record(ended(0), 'a')], [record(ended(0), 'm')]))?.slice(0, 3)).toEqual(['PodReadyToStartContainers False', 'Initialized True PodCompleted', 'Ready False PodCompleted']);
    expect(short(conditionsOf([], [record(ended(1), 'm')]))?.[2]).toBe('Ready False PodFailed');
  });

  it('keep the time at which they changed', () => {
    const before = conditionsOf([], [record(running, 'm')]);
    before.conditions?.forEach(condition => {
      condition.lastTransitionTime = 't0';
    });
    const after = conditionsOf([], [record(ended(0), 'm')], before);
    expect(after.conditions?.map(c => c.lastTransitionTime)).toEqual(['t1', 't0', 't1', 't1', 't0']);
  });
});

it.each([
  [{}, 'BestEffort'],
  [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ limits: { memory: '1Gi' } }, 'Burstable'],
  [{ requests: { cpu: '1' }, limits: { cpu: '2', memory: '1Gi' } }, 'Burstable'],
])('quality of service of %j', (resources, expected) => {
  expect(qosClass(aPod({ spec: { containers: [{ name: 'm', image: 'x', resources }] } }))).toBe(expected);
});
