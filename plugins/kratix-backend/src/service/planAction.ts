import { ConflictError, InputError } from '@backstage/errors';
import { kratixLabels, type PromiseSource, type RequestObject, type Run, type Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { annotations } from '@kratix-ts/core/wire';

/** What can be done with a request beside editing and deleting it. */
export type RequestAction =
  | { do: 'pause' | 'unpause' | 'resume' }
  /** From a step on, or from the start. */
  | { do: 'rerun'; from?: string }
  /** The step that failed or waits for somebody, or the one that is named, and those after it. */
  | { do: 'retry'; step?: string };

export interface ActionTarget {
  request: RequestObject;
  promise: PromiseSource | undefined;
  /** Newest first. */
  runs: Run[];
  /** Whether the cluster's engine keeps records of runs, and so can begin at any step. */
  keepsRuns: boolean;
}

/** What an action writes: labels and annotations, where null takes away. */
export interface MetadataChange {
  labels?: Record<string, string | null>;
  annotations?: Record<string, string | null>;
}

const RERUN: MetadataChange = { labels: { [kratixLabels.manualReconciliation]: 'true' } };
const nameOf = ({ kind, metadata }: RequestObject) => `${kind} "${metadata.namespace}/${metadata.name}"`;
const isPaused = (object: Pick<RequestObject, 'metadata'> | undefined) => object?.metadata.labels?.[kratixLabels.paused] === 'true';

function refusePaused({ request, promise }: ActionTarget): void {
  if (isPaused(promise)) {
    throw new ConflictError(`${nameOf(request)} does nothing while Promise "${promise?.metadata.name}" is paused; take label ${kratixLabels.paused} from the Promise first`);
  }
  if (isPaused(request)) throw new ConflictError(`${nameOf(request)} is paused by its label ${kratixLabels.paused}; unpause it first`);
}

/** From the first step on every engine can begin; from another only ours. */
function beginAt(step: string, { request, runs: [newest], keepsRuns }: ActionTarget): MetadataChange {
  const names = newest?.steps.map(({ name }) => name) ?? [];
  if (!names.includes(step)) throw new InputError(`${nameOf(request)} has no step "${step}"; its newest run has: ${names.join(', ') || 'none'}`);
  if (names[0] === step) return RERUN;
  if (keepsRuns) return { annotations: { [annotations.retryFrom]: step } };
  throw new ConflictError(`${nameOf(request)} cannot begin at step "${step}": the engine of its cluster runs workflows from the start only; run it again from the start`);
}

/** Whether a step's last attempt failed and the cluster waits before the next one. */
function isBetweenAttempts({ phase, containers }: Step): boolean {
  const isOver = !containers.some(container => container.phase === 'Running');
  return phase === 'Running' && isOver && containers.some(container => container.phase === 'Failed' || container.reason === 'CrashLoopBackOff');
}

/** A run that tries by itself is ended by a run from the start; no engine begins in the middle of one that goes on. */
function planRetry(step: string | undefined, target: ActionTarget): MetadataChange {
  const { request, runs: [newest] } = target;
  if (newest?.steps.some(isBetweenAttempts)) return RERUN;
  if (newest?.phase !== 'Failed' && newest?.phase !== 'Suspended') {
    const state = newest ? `its newest run ${newest.id} is ${newest.phase}` : 'it has not run yet';
    throw new ConflictError(`${nameOf(request)} has no failed step to try again: ${state}; run it again instead`);
  }
  const failed = step ?? newest.steps.find(({ phase }) => phase === newest.phase)?.name;
  return failed === undefined ? RERUN : beginAt(failed, target);
}

/**
 * What to write for an action, in the labels that every engine of the Kratix API reads. Throws ConflictError with a
 * sentence when the action does not fit the request's state, and InputError for a step that is not there.
 */
export function planAction(action: RequestAction, target: ActionTarget): MetadataChange {
  const { request } = target;
  switch (action.do) {
    case 'pause':
      if (isPaused(request)) throw new ConflictError(`${nameOf(request)} is paused already: label ${kratixLabels.paused} is "true"`);
      return { labels: { [kratixLabels.paused]: 'true' } };
    case 'unpause':
      if (isPaused(request)) return { labels: { [kratixLabels.paused]: null } };
      refusePaused(target);
      throw new ConflictError(`${nameOf(request)} is not paused: it has no label ${kratixLabels.paused} with value "true"`);
    case 'resume':
      refusePaused(target);
      if (request.metadata.labels?.[kratixLabels.suspended] === 'true') return { labels: { [kratixLabels.suspended]: null } };
      throw new ConflictError(`${nameOf(request)} does not wait for anybody: it has no label ${kratixLabels.suspended} with value "true"; run it again instead`);
    case 'rerun':
      refusePaused(target);
      return action.from === undefined ? RERUN : beginAt(action.from, target);
    default:
      refusePaused(target);
      return planRetry(action.step, target);
  }
}
