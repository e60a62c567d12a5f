import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type { ChangeSignal } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type KratixApi } from '../apis/KratixApi';
import { Kept } from './kept';
import { LiveQuery, type QuerySnapshot } from './LiveQuery';

const answers = new Kept<LiveQuery<unknown>>();

export interface LiveView<T> extends QuerySnapshot<T> {
  /** True while `value` still answers the question before this one. */
  isOld: boolean;
  refresh(): void;
}

/**
 * An answer, up to date while the component is mounted. `key` names the question: the same key always goes with the same
 * `fetch`. When the question changes, the old answer stays until the new one is there.
 */
export function useLiveQuery<T>(
  key: string,
  fetch: (api: KratixApi, signal: AbortSignal) => Promise<T>,
  concerns?: (change: ChangeSignal) => boolean,
): LiveView<T> {
  const api = useApi(kratixApiRef);
  const signals = useApiHolder().get(signalApiRef);
  const live = useMemo(
    // A key always goes with the same question, hence with the same kind of answer.
    () => answers.get(api, key, () => new LiveQuery<unknown>({ fetch: signal => fetch(api, signal), signals, concerns })) as LiveQuery<T>,
    // The key stands for `fetch` and `concerns`, which callers may make anew for each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [api, signals, key],
  );
  const snapshot = useSyncExternalStore(live.subscribe, live.getSnapshot);
  const last = useRef<T | undefined>(undefined);
  useEffect(() => {
    last.current = snapshot.problem ? snapshot.value : snapshot.value ?? last.current;
  }, [snapshot]);
  const isOld = snapshot.isFirstLoad && last.current !== undefined;
  return {
    ...snapshot,
    ...(isOld && { value: last.current, isFirstLoad: false }),
    isOld,
    refresh: live.refresh,
  };
}
