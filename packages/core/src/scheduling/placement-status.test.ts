import type { WorkPlacementObject } from '../api';
import { failedConditions, isWritten, scheduledConditions, writtenConditions } from './placement-status';

const aPlacement = (labels: Record<string, string> = {}, written?: number): WorkPlacementObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'WorkPlacement',
  metadata: { name: 'w.dev-5058f', generation: 2, labels },
  ...(written !== undefined && { status: { conditions: [{ type: 'WriteSucceeded', status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: written }] } }),
});
const said = (changes: { type: string; status: string; reason: string; message: string }[]) => changes.map(({ type, status, reason, message }) => `${type}=${status}/${reason}: ${message}`);

it('B-SS-23: a placement that could not be written says why, and is failing', () => {
  expect(said(failedConditions(aPlacement(), 'Rejected', 'the branch is protected'))).toEqual([
    'WriteSucceeded=False/WorkloadsFailedWrite: Rejected: the branch is protected',
    'Ready=False/WorkloadsFailedWrite: Failing',
    'ScheduleSucceeded=True/ScheduledToDestination: Scheduled to correct Destination',
  ]);
});

it('B-SS-24: a placement is ready when its files are in the store, unless it is misplaced', () => {
  const last = (changes: ReturnType<typeof writtenConditions>) => said(changes.filter(({ type }) => type === 'Ready')).at(-1);
  expect(last(writtenConditions(aPlacement()))).toBe('Ready=True/WorkloadsWrittenToTargetDestination: Ready');
  expect(last(writtenConditions(aPlacement({ 'kratix.io/misplaced': 'true' })))).toBe('Ready=False/Misplaced: Misplaced');
});

it('B-SCH-25, B-SCH-26, Q-2: scheduled says where it belongs, and only what was written of this generation is Ready', () => {
  expect(said(scheduledConditions(aPlacement()))).toEqual(['ScheduleSucceeded=True/ScheduledToDestination: Scheduled to correct Destination']);
  expect(said(scheduledConditions(aPlacement({}, 2)))).toContain('Ready=True/WorkloadsWrittenToTargetDestination: Ready');
  expect([isWritten(aPlacement({}, 1)), isWritten(aPlacement({}, 2))]).toEqual([false, true]);
  expect(said(scheduledConditions(aPlacement({ 'kratix.io/misplaced': 'true' })))).toEqual([
    'ScheduleSucceeded=False/DestinationSelectorMismatch: Target destination no longer matches destinationSelectors',
    'Ready=False/Misplaced: Misplaced',
  ]);
});
