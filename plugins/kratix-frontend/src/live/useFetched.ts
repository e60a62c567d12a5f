import { useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { kratixApiRef, type KratixApi } from '../apis/KratixApi';
import { problemOf, type Problem } from '../apis/problem';

export interface Fetched<T> {
  value?: T;
  problem?: Problem;
}

/** An answer that does not change while its question stays the same. `key` names the question; without one nothing is asked. */
export function useFetched<T>(key: string | undefined, fetch: (api: KratixApi, signal: AbortSignal) => Promise<T>): Fetched<T> {
  const api = useApi(kratixApiRef);
  const [view, setView] = useState<Fetched<T> & { key?: string }>({});

  useEffect(() => {
    if (key === undefined) return undefined;
    const abort = new AbortController();
    const show = (next: Fetched<T>) => !abort.signal.aborted && setView({ ...next, key });
    fetch(api, abort.signal).then(
      value => show({ value }),
      error => show({ problem: problemOf(error) }),
    );
    return () => abort.abort();
    // The key stands for the question, which callers may make anew for each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, key]);

  return key !== undefined && view.key === key ? view : {};
}
