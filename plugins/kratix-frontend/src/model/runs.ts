import type { RequestDetail, RequestState, Run } from '@kratix-ts/backstage-plugin-kratix-common';

/** The run that the request's state is about: the newest one that was not replaced before it began. */
export function currentRun({ runs }: Pick<RequestState, 'runs'>): Run | undefined {
  return runs.find(run => run.phase !== 'Skipped') ?? runs[0];
}

/** The run that an address names, else the current one. */
export function chosenRun(state: Pick<RequestState, 'runs'>, id: string | undefined): Run | undefined {
  return state.runs.find(run => run.id === id) ?? currentRun(state);
}

/** Whether a run was given what the request says now. */
export function isPresent({ generation }: RequestDetail, run: Run): boolean {
  return run.generation !== undefined && run.generation === generation;
}

/** Key of a run's name in the translations. */
export function triggerKey(run: Run): 'created' | 'updated' | 'promiseUpdated' | 'periodic' | 'manual' | 'retry' | 'deleted' | 'unknown' {
  if (run.action === 'delete') return 'deleted';
  switch (run.trigger) {
    case 'created':
    case 'updated':
    case 'periodic':
    case 'manual':
    case 'retry':
      return run.trigger;
    case 'promise-updated':
    case 'promise-upgraded':
      return 'promiseUpdated';
    default:
      return 'unknown';
  }
}
