import { createTwoFilesPatch } from 'diff';
import type { DryRunState } from './requestDetail';
import { conditionOf, type ObjectCondition, type StateObject } from './stateObjects';

/** A DryRun, as far as the portal reads it. */
export interface DryRunSource extends StateObject {
  spec?: { promiseRef?: { name?: string }; resourceRequestRef?: { name?: string; namespace?: string } };
  status?: { conditions?: ObjectCondition[] };
}

/** What one destination holds of a request, and what it would hold: path to text, where the text is known. */
export interface DryRunFiles {
  /** Empty for files of which it is not known yet where they will go. */
  destination: string;
  before: ReadonlyMap<string, string | undefined>;
  after: ReadonlyMap<string, string | undefined>;
}

type FileChange = DryRunState['destinations'][number]['files'][number];

/** Longer ones tell nobody anything. In characters. */
const LONGEST_DIFF = 200_000;

/** Reasons of a DryRun that will never run. */
const REFUSALS = ['DryRunForbidden', 'DryRunDisabled', 'PromiseNotFound'];

function phaseOf(dryRun: DryRunSource): Pick<DryRunState, 'phase' | 'message'> {
  const completed = conditionOf(dryRun.status?.conditions, 'Completed');
  const accepted = conditionOf(dryRun.status?.conditions, 'Accepted');
  const isRefused = (condition: ObjectCondition) => REFUSALS.includes(condition.reason ?? '');
  if (completed?.status === 'True') return { phase: 'Succeeded' };
  if (completed) return { phase: isRefused(completed) ? 'Refused' : 'Failed', message: completed.message };
  if (accepted?.status === 'True') return { phase: 'Running' };
  return { phase: accepted && isRefused(accepted) ? 'Refused' : 'Pending', message: accepted?.message };
}

function changeOf(path: string, { before, after }: DryRunFiles): FileChange {
  const [old, now] = [before.get(path), after.get(path)];
  const bothKnown = before.has(path) === (old !== undefined) && after.has(path) === (now !== undefined);
  if (before.has(path) && after.has(path) && bothKnown && old === now) return { path, change: 'same' };
  const diff = bothKnown ? createTwoFilesPatch(`a/${path}`, `b/${path}`, old ?? '', now ?? '', '', '', { context: 3 }) : undefined;
  const shown = diff !== undefined && diff.length <= LONGEST_DIFF ? { diff } : {};
  if (!before.has(path)) return { path, change: 'added', ...shown };
  return { path, change: after.has(path) ? 'changed' : 'removed', ...shown };
}

/** What a dry run has found: its state, and when it has ended well, the files of each destination with their changes. */
export function dryRunState(dryRun: DryRunSource, files: DryRunFiles[]): DryRunState {
  const state = phaseOf(dryRun);
  const destinations = state.phase === 'Succeeded' ? files : [];
  return {
    name: dryRun.metadata.name,
    ...state,
    destinations: destinations.map(each => {
      const paths = [...new Set([...each.after.keys(), ...each.before.keys()])].sort();
      return { name: each.destination, files: paths.map(path => changeOf(path, each)) };
    }),
  };
}
