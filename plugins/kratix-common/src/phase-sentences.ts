import { formatDuration, parseTime } from './phase-duration';
import type { SentenceMessage } from './types';

/**
 * Every sentence about a request. Values in double braces come from the message; `elapsed`, `countdown` and `clock` are
 * made from its times `since`, `until` and `at`. `tail` is either `.` or a colon with somebody's words.
 * A key that ends in `_one` or `_other` is chosen by the value `count`.
 */
export const sentences = {
  waiting: 'Waiting for {{promise}}, which is being installed.',
  waitingMissing: 'Waiting for {{missing}}, which {{promise}} needs.',
  queued: 'Accepted {{elapsed}} ago, starting.',
  queuedUndated: 'Accepted, starting.',
  changeQueued: 'Change accepted, starting.',
  running: 'Step {{n}} of {{total}}, {{step}}: running {{container}} for {{elapsed}}.',
  runningStep: 'Step {{n}} of {{total}}, {{step}}: running for {{elapsed}}.',
  runningUndated: 'Step {{n}} of {{total}}, {{step}}, is running.',
  starting: 'Step {{n}} of {{total}}, {{step}}: starting {{container}}.',
  collecting: 'Step {{n}} of {{total}}, {{step}}: collecting its output.',
  between: 'Step {{n}} of {{total}}, {{step}}, is next.',
  finishing: 'All steps are done; collecting their output.',
  waitsForPlace: 'Step {{n}} of {{total}}, {{step}}, waits to start{{tail}}',
  cannotPull: 'Step {{n}} of {{total}}, {{step}}: the image of {{container}} cannot be pulled ({{reason}}){{tail}}',
  cannotConfigure:
    'Step {{n}} of {{total}}, {{step}}: {{container}} lacks a Secret or ConfigMap that it needs ({{reason}}){{tail}}',
  cannotStart: 'Step {{n}} of {{total}}, {{step}}: {{container}} cannot start ({{reason}}){{tail}}',
  restarting: 'Step {{n}} of {{total}}, {{step}}: {{container}} keeps failing and is started again{{tail}}',
  retriedExit:
    'Step {{n}} of {{total}}, {{step}}, is tried again (attempt {{attempt}}): {{container}} exited with {{code}}{{tail}}',
  retriedReason:
    'Step {{n}} of {{total}}, {{step}}, is tried again (attempt {{attempt}}): {{container}} failed ({{reason}}){{tail}}',
  retriedOutput:
    'Step {{n}} of {{total}}, {{step}}, is tried again (attempt {{attempt}}): its output was not accepted{{tail}}',
  pausedByStep: 'Step {{n}} of {{total}}, {{step}}: “{{words}}”, until somebody resumes it.',
  pausedByStepSilent: 'Step {{n}} of {{total}}, {{step}}, is paused until somebody resumes it.',
  retrying: 'Step {{n}}, {{step}}, failed (exit {{code}}). Attempt {{attempt}} in {{countdown}}.',
  retryingUncoded: 'Step {{n}}, {{step}}, failed. Attempt {{attempt}} in {{countdown}}.',
  retryingAsked: 'Step {{n}} of {{total}}, {{step}}: “{{words}}”. Tries again in {{countdown}}.',
  retryingAskedSilent: 'Step {{n}} of {{total}}, {{step}}, tries again in {{countdown}}.',
  delivering: 'All steps are done; the files are on their way.',
  deliveringFiles_one: '{{done}} of {{count}} file delivered; waiting for {{destinations}}.',
  deliveringFiles_other: '{{done}} of {{count}} files delivered; waiting for {{destinations}}.',
  deliveringTrouble_one: '{{done}} of {{count}} file delivered; {{destination}}{{tail}}',
  deliveringTrouble_other: '{{done}} of {{count}} files delivered; {{destination}}{{tail}}',
  deliveringDestinations: 'Delivered to {{done}} of {{total}} destinations; waiting for {{destinations}}.',
  ready: 'Ready since {{clock}}. Delivered to {{destinations}}.',
  readyUndated: 'Ready. Delivered to {{destinations}}.',
  readyAlone: 'Ready since {{clock}}.',
  readyAloneUndated: 'Ready.',
  degraded: '{{words}}',
  degradedSilent: 'Its health check says: {{state}}.',
  drifted_one: '{{count}} file was changed by hand in {{destinations}}.',
  drifted_other: '{{count}} files were changed by hand in {{destinations}}.',
  driftedUnnamed: 'Somebody changed files by hand in {{destinations}}.',
  notPlaced: '{{words}}',
  notPlacedWanted: 'No destination has {{wanted}}. Existing: {{existing}}',
  notPlacedSilent: 'No destination matches what this request asks for.',
  misplaced: '{{destination}} no longer matches what this request asks for; the files there stay.',
  failedExit: 'Step {{n}}, container {{container}}, exited with {{code}}{{tail}}',
  failedMemory: 'Step {{n}}, container {{container}}, was stopped: it needed more memory than allowed (OOMKilled).',
  failedReason: 'Step {{n}}, container {{container}}, failed ({{reason}}){{tail}}',
  failedOutput: 'Step {{n}}, {{step}}: its output was not accepted{{tail}}',
  failedStep: 'Step {{n}}, {{step}}, failed{{tail}}',
  failedRun: 'The request failed{{tail}}',
  failedDelivery: 'The files could not be written to {{destination}}{{tail}}',
  failedDeliverySomewhere: 'The files could not be written{{tail}}',
  failedDeleting: 'Deleting stopped at step {{n}}, {{step}}{{tail}}',
  failedDeletingExit: 'Deleting stopped: step {{n}}, container {{container}}, exited with {{code}}{{tail}}',
  failedDeletingRun: 'Deleting stopped{{tail}}',
  paused: 'Paused by the platform team: no changes are applied.',
  pausedOffer: '{{promise}} is paused by the platform team: no changes are applied.',
  pausedDeleting: 'Paused by the platform team: it is deleted when the pause ends.',
  deleting: 'Deleting.',
  deletingStep: 'Deleting: step {{step}} is running.',
  deletingStepThenFiles_one: 'Deleting: step {{step}} is running; then {{count}} file in {{destinations}} is removed.',
  deletingStepThenFiles_other:
    'Deleting: step {{step}} is running; then {{count}} files in {{destinations}} are removed.',
  deletingFiles_one: 'Deleting: {{count}} file in {{destinations}} is being removed.',
  deletingFiles_other: 'Deleting: {{count}} files in {{destinations}} are being removed.',
  unknown: 'As of {{clock}}: cluster {{cluster}} is not reachable. Last known: {{last}}',
} as const;

