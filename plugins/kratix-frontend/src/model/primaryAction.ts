import { tellingContainer, type RequestDetail, type RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { factsOf } from './facts';
import { currentRun } from './runs';

/** The one thing that fits the state of a request; everything else is in the menu. */
export type PrimaryAction =
  | { do: 'offer'; promise: string }
  | { do: 'log'; run: string; step: string; container?: string }
  | { do: 'resume' }
  | { do: 'retry'; step?: string; isWaiting: boolean }
  | { do: 'rerun' }
  | { do: 'delivery' }
  | { do: 'open'; href: string; name: string }
  | { do: 'pullRequest'; href: string };

const PULL_REQUEST = /(pull|merge)[\s_-]*request/i;
const MOST_OUTPUTS = 50;

/** Decides from the state alone which action leads, whoever looks. */
export function primaryActionOf(state: RequestDetail): PrimaryAction | undefined {
  switch (state.summary.phase) {
    case 'Waiting':
      return { do: 'offer', promise: awaited(state) };
    case 'Running':
    case 'Deleting':
      return logOf(state);
    case 'PausedByStep':
      return pullRequestOf(state) ?? { do: 'resume' };
    case 'Retrying':
      return { do: 'retry', step: state.summary.step, isWaiting: true };
    case 'Failed':
      return ofFailure(state);
    case 'Ready':
      return firstLinkOf(state) ?? (state.destinations.length > 0 ? { do: 'delivery' } : undefined);
    case 'Delivering':
    case 'Degraded':
    case 'Drifted':
    case 'NotPlaced':
      return { do: 'delivery' };
    default:
      return undefined;
  }
}

/** Whether the caller must be allowed to change the request for this. */
export function isChange(action: PrimaryAction): boolean {
  return ['resume', 'retry', 'rerun'].includes(action.do);
}

/** The Promise that is missing, where the sentence names one; else the request's own. */
function awaited({ summary, promise }: RequestSummary): string {
  const missing = summary.message?.values.missing;
  return typeof missing === 'string' && missing ? missing.split(',')[0] : promise;
}

function ofFailure(state: RequestDetail): PrimaryAction {
  if (state.summary.step) return { do: 'retry', step: state.summary.step, isWaiting: false };
  return state.destinations.some(destination => destination.phase === 'Failed') ? { do: 'delivery' } : { do: 'rerun' };
}

function logOf(state: RequestDetail): PrimaryAction | undefined {
  const run = currentRun(state);
  const telling = tellingContainer(run);
  return run && telling && { do: 'log', run: run.id, step: telling.step.name, container: telling.container };
}

function pullRequestOf({ outputs }: RequestDetail): PrimaryAction | undefined {
  const fact = linksOf(outputs).find(({ name, href }) => PULL_REQUEST.test(name) || /\/(pull|merge_requests)\/\d+/.test(href));
  return fact && { do: 'pullRequest', href: fact.href };
}

function firstLinkOf({ outputs }: RequestDetail): PrimaryAction | undefined {
  const [first] = linksOf(outputs);
  return first && { do: 'open', href: first.href, name: first.name };
}

function linksOf(outputs: Record<string, unknown>): { name: string; href: string }[] {
  return factsOf(outputs, MOST_OUTPUTS).flatMap(({ name, href }) => (href ? [{ name, href }] : []));
}
