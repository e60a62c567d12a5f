import { NotFoundError } from '@backstage/errors';
import {
  tellingContainer,
  type ContainerState,
  type RequestState,
  type Run,
  type Step,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError, type KubeClient } from '@kratix-ts/core/kube';
import type { LogQuestion } from '../logs/LogStore';
import { portalError } from './errors';

export interface LogQuery {
  /** Id of a run; default: the newest. */
  run?: string;
  /** Name of a step; default: the one that the run's state is about. */
  step?: string;
  /** Name of a container; default: the one that tells most. */
  container?: string;
  /** Waits for the container to start, and goes on until it ends. */
  follow?: boolean;
  /** Only the last lines. */
  tailLines?: number;
  /** Only what was written in the last so many seconds; a log that was kept has no times, and comes whole. */
  sinceSeconds?: number;
  /** Of the container's life before its last restart. */
  previous?: boolean;
  /** Number of the attempt of the step, from 1; default: the last. */
  attempt?: number;
}

export interface LogSource {
  client: KubeClient;
  state: () => RequestState;
  onChange: (handler: () => void) => () => void;
  /** The end of a log that was kept; undefined where there is none. */
  kept: (question: KeptQuestion) => Promise<string | undefined>;
}

/** Which log that was kept is meant. */
export type KeptQuestion = Pick<LogQuestion, 'run' | 'step' | 'container' | 'attempt'>;

interface Target {
  run: Run;
  step: Step;
  container: ContainerState;
}

function targetOf({ name, runs }: RequestState, query: LogQuery): Target | undefined {
  const run = query.run ? runs.find(({ id }) => id === query.run) : runs[0];
  if (!run) {
    if (query.run) throw new NotFoundError(`"${name}" has no run "${query.run}"; it may have been pruned`);
    return undefined;
  }
  const telling = query.step ? undefined : tellingContainer(run);
  const step = query.step ? run.steps.find(candidate => candidate.name === query.step) : telling?.step;
  if (!step) {
    if (query.step) throw new NotFoundError(`Run "${run.id}" has no step "${query.step}"; it has: ${run.steps.map(s => s.name).join(', ')}`);
    return undefined;
  }
  const wanted = query.container ?? tellingContainer({ ...run, steps: [step] })?.container;
  const container = step.containers.find(candidate => candidate.name === wanted);
  if (query.container && !container && step.containers.length > 0) {
    throw new NotFoundError(`Step "${step.name}" has no container "${query.container}"; it has: ${step.containers.map(c => c.name).join(', ')}`);
  }
  return container && { run, step, container };
}

/** Nothing more can come of a run that has ended, or of a step that it passed. */
function isOver(target: Target | undefined, state: RequestState, query: LogQuery): boolean {
  const run = target?.run ?? (query.run ? state.runs.find(({ id }) => id === query.run) : state.runs[0]);
  const step = target?.step ?? run?.steps.find(candidate => candidate.name === query.step);
  const ended = ['Succeeded', 'Failed', 'Skipped'];
  return ended.includes(step?.phase ?? '') || ended.includes(run?.phase ?? '');
}

const hasBegun = ({ container }: Target) => container.phase !== 'Waiting' || container.exitCode !== undefined;

/** Looks after every change until there is something; rejects with what `look` throws, or when the signal aborts. */
function firstOf<T>(look: () => T | undefined, onChange: LogSource['onChange'], signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = new AbortController();
    const stop = onChange(() => {
      try {
        const found = look();
        if (found === undefined) return;
        end.abort();
        resolve(found);
      } catch (error) {
        end.abort();
        reject(error);
      }
    });
    end.signal.addEventListener('abort', stop);
    const aborted = () => {
      end.abort();
      reject(signal.reason);
    };
    signal.addEventListener('abort', aborted, { signal: end.signal });
    if (signal.aborted) aborted();
  });
}

/** Waits until the container has begun. Throws NotFoundError when it never will. */
async function begun({ state, onChange }: LogSource, query: LogQuery, signal: AbortSignal): Promise<Target> {
  const look = (): Target | undefined => {
    const current = state();
    const target = targetOf(current, query);
    if (target && hasBegun(target)) return target;
    const what = query.container ?? target?.container.name ?? 'container';
    if (isOver(target, current, query)) throw new NotFoundError(`"${what}" was not started, so there is no log`);
    if (!query.follow) throw new NotFoundError(`"${what}" has not started yet, so there is no log`);
    return undefined;
  };
  const now = look();
  if (now) return now;
  return firstOf(look, onChange, signal);
}

function lastLines(text: string, count: number | undefined): string {
  if (count === undefined) return text;
  const lines = text.split(/(?<=\n)/);
  return lines.slice(Math.max(0, lines.length - count)).join('');
}

/** The log that was kept of what a query names, where nothing can be read any more. */
async function keptLog({ state, kept }: LogSource, query: LogQuery, target?: Target): Promise<string | undefined> {
  const run = target?.run.id ?? query.run ?? state().runs[0]?.id;
  const step = target?.step.name ?? query.step;
  const container = target?.container.name ?? query.container;
  const text = step && (await kept({ run, step, container, attempt: query.attempt }));
  return text === undefined || text === '' ? text : lastLines(text, query.tailLines);
}

/** The log of one container of one step, chunk by chunk, until it ends or the signal aborts; of a pod that has gone, what was kept. */
export async function* streamLog(source: LogSource, query: LogQuery, signal: AbortSignal): AsyncGenerator<string> {
  let target: Target;
  try {
    target = await begun(source, query, signal);
  } catch (error) {
    const text = error instanceof NotFoundError ? await keptLog(source, query) : undefined;
    if (text === undefined) throw error;
    yield text;
    return;
  }
  const { step, container } = target;
  const isEarlier = query.attempt !== undefined && query.attempt < step.attempt;
  if (step.pod && !isEarlier) {
    const { follow, tailLines, sinceSeconds, previous } = query;
    let hasBegunReading = false;
    try {
      for await (const chunk of source.client.logs(step.pod, { container: container.name, follow, tailLines, sinceSeconds, previous, signal })) {
        hasBegunReading = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (hasBegunReading || !(error instanceof ApiError && error.isNotFound)) throw portalError(error);
    }
  }
  const text = await keptLog(source, query, target);
  if (text === undefined) throw new NotFoundError(`The log of "${container.name}" is gone: its pod was removed${isEarlier ? `, and of attempt ${query.attempt} none was kept` : ''}`);
  yield text;
}