/** A key of {@link sentences} without its plural ending. */
export type SentenceId = keyof typeof sentences extends infer K
  ? K extends `${infer Stem}_${'one' | 'other'}`
    ? Stem
    : K
  : never;

/** How {@link renderSentence} writes times. */
export interface SentenceOptions {
  now: Date;
  /** Writes a moment, such as `14:02`; by default in UTC, with the day where it is not today. */
  clock?: (time: Date, now: Date) => string;
}

/** The values of a message with its times written out: `elapsed`, `countdown` and `clock`. */
export function sentenceValues(message: SentenceMessage, options: SentenceOptions): Record<string, string | number> {
  const { now, clock = utcClock } = options;
  const since = parseTime(message.values.since);
  const until = parseTime(message.values.until);
  const at = parseTime(message.values.at);
  return {
    ...message.values,
    ...(since !== undefined && { elapsed: formatDuration(now.getTime() - since) }),
    ...(until !== undefined && { countdown: formatDuration(until - now.getTime()) }),
    ...(at !== undefined && { clock: clock(new Date(at), now) }),
  };
}

/** The sentence in English. A value that the message lacks, or a time that is none, shows as `…`. */
export function renderSentence(message: SentenceMessage, options: SentenceOptions): string {
  const templates: Record<string, string | undefined> = sentences;
  const plural = message.values.count === 1 ? 'one' : 'other';
  const template = templates[message.id] ?? templates[`${message.id}_${plural}`] ?? sentences.queuedUndated;
  const values = sentenceValues(message, options);
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? '…'));
}

function utcClock(time: Date, now: Date): string {
  const [day, clock] = time.toISOString().split('T');
  const today = now.toISOString().startsWith(day);
  return today ? `${clock.slice(0, 5)} UTC` : `${day} ${clock.slice(0, 5)} UTC`;
}
