import type { Phase } from '@kratix-ts/backstage-plugin-kratix-common';
import { planNote, type NoteInput, type NotePlan } from './planNote';

const now = (phase: Phase, extra: Partial<NoteInput & { step: string }> = {}): NoteInput => ({
  summary: { phase, sentence: '', step: extra.step },
  generation: extra.generation ?? 1,
  deleting: extra.deleting ?? false,
});
const FAILED = 'Failed/1/act/';
const failed = now('Failed', { step: 'act' });

it.each<[string, string | undefined, NoteInput, boolean, NotePlan]>([
  ['says nothing of what failed before the portal looked', undefined, failed, true, { known: FAILED }],
  ['tells that one fails', undefined, failed, false, { known: FAILED, note: 'failed' }],
  ['tells it once', FAILED, failed, false, { known: FAILED }],
  ['tells it once over a restart', FAILED, failed, true, { known: FAILED }],
  ['tells what changed while the portal was away', FAILED, now('Ready'), true, { known: undefined, note: 'recovered' }],
  ['tells that another step fails', FAILED, now('Failed', { step: 'prepare' }), false, { known: 'Failed/1/prepare/', note: 'failed' }],
  ['tells that a new spec fails as well', FAILED, now('Failed', { step: 'act', generation: 2 }), false, { known: 'Failed/2/act/', note: 'failed' }],
  ['says nothing while it is tried again', FAILED, now('Running', { step: 'act' }), false, { known: FAILED }],
  ['says nothing while it retries by itself', undefined, now('Retrying', { step: 'act' }), false, { known: undefined }],
  ['tells that it is well again', FAILED, now('Ready'), false, { known: undefined, note: 'recovered' }],
  ['says nothing of what was always well', undefined, now('Ready'), false, { known: undefined }],
  ['says nothing of what is drifting or delivering', FAILED, now('Delivering'), false, { known: FAILED }],
  ['tells that a decision is needed', undefined, now('PausedByStep', { step: 'ask' }), false, { known: 'PausedByStep/1/ask/', note: 'decision' }],
  ['tells that it has no place', undefined, now('NotPlaced'), false, { known: 'NotPlaced/1//', note: 'failed' }],
  ['tells that it runs badly', undefined, now('Degraded'), false, { known: 'Degraded/1//', note: 'failed' }],
  ['says nothing while its cluster cannot be reached', FAILED, now('Unknown'), false, { known: FAILED }],
  ['forgets what is being deleted', FAILED, now('Deleting', { deleting: true }), false, { known: undefined }],
  ['tells that deleting fails', undefined, now('Failed', { step: 'archive', deleting: true }), false, { known: 'Failed/1/archive/', note: 'failed' }],
])('%s', (_, known, input, isFromBefore, plan) => {
  expect(planNote(known, input, isFromBefore)).toEqual(plan);
});
