import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type { ChangeSignal } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type KratixApi } from '../apis/KratixApi';
import { LiveQuery, type QuerySnapshot } from './LiveQuery';

/** The answers that pages have shown, per client: coming back to a page shows what it showed, at once. */
const shared = new WeakMap<KratixApi, Map<string, LiveQuery<unknown>>>();
const MOST_KEPT = 50;

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
    () => kept(api, key, () => new LiveQuery<T>({ fetch: signal => fetch(api, signal), signals, concerns })),
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

function kept<T>(api: KratixApi, key: string, make: () => LiveQuery<T>): LiveQuery<T> {
  const known = shared.get(api) ?? new Map<string, LiveQuery<unknown>>();
  shared.set(api, known);
  // A key always goes with the same question, hence with the same kind of answer.
  const live = (known.get(key) as LiveQuery<T> | undefined) ?? make();
  known.delete(key);
  known.set(key, live as LiveQuery<unknown>);
  if (known.size > MOST_KEPT) {
    const [oldest] = known.keys();
    known.delete(oldest);
  }
  return live;
}
