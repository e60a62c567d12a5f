import { useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { signalRef, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type LogQuery } from '../apis/KratixApi';
import { problemOf, type Problem } from '../apis/problem';
import { appendLog, EMPTY_LOG, endLog, type LogText } from '../model/logBuffer';

/** Pieces that arrive within this time are drawn together. */
const DRAW_MS = 80;

export interface LogView {
  log: LogText;
  /** `loading` until the first piece or the end. */
  phase: 'loading' | 'open' | 'ended' | 'failed';
  problem?: Problem;
}

const LOADING: LogView = { log: EMPTY_LOG, phase: 'loading' };

/** The log of a container as it grows; a new one whenever the query changes. Undefined query: nothing is fetched. */
export function useLog(identity: ResourceIdentity, query: LogQuery | undefined): LogView {
  const api = useApi(kratixApiRef);
  const key = query && JSON.stringify([identity.cluster, signalRef(identity), query]);
  const [view, setView] = useState<LogView & { key?: string }>(LOADING);

  useEffect(() => {
    if (!query) return undefined;
    const abort = new AbortController();
    let log = EMPTY_LOG;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (phase: LogView['phase'], problem?: Problem) => {
      clearTimeout(timer);
      timer = undefined;
      if (!abort.signal.aborted) setView({ key, log, phase, problem });
    };
    const read = async () => {
      for await (const piece of api.log(identity, query, abort.signal)) {
        if (abort.signal.aborted) return;
        log = appendLog(log, piece);
        timer ??= setTimeout(() => show('open'), DRAW_MS);
      }
      log = endLog(log);
      show('ended');
    };
    read().catch(error => show('failed', problemOf(error)));
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
    // The key stands for identity and query, which callers may make anew for each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, key]);

  return view.key === key ? view : LOADING;
}
