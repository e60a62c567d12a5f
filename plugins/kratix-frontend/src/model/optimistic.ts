import {
  renderSentence,
  type PhaseSummary,
  type RequestDetail,
  type Run,
  type SentenceId,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { currentRun } from './runs';

/** What a person does to a request from its page. */
export type RequestAction =
  | { do: 'retry'; step?: string }
  | { do: 'rerun'; from?: string }
  | { do: 'resume' }
  | { do: 'pause' }
  | { do: 'unpause' }
  | { do: 'pin'; version: string }
  | { do: 'upgrade' }
  | { do: 'remove'; uid?: string };

/** The state as it will be once the server has taken the action: shown at once, until the server's own arrives. */
export function expectedState(state: RequestDetail, action: RequestAction, now: Date): RequestDetail {
  switch (action.do) {
    case 'resume':
    case 'retry':
      return goesOn(state, action.do === 'retry' ? action.step : state.summary.step, now);
    case 'pause':
      return { ...state, paused: { by: 'request' }, summary: summaryOf('Paused', 'paused', now) };
    case 'unpause':
      return { ...state, paused: undefined, summary: summaryOf('Queued', 'changeQueued', now) };
    case 'pin':
      return { ...state, versions: { ...state.versions, pinned: action.version }, summary: summaryOf('Queued', 'changeQueued', now) };
    case 'remove':
      return { ...state, summary: summaryOf('Deleting', 'deleting', now) };
    default:
      return { ...state, summary: summaryOf('Queued', 'changeQueued', now) };
  }
}

/** The named step of the current run, and those behind it, wait for their turn again. */
function goesOn(state: RequestDetail, stepName: string | undefined, now: Date): RequestDetail {
  const run = currentRun(state);
  const index = run?.steps.findIndex(step => step.name === stepName) ?? -1;
  if (!run || index < 0) return { ...state, summary: summaryOf('Queued', 'changeQueued', now) };
  const steps = run.steps.map((step, i) =>
    i < index ? step : { ...step, phase: 'Pending' as const, startedAt: undefined, finishedAt: undefined, nextRetryAt: undefined, containers: [] },
  );
  const moved: Run = { ...run, phase: 'Running', finishedAt: undefined, steps };
  const values = { n: index + 1, total: steps.length, step: steps[index].name };
  const summary = {
    ...summaryOf('Running', 'between', now, values),
    step: steps[index].name,
    progress: { done: index, total: steps.length },
  };
  return { ...state, runs: state.runs.map(candidate => (candidate === run ? moved : candidate)), summary };
}

function summaryOf(
  phase: PhaseSummary['phase'],
  id: SentenceId,
  now: Date,
  values: Record<string, string | number> = {},
): PhaseSummary {
  const message = { id, values };
  return { phase, message, sentence: renderSentence(message, { now }) };
}
