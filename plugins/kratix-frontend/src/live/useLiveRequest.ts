import { useMemo, useSyncExternalStore } from 'react';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef, type SignalApi } from '@backstage/plugin-signals-react';
import { signalRef, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef, type KratixApi } from '../apis/KratixApi';
import { LiveRequest, type LiveSnapshot } from './LiveRequest';

/** The requests that pages have looked at, per client; the cards of one page share theirs. */
const shared = new WeakMap<KratixApi, Map<string, LiveRequest>>();
const MOST_KEPT = 50;

export interface LiveUse {
  snapshot: LiveSnapshot;
  /** To ask again, and to change the request. */
  live: Pick<LiveRequest, 'refresh' | 'perform' | 'dismiss'>;
}

/** One request, up to date while the component is mounted. */
export function useLiveRequest(identity: ResourceIdentity): LiveUse {
  const api = useApi(kratixApiRef);
  const signals = useApiHolder().get(signalApiRef);
  const key = `${identity.cluster}/${identity.version}/${signalRef(identity)}`;
  // The key stands for the identity, which callers may make anew for each render.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const live = useMemo(() => liveRequest(api, signals, identity, key), [api, signals, key]);
  const snapshot = useSyncExternalStore(live.subscribe, live.getSnapshot);
  return { snapshot, live };
}

function liveRequest(api: KratixApi, signals: SignalApi | undefined, identity: ResourceIdentity, key: string): LiveRequest {
  const known = shared.get(api) ?? new Map<string, LiveRequest>();
  shared.set(api, known);
  const live = known.get(key) ?? new LiveRequest(identity, api, signals);
  known.delete(key);
  known.set(key, live);
  if (known.size > MOST_KEPT) {
    const [oldest] = known.keys();
    known.delete(oldest);
  }
  return live;
}
