import type { ContainerState, Run, Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { labelledTicks, timelineOf, waitsIn } from './timeline';

const at = (second: number) => new Date(second * 1000).toISOString();
const aContainer = (name: string, phase: ContainerState['phase'], from?: number, to?: number): ContainerState => ({
  name,
  helper: false,
  phase,
  ...(from !== undefined && { startedAt: at(from) }),
  ...(to !== undefined && { finishedAt: at(to) }),
});
const aStep = (name: string, phase: Step['phase'], containers: ContainerState[], from?: number, to?: number): Step => ({
  name,
  phase,
  attempt: 1,
  containers,
  ...(from !== undefined && { startedAt: at(from) }),
  ...(to !== undefined && { finishedAt: at(to) }),
});
const aRun = (steps: Step[], from?: number): Run => ({
  id: 'r',
  action: 'configure',
  type: 'resource',
  trigger: 'created',
  phase: 'Running',
  steps,
  ...(from !== undefined && { startedAt: at(from) }),
});
const bars = (run: Run, now = 100) =>
  timelineOf(run, now * 1000).rows.map(row =>
    row.containers.map(child => child.segments.map(({ kind, from, to }) => `${kind} ${from / 1000}-${to / 1000}`).join(', ')),
  );

describe('timelineOf', () => {
  it('draws the wait before a container apart from its run', () => {
    const step = aStep('a', 'Succeeded', [aContainer('x', 'Succeeded', 14, 16), aContainer('y', 'Succeeded', 17, 20)], 11, 20);
    expect(bars(aRun([step], 10))).toEqual([['wait 1-4, run 4-6', 'wait 6-7, run 7-10']]);
  });

  it('lets what runs go on until now', () => {
    const step = aStep('a', 'Running', [aContainer('x', 'Succeeded', 10, 12), aContainer('y', 'Running', 12), aContainer('z', 'Waiting')], 10);
    expect(bars(aRun([step], 10), 15)).toEqual([['run 0-2', 'run 2-5', '']]);
    expect(timelineOf(aRun([step], 10), 15_000)).toMatchObject({ span: 5000, ticks: [0, 1000, 2000, 3000, 4000, 5000] });
  });

  it('lets only the next container in line wait', () => {
    const step = aStep('a', 'Running', [aContainer('x', 'Waiting'), aContainer('y', 'Waiting')], 10);
    expect(bars(aRun([step], 10), 15)).toEqual([['wait 0-5', '']]);
    expect(timelineOf(aRun([step], 10), 15_000).rows[0].segments).toEqual([{ kind: 'wait', from: 0, to: 5000 }]);
  });

  it('knows no bar for what has not begun', () => {
    expect(bars(aRun([aStep('a', 'Pending', [aContainer('x', 'Waiting')])], 10))).toEqual([['']]);
  });

  it('takes the containers where the step has no times', () => {
    const step = aStep('a', 'Failed', [aContainer('x', 'Failed', 10, 13)]);
    expect(timelineOf(aRun([step]), 100_000).rows[0]).toMatchObject({ duration: 3000, segments: [{ kind: 'run', from: 0, to: 3000 }] });
  });

  it('survives times in the wrong order and a run without any', () => {
    expect(bars(aRun([aStep('a', 'Succeeded', [aContainer('x', 'Succeeded', 20, 10)], 20, 10)], 20))).toEqual([['run 0-0']]);
    expect(timelineOf(aRun([]), 5000)).toEqual({ rows: [], span: 1000, ticks: [0, 1000] });
  });

  it('says what a container waited for: a node, its image, or else the kubelet', () => {
    const step = aStep('a', 'Succeeded', [aContainer('x', 'Succeeded', 20, 22), aContainer('y', 'Succeeded', 24, 25)], 10, 25);
    const says = (reason: string, second: number) => ({
      type: 'Normal', reason, message: '', count: 1, lastAt: at(second), about: { kind: 'Pod', name: 'kratix-a-1' },
    });
    const events = [says('Scheduled', 13), says('Pulling', 13), says('Pulled', 18)];
    const [{ containers }] = timelineOf(aRun([step], 10), 30_000, events).rows;
    expect(containers.map(({ segments }) => waitsIn(segments))).toEqual([
      [{ waitsFor: 'node', duration: 3000 }, { waitsFor: 'image', duration: 5000 }, { waitsFor: 'kubelet', duration: 2000 }],
      [{ waitsFor: 'kubelet', duration: 2000 }],
    ]);
  });

  it('takes a pull that has not ended for what is waited for now', () => {
    const step = aStep('a', 'Running', [{ ...aContainer('x', 'Waiting'), reason: 'ImagePullBackOff' }], 10);
    const [{ containers }] = timelineOf(aRun([step], 10), 15_000).rows;
    expect(waitsIn(containers[0].segments)).toEqual([{ waitsFor: 'image', duration: 5000 }]);
  });

  it('leaves out the last label where it would meet the one before', () => {
    const label = (tick: number) => `${tick} s`;
    const ticks = [0, 30, 60, 90, 120];
    expect(labelledTicks({ rows: [], span: 130, ticks: [0, 30, 60, 90, 120] }, label)).toEqual(ticks);
    expect(labelledTicks({ rows: [], span: 121, ticks }, tick => `${label(tick)} or more`)).toEqual([0, 30, 60, 90]);
    expect(labelledTicks({ rows: [], span: 149, ticks }, label)).toEqual(ticks);
    expect(labelledTicks({ rows: [], span: 149, ticks }, tick => `${label(tick)} or more`)).toEqual([0, 30, 60, 90]);
  });

  it.each([
    [4_000, 1_000],
    [50_000, 10_000],
    [3_600_000, 900_000],
  ])('draws at most six lines over %d ms, one each %d ms', (span, distance) => {
    const run = aRun([aStep('a', 'Succeeded', [], 0, span / 1000)], 0);
    const { ticks } = timelineOf(run, 0);
    expect(ticks[1]).toBe(distance);
    expect(ticks.length).toBeLessThanOrEqual(6);
  });
});
