import { signalRef, type RequestDetail, type Run, type RunContent } from '@kratix-ts/backstage-plugin-kratix-common';
import { isPresent } from '../model/runs';
import { useFetched, type Fetched } from './useFetched';

/** What a run was given and what it left; asked for anew when the run ends, or the request changes. */
export function useRunContent(state: RequestDetail, run: Run): Fetched<RunContent> {
  const key = JSON.stringify([state.cluster, signalRef(state), state.uid, run.id, run.phase, isPresent(state, run)]);
  return useFetched(key, (api, signal) => api.run(state, run.id, signal));
}
