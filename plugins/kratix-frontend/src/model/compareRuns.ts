import { parseTime, type Run, type RunContent, type RunFile, type Step, type StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
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
}

/** Two runs of one request side by side. */
export function compareRuns(before: Run, after: Run): RunComparison {
  const names = [...new Set([...after.steps, ...before.steps].map(step => step.name))];
  const steps = names.map(name => ({ name, before: outcomeOf(stepOf(before, name)), after: outcomeOf(stepOf(after, name)) }));
  return { whole: { name: '', before: outcomeOf(before), after: outcomeOf(after) }, steps };
}

/** A file that only one of two runs left, or that is another one. */
export interface ComparedFile {
  step: string;
  path: string;
  change: 'added' | 'removed' | 'changed';
  /** Texts, empty where there was no file; missing where one of them cannot be shown. */
  texts?: { before: string; after: string };
  /** Why they cannot be shown. */
  reason?: RunFile['reason'];
}

export interface ContentComparison {
  /** What each was given, as YAML; missing where that is not known of both. */
  inputs?: { before: string; after: string };
  /** What each left; missing where that is not known of both. */
  files?: { changed: ComparedFile[]; same: number; /** Paths of files that may differ. */ unknown: string[] };
}

/** What two runs were given and what they left, side by side. */
export function compareContents(before: RunContent, after: RunContent): ContentComparison {
  return {
    ...(before.spec && after.spec && { inputs: inputsOf(before, after) }),
    ...(before.files && after.files && { files: compareFiles(before.files, after.files) }),
  };
}

/** The run that another one is compared with where nobody chose: the one before it of the same action. */
export function runBefore(runs: Run[], run: Run): Run | undefined {
  const later = runs.slice(runs.indexOf(run) + 1);
  return later.find(candidate => candidate.action === run.action) ?? later[0] ?? runs.find(candidate => candidate !== run);
}

function compareFiles(before: RunFile[], after: RunFile[]): NonNullable<ContentComparison['files']> {
  const keyOf = ({ step, path }: RunFile) => JSON.stringify([path, step]);
  const [was, is] = [before, after].map(files => new Map(files.map(file => [keyOf(file), file])));
  const compared: NonNullable<ContentComparison['files']> = { changed: [], same: 0, unknown: [] };
  for (const key of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [old, now] = [was.get(key), is.get(key)];
    const difference = differenceOf(old, now);
    if (difference === 'same') compared.same += 1;
    else if (difference === 'unknown') compared.unknown.push((now ?? old)?.path ?? '');
    else compared.changed.push(difference);
  }
  return compared;
}

function differenceOf(old: RunFile | undefined, now: RunFile | undefined): ComparedFile | 'same' | 'unknown' {
  const { step = '', path = '' } = now ?? old ?? {};
  const [before, after] = [old ? old.content : '', now ? now.content : ''];
  const shown = before !== undefined && after !== undefined ? { texts: { before, after } } : { reason: now?.reason ?? old?.reason };
  if (!old) return { step, path, change: 'added', ...shown };
  if (!now) return { step, path, change: 'removed', ...shown };
  if (shown.texts) return before === after ? 'same' : { step, path, change: 'changed', ...shown };
  if (old.digest && now.digest) return old.digest === now.digest ? 'same' : { step, path, change: 'changed', ...shown };
  return old.reason === now.reason ? 'unknown' : { step, path, change: 'changed', ...shown };
}

function stepOf(run: Run, name: string): Step | undefined {
  return run.steps.find(step => step.name === name);
}

function outcomeOf(part: Run | Step | undefined): ComparedStep['before'] {
  if (!part) return undefined;
  const [begin, end] = [parseTime(part.startedAt), parseTime(part.finishedAt)];
  return { phase: part.phase, ...(begin !== undefined && end !== undefined && { duration: Math.max(0, end - begin) }) };
}

/** With the version of the Promise at the head, where both are known: that of a run that failed is not. */
function inputsOf(before: RunContent, after: RunContent): ContentComparison['inputs'] {
  const isKnown = before.promiseVersion && after.promiseVersion;
  const textOf = ({ spec = {}, promiseVersion }: RunContent) => `${isKnown ? `# ${promiseVersion}\n` : ''}${specToText(spec)}`;
  return { before: textOf(before), after: textOf(after) };
}
