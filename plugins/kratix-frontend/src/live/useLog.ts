import { useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { signalRef, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type LogQuery } from '../apis/KratixApi';
import { problemOf, type Problem } from '../apis/problem';
import { LogBuffer } from '../model/logBuffer';

/** Pieces that arrive within this time are drawn together. */
const DRAW_MS = 80;
/** After so long at one stretch the browser gets its turn. */
const TURN_MS = 8;
/** Characters that are taken at one stretch at most. */
const SLICE = 65_536;

export interface LogView {
  /** Changes in place; `version` says when. */
  buffer: LogBuffer;
  version: number;
  /** `loading` until the first piece or the end. */
  phase: 'loading' | 'open' | 'ended' | 'failed';
  problem?: Problem;
}

const LOADING: LogView = { buffer: new LogBuffer(), version: 0, phase: 'loading' };

/** The log of a container as it grows; a new one whenever the query changes. Undefined query: nothing is fetched. */
export function useLog(identity: ResourceIdentity, query: LogQuery | undefined): LogView {
  const api = useApi(kratixApiRef);
  const key = query && JSON.stringify([identity.cluster, signalRef(identity), query]);
  const [view, setView] = useState<LogView & { key?: string }>(LOADING);

  useEffect(() => {
    if (!query) return undefined;
    const abort = new AbortController();
    const buffer = new LogBuffer();
    let version = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (phase: LogView['phase'], problem?: Problem) => {
      clearTimeout(timer);
      timer = undefined;
      version += 1;
      if (!abort.signal.aborted) setView({ key, buffer, version, phase, problem });
    };
    const read = async () => {
      let turn = performance.now();
      for await (const piece of api.log(identity, query, abort.signal)) {
        for (let from = 0; from < piece.length; from += SLICE) {
          if (abort.signal.aborted) return;
          buffer.append(piece.slice(from, from + SLICE));
          timer ??= setTimeout(() => show('open'), DRAW_MS);
          if (performance.now() - turn > TURN_MS) {
            await nextTurn();
            turn = performance.now();
          }
        }
      }
      buffer.close();
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

function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, 0);
  });
}
