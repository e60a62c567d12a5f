import { parseTime, type RequestDetail, type Run, type Step, type StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
import { inputOf } from './runs';
import { specToText } from './specText';

/** How one step, or a whole run, went in each of two runs. Durations are in milliseconds. */
export interface ComparedStep {
  name: string;
  before?: { phase: StepPhase; duration?: number };
  after?: { phase: StepPhase; duration?: number };
}

export interface RunComparison {
  whole: ComparedStep;
  /** In the order of the later run; steps that only the earlier one has come last. */
  steps: ComparedStep[];
  /** What each was given, as YAML; undefined where that is not known any more. */
  inputs?: { before: string; after: string };
}

/** Two runs of one request side by side. */
export function compareRuns(state: RequestDetail, before: Run, after: Run): RunComparison {
  const names = [...new Set([...after.steps, ...before.steps].map(step => step.name))];
  const steps = names.map(name => ({ name, before: outcomeOf(stepOf(before, name)), after: outcomeOf(stepOf(after, name)) }));
  const [earlier, later] = [inputOf(state, before), inputOf(state, after)];
  return {
    whole: { name: '', before: outcomeOf(before), after: outcomeOf(after) },
    steps,
    ...(earlier && later && { inputs: { before: textOf(earlier), after: textOf(later) } }),
  };
}

/** The run that another one is compared with where nobody chose: the one before it of the same action. */
export function runBefore(runs: Run[], run: Run): Run | undefined {
  const later = runs.slice(runs.indexOf(run) + 1);
  return later.find(candidate => candidate.action === run.action) ?? later[0] ?? runs.find(candidate => candidate !== run);
}

function stepOf(run: Run, name: string): Step | undefined {
  return run.steps.find(step => step.name === name);
}

function outcomeOf(part: Run | Step | undefined): ComparedStep['before'] {
  if (!part) return undefined;
  const [begin, end] = [parseTime(part.startedAt), parseTime(part.finishedAt)];
  return { phase: part.phase, ...(begin !== undefined && end !== undefined && { duration: Math.max(0, end - begin) }) };
}

function textOf({ spec, promiseVersion }: NonNullable<Run['input']>): string {
  return `${promiseVersion ? `# ${promiseVersion}\n` : ''}${specToText(spec)}`;
}
